"""Random boards as sealed inputs: every combination of kind, direction, missing, zero and milestone."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from rankings.computing import compute_document, freeze, thaw
from rankings.recalculation import Source
from scoring import SCHEME_V1

#: Few numbers, so that zero, equality, ties and limits are met often; a few that do not come out even.
NUMBERS = [
    *("0", "1", "2", "3", "4", "5", "8", "10", "12", "40", "48", "100", "120", "160"),
    *("-1", "-2", "-2.5", "-8", "-10", "0.5", "0.25", "1.5", "2.6", "7.92", "33.333333", "0.000001"),
]
SHARES = ["0", "0.3", "0.65", "0.85", "1", "0.333333"]
WEIGHTS = ["1", "1", "2", "0.5", "25", "0", "1.333333"]
GIVEN = ["不考核", "待下达", "待参照值", "合并考核", "未设置", "本期无数据"]


def make_line(**changes: Any) -> dict[str, Any]:
    """A sealed line: a counted flow of 12 a year with 7 reported; every field can be changed."""
    return {
        "code": "parks",
        "indicator": "产业园",
        "kind": "flow",
        "direction": "higher",
        "counted": True,
        "unit": "个",
        "factor": "1",
        "target_text": "12",
        "target": "12",
        "strict": False,
        "excluded": None,
        "value": "7",
        "baseline": None,
        "milestone_share": None,
        "milestone_amount": None,
        "weight": "1",
        "due": True,
        "figure": None,
        "source": {"file": "二季度.xlsx", "sheet": "填报表", "cell": "C7"},
        "data_as_of": None,
        "detail": {},
    } | changes


def make_unit(name: str, lines: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A sealed organisation in the group 区县组 without bonus or deduction."""
    unit = {"key": name, "name": name, "order": 1, "group": "区县组", "bonuses": [], "deductions": []}
    return unit | {"lines": lines} | changes


def make_inputs(units: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Sealed inputs of the second quarter under scheme v1."""
    return {
        "format": 1,
        "plan": "sowing-2025",
        "plan_name": "播种计划",
        "period": "2025Q2",
        "quarter": 2,
        "board": "districts",
        "scheme": {"code": "quarterly", "version": 1, "parameters": SCHEME_V1},
        "rules_version": "1",
        "units": units,
        "comparisons": {"previous": None, "last_year": None},
    } | changes


def make_source(inputs: dict[str, Any], **changes: Any) -> Source:
    """The source of a workbook: the core's ranking of these inputs beside them."""
    text, _ = freeze(inputs)
    document = compute_document(text) | {"status": "preliminary"}
    values: dict[str, Any] = {"title": "播种计划 2025年二季度 区县榜", "status": "预排名"}
    return Source(inputs=thaw(text), document=document, **(values | changes))


def random_inputs(seed: int, *, units: int, lines: int) -> dict[str, Any]:
    """A board of random lines; some organisations are copies of others, so that ties are met."""
    chance = random.Random(seed)
    weights = [chance.choice(WEIGHTS) for _ in range(lines)]
    rows: list[dict[str, Any]] = []
    for place in range(units):
        copied = chance.choice(rows) if rows and chance.random() < 0.2 else None
        own = [_random_line(chance, number, weights[number]) for number in range(lines)]
        rows.append(
            make_unit(
                f"单位{place}",
                copied["lines"] if copied else own,
                key=f"unit-{place}",
                order=chance.randrange(units),
                group=chance.choice(["区县组", "功能区组", None]),
                bonuses=copied["bonuses"] if copied else _random_points(chance),
                deductions=copied["deductions"] if copied else _random_points(chance),
            )
        )
    quarter = chance.randint(1, 4)
    return make_inputs(rows, quarter=quarter, board=chance.choice(["districts", "departments"]))


def _random_points(chance: random.Random) -> list[dict[str, str]]:
    points = [chance.choice(["0.5", "1.25", "0.01"]) for _ in range(chance.choice([0, 0, 1, 3]))]
    return [{"points": each, "reason": "事由", "document": "依据"} for each in points]


def _random_number(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(NUMBERS)
    return str(Decimal(chance.randint(-2000, 20000)).scaleb(-2))


def _random_line(chance: random.Random, number: int, weight: str) -> dict[str, Any]:
    if chance.random() < 0.2:
        return _line_near_a_tie(chance, number, weight)
    milestone = chance.choice(["none", "none", "share", "amount"])
    return make_line(
        code=f"indicator-{number}",
        indicator=f"指标{number}",
        kind=chance.choice(["flow", "stock", "rate"]),
        direction=chance.choice(["higher", "higher", "lower"]),
        counted=chance.random() < 0.5,
        target=None if chance.random() < 0.1 else _random_number(chance),
        value=None if chance.random() < 0.1 else _random_number(chance),
        strict=chance.random() < 0.5,
        excluded=chance.choice(GIVEN) if chance.random() < 0.1 else None,
        baseline=_random_number(chance) if chance.random() < 0.6 else None,
        milestone_share=chance.choice(SHARES) if milestone == "share" else None,
        milestone_amount=_random_number(chance) if milestone == "amount" else None,
        weight=weight,
        due=chance.random() < 0.85,
    )


def _line_near_a_tie(chance: random.Random, number: int, weight: str) -> dict[str, Any]:
    """A rate whose attainment is as near to half a hundredth of a per cent as its figures can come."""
    target = chance.randint(10**9, 4 * 10**12 - 1)
    half = 2 * chance.randint(0, 12_500) + 1
    value = half * target // 20_000 + chance.choice([0, 0, 1])
    return make_line(
        code=f"indicator-{number}",
        indicator=f"指标{number}",
        kind="rate",
        counted=False,
        target=str(Decimal(target).scaleb(-6)),
        value=str(Decimal(value).scaleb(-6)),
        strict=chance.random() < 0.5,
        weight=weight,
    )
