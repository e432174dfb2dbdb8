"""Who is last, why, since when, how certain; what changed since the published quarter before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicators.periods import Period
from returns.models import Figure
from tests.dashboards.quarters import SECOND, history_for, page_of, two_quarters
from tests.factories import World
from tests.rankings.boards import publish

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return two_quarters()


def test_last_place_says_who_why_and_since_when(world: World) -> None:
    page = page_of(world)

    assert page.last is not None
    assert [row.entry.unit for row in page.last.rows] == ["南浔区"]
    assert [(cause.loss.line.indicator, cause.loss.points, cause.was_red) for cause in page.last.causes] == [
        ("小微企业", Decimal("2.50"), True)
    ]
    assert (page.last.streak.count, page.last.streak.since) == (2, Period(2025, 1))
    assert (page.last.above.unit, page.last.distance) == ("南太湖新区", Decimal("2.50"))
    assert page.last.worst.indicator == "小微企业"
    assert page.last.worst.figure.reporter == world.nanxun
    assert [row.entry.unit for row in page.first] == ["吴兴区"]


def test_changes_are_counted_against_the_published_quarter(world: World) -> None:
    changes = page_of(world).changes

    assert changes is not None
    assert changes.former.cycle.period == Period(2025, 1)
    assert (changes.reds_before, changes.reds_now) == (2, 0)
    assert [entry.unit for entry in changes.risen] == ["吴兴区"]
    assert [entry.unit for entry in changes.fallen] == ["南太湖新区"]
    assert [(item.entry.unit, item.now.indicator) for item in changes.recovered] == [
        ("南浔区", "产业园"),
        ("南浔区", "小微企业"),
    ]
    assert changes.newly_red == ()


def test_new_last_place_is_told_with_its_former_rank(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "1", ("firms", world.wuxing): "10"}, reason="更正")
    world.verify("jxj", *Figure.objects.filter(cycle=world.cycle, reporter=world.wuxing))

    page = page_of(world)

    assert page.last is not None
    assert page.last.row.entry.unit == "吴兴区"
    assert (page.last.streak.count, page.last.streak.former_rank) == (1, 2)
    assert [(item.entry.unit, item.before.light) for item in page.changes.newly_red] == [
        ("吴兴区", "green"),
        ("吴兴区", "green"),
    ]


def test_group_narrows_places_to_the_group(world: World) -> None:
    page = page_of(world, group="区县组")

    assert [(row.entry.unit, row.entry.group_rank) for row in page.rows] == [("吴兴区", 1), ("南浔区", 2)]
    assert page.last is not None
    assert page.last.above is not None
    assert page.last.above.unit == "吴兴区"


def test_charge_of_a_leader_narrows_lights_and_causes_but_no_total_or_rank(world: World) -> None:
    whole, firms, parks = page_of(world), page_of(world, only={"firms"}), page_of(world, only={"parks"})

    assert [column.code for column in firms.columns] == ["firms"]
    assert [(row.entry.unit, row.entry.rank, row.entry.total) for row in firms.rows] == [
        (row.entry.unit, row.entry.rank, row.entry.total) for row in whole.rows
    ]
    assert (whole.coverage.due, firms.coverage.due) == (6, 3)
    assert (whole.changes.reds_before, firms.changes.reds_before) == (2, 1)
    # 2.50 is half of the 5.00 points lost on the line: its share of the whole total, not of what is shown.
    assert [(cause.name, cause.loss.points) for cause in firms.last.causes] == [("小微企业", Decimal("2.50"))]
    assert parks.last.causes == ()
    assert parks.last.streak == whole.last.streak


def test_unknown_group_shows_everybody(world: World) -> None:
    assert len(page_of(world, group="没有这个组").rows) == 3


def test_reporter_has_no_run_of_an_open_quarter_in_the_history(world: World) -> None:
    before = list(history_for(world, "wuxing").runs)
    publish(world)
    after = list(history_for(world, "wuxing").runs)

    assert before == [Period(2025, 1)]
    assert after == [Period(2025, 1), SECOND]


def test_administrator_has_no_history(world: World) -> None:
    assert dict(history_for(world, "sysadmin").runs) == {}
