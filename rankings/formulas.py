"""The steps of a published score written out, so that anybody can repeat them on a pocket calculator.

Pure text: takes the published strings and what the sealed inputs say of a line, computes nothing that
decides a score. Rule: DOMAIN section 5, scoring/RULES.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CAPPED = "attainment_capped"
"""The method whose steps are written out; others show their name and result only."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """What is published of a line, as printed; empty or None where nothing applies."""

    target: str
    expected: str
    value: str
    baseline: str
    attainment: Decimal | None
    completion: Decimal | None
    score: Decimal | None


def plain(number: str | Decimal) -> str:
    """A decimal without trailing zeros or exponent."""
    return format(Decimal(number).normalize(), "f")


def explain_line(
    *, line: Published, source: Mapping[str, Any], parameters: Mapping[str, Any], quarter: int
) -> list[str]:
    """The steps of one scored line, in order; empty where the line is not scored or nothing was reported.

    source is the line in the run's sealed inputs, parameters are the scheme's.
    """
    if line.score is None or not line.value or not line.expected:
        return []
    steps = [_expected_step(line, source, parameters, quarter)]
    gain = _is_gain(line, source)
    actual = _gain(line.value, line.baseline, source) if gain else line.value
    if gain:
        steps.append(f"实际变动 {_gain_words(line.value, line.baseline, source)} = {plain(actual)}")
    steps.append(f"序时达成率 {_ratio(actual, line.expected, source, gain=gain)} = {line.attainment:.2f}%")
    method = source.get("method") or parameters.get("method")
    name = method.get("name") if isinstance(method, Mapping) else method
    if name in (None, CAPPED):
        cap = Decimal(str(parameters["cap"])) * 100
        steps.append(f"得分 = 达成率的数值，最高 {plain(cap)} 分：{line.score:.2f}")
    return steps


def _is_gain(line: Published, source: Mapping[str, Any]) -> bool:
    """A stock with a baseline other than its target is scored by what it gained."""
    return (
        source["kind"] == "stock"
        and bool(line.baseline)
        and Decimal(line.baseline) != Decimal(line.target)
        and source.get("milestone_amount") is None
    )


def _gain(value: str, baseline: str, source: Mapping[str, Any]) -> str:
    change = Decimal(value) - Decimal(baseline)
    return str(-change if source["direction"] == "lower" else change)


def _gain_words(value: str, baseline: str, source: Mapping[str, Any]) -> str:
    if source["direction"] == "lower":
        return f"{plain(baseline)} − {plain(value)}"
    return f"{plain(value)} − {plain(baseline)}"


def _share(source: Mapping[str, Any], parameters: Mapping[str, Any], quarter: int) -> str:
    share = source.get("milestone_share") or parameters["schedule"][quarter - 1]
    return f"{plain(Decimal(str(share)) * 100)}%"


def _expected_step(
    line: Published, source: Mapping[str, Any], parameters: Mapping[str, Any], quarter: int
) -> str:
    expected = plain(line.expected)
    if source.get("milestone_amount") is not None:
        return f"应完成 = 时序节点 {expected}"
    share = _share(source, parameters, quarter)
    if _is_gain(line, source):
        return f"应变动 ({_gain_words(line.target, line.baseline, source)}) × {share} = {expected}"
    if source["kind"] == "flow":
        return f"应完成 {plain(line.target)} × {share} = {expected}"
    return f"应完成 = 年度目标 {expected}"


def _ratio(actual: str, expected: str, source: Mapping[str, Any], *, gain: bool) -> str:
    a, e = Decimal(actual), Decimal(expected)
    lower = source["direction"] == "lower" and not gain
    if e > 0 and lower:
        return f"{plain(e)} ÷ {plain(a)} × 100%" if a > 0 else "完成值不大于 0，按封顶"
    if e > 0:
        return f"{plain(a)} ÷ {plain(e)} × 100%" + ("（低于 0 按 0）" if a < 0 else "")
    change = f"({plain(e)} − {_signed(a)})" if lower else f"({plain(a)} − {_signed(e)})"
    return f"[1 + {change} ÷ {plain(abs(e))}] × 100%" if e else "–"


def _signed(number: Decimal) -> str:
    return f"({plain(number)})" if number < 0 else plain(number)


def explain_total(
    *,
    scored: Sequence[tuple[str, Decimal]],
    base: Decimal | None,
    bonus: Decimal,
    deduction: Decimal,
    total: Decimal | None,
    late: Decimal | None = None,
) -> list[str]:
    """The steps from the scored lines' (weight, score) to the total; empty where there is no total."""
    if base is None or total is None or not scored:
        return []
    weights = {Decimal(weight) for weight, _ in scored}
    if len(weights) == 1:
        parts = " + ".join(f"{score:.2f}" for _, score in scored)
        steps = [f"基础分 ({parts}) ÷ {len(scored)} = {base:.2f}"]
    else:
        parts = " + ".join(f"{plain(weight)}×{score:.2f}" for weight, score in scored)
        whole = plain(sum((Decimal(weight) for weight, _ in scored), start=Decimal(0)))
        steps = [f"基础分 ({parts}) ÷ 分值合计 {whole} = {base:.2f}"]
    if bonus or deduction or late:
        days = f" − 迟报扣分 {late:.2f}" if late else ""
        steps.append(f"总分 {base:.2f} + 加分 {bonus:.2f} − 扣分 {deduction:.2f}{days} = {total:.2f}")
    return steps
