"""An independent reading of the scoring scheme: slow, plain, in fractions.

Written from the text of the scheme alone and sharing no code with the package it
checks. A plan is plain data: {"quarter", "group_by_lines", "units": [{"key", "order",
"group", "bonus", "deduction", "lines": [{…}]}]} with numbers as `Fraction`s. Results
are texts as they would be printed.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

CAP = Fraction(120, 100)


def two_decimals(number: Fraction) -> str:
    """A number as printed: two decimals, halves away from zero."""
    sign = "-" if number < 0 else ""
    doubled = abs(number) * 200
    hundredths = int((doubled + 1) // 2)
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    return text if hundredths == 0 else sign + text


def exact_text(number: Fraction) -> str:
    """A number with a finite decimal expansion, without trailing zeros."""
    sign = "-" if number < 0 else ""
    whole, rest = divmod(abs(number), 1)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return f"{sign}{whole}" + (f".{digits}" if digits else "")


def expected_value(line: dict[str, Any], quarter: int) -> Fraction:
    """Section 5 rule 1, before the sign is turned for a falling stock."""
    target, share, amount = line["target"], line["milestone_share"], line["milestone_amount"]
    schedule = Fraction(quarter * 25, 100)
    if judged_by_change(line):
        if amount is not None:
            return Fraction(amount - line["baseline"])
        return (target - line["baseline"]) * (schedule if share is None else share)
    if amount is not None:
        return Fraction(amount)
    if share is not None:
        return Fraction(target * share)
    return target * schedule if line["kind"] == "flow" else Fraction(target)


def judged_by_change(line: dict[str, Any]) -> bool:
    """A stock with a baseline that differs from its target."""
    return line["kind"] == "stock" and line["baseline"] is not None and line["baseline"] != line["target"]


def judge(line: dict[str, Any], quarter: int) -> dict[str, Any]:
    """One line: expected, attainment (Fraction), completion, score, light, reason, scored."""
    target, value = line["target"], line["value"]
    out: dict[str, Any] = dict.fromkeys(("expected", "attainment", "completion", "score"))
    out |= {"light": "grey", "reason": None, "scored": False}
    if target is not None and target != 0 and value is not None:
        out["completion"] = two_decimals(Fraction(value, target) * 100)
    out["reason"] = given_reason(line)
    if out["reason"]:
        return out
    due = expected_value(line, quarter)
    out["expected"] = exact_text(due)
    if target == 0 or due == 0:
        return out | {"reason": "零目标" if target == 0 else "未到节点"}
    if value is None:
        return out | {"score": "0.00", "light": "red", "reason": "未报送", "scored": True}
    rising = line["direction"] == "higher"
    if judged_by_change(line):
        value = value - line["baseline"]
        if not rising:
            value, due, rising = -value, -due, True
    if line["counted"] and due < 1 and value == 0:
        return out | {"reason": "未到节点"}
    attained = attainment(value, due, rising)
    out |= {"scored": True, "attainment": two_decimals(attained * 100)}
    out["score"] = two_decimals(100 * min(attained, CAP))
    out["light"] = light(line, attained, value, due, rising)
    return out


def given_reason(line: dict[str, Any]) -> str | None:
    """Why a line is left out whatever its figures are."""
    if line["excluded"] is not None:
        return str(line["excluded"])
    if line["target"] is None:
        return "未设置"
    return None if line["due"] else "未到节点"


def attainment(value: Fraction, due: Fraction, rising: bool) -> Fraction:
    """Section 5 rule 2."""
    if rising:
        result = value / due if due > 0 else 1 + (value - due) / abs(due)
    elif due > 0:
        result = due / value if value > 0 else CAP
    else:
        result = 1 + (due - value) / abs(due)
    return max(result, Fraction(0))


def light(line: dict[str, Any], attained: Fraction, value: Fraction, due: Fraction, rising: bool) -> str:
    """Section 5 rule 7."""
    strict = line["strict"]
    if line["kind"] == "flow" and line["direction"] == "higher":
        reported, target = line["value"], line["target"]
        if reported > target or (reported == target and not strict):
            return "blue"
    better = value > due if rising else value < due
    if better if strict else attained >= 1:
        return "green"
    return "yellow" if attained >= Fraction(8, 10) else "red"


def board(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Entries in ranked order, section 5 rules 4 to 6."""
    entries = []
    for unit in plan["units"]:
        lines = [judge(line, plan["quarter"]) for line in unit["lines"]]
        scored = [
            (Fraction(line["weight"]), Fraction(result["score"]))
            for line, result in zip(unit["lines"], lines, strict=True)
            if result["scored"]
        ]
        group = unit["group"]
        if plan["group_by_lines"]:
            group = "五项及以上组" if len(scored) >= 5 else "五项以下组"
        weight = sum((weight for weight, _ in scored), Fraction(0))
        base = total = None
        if weight:
            base = two_decimals(sum((w * s for w, s in scored), Fraction(0)) / weight)
            total = two_decimals(max(Fraction(0), Fraction(base) + unit["bonus"] - unit["deduction"]))
        entries.append(
            {"key": unit["key"], "order": unit["order"], "group": group, "base": base, "total": total}
            | {"lines": lines}
        )
    for entry in entries:
        entry["rank"] = place(entry, entries)
        same = [other for other in entries if other["group"] == entry["group"]]
        entry["group_rank"] = None if entry["group"] is None else place(entry, same)
    return sorted(
        entries,
        key=lambda entry: (
            entry["total"] is None,
            -Fraction(entry["total"] or 0),
            entry["order"],
        ),
    )


def place(entry: dict[str, Any], others: list[dict[str, Any]]) -> int | None:
    """One more than the number of entries that are strictly better."""
    if entry["total"] is None:
        return None
    totals = [Fraction(other["total"]) for other in others if other["total"] is not None]
    return 1 + sum(1 for total in totals if total > Fraction(entry["total"]))
