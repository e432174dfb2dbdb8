"""Autosave: typed figures saved one by one as drafts, each with an answer of its own.

A return that is handed in is stored all or none (`returns.services.entry`). A sheet that saves while somebody
types stores what is right and says of every other cell why not; a cell that somebody else changed meanwhile
is never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from accounts.models import User
from districts.models import Organisation
from returns.checks import check_figures
from returns.models import Cycle, Figure, FigureRevision
from returns.rules import may_report_for
from returns.selectors import build_vocabulary
from returns.services.cycles import lock_cycle, require_reporting_open
from returns.services.entry import CodedPlace, Entry, bases_of, is_untouched, read_entries, with_stored
from returns.services.figures import FigureConflict, save_figures, withdraw_figure
from returns.services.uploads import warnings_by_place
from returns.states import FigureState, WrongState
from returns.workbook.types import FigureRow, Problem

CLEARED = "填报人清空草稿"


class Outcome(StrEnum):
    """What became of one cell."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CONFLICT = "conflict"
    BLANK = "blank"


@dataclass(kw_only=True)
class CellAnswer:
    """One cell's answer: what became of it, what was found in it, and the figure as it is stored now."""

    entry: Entry
    outcome: Outcome
    problems: list[Problem] = field(default_factory=list)
    figure: Figure | None = None
    revision: FigureRevision | None = None


