"""From one block of lines to expected values, attainment, completion and lights.

Rules: RULES.md sections "Expected value", "Attainment", "What is not scored" and
"Lights". Decisions are made on exact ratios of integers; rounding only makes
the published figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat

from scoring.columns import LineBlock, Terms
from scoring.exact import ONE, half_up
from scoring.types import Direction, Kind, Light, Reason

#: A ratio of integers: numerator and positive denominator.
Ratio = tuple[int, int]

#: Expected value in 10^-12, exact P, light, reason.
MeasuredLine = tuple[int, Ratio | None, Light, Reason | None]

#: 100 % in hundredths of a per cent.
WHOLE = 10_000
#: One unit in 10^-12.
ONE_UNIT = ONE * ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What of the scheme decides attainment and lights; shares in millionths, limits as exact ratios."""

    quarter_share: int
    cap: Ratio
    green: Ratio
    yellow: Ratio


@dataclass(frozen=True, slots=True)
class Measured:
    """A block before the scoring method, parallel to it; `None` where it does not apply.

    expected is in 10^-12 of the unit. ratios are the exact P of the lines that are
    scored and reported; attainments the same in hundredths of a per cent.
    """

    expected: list[int | None]
    ratios: list[Ratio | None]
    attainments: list[int | None]
    completions: list[int | None]
    lights: list[Light]
    reasons: list[Reason | None]


def due_share(terms: Terms, *, quarter_share: int) -> tuple[int, int]:
    """Shares of the target and of the change from a baseline due by now, in millionths.

    A milestone of the indicator replaces the schedule. Without one a flow follows the
    schedule, a rate and a stock without baseline are due in full.
    """
    if terms.milestone_share is not None:
        return terms.milestone_share, terms.milestone_share
    return (quarter_share if terms.kind is Kind.FLOW else ONE), quarter_share


def attainment_ratio(*, expected: int, actual: int, upward: bool, cap: Ratio) -> Ratio:
    """P as an exact ratio, never below 0; expected is not 0 and both have the same scale.

    upward: A / E, or 1 + (A - E) / |E| where E is negative. Otherwise: E / A (the cap
    if A is 0 or less), or 1 + (E - A) / |E| where E is negative.
    """
    if upward:
        if expected > 0:
            return max(0, actual), expected
        numerator = actual - 2 * expected
        return max(0, numerator), -expected
    if expected > 0:
        return (expected, actual) if actual > 0 else cap
    return max(0, -actual), -expected


class LineMeasurer:
    """Measures lines on the same terms: the one place where a line is decided.

    The methods take millionths of the indicator's unit; value and baseline may be `None`.
    """

    __slots__ = (
        "_amount",
        "_can_be_blue",
        "_cap",
        "_change_share",
        "_counted",
        "_green",
        "_higher",
        "_is_stock",
        "_share",
        "_yellow",
    )

    def __init__(self, terms: Terms, *, measures: Measures) -> None:
        self._is_stock = terms.kind is Kind.STOCK
        self._higher = terms.direction is Direction.HIGHER
        self._counted = terms.counted
        self._amount = terms.milestone_amount
        self._share, self._change_share = due_share(terms, quarter_share=measures.quarter_share)
        self._can_be_blue = self._higher and terms.kind is Kind.FLOW
        self._cap = measures.cap
        self._green = measures.green
        self._yellow = measures.yellow

    def change_base(self, target: int, baseline: int | None) -> int | None:
        """The baseline if the line is judged by the change from it, else `None`."""
        return baseline if self._is_stock and baseline != target else None

    def expected(self, target: int, baseline: int | None) -> int:
        """E in 10^-12: what is due by now, or the change from the baseline that is due by now."""
        base = self.change_base(target, baseline)
        if self._amount is not None:
            return (self._amount - (base or 0)) * ONE
        return target * self._share if base is None else (target - base) * self._change_share

    def measure(self, target: int, value: int | None, baseline: int | None, strict: bool) -> MeasuredLine:
        """Expected value in 10^-12, exact P, light and reason of one line."""
        expected = self.expected(target, baseline)
        if not target:
            return expected, None, Light.GREY, Reason.ZERO_TARGET
        if not expected:
            return expected, None, Light.GREY, Reason.NOT_DUE
        if value is None:
            return expected, None, Light.RED, Reason.UNREPORTED
        actual, due_now, upward = value * ONE, expected, self._higher
        base = self.change_base(target, baseline)
        if base is not None:
            actual -= base * ONE
            if not upward:
                actual, due_now, upward = -actual, -due_now, True
        if self._counted and not actual and due_now < ONE_UNIT:
            return expected, None, Light.GREY, Reason.NOT_DUE
        ratio = attainment_ratio(expected=due_now, actual=actual, upward=upward, cap=self._cap)
        if self._can_be_blue and (value > target or (value == target and not strict)):
            return expected, ratio, Light.BLUE, None
        none_of_it = not upward and actual <= 0 < due_now
        return expected, ratio, self._light(ratio, beyond_doubt=none_of_it, strict=strict), None

    def _light(self, ratio: Ratio, *, beyond_doubt: bool, strict: bool) -> Light:
        """Green, yellow or red by the exact P; a strict target needs more than the green limit."""
        over, under = ratio
        beyond = over * self._green[1] - under * self._green[0]
        if beyond > 0 or (beyond == 0 and not strict) or beyond_doubt:
            return Light.GREEN
        return Light.YELLOW if over * self._yellow[1] >= under * self._yellow[0] else Light.RED


def completion(target: int | None, value: int | None) -> int | None:
    """C = A / T in hundredths of a per cent, never prorated; `None` without a figure or where T is 0."""
    if value is None or not target:
        return None
    return half_up(value * WHOLE, target) if target > 0 else half_up(-value * WHOLE, -target)


def measure_block(block: LineBlock, *, measures: Measures) -> Measured:
    """Expected value, attainment, completion, light and reason of each line of a block."""
    measure = LineMeasurer(block.terms, measures=measures).measure
    not_due = None if block.terms.due else Reason.NOT_DUE
    result = Measured([], [], [], [], [], [])
    add_expected, add_ratio = result.expected.append, result.ratios.append
    add_attainment, add_completion = result.attainments.append, result.completions.append
    add_light, add_reason = result.lights.append, result.reasons.append
    for target, value, baseline, strict, given in zip(
        block.targets,
        block.values,
        repeat(None) if block.baselines is None else block.baselines,
        repeat(False) if block.strict is None else block.strict,
        repeat(None) if block.excluded is None else block.excluded,
        strict=False,
    ):
        if given is None and target is not None and not_due is None:
            expected, ratio, light, reason = measure(target, value, baseline, strict)
            add_expected(expected)
            add_ratio(ratio)
            add_attainment(None if ratio is None else (2 * WHOLE * ratio[0] + ratio[1]) // (2 * ratio[1]))
            add_light(light)
            add_reason(reason)
        else:
            add_expected(None)
            add_ratio(None)
            add_attainment(None)
            add_light(Light.GREY)
            add_reason(given or (Reason.NOT_SET if target is None else not_due))
        add_completion(completion(target, value))
    return result
