from decimal import Decimal

import pytest

from districts.models import Organisation
from indicators.models import IndicatorKind, Target, TargetKind
from rankings.overviews import runs_of
from rankings.rollup import CityLine, Rollup, city_rollup
from rankings.services.requests import run_due_requests
from returns.models import Figure
from returns.services.figures import withdraw_figure
from tests.factories import World, make_world
from tests.rankings.boards import freeze, quarter_of_three

pytestmark = pytest.mark.django_db


def _rollup(world: World) -> Rollup:
    run_due_requests()
    found = city_rollup(world.cycle, runs_of(world.cycle))
    assert found is not None
    return found


def _line(world: World, name: str) -> CityLine:
    return next(line for line in _rollup(world).lines if line.indicator == name)


def test_sum_of_everybody_is_the_city_s_figure() -> None:
    world = quarter_of_three()

    line = _line(world, "产业园")

    assert (line.total, line.is_complete, line.missing) == (Decimal(11), True, [])
    assert (line.target, line.city_value, line.completion) == (Decimal(20), Decimal(11), Decimal("55.00"))


def test_sum_that_lacks_somebody_names_them_and_is_not_the_city_s_figure() -> None:
    world = quarter_of_three()
    figure = Figure.objects.get(organisation=world.nanxun, indicator__code="parks")
    withdraw_figure(actor=world.people["nanxun"], figure=figure, reason="口径有误")

    rollup = _rollup(world)
    line = _line(world, "产业园")

    assert rollup.incomplete == 1
    assert (line.total, line.is_complete, line.missing, line.present) == (Decimal(8), False, ["南浔区"], 2)
    assert (line.city_value, line.completion) == (None, None)
    assert [(part.unit, part.value, part.note) for part in line.parts] == [
        ("吴兴区", Decimal(7), ""),
        ("南浔区", None, "未报送"),
        ("南太湖新区", Decimal(1), ""),
    ]


def test_zero_reported_is_not_missing() -> None:
    world = quarter_of_three()
    world.report("nanxun", {("parks", world.nanxun): "0"}, reason="更正")
    world.verify("jxj", Figure.objects.get(organisation=world.nanxun, indicator__code="parks"))

    line = _line(world, "产业园")

    assert (line.total, line.missing) == (Decimal(8), [])


def test_place_without_a_task_is_not_waited_for() -> None:
    world = quarter_of_three()
    world.indicator("zones", name="专业园")
    world.target("zones", world.wuxing, "3")
    world.target("zones", world.nanxun, "0", kind=TargetKind.ZERO, value=None)
    world.target("zones", world.nantaihu, "/", kind=TargetKind.NOT_ASSESSED, value=None)
    world.report("wuxing", {("zones", world.wuxing): "2"})

    line = _line(world, "专业园")

    assert (line.total, line.is_complete) == (Decimal(2), True)
    assert [part.note for part in line.parts] == ["", "零目标", "不考核"]


def test_department_s_own_city_figure_counts_and_its_difference_is_shown() -> None:
    world = quarter_of_three()
    world.report("jxj", {("parks", world.whole_city): "12"})

    line = _line(world, "产业园")

    assert (line.reported, line.total, line.difference) == (Decimal(12), Decimal(11), Decimal(1))
    assert (line.city_value, line.completion) == (Decimal(12), Decimal("60.00"))


def test_rates_do_not_add_up() -> None:
    world = quarter_of_three()
    world.indicator("growth", name="增速", kind=IndicatorKind.RATE, additive=False, unit="%", decimals=1)
    for place, target in ((world.wuxing, "7"), (world.nanxun, "6")):
        world.target("growth", place, target)
        world.report(place.code, {("growth", place): "6.5"})

    line = _line(world, "增速")

    assert (line.total, line.city_value, line.present) == (None, None, 2)


def test_sealed_period_shows_what_was_sealed() -> None:
    world = quarter_of_three()
    world.cycle = freeze(world)
    before = _rollup(world)
    Target.objects.filter(organisation=world.whole_city).update(value=99, text="99")
    Organisation.objects.filter(pk=world.wuxing.pk).update(name="吴兴新区")

    assert _rollup(world) == before


def test_nothing_computed_is_nothing_to_show() -> None:
    world = make_world()

    assert city_rollup(world.cycle, runs_of(world.cycle)) is None
