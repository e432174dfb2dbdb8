"""A small city's second quarter with two indicators: what the tests of analysis pages stand on."""

from __future__ import annotations

from rankings.models import RankingRun
from rankings.services.runs import build_ranking
from rankings.services.sealing import freeze_cycle, publish_cycle, sign_off_cycle
from returns.models import Cycle, Figure
from returns.services.cycles import change_cycle_state
from returns.states import CycleState
from tests.factories import World, make_world

FIGURES = {"wuxing": ("7", "84"), "nanxun": ("3", "76"), "nantaihu": ("1", "25")}


def quarter_of_three(*, count: int = 3) -> World:
    """吴兴区 116.67 and 105.00, 南浔区 100.00 and 95.00, 南太湖新区 100.00 and 100.00; all verified.

    Totals 110.84, 97.50, 100.00: ranks 1, 3, 2. With count only the first ones take part.
    """
    world = make_world()
    world.indicator("parks", name="产业园")
    world.indicator("firms", name="小微企业")
    targets = {"wuxing": ("12", "160"), "nanxun": ("6", "160"), "nantaihu": ("2", "50")}
    for code, (parks, firms) in list(targets.items())[:count]:
        place = getattr(world, code)
        world.target("parks", place, parks)
        world.target("firms", place, firms)
    world.target("parks", world.whole_city, "20")
    report_quarter(world, world.cycle, dict(list(FIGURES.items())[:count]))
    return world


def report_quarter(world: World, cycle: Cycle, figures: dict[str, tuple[str, str]] | None = None) -> None:
    """The three districts' figures of a cycle, handed in and verified."""
    for code, (parks, firms) in (figures or FIGURES).items():
        place = getattr(world, code)
        world.report(code, {("parks", place): parks, ("firms", place): firms}, cycle=cycle)
    world.verify("jxj", *Figure.objects.filter(cycle=cycle), cycle=cycle)


def districts_run(world: World, cycle: Cycle | None = None) -> RankingRun:
    """The preliminary districts board, computed now."""
    run = build_ranking(cycle=cycle or world.cycle, board="districts")
    assert run is not None
    return run


def freeze(world: World, cycle: Cycle | None = None) -> Cycle:
    """The cycle closed and frozen by the owner."""
    owner = world.people["owner"]
    closed = change_cycle_state(actor=owner, cycle=cycle or world.cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=closed)
    return Cycle.objects.select_related("plan").get(pk=closed.pk)


def publish(world: World, cycle: Cycle | None = None) -> Cycle:
    """The cycle frozen, signed off and published."""
    frozen = freeze(world, cycle)
    sign_off_cycle(actor=world.people["leader"], cycle=frozen)
    publish_cycle(actor=world.people["owner"], cycle=frozen)
    return Cycle.objects.select_related("plan").get(pk=frozen.pk)
