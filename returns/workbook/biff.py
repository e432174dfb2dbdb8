"""Reader of .xls and .et (the old binary workbook), by xlrd, which keeps errors and number formats apart."""

import struct
from datetime import date
from io import StringIO

import xlrd  # type: ignore[import-untyped]  # published without type information

from returns.workbook.grid import Limits, Refused, beyond, damaged
from returns.workbook.types import CellKind, RawCell, Sheet
from returns.workbook.xlsx import format_code_kind, serial_text

_BROKEN = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    IndexError,
    KeyError,
    ValueError,
    AssertionError,
    TypeError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
)


def read_xls(data: bytes, limits: Limits) -> list[Sheet]:
    """All sheets of an old binary workbook. Raises Refused."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=False, logfile=StringIO()
        )
    except _BROKEN as error:
        if "encrypted" in str(error):
            raise Refused("encrypted") from error
        raise damaged("不是完整的 .xls 内容") from error
    if book.nsheets > limits.sheets:
        raise beyond("工作表个数", limits.sheets)
    formats = _Formats(book)
    return [_sheet(sheet, formats, limits) for sheet in book.sheets()]


class _Formats:
    """Kind of number and printed unit by the index of a cell's format."""

    def __init__(self, book: xlrd.book.Book) -> None:
        self._book = book
        self._known: dict[int, tuple[CellKind, str]] = {}
        self.base = date(1904, 1, 1) if book.datemode else date(1899, 12, 30)

    def get(self, index: int | None) -> tuple[CellKind, str]:
        """What a number with this format is."""
        if index is None or not 0 <= index < len(self._book.xf_list):
            return CellKind.NUMBER, ""
        if index not in self._known:
            form = self._book.format_map.get(self._book.xf_list[index].format_key)
            self._known[index] = format_code_kind(form.format_str) if form else (CellKind.NUMBER, "")
        return self._known[index]


def _sheet(source: xlrd.sheet.Sheet, formats: _Formats, limits: Limits) -> Sheet:
    sheet = Sheet(name=source.name, hidden=source.visibility != 0)
    count = 0
    for row in range(source.nrows):
        cells: dict[int, RawCell] = {}
        for column in range(source.row_len(row)):
            cell = _cell(source, row, column, formats)
            if cell is not None:
                cells[column + 1] = cell
        if not cells:
            continue
        count += len(cells)
        if row >= limits.rows or max(cells) > limits.columns or count > limits.cells:
            raise beyond("行、列或单元格个数", limits.cells)
        sheet.rows[row + 1] = cells
    sheet.merged = [
        (top + 1, left + 1, bottom, right)
        for top, bottom, left, right in source.merged_cells[: limits.merged_ranges]
    ]
    sheet.hidden_rows = {row + 1 for row, info in source.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = [
        (column + 1, column + 1) for column, info in source.colinfo_map.items() if info.hidden
    ]
    return sheet


def _cell(source: xlrd.sheet.Sheet, row: int, column: int, formats: _Formats) -> RawCell | None:
    kind, value = source.cell_type(row, column), source.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        value = value.replace("\x00", "")  # some writers pad their texts
        return RawCell(CellKind.TEXT, value) if value.strip() else None
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        number_kind, unit = formats.get(source.cell_xf_index(row, column))
        text = repr(value).removesuffix(".0") if abs(value) < 1e15 else repr(value)
        if number_kind is CellKind.DATE:
            return RawCell(number_kind, serial_text(text, formats.base))
        return RawCell(number_kind, text, unit)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return RawCell(CellKind.BOOL, "TRUE" if value else "FALSE")
    if kind == xlrd.XL_CELL_ERROR:
        return RawCell(CellKind.ERROR, xlrd.error_text_from_code.get(value, "#ERROR!"))
    return None
