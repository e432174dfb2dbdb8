"""A sheet's blocks as the columns in which the core computes, and single lines as the core's dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from rankings.lines import Block, Columns, Line, Sheet, Terms
from scoring import (
    BoardColumns,
    Direction,
    Kind,
    LineBlock,
    LineInput,
    Reason,
    ScoringError,
)
from scoring.board import points_of, terms_of
from scoring.exact import to_millionths
from scoring.types import GIVEN_REASONS

_GIVEN: Mapping[str | None, Reason | None] = {None: None} | {reason.value: reason for reason in GIVEN_REASONS}


def number_of(text: str | None) -> Decimal | None:
    """A sealed number."""
    return None if text is None else Decimal(text)


def line_input(line: Line) -> LineInput:
    """A line as the core's dataclass."""
    terms = line.terms
    return LineInput(
        indicator=terms["code"],
        kind=Kind(terms["kind"]),
        direction=Direction(terms["direction"]),
        counted=terms["counted"],
        target=number_of(line.target),
        strict=line.strict,
        excluded=Reason(line.excluded) if line.excluded else None,
        value=number_of(line.value),
        baseline=number_of(line.baseline),
        milestone_share=number_of(terms["milestone_share"]),
        milestone_amount=number_of(terms["milestone_amount"]),
        weight=Decimal(terms["weight"]),
        due=terms["due"],
    )


class _Millionths(dict[str | None, int | None]):
    """Sealed texts as whole millionths; each text is read once."""

    def __init__(self, what: str) -> None:
        super().__init__({None: None})
        self._what = what

    def __missing__(self, text: str) -> int:
        number = self[text] = to_millionths(Decimal(text), what=self._what)
        return number


class _Given(dict[str | None, Reason | None]):
    """Sealed reasons for leaving a line out as the core's."""

    def __missing__(self, text: str) -> Reason:
        raise ScoringError(f"不能以“{text}”为由不计分。")


class _Readers(NamedTuple):
    """What reads each column's cells."""

    target: _Millionths
    value: _Millionths
    baseline: _Millionths
    excluded: _Given


def board_columns(sheet: Sheet) -> BoardColumns:
    """The board as the core's columns; its blocks are those of the sheet.

    Raises ScoringError as `scoring.score_board` does; the message names organisation and indicator.
    """
    readers = _Readers(_Millionths("目标值"), _Millionths("完成值"), _Millionths("基期值"), _Given(_GIVEN))
    return BoardColumns(
        quarter=sheet.head["quarter"],
        keys=[unit["key"] for unit in sheet.units],
        orders=[unit["order"] for unit in sheet.units],
        groups=[unit["group"] for unit in sheet.units],
        bonuses=[_points(unit, "bonuses", "加分") for unit in sheet.units],
        deductions=[_points(unit, "deductions", "扣分") for unit in sheet.units],
        blocks=[_line_block(sheet, block, readers) for block in sheet.blocks],
        group_by_lines=sheet.head["board"] == "departments",
        # only inputs of schemes with a late rule carry it
        late_days=[unit.get("late_days", 0) for unit in sheet.units],
    )


def _line_block(sheet: Sheet, block: Block, readers: _Readers) -> LineBlock:
    """A block with its numbers; columns that say nothing are left out."""
    columns = block.columns
    terms = None
    try:
        terms = terms_of(line_input(_without_cells(block.terms)))
        targets = list(map(readers.target.__getitem__, columns.target))
        values = list(map(readers.value.__getitem__, columns.value))
        baselines = list(map(readers.baseline.__getitem__, columns.baseline))
        excluded = list(map(readers.excluded.__getitem__, columns.excluded))
    except ScoringError as error:
        place = _first_unreadable(columns, readers) if terms else 0
        unit = sheet.units[block.units[place]]["key"]
        raise ScoringError(f"“{unit}”的指标“{block.terms['code']}”：{error}") from error
    return LineBlock(
        terms=terms,
        units=block.units,
        targets=targets,
        values=values,
        baselines=baselines if any(item is not None for item in baselines) else None,
        strict=columns.strict if any(columns.strict) else None,
        excluded=excluded if any(excluded) else None,
    )


def _without_cells(terms: Terms) -> Line:
    """A line that says nothing but its terms."""
    return Line(terms, "", "1", "", None, False, None, None, None, None, None, None, None, None, {})


def _first_unreadable(columns: Columns, readers: _Readers) -> int:
    """Which line of a block has a cell that cannot be read."""
    cells = zip(columns.target, columns.value, columns.baseline, columns.excluded, strict=True)
    for place, (target, value, baseline, excluded) in enumerate(cells):
        try:
            readers.target[target], readers.value[value]
            readers.baseline[baseline], readers.excluded[excluded]
        except ScoringError:
            return place
    return 0


def _points(unit: Mapping[str, Any], side: str, word: str) -> int:
    return points_of([Decimal(item["points"]) for item in unit[side]], what=f"“{unit['key']}”的{word}")
