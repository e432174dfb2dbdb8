"""Totals, bonus and deduction, ranks, groups, and what a board refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from scoring import SCHEME_V1, BoardInput, BoardResult, EntryResult, Reason, Scheme, ScoringError, score_board
from tests.scoring.boards import V1, make_line, make_unit


def score_units(*units: Any, group_by_lines: bool = False, scheme: Scheme = V1) -> BoardResult:
    """A fourth-quarter board, so that a flow of 100 scores its own figure up to the cap."""
    board = BoardInput(quarter=4, units=units, group_by_lines=group_by_lines)
    return score_board(board=board, scheme=scheme)


def flow(value: str | None, **changes: Any) -> Any:
    return make_line(**{"target": "100", "value": value, "counted": False} | changes)


def flows(*values: str | None) -> list[Any]:
    return [flow(value, indicator=f"指标{number}") for number, value in enumerate(values, start=1)]


def ranks(result: BoardResult) -> list[tuple[str, str | None, int | None, int | None]]:
    return [
        (entry.key, None if entry.total is None else str(entry.total), entry.rank, entry.group_rank)
        for entry in result.entries
    ]


def only_entry(result: BoardResult) -> EntryResult:
    (entry,) = result.entries
    return entry


# --- totals ----------------------------------------------------------------------------------


def test_total_is_the_mean_over_scored_lines_only() -> None:
    lines = [*flows("90", "80"), flow(None, indicator="不考核", target=None, excluded=Reason.NOT_ASSESSED)]

    entry = only_entry(score_units(make_unit("吴兴区", *lines)))

    assert str(entry.total) == "85.00"


def test_total_weighs_lines_and_renormalises() -> None:
    lines = [
        flow("90", indicator="一", weight="30"),
        flow("60", indicator="二", weight="10"),
        flow("60", indicator="三", weight="60", target="0"),
    ]

    entry = only_entry(score_units(make_unit("吴兴区", *lines)))

    assert str(entry.total) == "82.50"
    assert [str(line.weight) for line in entry.lines] == ["30", "10", "60"]


@pytest.mark.parametrize(("values", "total"), [(("90.01", "90"), "90.01"), (("90.01", "90", "90"), "90.00")])
def test_total_is_rounded_half_up(values: tuple[str, ...], total: str) -> None:
    assert str(only_entry(score_units(make_unit("吴兴区", *flows(*values)))).total) == total


def test_line_of_weight_zero_is_shown_and_counts_for_nothing() -> None:
    lines = [flow("90", indicator="一"), flow("10", indicator="二", weight="0")]

    entry = only_entry(score_units(make_unit("吴兴区", *lines)))

    assert (str(entry.total), str(entry.lines[1].score)) == ("90.00", "10.00")


def test_weight_of_the_scheme_replaces_the_weight_of_the_line() -> None:
    scheme = Scheme.from_dict(SCHEME_V1 | {"indicators": {"指标1": {"weight": "3"}}})

    entry = only_entry(score_units(make_unit("吴兴区", *flows("100", "60")), scheme=scheme))

    assert str(entry.total) == "90.00"
    assert [str(line.weight) for line in entry.lines] == ["3", "1"]


# --- bonus and deduction -----------------------------------------------------------------------


def with_points(bonuses: tuple[str, ...] = (), deductions: tuple[str, ...] = (), value: str = "90") -> Any:
    return make_unit(
        "吴兴区",
        *flows(value),
        bonuses=tuple(Decimal(points) for points in bonuses),
        deductions=tuple(Decimal(points) for points in deductions),
    )


def test_bonus_is_added_and_deduction_taken_after_rounding() -> None:
    entry = only_entry(score_units(with_points(("1.25", "0.5"), ("2",))))

    facts = (str(entry.base), str(entry.bonus), str(entry.deduction), str(entry.total))
    assert facts == ("90.00", "1.75", "2.00", "89.75")


@pytest.mark.parametrize("points", [("5",), ("3", "2"), ("4.99", "0.01")])
def test_bonus_and_deduction_up_to_the_limit_are_accepted(points: tuple[str, ...]) -> None:
    assert str(only_entry(score_units(with_points(points, points))).total) == "90.00"


@pytest.mark.parametrize("points", [("5.01",), ("3", "2.01"), ("1", "1", "1", "1", "1", "0.01")])
@pytest.mark.parametrize("name", ["bonuses", "deductions"])
def test_bonus_and_deduction_beyond_the_limit_are_refused(name: str, points: tuple[str, ...]) -> None:
    unit = with_points(**{name: points})

    with pytest.raises(ScoringError, match=r"“吴兴区”[加扣]分合计 5\.01 分，超过上限 5\.00 分"):
        score_units(unit)


@pytest.mark.parametrize("name", ["bonuses", "deductions"])
@pytest.mark.parametrize(("points", "message"), [("-1", "不能小于 0"), ("0.125", "最多保留 2 位小数")])
def test_bonus_entry_that_is_no_amount_of_points_is_refused(name: str, points: str, message: str) -> None:
    with pytest.raises(ScoringError, match=message):
        score_units(with_points(**{name: (points,)}))


def test_total_is_never_below_zero() -> None:
    entry = only_entry(score_units(with_points(deductions=("5",), value="3")))

    assert (str(entry.base), str(entry.total), entry.rank) == ("3.00", "0.00", 1)


# --- without a scored line ---------------------------------------------------------------------


def test_unit_without_a_scored_line_is_listed_last_without_rank() -> None:
    nothing = flow("50", target="0")

    result = score_units(
        make_unit("甲", nothing, order=1),
        make_unit("乙", flow(None), order=2),
        make_unit("丙", order=3),
        make_unit("丁", flow("80"), order=4),
    )

    assert ranks(result) == [
        ("丁", "80.00", 1, 1),
        ("乙", "0.00", 2, 2),
        ("甲", None, None, None),
        ("丙", None, None, None),
    ]
    assert [entry.excluded for entry in result.entries] == [None, None, "不参评", "不参评"]


def test_bonus_gives_no_rank_to_a_unit_without_a_scored_line() -> None:
    unit = make_unit("甲", flow("50", target="0"), bonuses=(Decimal(5),))

    entry = only_entry(score_units(unit))

    assert (entry.base, entry.total, entry.rank, str(entry.bonus)) == (None, None, None, "5.00")


def test_board_without_units_has_no_entries() -> None:
    assert score_units() == BoardResult(entries=())


# --- ranks ---------------------------------------------------------------------------------------


def test_ties_share_a_rank_print_in_official_order_and_skip_the_next() -> None:
    result = score_units(
        make_unit("丁", flow("70"), order=4),
        make_unit("丙", flow("80"), order=3),
        make_unit("乙", flow("80"), order=2),
        make_unit("甲", flow("90"), order=1),
    )

    assert ranks(result) == [
        ("甲", "90.00", 1, 1),
        ("乙", "80.00", 2, 2),
        ("丙", "80.00", 2, 2),
        ("丁", "70.00", 4, 4),
    ]


def test_three_way_tie_at_the_top() -> None:
    result = score_units(*(make_unit(key, flow("80"), order=order) for order, key in enumerate("甲乙丙", 1)))

    assert [entry.rank for entry in result.entries] == [1, 1, 1]


def test_rank_is_decided_on_the_rounded_total() -> None:
    result = score_units(
        make_unit("甲", *flows("90.01", "90", "90"), order=2),
        make_unit("乙", *flows("90", "90", "90"), order=1),
    )

    assert ranks(result) == [("乙", "90.00", 1, 1), ("甲", "90.00", 1, 1)]


def test_each_group_has_its_own_ranks_beside_the_overall_one() -> None:
    result = score_units(
        make_unit("甲县", flow("70"), order=1, group="区县组"),
        make_unit("乙县", flow("90"), order=2, group="区县组"),
        make_unit("丙新区", flow("80"), order=3, group="功能区组"),
        make_unit("丁新区", flow("80"), order=4, group="功能区组"),
        make_unit("戊", flow("60"), order=5, group=None),
    )

    assert ranks(result) == [
        ("乙县", "90.00", 1, 1),
        ("丙新区", "80.00", 2, 1),
        ("丁新区", "80.00", 2, 1),
        ("甲县", "70.00", 4, 2),
        ("戊", "60.00", 5, None),
    ]


def test_departments_are_grouped_by_the_number_of_scored_lines() -> None:
    result = score_units(
        make_unit("五项", *flows("90", "90", "90", "90", None), group=None),
        make_unit("四项", *flows("95", "95", "95", "95"), flow("1", indicator="零", target="0"), order=2),
        make_unit("六项", *flows(*["99"] * 6), order=3),
        make_unit("无", flow("1", target="0"), order=4),
        group_by_lines=True,
    )

    assert [(entry.key, entry.group, entry.rank, entry.group_rank) for entry in result.entries] == [
        ("六项", "五项及以上组", 1, 1),
        ("四项", "五项以下组", 2, 1),
        ("五项", "五项及以上组", 3, 2),
        ("无", "五项以下组", None, None),
    ]


def test_group_threshold_and_names_come_from_the_scheme() -> None:
    groups = {"threshold": 2, "at_least": "大组", "below": "小组"}
    scheme = Scheme.from_dict(SCHEME_V1 | {"groups": groups})

    result = score_units(
        make_unit("甲", *flows("90", "90")), make_unit("乙", *flows("80")), group_by_lines=True, scheme=scheme
    )

    assert [(entry.key, entry.group) for entry in result.entries] == [("甲", "大组"), ("乙", "小组")]


# --- what a board refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "1.2345678"}, "“吴兴区”的指标“产业园”：完成值小数位过多：1.2345678。最多保留 6 位小数。"),
        ({"target": "0.0000001"}, "“吴兴区”的指标“产业园”：目标值小数位过多"),
        ({"baseline": "1.2345678"}, "“吴兴区”的指标“产业园”：基期值小数位过多"),
        ({"value": "NaN"}, "“吴兴区”的指标“产业园”：完成值不是有效数字"),
        ({"value": "Infinity"}, "“吴兴区”的指标“产业园”：完成值不是有效数字"),
        ({"value": "1E+400"}, "“吴兴区”的指标“产业园”：完成值过大"),
        ({"value": "1E-400"}, "“吴兴区”的指标“产业园”：完成值小数位过多"),
        ({"weight": "-1"}, "“吴兴区”的指标“产业园”：分值不能小于 0"),
        ({"milestone_share": "-0.1"}, "“吴兴区”的指标“产业园”：时序节点比例不能小于 0"),
        ({"milestone_share": "0.5", "milestone_amount": "3"}, "只能填比例或数量中的一个"),
        ({"excluded": Reason.UNREPORTED}, "不能以“未报送”为由不计分"),
        ({"excluded": Reason.NOT_RANKED}, "不能以“不参评”为由不计分"),
    ],
)
def test_line_that_no_rule_covers_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ScoringError) as refused:
        score_units(make_unit("吴兴区", make_line(**changes)))

    assert message in str(refused.value)


def test_same_unit_or_line_twice_is_refused() -> None:
    with pytest.raises(ScoringError, match="单位“甲”在同一榜单中出现两次"):
        score_units(make_unit("甲", flow("1")), make_unit("甲", flow("2")))
    with pytest.raises(ScoringError, match="“甲”的指标“产业园”：出现两次"):
        score_units(make_unit("甲", flow("1"), flow("2")))


@pytest.mark.parametrize("quarter", [0, 5, -1])
def test_quarter_outside_the_year_is_refused(quarter: int) -> None:
    with pytest.raises(ScoringError, match="季度应为 1 至 4"):
        score_board(board=BoardInput(quarter=quarter, units=()), scheme=V1)


def test_rules_version_that_never_existed_is_refused() -> None:
    with pytest.raises(ScoringError, match="没有计分规则版本“99”，现有版本：1"):
        score_board(board=BoardInput(quarter=1, units=()), scheme=V1, rules_version="99")


def test_order_of_input_does_not_matter() -> None:
    units = [
        make_unit(key, flow(value), order=order)
        for order, (key, value) in enumerate(
            [("甲", "80"), ("乙", "90"), ("丙", "80"), ("丁", None)], start=1
        )
    ]

    forward, backward = score_units(*units), score_units(*reversed(units))

    assert forward == backward
