from decimal import Decimal

import pytest

from indicators.models import Milestone, ReferenceValue, TargetKind
from rankings.computing import freeze_sheet, thaw
from rankings.inputs import board_inputs, boards_of, gather
from rankings.models import Adjustment
from rankings.services.runs import build_ranking
from rankings.services.schemes import ensure_scheme_v1
from returns.models import Figure
from tests.factories import World, make_world, open_cycle_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return make_world()


def _lines(world: World, board: str = "districts", *, verified_only: bool = False) -> dict[str, list[dict]]:
    material = gather(world.cycle, verified_only=verified_only)
    text, _ = freeze_sheet(board_inputs(material, board=board, scheme=ensure_scheme_v1()))
    return {unit["key"]: unit["lines"] for unit in thaw(text)["units"]}


@pytest.mark.parametrize(
    ("kind", "excluded"),
    [
        (TargetKind.PENDING, "待下达"),
        (TargetKind.MERGED, "合并考核"),
        (TargetKind.NOT_ASSESSED, "不考核"),
        (TargetKind.UNSET, "未设置"),
        (TargetKind.PROVINCIAL, "待下达"),
        (TargetKind.RELATIVE, "待参照值"),
    ],
)
def test_target_kind_gives_the_reason_of_exclusion(world: World, kind: TargetKind, excluded: str) -> None:
    world.indicator("energy")
    world.target("energy", world.wuxing, "/", kind=kind, reference="gdp_growth")

    (line,) = _lines(world)["wuxing"]

    assert (line["excluded"], line["target"]) == (excluded, None)


def test_relative_target_is_resolved_by_the_same_quarters_reference(world: World) -> None:
    world.indicator("growth", kind="rate", additive=False, unit="%", decimals=2)
    world.target(
        "growth",
        world.wuxing,
        "高于GDP增速1个百分点",
        kind=TargetKind.RELATIVE,
        reference="gdp_growth",
        offset=Decimal(1),
    )
    for quarter, value in ((1, "5.1"), (2, "5.8")):
        ReferenceValue.objects.create(
            city=world.city, series="gdp_growth", year=2025, quarter=quarter, value=value, source="市统计局"
        )

    (line,) = _lines(world)["wuxing"]

    assert (line["excluded"], line["target"]) == (None, "6.8")


def test_provincial_target_is_resolved_by_its_reference_value(world: World) -> None:
    world.indicator("energy", kind="rate", additive=False, unit="%", decimals=2)
    world.target(
        "energy", world.wuxing, "完成省定目标", kind=TargetKind.PROVINCIAL, reference="province_energy"
    )
    ReferenceValue.objects.create(
        city=world.city, series="province_energy", year=2025, quarter=2, value="3.3", source="省发展改革委"
    )

    (line,) = _lines(world)["wuxing"]

    assert (line["excluded"], line["target"]) == (None, "3.3")


def test_figure_that_cannot_exist_yet_is_not_scored(world: World) -> None:
    world.indicator("annual", frequency="annual")
    world.target("annual", world.wuxing, "4")

    (line,) = _lines(world)["wuxing"]

    assert line["excluded"] == "本期无数据"


def test_lag_moves_the_first_figure_to_a_later_quarter(world: World) -> None:
    indicator = world.indicator("lagging", lag_quarters=1)

    assert [indicator.figure_can_exist(quarter) for quarter in (1, 2, 3, 4)] == [False, True, True, True]


def test_milestone_of_the_year_precedes_the_one_of_every_year(world: World) -> None:
    indicator = world.indicator("batch")
    world.target("batch", world.wuxing, "4")
    Milestone.objects.create(indicator=indicator, quarter=2, share="0.3")
    Milestone.objects.create(indicator=indicator, year=2025, quarter=2, share="0.65")

    (line,) = _lines(world)["wuxing"]

    assert line["milestone_share"] == "0.65"


