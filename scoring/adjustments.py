"""What a scheme may add to the plain total: late returns, substitutes, veto, grades.

Scheme v1 uses none of it. Rules: RULES.md section "Options of a scheme".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoring.columns import BlockResult, BoardColumns
from scoring.scheme import Scheme
from scoring.types import Light

#: Lights of a line that is met.
MET = frozenset({Light.GREEN, Light.BLUE})
#: Lights of a scored line that is missed, an unreported one among them.
MISSED = frozenset({Light.YELLOW, Light.RED})
#: More hundredths than any total has: sets the vetoed apart below all others.
_BELOW_ALL = 10**12


def without_late_figures(board: BoardColumns, *, scheme: Scheme) -> BoardColumns:
    """The board with nothing reported for those who are so late that it no longer counts."""
    rule = scheme.late
    if rule is None or board.late_days is None:
        return board
    silent = {unit for unit, days in enumerate(board.late_days) if days >= rule.unreported_from}
    if not silent:
        return board
    blocks = [
        replace(
            block,
            values=[
                None if unit in silent else value
                for unit, value in zip(block.units, block.values, strict=True)
            ],
        )
        for block in board.blocks
    ]
    return replace(board, blocks=blocks)


def late_points(board: BoardColumns, *, scheme: Scheme) -> list[int]:
    """Hundredths taken off each organisation's total for days late."""
    rule = scheme.late
    if rule is None or board.late_days is None:
        return [0] * len(board.keys)
    return [min(days * rule.per_day, rule.most) for days in board.late_days]


def apply_substitutes(board: BoardColumns, *, results: Sequence[BlockResult], scheme: Scheme) -> None:
    """降格: a missed line earns its substitute's points where the organisation met the other indicator."""
    for indicator, rule in scheme.indicators.items():
        if rule.substitute is None:
            continue
        met = {
            unit
            for block, result in zip(board.blocks, results, strict=True)
            if block.terms.indicator == rule.substitute.indicator
            for unit, light in zip(block.units, result.lights, strict=True)
            if light in MET
        }
        for block, result in zip(board.blocks, results, strict=True):
            if block.terms.indicator != indicator:
                continue
            for row, unit in enumerate(block.units):
                score = result.scores[row]
                if unit in met and score is not None and result.attainments[row] is not None:
                    result.scores[row] = max(score, rule.substitute.points)


def missed_vetoes(
    board: BoardColumns, *, results: Sequence[BlockResult], scheme: Scheme
) -> list[tuple[str, ...]]:
    """The veto indicators (否决性指标) that each organisation missed, an unreported one among them."""
    missed: list[tuple[str, ...]] = [()] * len(board.keys)
    for block, result in zip(board.blocks, results, strict=True):
        rule = scheme.indicators.get(block.terms.indicator)
        if rule is None or not rule.veto:
            continue
        for unit, light in zip(block.units, result.lights, strict=True):
            if light in MISSED:
                missed[unit] = (*missed[unit], block.terms.indicator)
    return missed


def standings(
    totals: Sequence[int | None], *, vetoed: Sequence[tuple[str, ...]], scheme: Scheme
) -> list[int | None]:
    """What decides the ranks: the totals, the vetoed below all others where the scheme says so."""
    if scheme.veto != "last":
        return list(totals)
    return [
        total - _BELOW_ALL if veto and total is not None else total
        for total, veto in zip(totals, vetoed, strict=True)
    ]


def grade_of(total: int | None, *, vetoed: bool, scheme: Scheme) -> str | None:
    """等次 of a total; `None` without a total or where the scheme has no grades."""
    grades = scheme.grades
    if total is None or not grades:
        return None
    place = next(place for place, grade in enumerate(grades) if total >= grade.at)
    if vetoed and scheme.veto == "lowest_grade":
        place = len(grades) - 1
    if vetoed and scheme.veto == "no_top_grade":
        place = max(place, min(1, len(grades) - 1))
    return grades[place].name
