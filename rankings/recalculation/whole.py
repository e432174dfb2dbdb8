"""Whole numbers in formulas: scaling by powers of ten, exact division, and the bounds of exactness."""

from __future__ import annotations

from decimal import Decimal

from scoring.exact import PLACES

WHOLE_LIMIT = 10**15
"""Whole numbers below this have at most 15 digits, which every spreadsheet keeps and compares exactly."""
FIGURE_LIMIT = 10**14
TARGET_LIMIT = 4 * 10**12
"""200 times a target must stay below the limit of whole numbers (completion rate)."""


def places_of(number: Decimal | None) -> int:
    """Decimals that a number needs: 0 for 12, 2 for 7.55."""
    if number is None:
        return 0
    return max(0, -int(number.normalize().as_tuple().exponent))


def scaled(number: Decimal | None, places: int) -> int:
    """The number times 10^places, which is whole; 0 for none."""
    return 0 if number is None else int(number.scaleb(places))


def floor_formula(over: str, under: str) -> str:
    """The whole part of over / under, both whole, over not negative.

    INT of a rounded quotient may be one too high, never too low; the product tells.
    """
    return f"INT({over}/{under})-IF(INT({over}/{under})*{under}>{over},1,0)"


def nested_places(cell: str) -> str:
    """A formula for the decimals of one number, 0 to 6."""
    text = str(PLACES)
    for places in range(PLACES - 1, -1, -1):
        text = f"IF(ROUND({cell},{places})={cell},{places},{text})"
    return text


def sum_of_places(cells: str) -> str:
    """A formula for the decimals of the number that has most of them in a range, 0 to 6; empty cells are 0."""
    return "+".join(f"(SUMPRODUCT(--(ROUND({cells},{places})<>{cells}))>0)" for places in range(PLACES))
