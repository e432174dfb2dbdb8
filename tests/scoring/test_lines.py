"""One line by itself: expected value, attainment, score, light, reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from scoring import BoardInput, Direction, Kind, Light, LineResult, Reason, score_board
from tests.scoring.boards import V1, make_line, make_unit

LOWER = {"direction": Direction.LOWER, "counted": False}
RATE = {"kind": Kind.RATE, "counted": False}
STOCK = {"kind": Kind.STOCK, "counted": True}


def score_line(quarter: int = 2, **changes: Any) -> LineResult:
    """The result of one line that stands alone on a board."""
    board = BoardInput(quarter=quarter, units=(make_unit("吴兴区", make_line(**changes)),))
    return score_board(board=board, scheme=V1).entries[0].lines[0]


def facts(line: LineResult) -> tuple[str | None, str | None, str, str | None]:
    """Attainment, score, light and reason as text."""
    return (
        None if line.attainment is None else str(line.attainment),
        None if line.score is None else str(line.score),
        line.light.value,
        None if line.reason is None else line.reason.value,
    )


# --- rule 1: expected value -------------------------------------------------------------------


@pytest.mark.parametrize(("quarter", "expected"), [(1, "3"), (2, "6"), (3, "9"), (4, "12")])
def test_expected_of_a_flow_follows_the_schedule(quarter: int, expected: str) -> None:
    assert str(score_line(quarter, target="12").expected) == expected


@pytest.mark.parametrize("kind", [Kind.STOCK, Kind.RATE])
@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_expected_of_a_level_is_the_target(kind: Kind, quarter: int) -> None:
    assert score_line(quarter, kind=kind, target="7.5", value="7").expected == Decimal("7.5")


@pytest.mark.parametrize(
    ("quarter", "share", "value", "score", "light"),
    [
        (1, "0.30", "28", "93.33", "yellow"),
        (2, "0.65", "65", "100.00", "green"),
        (3, "0.85", "80", "94.12", "yellow"),
        (4, "1", "100", "100.00", "green"),
    ],
)
def test_milestone_share_of_a_rate(quarter: int, share: str, value: str, score: str, light: str) -> None:
    line = score_line(quarter, **RATE, target="100", value=value, milestone_share=share)

    assert (str(line.score), line.light.value) == (score, light)


@pytest.mark.parametrize(
    ("quarter", "share", "value", "score"),
    [(1, "0.30", "28", "93.33"), (2, "0.65", "65", "100.00"), (3, "0.85", "80", "94.12")],
)
def test_milestone_share_of_a_flow_replaces_the_schedule(
    quarter: int, share: str, value: str, score: str
) -> None:
    line = score_line(quarter, target="100", value=value, milestone_share=share)

    assert str(line.score) == score


@pytest.mark.parametrize(("amount", "value", "score"), [("30", "28", "93.33"), ("65", "65", "100.00")])
@pytest.mark.parametrize("kind", [Kind.FLOW, Kind.STOCK, Kind.RATE])
def test_milestone_amount_is_the_expected_value(kind: Kind, amount: str, value: str, score: str) -> None:
    line = score_line(1, kind=kind, target="100", value=value, milestone_amount=amount)

    assert (str(line.expected), str(line.score)) == (amount, score)


@pytest.mark.parametrize("value", ["0", "5", None])
@pytest.mark.parametrize("kind", [Kind.FLOW, Kind.STOCK, Kind.RATE])
def test_milestone_of_nothing_by_now_is_not_scored(kind: Kind, value: str | None) -> None:
    line = score_line(3, kind=kind, target="20", value=value, milestone_share="0")

    assert facts(line) == (None, None, "grey", "未到节点")


def test_batch_recognised_late_in_the_year_is_scored_in_the_last_quarter() -> None:
    line = score_line(4, target="20", value="15", milestone_share="1")

    assert facts(line) == ("75.00", "75.00", "red", None)


@pytest.mark.parametrize(
    ("value", "attainment", "score", "light"),
    [
        ("152", "120.00", "120.00", "green"),
        ("150", "100.00", "100.00", "green"),
        ("138", "0.00", "0.00", "red"),
    ],
)
def test_stock_with_baseline_is_judged_by_its_increase(
    value: str, attainment: str, score: str, light: str
) -> None:
    line = score_line(2, **STOCK, target="160", baseline="140", value=value)

    assert str(line.expected) == "10"
    assert facts(line) == (attainment, score, light, None)


@pytest.mark.parametrize(
    ("value", "attainment"),
    [("45", "100.00"), ("44", "120.00"), ("46", "80.00"), ("50", "0.00"), ("52", "0.00")],
)
def test_falling_stock_with_baseline_is_judged_by_its_decrease(value: str, attainment: str) -> None:
    line = score_line(2, **LOWER, kind=Kind.STOCK, target="40", baseline="50", value=value)

    assert str(line.expected) == "-5"
    assert str(line.attainment) == attainment


def test_falling_stock_that_may_rise_a_little_uses_the_negative_rule() -> None:
    line = score_line(2, **LOWER, kind=Kind.STOCK, target="60", baseline="50", value="54")

    # Allowed to rise by 5, rose by 4: negated, A = -4 against E = -5, so 1 + (-4 + 5) / 5.
    assert (str(line.expected), str(line.attainment)) == ("5", "120.00")


def test_stock_whose_baseline_is_the_target_is_judged_by_its_level() -> None:
    line = score_line(1, **STOCK, target="160", baseline="160", value="152")

    assert (str(line.expected), str(line.score)) == ("160", "95.00")


def test_stock_with_baseline_takes_its_share_from_the_milestone() -> None:
    line = score_line(2, **STOCK, target="160", baseline="140", value="146", milestone_share="0.3")

    assert (str(line.expected), str(line.score)) == ("6", "100.00")


def test_stock_with_baseline_takes_a_milestone_amount_as_a_level() -> None:
    line = score_line(2, **STOCK, target="160", baseline="140", value="152", milestone_amount="150")

    assert (str(line.expected), str(line.attainment)) == ("10", "120.00")


@pytest.mark.parametrize("kind", [Kind.FLOW, Kind.RATE])
def test_baseline_concerns_stocks_only(kind: Kind) -> None:
    with_baseline = score_line(2, kind=kind, target="160", baseline="140", value="80")
    without = score_line(2, kind=kind, target="160", value="80")

    assert with_baseline == without


# --- rule 2: attainment -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "attainment", "light"),
    [
        ("-3", "140.00", "green"),
        ("-5", "100.00", "green"),
        ("-6", "80.00", "yellow"),
        ("-10", "0.00", "red"),
        ("-12", "0.00", "red"),
        ("0", "200.00", "green"),
    ],
)
def test_negative_target_where_higher_is_better(value: str, attainment: str, light: str) -> None:
    line = score_line(4, **RATE, target="-5", value=value)

    assert (str(line.attainment), line.light.value) == (attainment, light)


@pytest.mark.parametrize(
    ("value", "score", "light"),
    [
        ("0.8", "120.00", "green"),
        ("1", "100.00", "green"),
        ("1.25", "80.00", "yellow"),
        ("1.26", "79.37", "red"),
        ("2", "50.00", "red"),
        ("0", "120.00", "green"),
        ("-1", "120.00", "green"),
    ],
)
def test_ceiling_of_one_percent(value: str, score: str, light: str) -> None:
    line = score_line(2, **LOWER, kind=Kind.RATE, target="1", value=value)

    assert (str(line.score), line.light.value) == (score, light)


@pytest.mark.parametrize(
    ("value", "attainment"),
    [("-7", "140.00"), ("-5", "100.00"), ("-4", "80.00"), ("0", "0.00"), ("3", "0.00")],
)
def test_negative_target_where_lower_is_better(value: str, attainment: str) -> None:
    line = score_line(4, **LOWER, kind=Kind.RATE, target="-5", value=value)

    assert str(line.attainment) == attainment


@pytest.mark.parametrize(
    ("value", "score"), [("1.2", "80.00"), ("1.5", "100.00"), ("-0.3", "0.00"), ("0", "0.00")]
)
def test_share_that_is_to_rise(value: str, score: str) -> None:
    assert str(score_line(2, **RATE, target="1.5", value=value).score) == score


@pytest.mark.parametrize("value", ["0", "3", None])
@pytest.mark.parametrize(
    "milestone", [{}, {"milestone_share": "0.3"}, {"milestone_amount": "4"}, {"milestone_share": "0"}]
)
@pytest.mark.parametrize("kind", [Kind.FLOW, Kind.STOCK, Kind.RATE])
def test_zero_target_is_never_scored(kind: Kind, milestone: dict[str, str], value: str | None) -> None:
    line = score_line(2, kind=kind, target="0", value=value, **milestone)

    assert facts(line) == (None, None, "grey", "零目标")
    assert line.completion is None


def test_zero_target_of_a_stock_with_baseline_is_not_scored() -> None:
    line = score_line(4, **LOWER, kind=Kind.STOCK, target="0", baseline="5", value="1")

    assert facts(line) == (None, None, "grey", "零目标")


def test_counted_thing_of_less_than_one_due_is_not_scored_at_zero() -> None:
    assert facts(score_line(2, target="1", value="0")) == (None, None, "grey", "未到节点")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": None}, (None, "0.00", "red", "未报送")),
        ({"value": "1"}, ("200.00", "120.00", "blue", None)),
        ({"value": "0", "counted": False}, ("0.00", "0.00", "red", None)),
        ({"value": "0", "target": "2"}, ("0.00", "0.00", "red", None)),
    ],
)
def test_counted_rule_needs_a_zero_a_count_and_less_than_one(
    changes: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    assert facts(score_line(2, **{"target": "1"} | changes)) == expected


def test_counted_rule_looks_at_the_increase_of_a_stock_with_baseline() -> None:
    line = score_line(2, **STOCK, target="13", baseline="12", value="12")

    assert (str(line.expected), line.reason) == ("0.5", Reason.NOT_DUE)


# --- rule 3: score, cap -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "attainment", "score"),
    [
        ("7.2", "120.00", "120.00"),
        ("7.2001", "120.00", "120.00"),
        ("7.1997", "120.00", "120.00"),
        ("7.1996", "119.99", "119.99"),
        ("60", "1000.00", "120.00"),
        ("0", "0.00", "0.00"),
    ],
)
def test_score_ends_at_the_cap(value: str, attainment: str, score: str) -> None:
    line = score_line(2, target="12", counted=False, value=value)

    assert (str(line.attainment), str(line.score)) == (attainment, score)


@pytest.mark.parametrize(
    ("value", "score"),
    [("0.92345", "92.35"), ("0.923449", "92.34"), ("0.00005", "0.01"), ("0.000049", "0.00")],
)
def test_score_is_rounded_half_up(value: str, score: str) -> None:
    assert str(score_line(4, **RATE, target="1", value=value).score) == score


# --- rule 5: unreported, exclusions ------------------------------------------------------------


@pytest.mark.parametrize(
    "reason",
    [
        Reason.NOT_ASSESSED,
        Reason.PENDING,
        Reason.AWAITING_REFERENCE,
        Reason.MERGED,
        Reason.NOT_SET,
        Reason.NO_FIGURE_YET,
    ],
)
@pytest.mark.parametrize("value", ["7", None])
def test_excluded_line_shows_its_reason(reason: Reason, value: str | None) -> None:
    line = score_line(2, target=None, excluded=reason, value=value)

    assert facts(line) == (None, None, "grey", reason.value)
    assert (line.expected, line.completion) == (None, None)


def test_excluded_line_with_a_target_shows_its_completion_only() -> None:
    line = score_line(2, target="12", value="7", excluded=Reason.NO_FIGURE_YET)

    assert facts(line) == (None, None, "grey", "本期无数据")
    assert (line.expected, str(line.completion)) == (None, "58.33")


def test_unreported_line_scores_nothing_and_is_red() -> None:
    line = score_line(2, value=None)

    assert facts(line) == (None, "0.00", "red", "未报送")
    assert (str(line.expected), line.completion) == ("6", None)


def test_target_that_is_not_set_is_not_scored() -> None:
    assert facts(score_line(2, target=None)) == (None, None, "grey", "未设置")


@pytest.mark.parametrize("value", ["7", None])
def test_plan_end_target_before_its_last_quarter_is_not_scored(value: str | None) -> None:
    line = score_line(2, due=False, value=value)

    assert facts(line) == (None, None, "grey", "未到节点")
    assert line.completion == (None if value is None else Decimal("58.33"))


# --- rule 7: lights ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "attainment", "light"),
    [
        ("1", "100.00", "green"),
        ("0.999999", "100.00", "yellow"),
        ("0.8", "80.00", "yellow"),
        ("0.799999", "80.00", "red"),
        ("0", "0.00", "red"),
    ],
)
def test_light_is_decided_on_the_unrounded_attainment(value: str, attainment: str, light: str) -> None:
    line = score_line(4, **RATE, target="1", value=value)

    assert (str(line.attainment), line.light.value) == (attainment, light)


@pytest.mark.parametrize(
    ("value", "light"), [("20", "yellow"), ("20.000001", "green"), ("40", "yellow"), ("40.000001", "blue")]
)
def test_strict_flow_must_be_exceeded(value: str, light: str) -> None:
    quarter = 2 if value.startswith("20") else 4

    line = score_line(quarter, target="40", strict=True, counted=False, value=value)

    assert line.light.value == light


def test_strict_target_just_met_scores_in_full_and_is_yellow() -> None:
    assert facts(score_line(4, target="40", strict=True, value="40")) == ("100.00", "100.00", "yellow", None)


@pytest.mark.parametrize(("value", "light"), [("1", "yellow"), ("0.99", "green"), ("0", "green")])
def test_strict_ceiling_must_be_undercut(value: str, light: str) -> None:
    line = score_line(2, **LOWER, kind=Kind.RATE, target="1", strict=True, value=value)

    assert line.light.value == light


@pytest.mark.parametrize(
    ("changes", "light"),
    [
        ({"value": "12"}, Light.BLUE),
        ({"value": "11"}, Light.GREEN),
        ({"value": "12", "strict": True}, Light.GREEN),
        ({"value": "13", "strict": True}, Light.BLUE),
        ({"value": "12", "kind": Kind.STOCK}, Light.GREEN),
        ({"value": "12", "kind": Kind.RATE}, Light.GREEN),
        ({"value": "6", "direction": Direction.LOWER}, Light.GREEN),
    ],
)
def test_blue_is_for_rising_flows_that_met_the_year(changes: dict[str, Any], light: Light) -> None:
    assert score_line(2, **changes).light is light


# --- rule 8: completion --------------------------------------------------------------------------


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_completion_is_never_prorated(quarter: int) -> None:
    assert str(score_line(quarter, target="12", value="7").completion) == "58.33"


@pytest.mark.parametrize(
    ("target", "value", "completion"),
    [
        ("12", "0", "0.00"),
        ("12", "18", "150.00"),
        ("8", "-0.5", "-6.25"),
        ("-5", "-4", "80.00"),
        ("200", "-0.01", "-0.01"),
    ],
)
def test_completion_at_its_edges(target: str, value: str, completion: str) -> None:
    line = score_line(2, **RATE, target=target, value=value)

    assert str(line.completion) == completion
