"""What the big screen shows: the newest board of each plan as slides, and a version that changes with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboards.history import entries_of_runs, lines_of_runs
from dashboards.selectors import (
    WIDEST_LIGHTS,
    Cause,
    Coverage,
    UnitRow,
    causes_of,
    coverage_of,
    last_places,
    unit_rows,
)
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


def newest_runs(runs: RunsByBoard, *, plan: str = "", board: str = "") -> list[RankingRun]:
    """The newest quarter's run of each plan and board, in the order of plans and boards."""
    order = {code: place for place, code in enumerate(Board.values)}
    newest = [periods[max(periods)] for periods in runs.values() if periods]
    wanted = [
        run
        for run in newest
        if (not plan or run.cycle.plan.code == plan) and (not board or run.board == board)
    ]
    return sorted(wanted, key=lambda run: (run.cycle.plan.order, run.cycle.plan.code, order[run.board]))


def slides_of(runs: Sequence[RankingRun]) -> list[Slide]:
    """The runs as slides. Three queries, whatever their number."""
    entries = entries_of_runs(runs)
    lines = lines_of_runs(runs)
    names = short_names({run.cycle.plan for run in runs})
    slides = []
    for run in runs:
        own = entries.get(run.pk, ())
        columns = columns_among(names.get(run.cycle.plan_id, {}), (lines.get(entry.pk, ()) for entry in own))
        rows = unit_rows(own, lines, columns)
        last = [entry.pk for entry in last_places(own)]
        slides.append(
            Slide(
                run=run,
                rows=rows,
                columns=columns,
                last=frozenset(last),
                causes=next((causes_of(row, {}, columns) for row in rows if row.entry.pk in last), ()),
                coverage=coverage_of(rows),
            )
        )
    return slides


def version_of(runs: Iterable[RankingRun]) -> str:
    """Changes whenever one of the runs is computed again, frozen, published or corrected."""
    facts = [f"{run.pk} {run.status} {run.number} {run.computed_at.isoformat()}" for run in runs]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]
