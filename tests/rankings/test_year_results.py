from decimal import Decimal

import pytest

from indicators.periods import Period
from rankings.rules import may_see_board
from rankings.services.assignments import assign_scheme
from rankings.services.schemes import create_scheme_version
from rankings.year_results import YearResult, year_result
from returns.models import Cycle
from scoring import SCHEME_V1
from tests.factories import World, open_cycle_of
from tests.rankings.boards import districts_run, publish, quarter_of_three, report_quarter

pytestmark = pytest.mark.django_db

LAST = {"wuxing": ("12", "160"), "nanxun": ("6", "176"), "nantaihu": ("2", "50")}


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return quarter_of_three()


def _result(world: World, who: str = "owner") -> YearResult:
    found = year_result(
        plan=world.plan,
        year=2025,
        board="districts",
        may_see=lambda cycle: may_see_board(world.people[who], cycle=cycle),
    )
    assert found is not None
    return found


def _rows(result: YearResult) -> list[tuple[str, str | None, int | None, int | None]]:
    return [(row.unit, row.total and str(row.total), row.rank, row.group_rank) for row in result.rows]


def _fourth(world: World) -> Cycle:
    fourth = open_cycle_of(world, 2025, 4)
    report_quarter(world, fourth, LAST)
    return fourth


def test_v1_year_is_the_last_quarter_s(world: World) -> None:
    publish(world)
    fourth = _fourth(world)
    districts_run(world, fourth)

    preliminary = _result(world)
    publish(world, fourth)
    result = _result(world)

    assert (preliminary.is_final, result.is_final, result.is_weighted) == (False, True, False)
    assert [str(quarter.weight) for quarter in result.quarters] == ["0", "0", "0", "1"]
    assert _rows(result) == [
        ("南浔区", "105.00", 1, 1),
        ("吴兴区", "100.00", 2, 2),
        ("南太湖新区", "100.00", 2, 1),
    ]
    assert result.rows[0].totals == (None, Decimal("97.50"), None, Decimal("105.00"))


def test_v1_year_without_a_last_quarter_ranks_nobody_and_says_so(world: World) -> None:
    publish(world)

    result = _result(world)

    assert [quarter.period for quarter in result.missing] == [Period(2025, 4)]
    assert {row.total for row in result.rows} == {None}
    assert [row.unit for row in result.rows] == ["吴兴区", "南浔区", "南太湖新区"]


def test_weighted_quarters_share_the_year(world: World) -> None:
    scheme = create_scheme_version(
        actor=world.people["owner"],
        parameters={**SCHEME_V1, "title": "加权", "year": ["0.15", "0.25", "0.25", "0.35"]},
    )
    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Period(2025, 2))
    publish(world)
    publish(world, _fourth(world))

    result = _result(world)

    assert result.is_weighted
    assert [str(quarter.period) for quarter in result.missing] == ["2025Q1", "2025Q3"]
    # 南浔区 (0.25 × 97.50 + 0.35 × 105.00) ÷ 0.60 = 101.875
    assert _rows(result) == [
        ("吴兴区", "104.52", 1, 1),
        ("南浔区", "101.88", 2, 2),
        ("南太湖新区", "100.00", 3, 1),
    ]


def test_organisation_sees_no_total_of_an_unsealed_quarter(world: World) -> None:
    publish(world)
    districts_run(world, _fourth(world))

    result = _result(world, "wuxing")

    assert [quarter.run is None for quarter in result.quarters] == [True, False, True, True]
    assert {row.totals[3] for row in result.rows} == {None}
    assert {row.total for row in result.rows} == {None}


def test_correction_replaces_the_quarter_in_the_year(world: World) -> None:
    publish(world)
    fourth = _fourth(world)
    publish(world, fourth)
    first = _result(world).quarters[3].run

    assert first is not None
    assert (first.number, first.status) == (1, "published")


def test_year_without_cycles_is_none(world: World) -> None:
    assert year_result(plan=world.plan, year=2031, board="districts") is None