def test_department_line_adds_up_the_districts_with_a_scored_target(world: World) -> None:
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "6")
    world.target("parks", world.nantaihu, "0", kind=TargetKind.ZERO, value=Decimal(0))
    world.target("parks", world.whole_city, "18")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("nanxun", {("parks", world.nanxun): "3"})
    world.report("nantaihu", {("parks", world.nantaihu): "1"})

    (line,) = _lines(world, "departments")["jxj"]

    assert line["value"] == "10"
    assert line["detail"] == {"sum_of": {"吴兴区": "7", "南浔区": "3"}, "missing": []}


def test_department_line_is_incomplete_when_a_district_is_missing(world: World) -> None:
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "6")
    world.target("parks", world.whole_city, "18")
    world.report("wuxing", {("parks", world.wuxing): "7"})

    (line,) = _lines(world, "departments")["jxj"]

    assert line["value"] is None
    assert line["detail"]["missing"] == ["南浔区"]


def test_departments_own_city_figure_precedes_the_sum(world: World) -> None:
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.whole_city, "12")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("jxj", {("parks", world.whole_city): "9"})

    (line,) = _lines(world, "departments")["jxj"]

    assert line["value"] == "9"


def test_frozen_inputs_take_verified_figures_only(world: World) -> None:
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "6")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("nanxun", {("parks", world.nanxun): "3"})
    world.verify("jxj", Figure.objects.get(organisation=world.wuxing))

    lines = _lines(world, verified_only=True)

    assert [lines[key][0]["value"] for key in ("wuxing", "nanxun")] == ["7", None]


def test_target_in_its_own_unit_is_shown_in_the_documents_unit(world: World) -> None:
    world.indicator("land", unit="亩", decimals=2)
    world.target("land", world.whole_city, "1", unit="万亩", unit_factor=Decimal(10000))
    world.report("jxj", {("land", world.whole_city): "5200"})

    run = build_ranking(cycle=world.cycle, board="departments")

    assert run is not None
    line = run.entries.get().lines.get()
    assert (line.target, line.expected, line.value, line.attainment) == (
        "1",
        "0.5",
        "0.52",
        Decimal("104.00"),
    )


@pytest.mark.parametrize(("child", "met"), [("29", False), ("30", True), ("28", False)])
def test_share_constraint_is_judged_on_actual_figures_in_integers(
    world: World, child: str, met: bool
) -> None:
    parent = world.indicator("firms")
    world.indicator("future", parent=parent, min_share_numerator=1, min_share_denominator=3)
    world.target("firms", world.wuxing, "160")
    world.target("future", world.wuxing, "55")
    world.report("wuxing", {("firms", world.wuxing): "88", ("future", world.wuxing): child})

    _, line = _lines(world)["wuxing"]

    assert line["detail"] == {"share": {"of": "firms", "at_least": "1/3", "met": met}}


def test_boards_without_anybody_to_rank_do_not_exist(world: World) -> None:
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")

    assert boards_of(gather(world.cycle, verified_only=False)) == ["districts"]
    assert build_ranking(cycle=world.cycle, board="departments") is None


def test_adjustments_reach_the_total_with_their_reasons(world: World) -> None:
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.report("wuxing", {("parks", world.wuxing): "6"})
    for points in ("2", "-0.5"):
        Adjustment.objects.create(
            cycle=world.cycle,
            organisation=world.wuxing,
            points=points,
            reason="通报表扬",
            entered_by=world.people["owner"],
        )

    run = build_ranking(cycle=world.cycle, board="districts")

    assert run is not None
    entry = run.entries.get(organisation=world.wuxing)
    assert [entry.base, entry.bonus, entry.deduction, entry.total] == [
        Decimal("100.00"),
        Decimal("2.00"),
        Decimal("0.50"),
        Decimal("101.50"),
    ]


def test_plan_end_target_is_scored_in_the_last_quarter_only(world: World) -> None:
    world.indicator("total")
    world.target("total", world.wuxing, "34", year=2027, is_plan_end=True)

    due = []
    for quarter in (3, 4):
        world.cycle = open_cycle_of(world, 2027, quarter)
        due.append(_lines(world)["wuxing"][0]["due"])

    assert due == [False, True]
