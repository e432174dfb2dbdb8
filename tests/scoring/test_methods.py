"""Scoring methods other than v1's, with figures worked out by hand or published with the rule."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from scoring import SCHEME_V1, BoardInput, Direction, Kind, Scheme, SchemeError, score_board
from tests.scoring.boards import DISTRICTS, make_line, make_unit

#: 创新型小微 of the worked example: target and second-quarter figure of the seven districts.
SMALL_FIRMS = [(targets[2], values[2]) for _, _, targets, values in DISTRICTS]


def scheme_with(method: Any, **changes: Any) -> Scheme:
    return Scheme.from_dict(SCHEME_V1 | {"method": method} | changes)


def score_all(
    method: Any,
    figures: Sequence[tuple[Any, Any]],
    *,
    quarter: int = 4,
    groups: str | None = None,
    **changes: Any,
) -> list[str | None]:
    """Scores of one indicator for organisations with these targets and figures, in their order.

    groups: one letter for each organisation, `None` for one group of all.
    """
    units = tuple(
        make_unit(
            f"单位{number}",
            make_line(**{"target": target, "value": value, "counted": False} | changes),
            order=number,
            group=groups[number] if groups else "同组",
        )
        for number, (target, value) in enumerate(figures)
    )
    board = BoardInput(quarter=quarter, units=units)
    entries = {entry.key: entry for entry in score_board(board=board, scheme=scheme_with(method)).entries}
    scores = [entries[f"单位{number}"].lines[0].score for number in range(len(figures))]
    return [None if score is None else str(score) for score in scores]


def at_target_100(*values: str) -> list[tuple[str, str]]:
    return [("100", value) for value in values]


def points_of(scores: Sequence[str | None], *, full: int) -> list[str]:
    """Scores of 100 as points of an indicator worth full points."""
    return [f"{(Decimal(score) * full / 100).normalize():f}" for score in scores if score is not None]


# --- 1, 4: completion with cap, with threshold -------------------------------------------------


def test_cap_100_is_a_parameter() -> None:
    method = {"name": "attainment_capped", "cap": "1"}

    assert score_all(method, at_target_100("110", "100", "90")) == ["100.00", "100.00", "90.00"]


def test_completion_is_scored_by_points_of_the_indicator() -> None:
    # 2024 result of a district: foreign investment 120 % x 0.5 = 0.6, 96 % x 0.5 = 0.48; others capped at 100 %.
    scores = score_all(
        {"name": "attainment_capped", "measure": "completion"}, at_target_100("120", "96", "150"), quarter=2
    )

    assert points_of(scores, full=1) == ["1.2", "0.96", "1.2"]
    assert score_all({"name": "attainment_capped", "cap": "1"}, [("27", "28"), ("54", "177.7")]) == [
        "100.00",
        "100.00",
    ]


def test_threshold_of_80_percent_gives_nothing_below() -> None:
    method = {"name": "attainment_capped", "threshold": "0.8"}

    assert score_all(method, at_target_100("79.999999", "80", "100")) == ["0.00", "80.00", "100.00"]


# --- 2: completion with bonus for more ----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "points"), [("87.3", "17.46"), ("100", "20"), ("104", "22"), ("120", "30"), ("135", "30")]
)
def test_overfulfilment_of_twenty_points(value: str, points: str) -> None:
    # 20 points, 0.5 for each percentage point more, at most 10: of 100 that is 2.5 and at most 50.
    scores = score_all("overfulfilment", at_target_100(value))

    assert points_of(scores, full=20) == [points]


# --- 5: all or nothing, 争先进位 ----------------------------------------------------------------


def test_all_or_nothing() -> None:
    method = {"name": "bands", "bands": [{"at": "1", "points": "100"}]}

    assert score_all(method, at_target_100("99.999999", "100", "130")) == ["0.00", "100.00", "100.00"]


def test_rank_step_shares_places_and_skips_the_next() -> None:
    scores = score_all("rank_step", SMALL_FIRMS, quarter=2)

    # 吴兴 20, 南浔 15, 德清 18, 长兴 15, 安吉 20, 南太湖 17, 长合 17 of 20 points, 5 % less for each place.
    assert points_of(scores, full=20) == ["20", "15", "18", "15", "20", "17", "17"]


def test_rank_step_never_falls_below_zero() -> None:
    scores = score_all({"name": "rank_step", "step": "60"}, at_target_100("90", "80", "70"))

    assert scores == ["100.00", "40.00", "0.00"]


def test_rank_step_compares_within_the_group_only() -> None:
    assert score_all("rank_step", at_target_100("90", "80", "70", "60"), groups="甲乙甲乙") == [
        "100.00",
        "100.00",
        "95.00",
        "95.00",
    ]


def test_rank_step_leaves_out_who_did_not_report() -> None:
    figures: list[tuple[str, str | None]] = [("100", "90"), ("100", None), ("100", "70")]

    assert score_all("rank_step", figures) == ["100.00", "0.00", "95.00"]


def test_growth_scored_half_by_target_and_half_by_place() -> None:
    # GDP: 4 points for reaching 8 %, 6 points by place.
    method = {
        "name": "combined",
        "parts": [
            {"weight": "4", "method": {"name": "bands", "bands": [{"at": "1", "points": "100"}]}},
            {"weight": "6", "method": "rank_step"},
        ],
    }

    scores = score_all(method, [("8", "8.5"), ("8", "7.5"), ("8", "8")], kind=Kind.RATE)

    assert points_of(scores, full=10) == ["10", "5.4", "9.7"]


# --- 6: points by place --------------------------------------------------------------------------


def test_points_by_place_with_a_fixed_step() -> None:
    scores = score_all("rank_step", at_target_100("90", "80", "70", "60", "50"))

    assert points_of(scores, full=60) == ["60", "57", "54", "51", "48"]
    assert points_of(scores, full=20) == ["20", "19", "18", "17", "16"]


def test_points_by_place_from_a_list() -> None:
    method = {"name": "rank_points", "points": ["100", "90", "85"]}

    assert score_all(method, at_target_100("90", "80", "80", "70", "60")) == [
        "100.00",
        "90.00",
        "90.00",
        "85.00",
        "85.00",
    ]


def test_places_of_a_falling_figure_run_the_other_way() -> None:
    method = {"name": "rank_step", "measure": "value"}

    assert score_all(method, [("5", "3"), ("5", "2"), ("5", "4")], direction=Direction.LOWER) == [
        "95.00",
        "100.00",
        "90.00",
    ]


# --- 7, 10: share of the best ---------------------------------------------------------------------


def test_share_of_best_of_six_points() -> None:
    method = {"name": "share_of_best", "measure": "value"}

    scores = score_all(method, at_target_100("50", "45", "40", "32"))

    assert points_of(scores, full=6) == ["6", "5.4", "4.8", "3.84"]


def test_share_of_best_where_lower_is_better() -> None:
    method = {"name": "share_of_best", "measure": "value"}

    scores = score_all(method, [("5", "2"), ("5", "4"), ("5", "8")], direction=Direction.LOWER)

    assert scores == ["100.00", "50.00", "25.00"]


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        (("0", "0"), ["0.00", "0.00"]),
        (("-1", "-2"), ["0.00", "0.00"]),
        (("5", "-2"), ["100.00", "0.00"]),
        (("5", "5"), ["100.00", "100.00"]),
    ],
)
def test_share_of_best_at_its_edges(values: tuple[str, ...], scores: list[str]) -> None:
    method = {"name": "share_of_best", "measure": "value"}

    assert score_all(method, at_target_100(*values)) == scores


def test_share_of_best_of_nothing_is_full_where_lower_is_better() -> None:
    method = {"name": "share_of_best", "measure": "value"}

    scores = score_all(method, [("5", "0"), ("5", "0"), ("5", "3")], direction=Direction.LOWER)

    assert scores == ["100.00", "100.00", "0.00"]


# --- 8, 9, 11: efficacy, range, two points ------------------------------------------------------------


def test_efficacy_on_completion() -> None:
    scores = score_all({"name": "efficacy", "measure": "completion"}, SMALL_FIRMS, quarter=2)

    assert scores == ["100.00", "60.00", "84.00", "60.00", "100.00", "73.33", "73.33"]


TAX_PER_MU = [("37", value) for value in ("48", "30", "37", "37", "37", "36")]


def test_efficacy_on_a_level() -> None:
    scores = score_all("efficacy", TAX_PER_MU, kind=Kind.RATE)

    assert scores == ["100.00", "60.00", "75.56", "75.56", "75.56", "73.33"]


def test_efficacy_from_zero_is_range_normalisation() -> None:
    scores = score_all({"name": "efficacy", "base": "0", "range": "100"}, TAX_PER_MU, kind=Kind.RATE)

    assert scores == ["100.00", "0.00", "38.89", "38.89", "38.89", "33.33"]


@pytest.mark.parametrize("figures", [at_target_100("80", "80", "80"), at_target_100("80")])
def test_efficacy_of_equal_peers_is_full(figures: list[tuple[str, str]]) -> None:
    assert set(score_all("efficacy", figures)) == {"100.00"}


def test_efficacy_where_lower_is_better_swaps_the_ends() -> None:
    method = {"name": "efficacy", "measure": "value"}

    scores = score_all(method, [("5", "2"), ("5", "4"), ("5", "6")], direction=Direction.LOWER)

    assert scores == ["100.00", "80.00", "60.00"]


@pytest.mark.parametrize(
    ("value", "score"), [("12", "100.00"), ("6", "60.00"), ("5.81", "58.73"), ("-9", "0.00")]
)
def test_efficacy_with_fixed_values_has_no_floor_of_sixty(value: str, score: str) -> None:
    method = {"name": "two_point", "low": "6", "low_points": "60", "high": "12"}

    assert score_all(method, [("12", value)], kind=Kind.RATE) == [score]


@pytest.mark.parametrize(
    ("value", "score"), [("10", "0.00"), ("15", "0.00"), ("20", "50.00"), ("25", "100.00"), ("30", "120.00")]
)
def test_two_points_are_joined_by_a_straight_line(value: str, score: str) -> None:
    method = {"name": "two_point", "low": "15", "high": "25"}

    assert score_all(method, [("25", value)], kind=Kind.RATE) == [score]


def test_two_points_the_other_way_round_are_for_falling_figures() -> None:
    method = {"name": "two_point", "low": "5", "high": "1", "cap": "1"}

    scores = score_all(method, [("1", "5"), ("1", "3"), ("1", "1"), ("1", "0")], direction=Direction.LOWER)

    assert scores == ["0.00", "50.00", "100.00", "100.00"]


# --- 12: bands, veto, grades --------------------------------------------------------------------------

ENERGY = {
    "name": "bands",
    "bands": [
        {"at": at, "points": points}
        for at, points in [
            ("1", "100"),
            ("0.9", "90"),
            ("0.8", "80"),
            ("0.7", "70"),
            ("0.6", "60"),
            ("0.5", "50"),
        ]
    ],
    "over_step": "0.1",
    "over_points": "7.5",
    "over_limit": "22.5",
}


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ("134", "49"),
        ("125", "46"),
        ("110", "43"),
        ("100", "40"),
        ("99", "36"),
        ("90", "36"),
        ("55", "20"),
        ("50", "20"),
        ("49.9", "0"),
    ],
)
def test_energy_saving_bands_of_forty_points(value: str, points: str) -> None:
    assert points_of(score_all(ENERGY, at_target_100(value)), full=40) == [points]


GRADES = [
    {"at": "95", "name": "超额完成"},
    {"at": "80", "name": "完成"},
    {"at": "60", "name": "基本完成"},
    {"at": "0", "name": "未完成"},
]


def graded_board(
    *, veto: str | None
) -> list[tuple[str, str | None, int | None, str | None, tuple[str, ...]]]:
    changes: dict[str, Any] = {"grades": GRADES, "indicators": {"能耗": {"veto": True}}}
    scheme = Scheme.from_dict(SCHEME_V1 | changes | ({"veto": veto} if veto else {}))
    units = tuple(
        make_unit(
            key,
            make_line(indicator="能耗", target="100", value=energy, counted=False),
            make_line(indicator="产值", target="100", value=output, counted=False),
            order=order,
        )
        for order, (key, energy, output) in enumerate(
            [("甲", "99", "120"), ("乙", "100", "90"), ("丙", None, "120"), ("丁", "100", "60")], start=1
        )
    )
    result = score_board(board=BoardInput(quarter=4, units=units), scheme=scheme)
    return [
        (entry.key, None if entry.total is None else str(entry.total), entry.rank, entry.grade, entry.vetoed)
        for entry in result.entries
    ]


def test_veto_gives_the_lowest_grade_and_leaves_the_rank() -> None:
    assert graded_board(veto="lowest_grade") == [
        ("甲", "109.50", 1, "未完成", ("能耗",)),
        ("乙", "95.00", 2, "超额完成", ()),
        ("丁", "80.00", 3, "完成", ()),
        ("丙", "60.00", 4, "未完成", ("能耗",)),
    ]


def test_veto_can_bar_the_highest_grade_only() -> None:
    assert graded_board(veto="no_top_grade") == [
        ("甲", "109.50", 1, "完成", ("能耗",)),
        ("乙", "95.00", 2, "超额完成", ()),
        ("丁", "80.00", 3, "完成", ()),
        ("丙", "60.00", 4, "基本完成", ("能耗",)),
    ]


def test_veto_can_rank_behind_all_others() -> None:
    assert graded_board(veto="last") == [
        ("乙", "95.00", 1, "超额完成", ()),
        ("丁", "80.00", 2, "完成", ()),
        ("甲", "109.50", 3, "超额完成", ("能耗",)),
        ("丙", "60.00", 4, "基本完成", ("能耗",)),
    ]


def test_veto_without_an_effect_is_only_shown() -> None:
    assert [row[0] for row in graded_board(veto=None)] == ["甲", "乙", "丁", "丙"]


# --- 3: substitute --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "substitute", "points"),
    [("100", "100", "50"), ("90", "100", "40"), ("90", "90", "0"), ("100", "90", "50")],
)
def test_substitute_earns_less_than_the_target_itself(main: str, substitute: str, points: str) -> None:
    # Both met 50; only the substitute 40; neither 0.
    indicators = {
        "外资": {
            "weight": "50",
            "method": {"name": "bands", "bands": [{"at": "1", "points": "100"}]},
            "substitute": {"indicator": "替代指标", "points": "80"},
        },
        "替代指标": {"weight": "0"},
    }
    lines = [
        make_line(indicator="外资", target="100", value=main),
        make_line(indicator="替代指标", target="100", value=substitute),
    ]
    scheme = Scheme.from_dict(SCHEME_V1 | {"indicators": indicators})

    (entry,) = score_board(
        board=BoardInput(quarter=4, units=(make_unit("甲", *lines),)), scheme=scheme
    ).entries

    assert points_of([str(entry.total)], full=50) == [points]


def test_substitute_does_not_heal_what_was_not_reported() -> None:
    indicators = {
        "外资": {"substitute": {"indicator": "替代指标", "points": "80"}},
        "替代指标": {"weight": "0"},
    }
    lines = [
        make_line(indicator="外资", target="100", value=None),
        make_line(indicator="替代指标", target="100", value="100"),
    ]
    scheme = Scheme.from_dict(SCHEME_V1 | {"indicators": indicators})

    (entry,) = score_board(
        board=BoardInput(quarter=4, units=(make_unit("甲", *lines),)), scheme=scheme
    ).entries

    assert str(entry.total) == "0.00"


# --- 13: against the mean -----------------------------------------------------------------------------------

SEGMENTS = [{"width": "10", "points": "5"}, {"width": "10", "points": "2.5"}]


@pytest.mark.parametrize(
    ("value", "score"),
    [("8", "60.00"), ("12", "80.00"), ("18", "110.00"), ("23", "120.00"), ("40", "120.00"), ("-40", "0.00")],
)
def test_difference_from_the_provincial_mean_is_scored_in_segments(value: str, score: str) -> None:
    method = {"name": "against_mean", "base": "60", "reference": "8", "segments": SEGMENTS}

    assert score_all(method, [("8", value)], kind=Kind.RATE) == [score]


def test_difference_from_the_mean_of_the_peers() -> None:
    method = {"name": "against_mean", "base": "80", "segments": SEGMENTS}

    scores = score_all(method, [("8", "6"), ("8", "8"), ("8", "13")], kind=Kind.RATE)

    assert scores == ["65.00", "75.00", "100.00"]


def test_difference_of_attainment_is_in_percentage_points() -> None:
    method = {"name": "against_mean", "measure": "attainment", "base": "100", "segments": SEGMENTS}

    assert score_all(method, at_target_100("96", "100")) == ["90.00", "110.00"]


def test_difference_where_lower_is_better_is_turned_round() -> None:
    method = {"name": "against_mean", "base": "80", "reference": "5", "segments": SEGMENTS}

    assert score_all(method, [("5", "4"), ("5", "7")], direction=Direction.LOWER) == ["85.00", "70.00"]


# --- 14: deduction for what is missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "score"), [("12", "100.00"), ("15", "100.00"), ("9", "70.00"), ("1", "0.00")]
)
def test_each_missing_unit_costs_points(value: str, score: str) -> None:
    assert score_all({"name": "deduct_missing", "points": "10"}, [("12", value)]) == [score]


def test_missing_units_are_counted_to_what_is_due_by_now() -> None:
    assert score_all({"name": "deduct_missing", "points": "10"}, [("12", "4")], quarter=2) == ["80.00"]


def test_each_missing_percentage_point_costs_points_down_to_a_negative_floor() -> None:
    method = {"name": "deduct_missing", "points": "0.5", "unit": "percent", "floor": "-2"}

    assert score_all(method, at_target_100("99", "90")) == ["99.50", "95.00"]
    assert score_all(method | {"points": "10"}, at_target_100("80")) == ["-2.00"]


def test_missing_units_of_a_stock_with_baseline_are_those_of_the_increase() -> None:
    method = {"name": "deduct_missing", "points": "1"}

    scores = score_all(method, [("160", "146")], quarter=2, kind=Kind.STOCK, baseline="140")

    assert scores == ["96.00"]


def test_missing_units_where_lower_is_better_are_those_above() -> None:
    method = {"name": "deduct_missing", "points": "10"}

    scores = score_all(method, [("5", "7"), ("5", "4")], kind=Kind.RATE, direction=Direction.LOWER)

    assert scores == ["80.00", "100.00"]


def test_missing_units_of_a_falling_stock_with_baseline() -> None:
    method = {"name": "deduct_missing", "points": "10"}

    scores = score_all(
        method,
        [("40", "47"), ("40", "44")],
        quarter=2,
        kind=Kind.STOCK,
        direction=Direction.LOWER,
        baseline="50",
    )

    assert scores == ["80.00", "100.00"]


# --- 17: weights by quarter, per indicator; peers ------------------------------------------------------------------


@pytest.mark.parametrize(("quarter", "total"), [(1, "100.00"), (2, "75.00"), (3, "50.00"), (4, "62.50")])
def test_weights_can_differ_by_quarter(quarter: int, total: str) -> None:
    # First quarter: starts only; second: both; third: completions only; fourth: 1 to 3.
    indicators = {"开工": {"weight": ["1", "1", "0", "1"]}, "竣工": {"weight": ["0", "1", "1", "3"]}}
    scheme = Scheme.from_dict(SCHEME_V1 | {"indicators": indicators})
    lines = [
        make_line(indicator="开工", kind=Kind.RATE, target="100", value="100"),
        make_line(indicator="竣工", kind=Kind.RATE, target="100", value="50"),
    ]

    (entry,) = score_board(
        board=BoardInput(quarter=quarter, units=(make_unit("甲", *lines),)), scheme=scheme
    ).entries

    assert str(entry.total) == total


def test_method_can_be_set_for_one_indicator() -> None:
    indicators = {"甲类": {"method": "rank_step"}}
    scheme = Scheme.from_dict(SCHEME_V1 | {"indicators": indicators})
    units = tuple(
        make_unit(
            key,
            make_line(indicator="甲类", target="100", value=value),
            make_line(indicator="乙类", target="100", value=value),
            order=order,
        )
        for order, (key, value) in enumerate([("甲", "90"), ("乙", "80")], start=1)
    )

    result = score_board(board=BoardInput(quarter=4, units=units), scheme=scheme)

    assert [[str(line.score) for line in entry.lines] for entry in result.entries] == [
        ["100.00", "90.00"],
        ["95.00", "80.00"],
    ]


def test_peers_can_be_the_whole_board() -> None:
    units = tuple(
        make_unit(key, make_line(target="100", value=value), order=order, group=group)
        for order, (key, value, group) in enumerate([("甲", "90", "一"), ("乙", "80", "二")], start=1)
    )
    scheme = scheme_with("rank_step", peers="board")

    result = score_board(board=BoardInput(quarter=4, units=units), scheme=scheme)

    assert [str(entry.total) for entry in result.entries] == ["100.00", "95.00"]


def test_peers_on_different_terms_are_still_compared() -> None:
    # One district has a milestone of its own; both are compared by their attainment.
    units = (
        make_unit("甲", make_line(target="100", value="50", milestone_share="0.4"), order=1),
        make_unit("乙", make_line(target="100", value="60"), order=2),
    )

    result = score_board(board=BoardInput(quarter=2, units=units), scheme=scheme_with("rank_step"))

    assert [(entry.key, str(entry.total)) for entry in result.entries] == [("甲", "100.00"), ("乙", "95.00")]


# --- late returns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "late", "total"),
    [(0, "0.00", "90.00"), (1, "1.00", "89.00"), (3, "3.00", "87.00"), (4, "3.00", "0.00")],
)
def test_late_days_cost_points_and_then_count_as_unreported(days: int, late: str, total: str) -> None:
    scheme = Scheme.from_dict(SCHEME_V1 | {"late": {"per_day": "1", "most": "3", "unreported_from": 4}})
    unit = make_unit("甲", make_line(target="100", value="90"), late_days=days)

    (entry,) = score_board(board=BoardInput(quarter=4, units=(unit,)), scheme=scheme).entries

    assert (str(entry.late), str(entry.total)) == (late, total)


def test_late_days_cost_nothing_under_scheme_v1() -> None:
    unit = make_unit("甲", make_line(target="100", value="90"), late_days=9)

    (entry,) = score_board(
        board=BoardInput(quarter=4, units=(unit,)), scheme=Scheme.from_dict(SCHEME_V1)
    ).entries

    assert (str(entry.late), str(entry.total)) == ("0.00", "90.00")


# --- wrong parameters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "problem"),
    [
        ({"name": "rank_points"}, "method.points：缺少这个参数（各名次得分）"),
        ({"name": "rank_points", "points": []}, "method.points：应为各名次的得分"),
        ({"name": "rank_points", "points": ["90", "95"]}, "method.points：名次靠后的得分不能高于靠前的"),
        ({"name": "two_point", "low": "1", "high": "1"}, "method：低点与高点不能相同"),
        ({"name": "bands", "bands": [{"at": "1"}]}, "method.bands 第 1 行.points：应为数字"),
        (
            {"name": "bands", "bands": [{"at": "0.5", "points": "1"}, {"at": "1", "points": "2"}]},
            "method.bands：at 应逐行降低",
        ),
        ({"name": "rank_step", "measure": "运气"}, "method.measure：应为以下之一：attainment（序时达成率）"),
        ({"name": "combined", "parts": []}, "method.parts：应为若干部分"),
        ({"name": "deduct_missing", "points": "0"}, "method.points：应大于 0"),
    ],
)
def test_wrong_method_parameter_is_named(method: dict[str, Any], problem: str) -> None:
    with pytest.raises(SchemeError) as refused:
        scheme_with(method)

    (found,) = refused.value.problems
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"peers": "全国"}, "peers：应为以下之一：group（同组已报送的单位）"),
        ({"veto": "罚款"}, "veto：应为以下之一：last"),
        ({"grades": [{"at": "60", "name": "合格"}]}, "grades：最后一个等次的 at 应为 0"),
        ({"grades": [{"at": "0", "name": "甲"}, {"at": "0", "name": "乙"}]}, "grades：at 应逐行降低"),
        ({"year": ["0", "0", "0", "0"]}, "year：四个季度的权重不能都为 0"),
        ({"late": {"per_day": "1", "most": "3", "unreported_from": 0}}, "late.unreported_from：应为不小于 1"),
        ({"indicators": {"甲": {"veto": "是"}}}, "indicators.甲.veto：应为 true 或 false"),
        (
            {"indicators": {"甲": {"weight": ["1", "2"]}}},
            "indicators.甲.weight：应为一个分值，或四个季度各一个",
        ),
        (
            {"indicators": {"甲": {"substitute": {"points": "1"}}}},
            "indicators.甲.substitute.indicator：应为非空文字",
        ),
    ],
)
def test_wrong_option_is_named(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(SchemeError) as refused:
        Scheme.from_dict(SCHEME_V1 | changes)

    (found,) = refused.value.problems
    assert found.startswith(problem)
