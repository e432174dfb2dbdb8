"""Year-end projection by hand, trends, ranks and the tile map."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboards.pictures import project, rank_paths, ranks_chart, trend_chart, trends
from dashboards.selectors import UnitRow
from dashboards.tiles import tiles_of
from districts.models import Organisation
from indicators.models import IndicatorKind
from rankings.models import RankingEntry, RankingLine
from tests.dashboards.quarters import SECOND, history_for, two_quarters


def line(**changes: object) -> RankingLine:
    """A green line of 12 by the year's end, 6 due, 7 done; not stored."""
    values: dict[str, object] = {"target": "12", "expected": "6", "value": "7", "light": "green"}
    return RankingLine(**(values | changes))


@pytest.mark.parametrize(
    ("kind", "changes", "value", "percent"),
    [
        (IndicatorKind.FLOW, {}, "14.00", "116.67"),
        (IndicatorKind.FLOW, {"value": "0"}, "0.00", "0.00"),
        (IndicatorKind.FLOW, {"target": "3", "expected": "2.25", "value": "2"}, "2.67", "88.89"),
        (IndicatorKind.FLOW, {"expected": "12", "value": "12"}, "12.00", "100.00"),
        (
            IndicatorKind.STOCK,
            {"target": "160", "baseline": "140", "expected": "10", "value": "152"},
            "164.00",
            "102.50",
        ),
        (
            IndicatorKind.STOCK,
            {"target": "160", "baseline": "140", "expected": "10", "value": "138"},
            "136.00",
            "85.00",
        ),
    ],
)
def test_projection_follows_the_pace(kind: str, changes: dict[str, object], value: str, percent: str) -> None:
    found = project(RankingEntry(), line(**changes), kind=kind)

    assert (found.value, found.percent, found.why) == (Decimal(value), Decimal(percent), "")


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        (IndicatorKind.FLOW, {"value": "", "light": "red", "reason": "未报送"}, "未报送"),
        (IndicatorKind.FLOW, {"light": "grey", "reason": "零目标", "target": "0"}, "零目标"),
        (IndicatorKind.FLOW, {"expected": "0", "light": "green"}, "未到节点"),
        (IndicatorKind.RATE, {}, "比率不推算"),
        (IndicatorKind.STOCK, {}, "存量无基数，不推算"),
        (IndicatorKind.STOCK, {"baseline": "12"}, "存量无基数，不推算"),
    ],
)
def test_nothing_is_projected_where_no_pace_is(kind: str, changes: dict[str, object], why: str) -> None:
    found = project(RankingEntry(), line(**changes), kind=kind)

    assert (found.value, found.percent, found.why) == (None, None, why)


@pytest.mark.django_db
def test_trend_has_each_organisation_against_what_was_due() -> None:
    world = two_quarters()

    found = trends(history_for(world, "leader"), SECOND, indicator="parks")
    chart = trend_chart(found, unit="个", lower_is_better=False)

    assert chart["periods"] == ["2025Q1", "2025Q2"]
    assert [(unit["name"], unit["values"], unit["due"]) for unit in chart["units"]] == [
        ("吴兴区", [3.0, 7.0], [3.0, 6.0]),
        ("南浔区", [1.0, 3.0], [1.5, 3.0]),
        ("南太湖新区", [1.0, 1.0], [0.5, 1.0]),
    ]


@pytest.mark.django_db
def test_trend_for_a_reporter_ends_with_the_last_sealed_quarter() -> None:
    world = two_quarters()

    found = trends(history_for(world, "wuxing"), SECOND, indicator="parks")

    assert [str(point.period) for point in found[0].points] == ["2025Q1"]


@pytest.mark.django_db
def test_ranks_over_the_quarters_stand_in_the_newest_order() -> None:
    world = two_quarters()

    chart = ranks_chart(*rank_paths(history_for(world, "leader"), SECOND))

    assert chart == {
        "periods": ["2025Q1", "2025Q2"],
        "places": 3,
        "units": [
            {"name": "吴兴区", "ranks": [2, 1]},
            {"name": "南太湖新区", "ranks": [1, 2]},
            {"name": "南浔区", "ranks": [3, 3]},
        ],
    }


def unit(code: str, order: int) -> UnitRow:
    """An organisation's row without lines; not stored."""
    entry = RankingEntry(unit=code, organisation=Organisation(code=code, order=order))
    return UnitRow(entry=entry, lines=(), cells=())


def test_tiles_stand_by_compass_and_strangers_beneath() -> None:
    units = [unit("wuxing", 1), unit("changxing", 4), unit("newcomer", 9)]

    tiles = tiles_of("huzhou", units)

    assert [(tile.unit.entry.unit, tile.row, tile.column) for tile in tiles] == [
        ("changxing", 1, 2),
        ("wuxing", 2, 3),
        ("newcomer", 3, 1),
    ]


def test_city_without_a_layout_has_its_tiles_in_official_order() -> None:
    units = [unit(f"place-{order}", order) for order in (5, 1, 2, 3, 4)]

    tiles = tiles_of("elsewhere", units)

    assert [(tile.unit.entry.unit, tile.row, tile.column) for tile in tiles] == [
        ("place-1", 1, 1),
        ("place-2", 1, 2),
        ("place-3", 1, 3),
        ("place-4", 1, 4),
        ("place-5", 2, 1),
    ]
