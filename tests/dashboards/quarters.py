"""Three districts over two quarters: a published first one, and a second one that is still open."""

from __future__ import annotations

from collections.abc import Collection

from dashboards.history import BoardHistory, board_history
from dashboards.selectors import Leadership, leadership
from indicators.periods import Period
from rankings.services.runs import build_ranking
from tests.factories import World, open_cycle_of
from tests.rankings.boards import districts_run, publish, quarter_of_three, report_quarter

SECOND = Period(2025, 2)
FIRST_FIGURES = {"wuxing": ("3", "40"), "nanxun": ("1", "20"), "nantaihu": ("1", "13")}
"""Due by the first quarter: 3 and 40, 1.5 and 40, 0.5 and 12.5. Ranks 2, 3, 1; 南浔区 has two red lines."""


def two_quarters() -> World:
    """2025Q1 published with 南浔区 last; 2025Q2 open: 吴兴区 110.84, 南太湖新区 100.00, 南浔区 97.50."""
    world = quarter_of_three()
    first = open_cycle_of(world, 2025, 1)
    report_quarter(world, first, FIRST_FIGURES)
    districts_run(world, first)
    publish(world, first)
    districts_run(world)
    return world


def history_for(world: World, account: str) -> BoardHistory:
    """The districts board over the quarters as an account may see it."""
    return board_history(world.people[account], plan=world.plan, board="districts")


def page_of(world: World, *, group: str = "", only: Collection[str] | None = None) -> Leadership:
    """The leadership page of the second quarter, as the leader sees it, computed now."""
    build_ranking(cycle=world.cycle, board="districts")
    history = history_for(world, "leader")
    run = history.run(SECOND)
    assert run is not None
    return leadership(history, run, group=group, only=only)
