"""Boards that were computed elsewhere: from the sealed rows of a spreadsheet to a ranking document.

Nothing is scored here. Totals, ranks and scores stand as the spreadsheet gave them, each with its sheet
and cell; what does not fit together is told, never mended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scoring import Light, competition_ranks, ranked_order

EXTERNAL_SCHEME = "external"
"""Stands for the scheme of a board that was computed elsewhere."""

RULES_VERSION = "external"
"""Stands for the version of the scoring rules: there is none that could be run again."""

ORIGIN = "external"
REASON = "外部计算"
"""Why a line has no light of ours."""


def is_external(inputs: Mapping[str, Any]) -> bool:
    """Whether sealed inputs are those of a board that was computed elsewhere."""
    return inputs.get("origin") == ORIGIN


def external_document(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The ranking as the sealed rows say it: in the order of the given ranks, ties in the official order."""
    ordered = sorted(
        inputs["units"],
        key=lambda unit: (unit["rank"] is None, unit["rank"] or 0, unit["order"], unit["key"]),
    )
    return {
        "plan": inputs["plan"],
        "period": inputs["period"],
        "board": inputs["board"],
        "scheme": EXTERNAL_SCHEME,
        "entries": [_entry(unit) for unit in ordered],
    }


def _entry(unit: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "unit": unit["name"],
        "group": unit["group"],
        "base": unit["base"],
        "bonus": unit["bonus"],
        "deduction": unit["deduction"],
        "total": unit["total"],
        "rank": unit["rank"],
        "group_rank": unit["group_rank"],
        "excluded": unit["excluded"],
        "lines": [_line(line) for line in unit["lines"]],
    }


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "indicator": line["indicator"],
        "target_text": line["target_text"],
        "target": line["target"],
        "expected": None,
        "value": line["value"],
        "baseline": None,
        "attainment": None,
        "completion": None,
        "score": line["score"],
        "weight": None,
        "light": Light.GREY.value,
        "reason": REASON,
        "source": dict(line["source"]),
    }


def rank_remarks(units: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where the given ranks do not follow from the given totals (1, 2, 2, 4), in sentences for people.

    Information only: the board was decided elsewhere, and its ranks stay as they were given.
    """
    ranked = [unit for unit in units if unit["rank"] is not None and unit["total"] is not None]
    totals = [int(Decimal(unit["total"]).scaleb(2)) for unit in ranked]
    orders = [unit["order"] for unit in ranked]
    expected = competition_ranks(ranked=ranked_order(totals=totals, orders=orders), totals=totals)
    remarks = [
        f"{unit['name']}总分 {unit['total']}，按总分应为第 {rank} 名，表中为第 {unit['rank']} 名"
        for unit, rank in zip(ranked, expected, strict=True)
        if unit["rank"] != rank
    ]
    given = Counter(unit["rank"] for unit in ranked)
    for rank, count in sorted(given.items()):
        alike = {unit["total"] for unit in ranked if unit["rank"] == rank}
        if count > 1 and len(alike) > 1:
            remarks.append(f"第 {rank} 名有 {count} 个单位，总分并不相同")
    return remarks
