"""年度结果: a plan's year on one board, from its quarters' rankings by the weights of the scheme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import Plan
from indicators.periods import Period
from rankings.models import RankingEntry, RankingRun
from rankings.overviews import STRENGTH
from rankings.services.schemes import scheme_for, validated
from returns.models import Cycle
from scoring import YearEntry, YearInput, score_year
from scoring.exact import ONE


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """One quarter of the year: its weight in the result, and the ranking that counts, if one may be seen."""

    period: Period
    weight: Decimal
    run: RankingRun | None

    @property
    def is_published(self) -> bool:
        """Whether its ranking is final."""
        return self.run is not None and self.run.status == RankingRun.Status.PUBLISHED


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """One organisation's year: the quarters' totals (None where it has none) and what they come to."""

    organisation: str
    unit: str
    group: str
    totals: tuple[Decimal | None, ...]
    total: Decimal | None
    rank: int | None
    group_rank: int | None


@dataclass(frozen=True, kw_only=True)
class YearResult:
    """The year's board in ranked order."""

    plan: Plan
    year: int
    board: str
    scheme_title: str
    quarters: tuple[Quarter, ...]
    rows: tuple[YearRow, ...]

    @property
    def is_weighted(self) -> bool:
        """Whether several quarters count; else one alone, whose figures are cumulative."""
        return sum(bool(quarter.weight) for quarter in self.quarters) > 1

    @property
    def missing(self) -> tuple[Quarter, ...]:
        """Quarters that count and have no ranking that may be seen."""
        return tuple(quarter for quarter in self.quarters if quarter.weight and quarter.run is None)

    @property
    def is_final(self) -> bool:
        """Whether every quarter that counts is published."""
        return all(quarter.is_published for quarter in self.quarters if quarter.weight)


def year_result(
    *, plan: Plan, year: int, board: str, may_see: Callable[[Cycle], bool] = lambda cycle: True
) -> YearResult | None:
    """The year's result of a board from the runs that count now; None where the plan has no such year.

    may_see says of each quarter whether the reader may see its board; the others count as not there.
    The scheme is the one by which the year's last quarter is scored. Without weights in it the result
    is the last quarter's; with weights the quarters that have a total share them (scoring/RULES.md,
    "The year"), and `missing` names the quarters that are not there.
    """
    cycles = {cycle.quarter: cycle for cycle in Cycle.objects.filter(plan=plan, year=year)}
    if not cycles:
        return None
    for cycle in cycles.values():
        cycle.plan = plan
    version = scheme_for(cycles[max(cycles)])
    scheme = validated(version)
    runs = _runs_by_quarter([cycle for cycle in cycles.values() if may_see(cycle)], board)
    quarters = tuple(
        Quarter(
            period=Period(year, quarter),
            weight=Decimal(scheme.year_weights[quarter - 1]) / ONE,
            run=runs.get(quarter),
        )
        for quarter in (1, 2, 3, 4)
    )
    entries = _entries_by_quarter(runs)
    units = _units(entries)
    known = {unit.organisation.code: unit for unit in units}
    ranked = score_year(
        units=[
            YearInput(
                key=code,
                order=unit.organisation.order,
                group=unit.group,
                totals=_totals(entries, code),
            )
            for code, unit in known.items()
        ],
        scheme=scheme,
    )
    return YearResult(
        plan=plan,
        year=year,
        board=board,
        scheme_title=version.title,
        quarters=quarters,
        rows=tuple(_row(entry, known[entry.key], entries) for entry in ranked),
    )


def _runs_by_quarter(cycles: list[Cycle], board: str) -> dict[int, RankingRun]:
    """The run that counts in each quarter: published before frozen before preliminary, newest number."""
    quarters = {cycle.pk: cycle for cycle in cycles}
    best: dict[int, RankingRun] = {}
    for run in RankingRun.objects.filter(cycle__in=quarters, board=board).defer("inputs"):
        run.cycle = quarters[run.cycle_id]
        present = best.get(run.cycle.quarter)
        if present is None or _strength(run) > _strength(present):
            best[run.cycle.quarter] = run
    return best


def _strength(run: RankingRun) -> tuple[int, int, int]:
    return (STRENGTH[run.status], run.number, run.pk)


def _entries_by_quarter(runs: Mapping[int, RankingRun]) -> dict[int, dict[str, RankingEntry]]:
    """Entries of each quarter by the organisation's code. One query."""
    quarter_of = {run.pk: quarter for quarter, run in runs.items()}
    found: dict[int, dict[str, RankingEntry]] = {quarter: {} for quarter in runs}
    for entry in RankingEntry.objects.filter(run__in=quarter_of).select_related("organisation"):
        found[quarter_of[entry.run_id]][entry.organisation.code] = entry
    return found


def _units(entries: Mapping[int, Mapping[str, RankingEntry]]) -> list[RankingEntry]:
    """Each organisation's newest entry: its name and group then are the year's."""
    newest: dict[str, RankingEntry] = {}
    for quarter in sorted(entries):
        newest |= entries[quarter]
    return sorted(newest.values(), key=lambda entry: (entry.organisation.order, entry.organisation.code))


def _totals(entries: Mapping[int, Mapping[str, RankingEntry]], code: str) -> tuple[Decimal | None, ...]:
    found = (entries.get(quarter, {}).get(code) for quarter in (1, 2, 3, 4))
    return tuple(entry.total if entry else None for entry in found)


def _row(
    result: YearEntry, newest: RankingEntry, entries: Mapping[int, Mapping[str, RankingEntry]]
) -> YearRow:
    return YearRow(
        organisation=newest.organisation.code,
        unit=newest.unit,
        group=newest.group,
        totals=_totals(entries, newest.organisation.code),
        total=result.total,
        rank=result.rank,
        group_rank=result.group_rank if newest.group else None,
    )
