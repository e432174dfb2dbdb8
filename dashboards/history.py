"""A board over the quarters: the run that counts in each, as far as an account may see it.

Everything here reads stored runs; nothing is scored again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.rules import Person
from indicators.models import Plan
from indicators.periods import Period
from rankings.models import RankingEntry, RankingLine, RankingRun
from rankings.overviews import STRENGTH
from returns.rules import may_see_board


@dataclass(frozen=True, kw_only=True)
class BoardHistory:
    """The runs of one board by period, oldest first, with their entries in printed order.

    runs holds only quarters whose board the account may see.
    """

    plan: Plan
    board: str
    runs: Mapping[Period, RankingRun]
    entries: Mapping[int, tuple[RankingEntry, ...]]

    def run(self, period: Period) -> RankingRun | None:
        """The run that counts in a period; None where there is none, or none that may be seen."""
        return self.runs.get(period)

    def entries_of(self, run: RankingRun) -> tuple[RankingEntry, ...]:
        """The run's entries in printed order."""
        return self.entries.get(run.pk, ())

    def published_before(self, period: Period) -> list[RankingRun]:
        """Published runs of earlier quarters, newest first: what 上期 means everywhere."""
        earlier = [run for at, run in self.runs.items() if at < period]
        return [run for run in reversed(earlier) if run.status == RankingRun.Status.PUBLISHED]

    def until(self, period: Period, *, limit: int) -> list[tuple[Period, RankingRun]]:
        """At most so many of the newest runs up to a period, oldest first."""
        return [(at, run) for at, run in self.runs.items() if at <= period][-limit:]

    @property
    def newest(self) -> RankingRun | None:
        """The newest quarter's run."""
        runs = list(self.runs.values())
        return runs[-1] if runs else None


def runs_that_count(
    user: Person, *, plans: Iterable[Plan]
) -> dict[tuple[int, str], dict[Period, RankingRun]]:
    """By plan id and board: the run that counts in each period, oldest first. One query.

    Of a quarter that is not sealed only leaders and the plan's owner see the board, so for others its run
    is not there.
    """
    known = {plan.pk: plan for plan in plans}
    found: dict[tuple[int, str], dict[Period, RankingRun]] = {}
    runs = (
        RankingRun.objects.filter(cycle__plan__in=known)
        .select_related("cycle", "scheme")
        .defer("inputs")
        .order_by("cycle__year", "cycle__quarter", "pk")
    )
    for run in runs:
        cycle = run.cycle
        cycle.plan = known[cycle.plan_id]
        if not may_see_board(user, cycle=cycle):
            continue
        of_board = found.setdefault((cycle.plan_id, run.board), {})
        present = of_board.get(cycle.period)
        if present is None or _strength(run) >= _strength(present):
            of_board[cycle.period] = run
    return found


def board_history(user: Person, *, plan: Plan, board: str) -> BoardHistory:
    """A plan's board over all quarters that the account may see. Two queries."""
    runs = runs_that_count(user, plans=[plan]).get((plan.pk, board), {})
    return BoardHistory(plan=plan, board=board, runs=runs, entries=entries_of_runs(runs.values()))


def entries_of_runs(runs: Iterable[RankingRun]) -> dict[int, tuple[RankingEntry, ...]]:
    """The entries of these runs by the run's id, in printed order. One query."""
    by_id = {run.pk: run for run in runs}
    found: dict[int, list[RankingEntry]] = {}
    rows = RankingEntry.objects.filter(run__in=by_id).select_related("organisation")
    for entry in rows.order_by("run_id", "position"):
        entry.run = by_id[entry.run_id]
        found.setdefault(entry.run_id, []).append(entry)
    return {pk: tuple(entries) for pk, entries in found.items()}


def lines_of_runs(runs: Iterable[RankingRun], *, indicator: str = "") -> dict[int, list[RankingLine]]:
    """The lines of these runs by the entry's id, each with its figure. One query."""
    lines = RankingLine.objects.filter(entry__run__in=[run.pk for run in runs]).select_related("figure")
    if indicator:
        lines = lines.filter(indicator_code=indicator)
    found: dict[int, list[RankingLine]] = {}
    for line in lines.order_by("entry_id", "position"):
        found.setdefault(line.entry_id, []).append(line)
    return found


def _strength(run: RankingRun) -> tuple[int, int, int]:
    return (STRENGTH[run.status], run.number, run.pk)
