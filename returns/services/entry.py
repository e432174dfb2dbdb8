"""Figures typed into a form or sent to the API: the same cell rules, checks and storage as a file."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from accounts.models import User
from districts.models import Organisation
from returns.checks import check_figures
from returns.models import Cycle
from returns.rules import may_report_for
from returns.selectors import build_vocabulary
from returns.services.figures import Saved, save_figures
from returns.services.uploads import warnings_by_place
from returns.workbook.cells import read_text_value
from returns.workbook.types import FigureRow, Mark, Problem


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One typed figure: codes of its place, the text as typed, and what is said about it."""

    indicator: str
    organisation: str
    text: str
    data_as_of: datetime.date | None = None
    progress: str = ""
    problems: str = ""
    measures: str = ""


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

    With dry_run nothing is saved and the problems are what saving would meet.
    Raises PermissionDenied or WrongState.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    vocabulary = build_vocabulary(cycle, reporter=reporter)
    indicators = {term.code: term for term in vocabulary.indicators}
    rows: list[FigureRow] = []
    problems: list[Problem] = []
    for entry in entries:
        if not entry.text.strip():
            continue
        term = indicators.get(entry.indicator)
        place = vocabulary.places.get((entry.indicator, entry.organisation))
        if term is None or place is None:
            problems.append(_unknown_place(entry))
            continue
        if not place.may_report:
            problems.append(_foreign_place(entry, term.name))
            continue
        reading = read_text_value(entry.text, indicator=term, place=place)
        if isinstance(reading, Problem):
            problems.append(reading)
        elif reading is not None and not isinstance(reading, Mark):
            rows.append(
                FigureRow(
                    indicator=entry.indicator,
                    organisation=entry.organisation,
                    value=reading,
                    raw=entry.text.strip(),
                    data_as_of=entry.data_as_of,
                    progress=entry.progress,
                    problems=entry.problems,
                    measures=entry.measures,
                )
            )
    problems += check_figures(rows, (), vocabulary)
    if dry_run or any(problem.level == "error" for problem in problems):
        return Entered(saved=None, problems=tuple(problems))
    saved = save_figures(
        actor=actor,
        cycle=cycle,
        reporter=reporter,
        rows=rows,
        warnings=warnings_by_place(problems),
        source=source,
        reason=reason,
        submit=submit,
    )
    return Entered(saved=saved, problems=tuple(problems))


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
