"""Figures typed into a form or sent to the API: the same cell rules, checks and storage as a file."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from accounts.models import User
from districts.models import Organisation
from returns.checks import check_figures
from returns.models import Cycle, Figure, FigureRevision
from returns.rules import may_report_for
from returns.selectors import build_vocabulary
from returns.services.figures import FigureConflict, Saved, is_same, save_figures
from returns.services.uploads import warnings_by_place
from returns.workbook.cells import read_text_value
from returns.workbook.types import FigureRow, Problem, Vocabulary

CodedPlace = tuple[str, str]
"""(indicator code, organisation code)."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One typed figure: codes of its place, the text as typed, and what is said about it.

    base is the number of the revision that the writer saw, 0 for none; None leaves the question open whether
    somebody else wrote meanwhile. complete means that a blank date, status or narrative is meant as blank.
    """

    indicator: str
    organisation: str
    text: str
    data_as_of: datetime.date | None = None
    data_status: str = ""
    progress: str = ""
    problems: str = ""
    measures: str = ""
    base: int | None = None
    complete: bool = False

    @property
    def place(self) -> CodedPlace:
        """Codes of indicator and organisation."""
        return self.indicator, self.organisation

    @property
    def says_something(self) -> bool:
        """Whether there is a narrative, which needs a figure to stand beside."""
        return bool(self.progress or self.problems or self.measures)


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What came of typed figures: saved, or nothing at all when there is an error or on a dry run."""

    saved: Saved | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        """The problems that kept everything out."""
        return [problem for problem in self.problems if problem.level == "error"]


def enter_figures(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    entries: Sequence[Entry],
    source: str,
    reason: str = "",
    submit: bool = False,
    dry_run: bool = False,
) -> Entered:
    """Read, check and save typed figures, all or none. Blank entries are skipped: a blank never withdraws.
    What its writer left as it was does not stand against what somebody else wrote meanwhile.

    With dry_run nothing is saved and the problems are what saving would meet.
    Raises PermissionDenied, WrongState, or FigureConflict where an entry's base is not the newest revision.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    vocabulary = build_vocabulary(cycle, reporter=reporter)
    rows, problems = read_entries(entries, vocabulary)
    problems += check_figures(rows, (), vocabulary)
    if dry_run or any(problem.level == "error" for problem in problems):
        return Entered(saved=None, problems=tuple(problems))

    def save(chosen: Sequence[FigureRow]) -> Saved:
        return save_figures(
            actor=actor,
            cycle=cycle,
            reporter=reporter,
            rows=chosen,
            warnings=warnings_by_place(problems),
            source=source,
            reason=reason,
            submit=submit,
            bases=bases,
        )

    bases = bases_of(entries)
    try:
        saved = save(rows)
    except FigureConflict as conflict:
        kept = [
            row
            for row in rows
            if (row.indicator, row.organisation) not in conflict.places
            or not is_untouched(row, cycle=cycle, reporter=reporter, bases=bases)
        ]
        if len(kept) == len(rows):
            raise
        saved = save(kept)
    return Entered(saved=saved, problems=tuple(problems))


def is_untouched(
    row: FigureRow, *, cycle: Cycle, reporter: Organisation, bases: Mapping[CodedPlace, int]
) -> bool:
    """Whether a row says just what the revision said that its writer saw: then a newer one is no conflict."""
    seen = FigureRevision.objects.filter(
        figure__cycle=cycle,
        figure__reporter=reporter,
        figure__indicator__code=row.indicator,
        figure__organisation__code=row.organisation,
        number=bases.get((row.indicator, row.organisation), 0),
    ).first()
    return seen is not None and is_same(Figure(value=seen.value), seen, row)


def bases_of(entries: Sequence[Entry]) -> dict[CodedPlace, int]:
    """On which revision each entry is based, where it says so."""
    return {entry.place: entry.base for entry in entries if entry.base is not None}


def read_entries(entries: Sequence[Entry], vocabulary: Vocabulary) -> tuple[list[FigureRow], list[Problem]]:
    """The rows that typed figures come to, and the problem of each that comes to none; blanks are neither."""
    indicators = {term.code: term for term in vocabulary.indicators}
    rows: list[FigureRow] = []
    problems: list[Problem] = []
    for entry in entries:
        if not entry.text.strip() and not entry.says_something:
            continue
        term = indicators.get(entry.indicator)
        place = vocabulary.places.get(entry.place)
        if term is None or place is None:
            problems.append(_unknown_place(entry))
            continue
        if not place.may_report:
            problems.append(_foreign_place(entry, term.name))
            continue
        reading = read_text_value(entry.text, indicator=term, place=place)
        if isinstance(reading, Problem):
            problems.append(reading)
        elif isinstance(reading, Decimal):
            rows.append(_row(entry, reading))
        elif entry.says_something:
            problems.append(_needs_figure(entry, term.name))
    return rows, problems


def with_stored(rows: Sequence[FigureRow], stored: Mapping[CodedPlace, Decimal]) -> list[FigureRow]:
    """The rows, and beside them what is stored at other places, so that sums and parts can be checked."""
    given = {(row.indicator, row.organisation) for row in rows}
    others = [
        FigureRow(indicator=place[0], organisation=place[1], value=value, raw=str(value))
        for place, value in stored.items()
        if place not in given
    ]
    return [*rows, *others]


def _row(entry: Entry, value: Decimal) -> FigureRow:
    return FigureRow(
        indicator=entry.indicator,
        organisation=entry.organisation,
        value=value,
        raw=entry.text.strip(),
        data_as_of=entry.data_as_of,
        data_status=entry.data_status,
        progress=entry.progress,
        problems=entry.problems,
        measures=entry.measures,
        complete=entry.complete,
    )


def _unknown_place(entry: Entry) -> Problem:
    return Problem(
        level="error",
        code="unknown_place",
        message=f"没有这个指标或单位：{entry.indicator}、{entry.organisation}",
        indicator=entry.indicator,
        organisation=entry.organisation,
    )


def _foreign_place(entry: Entry, name: str) -> Problem:
    return Problem(
        level="error",
        code="foreign_place",
        message=f"“{name}”不由本单位填报，请删去这一项",
        indicator=entry.indicator,
        organisation=entry.organisation,
    )


def _needs_figure(entry: Entry, name: str) -> Problem:
    return Problem(
        level="error",
        code="narrative_without_figure",
        message=f"“{name}”写了进展、问题或举措，但没有完成值；请先填数（没有进展就填 0），说明才能一起保存",
        indicator=entry.indicator,
        organisation=entry.organisation,
    )
