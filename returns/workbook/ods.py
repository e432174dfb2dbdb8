"""Streaming reader of .ods: the same promises as for .xlsx, and repeated cells never multiply blanks."""

from returns.workbook.archive import Archive
from returns.workbook.grid import Limits, Refused, beyond, damaged
from returns.workbook.types import CellKind, RawCell, Sheet
from returns.workbook.units import is_percent, is_unit

_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384
_NUMBERS = {"float": CellKind.NUMBER, "percentage": CellKind.PERCENT, "currency": CellKind.NUMBER}


def read_ods(data: bytes, limits: Limits) -> list[Sheet]:
    """All sheets of an OpenDocument spreadsheet. Raises Refused."""
    archive = Archive(data, limits)
    reader = _ContentParser(limits)
    archive.parse("content.xml", start=reader.start, end=reader.end, text=reader.text)
    return reader.sheets


class _ContentParser:
    """Expat handlers for content.xml."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[Sheet] = []
        self._limits = limits
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._sheet: Sheet | None = None
        self._row = self._column = 0
        self._row_repeat = self._cell_repeat = 1
        self._cells: dict[int, RawCell] = {}
        self._kind = self._value = ""
        self._has_formula = self._is_covered = False
        self._span = (1, 1)
        self._parts: list[str] = []
        self._paragraphs = self._note = self._text_depth = 0
        self._count = self._elements = self._depth = self._length = 0
        self._column_count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > self._limits.elements:
            raise beyond("行和单元格总数", self._limits.elements)
        if self._depth > self._limits.depth:
            raise damaged("XML 层数过多")
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._start_cell(attributes, covered=tag != "table:table-cell")
        elif tag.startswith("text:"):
            self._start_text(tag, attributes)
        elif tag == "office:annotation":
            self._note += 1
        elif tag == "table:table-row":
            self._start_row(attributes)
        elif tag == "table:table-column":
            self._start_column(attributes)
        elif tag == "table:table":
            self._start_table(attributes)
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        """Paragraphs of a cell are joined by line breaks; notes and readings are no text of the cell."""
        if tag in ("text:note", "text:ruby-text"):
            self._note += 1
        elif tag == "text:p":
            if not self._note and self._text_depth == 0 and self._paragraphs:
                self._parts.append("\n")
            self._paragraphs += not self._note
            self._text_depth += 1
        elif self._text_depth and not self._note:
            if tag == "text:s":
                self._parts.append(" " * min(_count(attributes, "text:c"), 100))
            elif tag in ("text:tab", "text:line-break"):
                self._parts.append(" ")

    def _start_table(self, attributes: dict[str, str]) -> None:
        if self._sheet is not None:
            raise damaged("表中套表")
        if len(self.sheets) >= self._limits.sheets:
            raise beyond("工作表个数", self._limits.sheets)
        hidden = attributes.get("table:style-name", "") in self._hidden_styles
        self._sheet = Sheet(name=attributes.get("table:name", ""), hidden=hidden)
        self.sheets.append(self._sheet)
        self._row = self._column_count = 0

    def _start_column(self, attributes: dict[str, str]) -> None:
        if self._sheet is None:
            return
        repeat = _count(attributes, "table:number-columns-repeated")
        first = self._column_count + 1
        self._column_count += repeat
        if attributes.get("table:visibility", "visible") != "visible" and first <= _MAX_COLUMN:
            self._sheet.hidden_columns.append((first, min(self._column_count, _MAX_COLUMN)))

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self._sheet is None:
            return
        self._row_repeat = _count(attributes, "table:number-rows-repeated")
        self._row += 1
        self._column = 0
        self._cells = {}
        if self._row > _MAX_ROW:
            raise damaged("行号不合法")
        if attributes.get("table:visibility", "visible") != "visible":
            last = min(self._row + self._row_repeat - 1, self._limits.rows)
            self._sheet.hidden_rows.update(range(self._row, last + 1))

    def _start_cell(self, attributes: dict[str, str], *, covered: bool) -> None:
        self._cell_repeat = _count(attributes, "table:number-columns-repeated")
        self._kind = (
            "error"
            if attributes.get("calcext:value-type") == "error"
            else attributes.get("office:value-type", "")
        )
        self._value = next(
            (
                attributes[name]
                for name in ("office:value", "office:date-value", "office:time-value", "office:boolean-value")
                if name in attributes
            ),
            attributes.get("office:string-value", ""),
        )
        self._has_formula = "table:formula" in attributes
        self._is_covered = covered
        self._span = (
            _count(attributes, "table:number-rows-spanned"),
            _count(attributes, "table:number-columns-spanned"),
        )
        self._parts = []
        self._paragraphs = self._length = 0

    def text(self, data: str) -> None:
        if self._text_depth and not self._note:
            self._parts.append(data)
            self._length += len(data)
            if self._length > self._limits.text_length:
                raise beyond("单元格文字长度", self._limits.text_length)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()
        elif tag == "text:p":
            self._text_depth -= 1
        elif tag in ("office:annotation", "text:note", "text:ruby-text"):
            self._note -= 1
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "table:table":
            self._sheet = None

    def _end_cell(self) -> None:
        if self._sheet is None:
            return
        first = self._column + 1
        self._column += self._cell_repeat
        if self._span != (1, 1) and len(self._sheet.merged) < self._limits.merged_ranges:
            down, across = self._span
            self._sheet.merged.append((self._row, first, self._row + down - 1, first + across - 1))
        cell = None if self._is_covered else self._cell("".join(self._parts))
        if cell is None:
            return
        if self._column > self._limits.columns:
            raise beyond(f"第 {self._column} 列还有内容，列数", self._limits.columns)
        for column in range(first, self._column + 1):
            self._cells[column] = cell

    def _cell(self, text: str) -> RawCell | None:
        kind = self._kind
        if kind == "error" or (self._has_formula and text.startswith(("#", "Err:"))):
            return RawCell(CellKind.ERROR, text)
        if kind in _NUMBERS:
            if not self._value:
                return RawCell(CellKind.NO_VALUE, "")
            if text in ("TRUE", "FALSE"):
                return RawCell(CellKind.BOOL, text)
            return RawCell(_NUMBERS[kind], self._value, _printed_unit(text))
        if kind in ("date", "time"):
            return RawCell(CellKind.DATE, self._value[:10] if kind == "date" else self._value)
        if kind == "boolean":
            return RawCell(CellKind.BOOL, "TRUE" if self._value == "true" else "FALSE")
        text = text or self._value
        if text.strip():
            return RawCell(CellKind.TEXT, text)
        return RawCell(CellKind.NO_VALUE, "") if self._has_formula and not kind else None

    def _end_row(self) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        if self._cells:
            if self._row + self._row_repeat - 1 > self._limits.rows:
                raise beyond(f"第 {self._row + self._row_repeat - 1} 行还有内容，行数", self._limits.rows)
            self._count += len(self._cells) * self._row_repeat
            if self._count > self._limits.cells:
                raise beyond("单元格个数", self._limits.cells)
            for row in range(self._row, self._row + self._row_repeat):
                sheet.rows[row] = dict(self._cells)
        self._row += self._row_repeat - 1


def _printed_unit(text: str) -> str:
    """The unit that the number format prints behind a number (1.2万亩); empty for per cent and none."""
    unit = text.lstrip("0123456789.,+- ")
    return unit if unit and is_unit(unit) and not is_percent(unit) else ""


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    if not text.isdigit() or len(text) > 8:
        raise Refused("damaged", detail="重复次数不合法")
    return max(int(text), 1)
