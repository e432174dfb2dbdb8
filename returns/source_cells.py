"""The place in a handed-in file from which a figure came: the cell with what stands around it.

The file is read anew from its kept bytes, by the guard and child process of every upload; nothing is computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from audit.canonical import plain_decimal
from returns.limits import reading_limits
from returns.models import Upload
from returns.workbook.grids import read_grid
from returns.workbook.types import CellKind, RawCell, Sheet, column_letters

ROWS_AROUND, COLUMNS_AROUND = 6, 6
"""How much of the sheet is shown on each side of the cell."""

_NAME = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class NoSuchCell(Exception):
    """The file has no such sheet or cell, or cannot be read; the message says which, for people."""


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """A row of the shown part; texts are blank where the file has nothing."""

    number: int
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SourceView:
    """The part of a sheet around one cell, which stands at (row, column letters)."""

    sheet: str
    row: int
    letters: str
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    is_hidden: bool


def source_around(upload: Upload, *, sheet: str, cell: str) -> SourceView:
    """What stands around a cell such as `E5`; the first sheet where none is named. Raises NoSuchCell."""
    match = _NAME.fullmatch(cell)
    if match is None:
        raise NoSuchCell(f"“{cell[:16]}”不是单元格的位置，应写成 E5 这样")
    if not upload.content:
        raise NoSuchCell("这个文件没有读取，因此没有保存")
    with upload.content.open("rb") as file:
        result = read_grid(file.read(), upload.filename, limits=reading_limits())
    if result.problem is not None:
        raise NoSuchCell(result.problem.message)
    found = next((item for item in result.sheets if item.name == sheet or not sheet), None)
    if found is None:
        raise NoSuchCell(f"文件里没有工作表“{sheet[:64]}”")
    return _part_of(found, row=int(match[2]), column=_column_number(match[1]))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _part_of(sheet: Sheet, *, row: int, column: int) -> SourceView:
    last_row = max(sheet.rows, default=0)
    last_column = max((max(cells) for cells in sheet.rows.values() if cells), default=0)
    if row > last_row or column > last_column:
        raise NoSuchCell(f"工作表“{sheet.name}”只到 {column_letters(max(last_column, 1))}{max(last_row, 1)}")
    columns = range(max(1, column - COLUMNS_AROUND), min(last_column, column + COLUMNS_AROUND) + 1)
    rows = range(max(1, row - ROWS_AROUND), min(last_row, row + ROWS_AROUND) + 1)
    return SourceView(
        sheet=sheet.name,
        row=row,
        letters=column_letters(column),
        columns=tuple(column_letters(number) for number in columns),
        rows=tuple(
            SourceRow(
                number=number,
                texts=tuple(_text(sheet.rows.get(number, {}).get(place)) for place in columns),
            )
            for number in rows
        ),
        is_hidden=sheet.is_hidden(row=row, column=column),
    )


def _text(cell: RawCell | None) -> str:
    """A cell as the file shows it, with the digits that the file holds."""
    if cell is None:
        return ""
    if cell.kind == CellKind.PERCENT:
        return f"{plain_decimal(Decimal(cell.text) * 100)}%"
    if cell.kind == CellKind.NO_VALUE:
        return "（公式没有结果）"
    return f"{cell.text}{cell.unit}"
