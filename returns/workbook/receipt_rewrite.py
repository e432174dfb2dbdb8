"""A workbook of a format that openpyxl cannot write, written anew as .xlsx with every cell in its place."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from returns.workbook.types import CellKind, RawCell, Sheet, column_letters

_FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_THIN = Border(*(Side(style="thin", color="BFBFBF") for _ in range(4)))
_WIDEST = 36
_NARROWEST = 8


def rewritten(sheets: Sequence[Sheet]) -> tuple[Workbook | None, dict[str, str]]:
    """The sheets as a workbook, and the title that each got by its own name; None without any sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    titles: dict[str, str] = {}
    for source in sheets:
        target = book.create_sheet(title=_FORBIDDEN.sub("_", source.name)[:31].strip("'") or "表")
        titles[source.name] = target.title
        _write(target, source)
    if not book.worksheets:
        return None, {}
    if all(source.hidden for source in sheets):
        book.worksheets[0].sheet_state = "visible"
    return book, titles


def _write(target: Worksheet, source: Sheet) -> None:
    covered = {area[:2] for area in source.merged}
    widths: dict[int, int] = {}
    for row, cells in source.rows.items():
        for column, cell in cells.items():
            written = target.cell(row=row, column=column)
            _fill(written, cell)
            written.border = _THIN
            written.alignment = Alignment(wrap_text=True, vertical="center")
            if (row, column) not in covered:
                widths[column] = max(widths.get(column, 0), _width(cell.text))
    for top, left, bottom, right in source.merged:
        target.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        target.cell(row=top, column=left).alignment = Alignment(
            wrap_text=True, vertical="center", horizontal="center"
        )
    for column, width in widths.items():
        target.column_dimensions[column_letters(column)].width = min(max(width + 2, _NARROWEST), _WIDEST)
    for row in source.hidden_rows:
        target.row_dimensions[row].hidden = True
    for first, last in source.hidden_columns:
        for column in range(first, min(last, first + 600) + 1):
            target.column_dimensions[column_letters(column)].hidden = True
    target.sheet_state = "hidden" if source.hidden else "visible"
    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = target.PAPERSIZE_A4
    target.page_setup.fitToHeight = 0
    target.sheet_properties.pageSetUpPr.fitToPage = True


def _fill(written, cell: RawCell) -> None:  # type: ignore[no-untyped-def]  # openpyxl is untyped
    """The value with its kind; text stays text, whatever it begins with."""
    if cell.kind in (CellKind.NUMBER, CellKind.PERCENT):
        number = Decimal(cell.text)
        if number.is_finite():
            written.value = number
            written.number_format = "0.00%" if cell.kind is CellKind.PERCENT else "General"
            if cell.unit:
                written.number_format = f'General"{cell.unit.replace(chr(34), "")}"'
            return
    if cell.kind is CellKind.DATE:
        try:
            written.value = date.fromisoformat(cell.text[:10])
        except ValueError:
            written.value = cell.text
        else:
            written.number_format = "yyyy-mm-dd"
            return
    if cell.kind is CellKind.BOOL:
        written.value = cell.text == "TRUE"
        return
    written.value = _UNPRINTABLE.sub("", cell.text)
    written.data_type = "s"


def _width(text: str) -> int:
    """Columns that the longest line takes; a Chinese character counts as two."""
    return max(sum(2 if ord(char) > 255 else 1 for char in line) for line in text.split("\n"))
