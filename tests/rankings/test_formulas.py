from decimal import Decimal
from typing import Any

import pytest

from rankings.formulas import Published, explain_line, explain_total
from scoring import SCHEME_V1


def published(**changes: Any) -> Published:
    values: dict[str, Any] = {
        "target": "12",
        "expected": "6",
        "value": "7",
        "baseline": "",
        "attainment": Decimal("116.67"),
        "completion": Decimal("58.33"),
        "score": Decimal("116.67"),
    }
    return Published(**(values | changes))


def source(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "kind": "flow",
        "direction": "higher",
        "milestone_share": None,
        "milestone_amount": None,
    }
    return values | changes


def test_flow_shows_share_ratio_and_cap() -> None:
    steps = explain_line(line=published(), source=source(), parameters=SCHEME_V1, quarter=2)

    assert steps == [
        "应完成 12 × 50% = 6",
        "序时达成率 7 ÷ 6 × 100% = 116.67%",
        "得分 = 达成率的数值，最高 120 分：116.67",
    ]


def test_milestone_share_replaces_the_schedule() -> None:
    line = published(expected="3.6", attainment=Decimal("194.44"), score=Decimal("120.00"))

    steps = explain_line(line=line, source=source(milestone_share="0.3"), parameters=SCHEME_V1, quarter=2)

    assert steps[0] == "应完成 12 × 30% = 3.6"


def test_milestone_amount_is_named_as_such() -> None:
    steps = explain_line(
        line=published(), source=source(milestone_amount="6"), parameters=SCHEME_V1, quarter=2
    )

    assert steps[0] == "应完成 = 时序节点 6"


def test_rate_where_lower_is_better_divides_the_other_way() -> None:
    line = published(
        target="1", expected="1", value="1.25", attainment=Decimal("80.00"), score=Decimal("80.00")
    )

    steps = explain_line(
        line=line, source=source(kind="rate", direction="lower"), parameters=SCHEME_V1, quarter=2
    )

    assert steps[:2] == ["应完成 = 年度目标 1", "序时达成率 1 ÷ 1.25 × 100% = 80.00%"]


def test_stock_with_baseline_is_scored_by_its_gain() -> None:
    line = published(
        target="20",
        baseline="10",
        expected="5",
        value="16",
        attainment=Decimal("120.00"),
        score=Decimal("120.00"),
    )

    steps = explain_line(line=line, source=source(kind="stock"), parameters=SCHEME_V1, quarter=2)

    assert steps[:3] == [
        "应变动 (20 − 10) × 50% = 5",
        "实际变动 16 − 10 = 6",
        "序时达成率 6 ÷ 5 × 100% = 120.00%",
    ]


def test_negative_expected_value_is_compared_by_difference() -> None:
    line = published(
        target="-2", expected="-2", value="-1", attainment=Decimal("150.00"), score=Decimal("120.00")
    )

    steps = explain_line(line=line, source=source(kind="rate"), parameters=SCHEME_V1, quarter=2)

    assert steps[1] == "序时达成率 [1 + (-1 − (-2)) ÷ 2] × 100% = 150.00%"


@pytest.mark.parametrize("changes", [{"score": None}, {"value": ""}, {"expected": ""}])
def test_line_without_score_value_or_expectation_has_no_steps(changes: dict[str, Any]) -> None:
    steps = explain_line(line=published(**changes), source=source(), parameters=SCHEME_V1, quarter=2)

    assert steps == []


def test_total_of_equal_weights_is_a_plain_mean() -> None:
    scores = ("116.67", "91.67", "110.00", "105.45", "95.00")

    steps = explain_total(
        scored=[("1", Decimal(score)) for score in scores],
        base=Decimal("103.76"),
        bonus=Decimal(0),
        deduction=Decimal(0),
        total=Decimal("103.76"),
    )

    assert steps == ["基础分 (116.67 + 91.67 + 110.00 + 105.45 + 95.00) ÷ 5 = 103.76"]


def test_total_shows_weights_bonus_and_deduction() -> None:
    steps = explain_total(
        scored=[("2", Decimal("100.00")), ("1", Decimal("70.00"))],
        base=Decimal("90.00"),
        bonus=Decimal("1.5"),
        deduction=Decimal("0.5"),
        total=Decimal("91.00"),
    )

    assert steps == [
        "基础分 (2×100.00 + 1×70.00) ÷ 分值合计 3 = 90.00",
        "总分 90.00 + 加分 1.50 − 扣分 0.50 = 91.00",
    ]


def test_total_of_nobody_scored_has_no_steps() -> None:
    steps = explain_total(scored=[], base=None, bonus=Decimal(0), deduction=Decimal(0), total=None)

    assert steps == []
