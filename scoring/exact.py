"""Exact numbers: scaled integers in, scaled integers through, decimals out.

Figures, weights and shares are whole numbers of millionths (at most six decimals,
DOMAIN section 5), so a product of a target and a share is a whole number of
10^-12. Points and percentages are whole numbers of hundredths. Nothing in this
package uses a binary float, and nothing depends on a decimal context.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from scoring.types import ScoringError

PLACES = 6
#: One, in millionths.
ONE: int = 10**PLACES
#: Decimals of an expected value: a target's six times a share's six.
EXPECTED_PLACES = 2 * PLACES
#: Largest number of digits before the point; keeps a slip like 1E+999999 from filling the memory.
WHOLE_DIGITS = 18


def to_millionths(value: Decimal, *, what: str) -> int:
    """Whole number of millionths in value, exactly.

    what names the number for the message. Raises ScoringError for NaN, infinity,
    more than six decimals or more than eighteen digits before the point.
    """
    if not value.is_finite():
        raise ScoringError(f"{what}不是有效数字：{value}。请改为普通数字。")
    if not -PLACES <= value.adjusted() < WHOLE_DIGITS and value:
        if value.adjusted() > 0:
            raise ScoringError(f"{what}过大：{value}。整数部分不能超过 {WHOLE_DIGITS} 位。")
        raise ScoringError(f"{what}小数位过多：{value}。最多保留 {PLACES} 位小数。")
    numerator, denominator = value.as_integer_ratio()
    if denominator == 1:
        return numerator * ONE
    factor, remainder = divmod(ONE, denominator)
    if remainder:
        raise ScoringError(f"{what}小数位过多：{value}。最多保留 {PLACES} 位小数。")
    return numerator * factor


def to_hundredths(value: Decimal, *, what: str) -> int:
    """Whole number of hundredths in value, exactly. Raises ScoringError for more than two decimals."""
    hundredths, remainder = divmod(to_millionths(value, what=what), ONE // 100)
    if remainder:
        raise ScoringError(f"{what}小数位过多：{value}。最多保留 2 位小数。")
    return hundredths


def half_up(numerator: int, denominator: int) -> int:
    """Nearest whole number to numerator / denominator, halves away from zero; denominator is positive."""
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=65536)
def from_scaled(scaled: int, *, places: int) -> Decimal:
    """The decimal scaled / 10^places without trailing zeros, exactly: 6.5 and not 6.500000."""
    return Decimal(scaled_text(scaled, places=places))


def scaled_text(scaled: int, *, places: int) -> str:
    """scaled / 10^places written out, without exponent and without trailing zeros."""
    sign = "-" if scaled < 0 else ""
    whole, rest = divmod(abs(scaled), 10**places)
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{rest:0{places}d}".rstrip("0")


@lru_cache(maxsize=65536)
def from_hundredths(hundredths: int) -> Decimal:
    """The decimal hundredths / 100 with exactly two decimals: 100.00 and not 1E+2."""
    return Decimal(f"{hundredths}e-2")
