"""What the big screen shows: the newest board of each plan as slides, and a version that changes with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboards.history import entries_of_runs, lines_of_runs
from dashboards.selectors import Coverage, UnitRow, coverage_of, last_places, unit_rows
from indicators.periods import Period
from rankings.models import Board, RankingRun

RunsByBoard = Mapping[tuple[int, str], Mapping[Period, RankingRun]]


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One board as it stands on the screen."""

    run: RankingRun
    rows: tuple[UnitRow, ...]
    last: frozenset[int]
    """Ids of the entries that share the last place."""
    coverage: Coverage

    @property
    def reds(self) -> int:
        """How many lines are red."""
        return sum(row.reds for row in self.rows)


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
    """The runs as slides. Two queries, whatever their number."""
    entries = entries_of_runs(runs)
    lines = lines_of_runs(runs)
    slides = []
    for run in runs:
        own = entries.get(run.pk, ())
        rows = unit_rows(own, lines)
        slides.append(
            Slide(
                run=run,
                rows=rows,
                last=frozenset(entry.pk for entry in last_places(own)),
                coverage=coverage_of(rows),
            )
        )
    return slides


def version_of(runs: Iterable[RankingRun]) -> str:
    """Changes whenever one of the runs is computed again, frozen, published or corrected."""
    facts = [f"{run.pk} {run.status} {run.number} {run.computed_at.isoformat()}" for run in runs]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]
