"""What the big screen shows: the newest board of each plan as slides, and a version that changes with them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboards.history import entries_of_runs, lines_of_runs
from dashboards.selectors import (
    WIDEST_LIGHTS,
    Cause,
    Coverage,
    UnitRow,
    causes_shown,
    coverage_of,
    last_places,
    narrowed,
    unit_rows,
)
from indicators.leaders import Charge
from indicators.models import Plan
from indicators.periods import Period
from rankings.models import Board, RankingRun
from rankings.overviews import Column, columns_among, short_names

RunsByBoard = Mapping[tuple[int, str], Mapping[Period, RankingRun]]


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One board as it stands on the screen."""

    run: RankingRun
    rows: tuple[UnitRow, ...]
    columns: tuple[Column, ...]
    last: frozenset[int]
    """Ids of the entries that share the last place."""
    causes: tuple[Cause, ...]
    """What costs the last place most points, largest first; empty where nobody is last."""
    coverage: Coverage

    @property
    def reds(self) -> int:
        """How many lines are red."""
        return sum(row.reds for row in self.rows)

    @property
    def has_lights(self) -> bool:
        """Whether each indicator has a column of its own."""
        return len(self.columns) <= WIDEST_LIGHTS

    @property
    def last_row(self) -> UnitRow | None:
        """The first of those that share the last place."""
        return next((row for row in self.rows if row.entry.pk in self.last), None)


def newest_runs(runs: RunsByBoard, *, board: str = "") -> list[RankingRun]:
    """The newest quarter's run of each plan and board, in the order of plans and boards."""
    order = {code: place for place, code in enumerate(Board.values)}
    newest = [periods[max(periods)] for periods in runs.values() if periods]
    wanted = [run for run in newest if board in ("", run.board)]
    return sorted(wanted, key=lambda run: (run.cycle.plan.order, run.cycle.plan.code, order[run.board]))


@dataclass(frozen=True, kw_only=True)
class Programme:
    """Whose indicators of which plans the screen shows."""

    leader: str
    """The office to whose indicators it is narrowed; empty where it shows all."""
    unknown: str
    """An office asked for that has nothing in its charge in any of the plans; empty where there is none."""
    plans: tuple[Plan, ...]
    """The plans shown: those in which the office has an indicator in its charge, else all."""
    codes: Mapping[int, Collection[str]]
    """By plan id the codes of the indicators shown; a plan that is not there shows all of its own."""


def programme_of(plans: Sequence[Plan], charges: Mapping[int, Charge], *, asked: str) -> Programme:
    """What the screen shows when narrowed to an office; everything where that has nothing in its charge."""
    own = {pk: charge.codes for pk, charge in charges.items() if charge.codes is not None}
    return Programme(
        leader=asked if own else "",
        unknown="" if own else asked,
        plans=tuple(plan for plan in plans if plan.pk in own or not own),
        codes=own,
    )


def slides_of(runs: Sequence[RankingRun], *, codes: Mapping[int, Collection[str]]) -> list[Slide]:
    """The runs as slides. Three queries, whatever their number.

    codes narrow lights, causes and coverage of the plans that they name, and organisations without any of
    these indicators are left out; totals, ranks and who is last stay the board's.
    """
    entries = entries_of_runs(runs)
    lines = lines_of_runs(runs)
    names = short_names({run.cycle.plan for run in runs})
    slides = []
    for run in runs:
        only = codes.get(run.cycle.plan_id)
        everybody = entries.get(run.pk, ())
        shown = lines if only is None else narrowed(lines, only)
        own = [entry for entry in everybody if only is None or shown.get(entry.pk)]
        columns = columns_among(names.get(run.cycle.plan_id, {}), (shown.get(entry.pk, ()) for entry in own))
        rows = unit_rows(own, shown, columns)
        last = [entry.pk for entry in last_places(everybody)]
        slides.append(
            Slide(
                run=run,
                rows=rows,
                columns=columns,
                last=frozenset(last),
                causes=next(
                    (causes_shown(row, {}, columns, lines) for row in rows if row.entry.pk in last), ()
                ),
                coverage=coverage_of(rows),
            )
        )
    return slides


def version_of(runs: Iterable[RankingRun], *, codes: Mapping[int, Collection[str]]) -> str:
    """Changes whenever a run is computed again, frozen, published or corrected, or other indicators are shown."""
    facts = [f"{run.pk} {run.status} {run.number} {run.computed_at.isoformat()}" for run in runs]
    facts += [f"{plan} {' '.join(sorted(shown))}" for plan, shown in sorted(codes.items())]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]