def save_cells(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    entries: Sequence[Entry],
    source: str,
    reason: str = "",
) -> list[CellAnswer]:
    """Save each entry as a draft if it is right and nobody wrote meanwhile. Answers in the entries' order.

    A blank entry empties a draft of one's own (with its reason in the history) and never anything that was
    handed in. Raises PermissionDenied, and WrongState where nothing may be reported now.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    require_reporting_open(cycle, organisation=reporter)
    entries = list({entry.place: entry for entry in entries}.values())
    vocabulary = build_vocabulary(cycle, reporter=reporter)
    rows, problems = read_entries(entries, vocabulary)
    stored = _stored_values(cycle, reporter, leave_out={entry.place for entry in entries})
    problems += check_figures(with_stored(rows, stored), (), vocabulary)
    answers = {entry.place: CellAnswer(entry=entry, outcome=Outcome.BLANK) for entry in entries}
    for problem in problems:
        answer = answers.get((problem.indicator or "", problem.organisation or ""))
        if answer is not None and problem.level != "info":
            answer.problems.append(problem)
            if problem.level == "error":
                answer.outcome = Outcome.REFUSED
    batch = _Cells(actor=actor, cycle=cycle, reporter=reporter, source=source, reason=reason, answers=answers)
    batch.save([row for row in rows if answers[_place(row)].outcome != Outcome.REFUSED])
    _add_stored(cycle, reporter, answers)
    batch.clear_drafts()
    batch.settle_conflicts()
    return list(answers.values())


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """What the cells of one request have in common."""

    actor: User
    cycle: Cycle
    reporter: Organisation
    source: str
    reason: str
    answers: dict[CodedPlace, CellAnswer]

    def save(self, rows: Sequence[FigureRow]) -> None:
        """Save rows together; where one of them cannot be saved the others still are."""
        if not rows:
            return
        try:
            saved = save_figures(
                actor=self.actor,
                cycle=self.cycle,
                reporter=self.reporter,
                rows=rows,
                warnings=warnings_by_place(
                    [problem for row in rows for problem in self.answers[_place(row)].problems]
                ),
                source=self.source,
                reason=self.reason,
                submit=False,
                bases=bases_of([answer.entry for answer in self.answers.values()]),
            )
        except FigureConflict as conflict:
            for place in conflict.places:
                self.answers[place].outcome = Outcome.CONFLICT
            self.save([row for row in rows if _place(row) not in conflict.places])
        except WrongState as error:
            if len(rows) > 1:
                for row in rows:
                    self.save([row])
                return
            self._refuse(_place(rows[0]), "wrong_state", str(error))
        else:
            same = saved.new + saved.changed == 0
            for row in rows:
                self.answers[_place(row)].outcome = Outcome.UNCHANGED if same else Outcome.SAVED

    def clear_drafts(self) -> None:
        """Empty the drafts whose cells were emptied; what was handed in stays, and its cell says so."""
        for place, answer in self.answers.items():
            figure, base = answer.figure, answer.entry.base
            is_blank = answer.outcome == Outcome.BLANK and not answer.entry.text.strip()
            if not is_blank or base is None or figure is None or figure.value is None:
                continue
            if figure.revision_number != base:
                answer.outcome = Outcome.CONFLICT
            elif figure.state != FigureState.DRAFT or figure.is_in_force:
                message = "空着不会撤回已报送的数，已存的数没有改动；要改请填新的数，要撤回请点“状态”，在这个数的页面写明理由撤回"
                self._refuse(place, "blank_keeps", message)
            else:
                self._clear(answer, figure)

    def _clear(self, answer: CellAnswer, figure: Figure) -> None:
        with transaction.atomic():
            lock_cycle(self.cycle)
            present = Figure.objects.select_related("cycle__plan", "reporter").get(pk=figure.pk)
            if present.revision_number != answer.entry.base:
                answer.outcome = Outcome.CONFLICT
            else:
                withdraw_figure(actor=self.actor, figure=present, reason=CLEARED)
                answer.outcome = Outcome.SAVED
        _add_stored(self.cycle, self.reporter, {answer.entry.place: answer})

    def settle_conflicts(self) -> None:
        """A cell that its writer left as it was is no conflict: the newer figure stands."""
        conflicts = [answer for answer in self.answers.values() if answer.outcome == Outcome.CONFLICT]
        if not conflicts:
            return
        vocabulary = build_vocabulary(self.cycle, reporter=self.reporter)
        rows, _ = read_entries([answer.entry for answer in conflicts], vocabulary)
        for row in rows:
            answer = self.answers[_place(row)]
            bases = bases_of([answer.entry])
            if is_untouched(row, cycle=self.cycle, reporter=self.reporter, bases=bases):
                answer.outcome = Outcome.UNCHANGED

    def _refuse(self, place: CodedPlace, code: str, message: str) -> None:
        answer = self.answers[place]
        answer.outcome = Outcome.REFUSED
        answer.problems.append(
            Problem(level="error", code=code, message=message, indicator=place[0], organisation=place[1])
        )


def _place(row: FigureRow) -> CodedPlace:
    return row.indicator, row.organisation


def _stored_values(
    cycle: Cycle, reporter: Organisation, *, leave_out: set[CodedPlace]
) -> dict[CodedPlace, Decimal]:
    """What is stored at the other places of the return, for checks across figures. One query."""
    rows = Figure.objects.filter(cycle=cycle, reporter=reporter, value__isnull=False).order_by("id")
    values = rows.values_list("indicator__code", "organisation__code", "value")
    return {
        (indicator, organisation): value
        for indicator, organisation, value in values
        if (indicator, organisation) not in leave_out and value is not None
    }


def _add_stored(cycle: Cycle, reporter: Organisation, answers: dict[CodedPlace, CellAnswer]) -> None:
    """Put the figure and its newest revision beside each answer. Two queries."""
    figures = {
        (figure.indicator.code, figure.organisation.code): figure
        for figure in Figure.objects.filter(
            cycle=cycle,
            reporter=reporter,
            indicator__code__in={place[0] for place in answers},
            organisation__code__in={place[1] for place in answers},
        ).select_related("indicator", "organisation")
    }
    newest = FigureRevision.objects.filter(
        figure__in=[figure.pk for figure in figures.values()], number=F("figure__revision_number")
    )
    revisions = {item.figure_id: item for item in newest.select_related("author__organisation")}
    for place, answer in answers.items():
        answer.figure = figures.get(place)
        answer.revision = revisions.get(answer.figure.pk) if answer.figure else None
