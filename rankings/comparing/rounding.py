"""Scores and totals that are not rounded on the way: what a spreadsheet gives that rounds only what it prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from rankings.computing import board_input, scheme_of
from scoring import EntryResult, LineInput, Scheme, Terms
from scoring.exact import ONE, half_up, to_millionths
from scoring.lines import LineMeasurer
from scoring.methods import DEFAULT_METHOD

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactEntry:
    """An organisation's scores before any rounding; None where its scheme's methods give none.

    added are bonus, deduction and days late together.
    """

    scores: Mapping[str, Fraction]
    weights: Mapping[str, Fraction]
    added: Fraction

    def total(self, *, line_places: int | None = None) -> Fraction | None:
        """The total from exact scores, or from scores rounded to so many places; None without weights."""
        whole = sum(self.weights.values(), Fraction(0))
        if not whole:
            return None
        points = sum(
            (self.weights[code] * (score if line_places is None else rounded(score, line_places)))
            for code, score in self.scores.items()
        )
        return max(Fraction(0), points / whole + self.added)


def rounded(number: Fraction, places: int) -> Fraction:
    """The number rounded to so many places, halves away from zero."""
    scale = 10**places
    return Fraction(half_up(number.numerator * scale, number.denominator), scale)


def to_cent(number: Decimal) -> Decimal:
    """Two places, halves away from zero."""
    return number.quantize(CENT, rounding=ROUND_HALF_UP)


def exact_entries(inputs: Mapping[str, Any], entries: Mapping[str, EntryResult]) -> dict[str, ExactEntry]:
    """The exact scores of every organisation whose lines are all scored by capped attainment."""
    scheme = scheme_of(inputs)
    if any(rule.substitute is not None for rule in scheme.indicators.values()):
        return {}
    found = {}
    for unit in board_input(inputs).units:
        entry = entries[unit.key]
        scores: dict[str, Fraction] = {}
        weights: dict[str, Fraction] = {}
        for line, result in zip(unit.lines, entry.lines, strict=True):
            if result.score is None:
                continue
            score = _exact_score(
                line, scheme, unreported=result.attainment is None, quarter=inputs["quarter"]
            )
            if score is None:
                break
            scores[line.indicator], weights[line.indicator] = score, Fraction(result.weight)
        else:
            added = Fraction(entry.bonus) - Fraction(entry.deduction) - Fraction(entry.late)
            found[unit.key] = ExactEntry(scores=scores, weights=weights, added=added)
    return found


def _exact_score(line: LineInput, scheme: Scheme, *, unreported: bool, quarter: int) -> Fraction | None:
    """The score as an exact fraction; None under another method than capped attainment."""
    choice = scheme.method_for(line.indicator)
    parameters = choice.parameters
    if (
        choice.method.name != DEFAULT_METHOD
        or parameters["measure"] != "attainment"
        or parameters["threshold"]
    ):
        return None
    if unreported:
        return Fraction(0)
    measurer = LineMeasurer(_terms(line), measures=scheme.measures_for(quarter))
    _, ratio, _, _ = measurer.measure(
        _whole(line.target) or 0, _whole(line.value), _whole(line.baseline), line.strict
    )
    if ratio is None:
        return None
    return min(Fraction(*ratio), Fraction(parameters["cap"])) * 100


def _terms(line: LineInput) -> Terms:
    return Terms(
        indicator=line.indicator,
        kind=line.kind,
        direction=line.direction,
        counted=line.counted,
        weight=ONE,
        milestone_share=_whole(line.milestone_share),
        milestone_amount=_whole(line.milestone_amount),
        due=line.due,
    )


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else to_millionths(number, what="数")
