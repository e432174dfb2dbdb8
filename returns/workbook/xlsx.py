"""Streaming reader of .xlsx and .xlsm: expat over the inflated members, with every size bounded.

It keeps apart what other readers mix up: an error cell, a formula without a cached value and a blank; and it
keeps the number format as far as it matters (per cent, date, a unit printed behind the number). The declared
dimension is ignored, cells without a reference are counted, blank cells cost nothing but time.
"""

import posixpath
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from returns.workbook.archive import Archive, local_name
from returns.workbook.grid import Limits, beyond, damaged
from returns.workbook.types import CellKind, RawCell, Sheet
from returns.workbook.units import is_unit

_TOKEN = re.compile(
    rb'(<(?:c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="([a-z]+)")?'
    rb"(?:/>|>(?:<f>[^<]*</f>)?<v>([^<&\s\x80-\xff]+)</v></c>)"
    rb'|row r="(\d{1,7})"([^<>]*[^<>/])?>\s*|/row>\s*))'
)
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_SHEET_DATA = b"<sheetData>"
_LONGEST_CARRY = 1 << 20
_KNOWN_CELLS = 20_000
_UNKNOWN = RawCell(CellKind.NO_VALUE, "")
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384
_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_PERCENT_IDS = frozenset((9, 10))
_LITERAL = re.compile(r'"([^"]*)"')
_FORMAT_NOISE = re.compile(r'"[^"]*"|\\.|_.|\*.|!.|\[[^\]]*\]')
_GENERAL = re.compile(r"g/通用格式|general|@", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]|上午|下午|am/pm", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class NumberFormats:
    """What the cell styles of a workbook mean for reading: kind of number and printed unit, by style index."""

    def __init__(self) -> None:
        self.kinds: list[tuple[CellKind, str]] = []

    @classmethod
    def read(cls, archive: Archive, name: str) -> "NumberFormats":
        """Formats from styles.xml; without that member every number is plain."""
        formats = cls()
        if not archive.has(name):
            return formats
        codes: dict[str, str] = {}
        inside: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            tag = local_name(tag)
            if tag == "numFmt" and "dxfs" not in inside:
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag == "xf" and "cellXfs" in inside:
                formats.kinds.append(format_kind(attributes.get("numFmtId", "0"), codes))
            elif tag in ("cellXfs", "dxfs"):
                inside.append(tag)
            if len(formats.kinds) > 100_000 or len(codes) > 100_000:
                raise beyond("单元格样式数", 100_000)

        def end(tag: str) -> None:
            if inside and inside[-1] == local_name(tag):
                inside.pop()

        archive.parse(name, start=start, end=end)
        return formats


def format_kind(identifier: str, codes: dict[str, str]) -> tuple[CellKind, str]:
    """Kind of number and printed unit of a number format given by its id and the file's own codes."""
    code = codes.get(identifier)
    if code is None:
        number = int(identifier) if identifier.isdigit() else 0
        if number in _PERCENT_IDS:
            return CellKind.PERCENT, ""
        return (CellKind.DATE if number in _DATE_IDS else CellKind.NUMBER), ""
    return format_code_kind(code)


def format_code_kind(code: str) -> tuple[CellKind, str]:
    """Kind of number and printed unit of a number format code such as ``0.0%`` or ``0.0"万亩"``."""
    first = code.partition(";")[0]
    bare = _GENERAL.sub("", _FORMAT_NOISE.sub("", first))
    if "%" in bare:
        return CellKind.PERCENT, ""
    if _DATE_LETTERS.search(bare):
        return CellKind.DATE, ""
    literals = _LITERAL.findall(first)
    scaled = "!" in first or re.search(r",(?![#0?])", bare)
    unit = literals[-1].strip() if literals and not scaled and first.rstrip().endswith('"') else ""
    return CellKind.NUMBER, unit if unit and is_unit(unit) else ""


def read_xlsx(data: bytes, limits: Limits) -> list[Sheet]:
    """All sheets of a workbook in its order, chart and dialog sheets left out. Raises Refused."""
    archive = Archive(data, limits)
    workbook = _workbook_part(archive)
    sheets, base_1904 = _sheet_list(archive, workbook, limits)
    relations = _relations(archive, workbook)
    formats = NumberFormats()
    strings: list[str] = []
    for kind, target in relations.values():
        if kind.endswith("/styles"):
            formats = NumberFormats.read(archive, target)
        elif kind.endswith("/sharedStrings") and archive.has(target):
            strings = _shared_strings(archive, target, limits)
    result: list[Sheet] = []
    budget = _Budget(limits)
    cells = [RawCell(CellKind.TEXT, string) if string.strip() else None for string in strings]
    for name, relation, hidden in sheets:
        kind, target = relations.get(relation, ("", ""))
        if kind.endswith("/worksheet"):
            sheet = Sheet(name=name, hidden=hidden)
            _SheetParser(sheet, cells, formats, budget, base_1904=base_1904).parse(archive, target)
            result.append(sheet)
    return result


def _workbook_part(archive: Archive) -> str:
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    if archive.has("_rels/.rels"):
        archive.parse("_rels/.rels", start=start)
    name = found[0] if found else "xl/workbook.xml"
    if not archive.has(name):
        raise damaged("缺少工作簿")
    return name


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), path)

    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if archive.has(rels):
        archive.parse(rels, start=start)
    return found


def _sheet_list(archive: Archive, part: str, limits: Limits) -> tuple[list[tuple[str, str, bool]], bool]:
    sheets: list[tuple[str, str, bool]] = []
    flags = {"date1904": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = local_name(tag)
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append(
                (attributes.get("name", ""), relation, attributes.get("state", "visible") != "visible")
            )
            if len(sheets) > limits.sheets:
                raise beyond("工作表个数", limits.sheets)
        elif tag == "workbookPr":
            flags["date1904"] = attributes.get("date1904", "0") in ("1", "true")

    archive.parse(part, start=start)
    return sheets, flags["date1904"]


def _shared_strings(archive: Archive, name: str, limits: Limits) -> list[str]:
    parser = _StringsParser(limits)
    archive.parse(name, start=parser.start, end=parser.end, text=parser.text)
    return parser.strings


class _StringsParser:
    """Expat handlers for sharedStrings.xml; phonetic readings are left out."""

    def __init__(self, limits: Limits) -> None:
        self.strings: list[str] = []
        self._limits = limits
        self._parts: list[str] = []
        self._in_text = False
        self._phonetic = 0
        self._bytes = 0

    def start(self, tag: str, _: dict[str, str]) -> None:
        tag = local_name(tag)
        if tag == "t":
            self._in_text = not self._phonetic
        elif tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._phonetic += 1

    def end(self, tag: str) -> None:
        tag = local_name(tag)
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "si":
            self.strings.append(unescape("".join(self._parts)))
            if len(self.strings) > self._limits.strings:
                raise beyond("不同文字的个数", self._limits.strings)

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)
            self._bytes += len(data)
            if self._bytes > self._limits.string_bytes:
                raise beyond("文字总长度", self._limits.string_bytes)


def unescape(text: str) -> str:
    """A string with the format's own escapes (``_x000D_``) put back."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _Budget:
    """What all sheets of one file share."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells = 0
        self.elements = 0


class _NotPlain(Exception):
    """A cell that is left to the parser."""


class RowSieve:
    """Takes the rows out of a worksheet's bytes, in blocks of whole rows, for a reader that is faster than expat.

    What the reader does not take, and everything around the rows, goes on to expat unchanged, so that what is
    well formed is still expat's decision. Comments or declarations before the rows switch the sieve off.
    """

    def __init__(self, take: Callable[[bytes], bool]) -> None:
        self._take = take
        self._carry = b""
        self._before = True
        self._is_off = False

    def pass_on(self, chunk: bytes) -> bytes:
        """What expat must still see of the stream so far."""
        if self._is_off:
            return chunk
        data = self._carry + chunk
        out = b""
        if self._before:
            start = data.find(_SHEET_DATA)
            if start < 0:
                return self._hold(data, out)
            out, data = data[: start + len(_SHEET_DATA)], data[start + len(_SHEET_DATA) :]
            self._before = False
            if b"<!" in out:
                return self._give_up(out + data)
        stop = data.find(b"</sheetData>")
        end = stop if stop >= 0 else data.rfind(b"</row>") + len(b"</row>")
        if stop < 0 and end < len(b"</row>"):
            return self._hold(data, out)
        block, data = data[:end], data[end:]
        if block and not self._take(block):
            out += block
        return self._give_up(out + data) if stop >= 0 else self._hold(data, out)

    def rest(self) -> bytes:
        """What is left at the end of the stream."""
        rest, self._carry = self._carry, b""
        return rest

    def _hold(self, data: bytes, out: bytes) -> bytes:
        if len(data) > _LONGEST_CARRY:
            return self._give_up(out + data)
        self._carry = data
        return out

    def _give_up(self, data: bytes) -> bytes:
        self._is_off, self._carry = True, b""
        return data


class _SheetParser:
    """Expat handlers for one worksheet."""

    def __init__(
        self,
        sheet: Sheet,
        strings: list[RawCell | None],
        formats: NumberFormats,
        budget: _Budget,
        *,
        base_1904: bool,
    ) -> None:
        self._sheet = sheet
        self._strings = strings
        self._kinds = formats.kinds
        self._budget = budget
        self._limits = budget.limits
        self._base = date(1904, 1, 1) if base_1904 else date(1899, 12, 30)
        self._columns: dict[str | bytes, int] = {}
        self._known_cells: dict[tuple[bytes, bytes, bytes], RawCell | None] = {}
        self._names: dict[str, str] = {}
        self._row = self._column = 0
        self._cells: dict[int, RawCell] = {}
        self._in_cell = self._has_formula = self._has_value = False
        self._type = self._style = ""
        self._keep = False
        self._phonetic = 0
        self._parts: list[str] = []
        self._length = 0
        self._depth = 0
        self._elements = 0

    def parse(self, archive: Archive, name: str) -> None:
        """Read the member into the sheet."""
        sieve = RowSieve(self.take_rows)
        archive.parse(name, start=self._start, end=self._end, text=self._text, sieve=sieve)
        self._budget.elements += self._elements

    def take_rows(self, block: bytes) -> bool:
        """Read a block of whole rows that hold only the plainest cells; False leaves it to the parser."""
        try:
            rows = self._plain_rows(block)
        except _NotPlain:
            return False
        self._keep_rows(rows)
        return True

    def _plain_rows(self, block: bytes) -> list[tuple[int, bytes, dict[int, RawCell]]]:
        """Number, attributes and cells of each row. Raises _NotPlain.

        The tokens together must be as long as the block: then they follow one another without any gap, and
        nothing is ever skipped.
        """
        length = 0
        rows: list[tuple[int, bytes, dict[int, RawCell]]] = []
        cells: dict[int, RawCell] | None = None
        columns, known = self._columns, self._known_cells
        tokens = _TOKEN.findall(block)
        for whole, letters, style, kind, value, row, attributes in tokens:
            length += len(whole)
            if (cells is None) != bool(row):
                raise _NotPlain  # a cell outside any row, or a row inside another
            if value:
                cell = known.get((style, kind, value), _UNKNOWN)
                if cell is _UNKNOWN:
                    cell = self._learn_cell(style, kind, value)
                if cell is not None and cells is not None:
                    cells[columns.get(letters) or self._learn_column(letters)] = cell
            elif row:
                cells = {}
                rows.append((int(row), attributes, cells))
            elif not letters:
                cells = None
        if length != len(block) or cells is not None:
            raise _NotPlain
        self._elements += len(tokens)
        return rows

    def _learn_cell(self, style: bytes, kind: bytes, value: bytes) -> RawCell | None:
        """The cell that these bytes mean, remembered: files repeat themselves, and equal cells share one object."""
        if len(self._known_cells) >= _KNOWN_CELLS:
            self._known_cells.clear()
        cell = self._known_cells[style, kind, value] = self._plain_cell(style, kind, value)
        return cell

    def _plain_cell(self, style: bytes, kind: bytes, value: bytes) -> RawCell | None:
        if kind == b"s":
            if not value.isdigit() or len(value) > 8 or int(value) >= len(self._strings):
                raise _NotPlain
            return self._strings[int(value)]
        if len(value) > self._limits.text_length:
            raise _NotPlain
        text = value.decode("ascii")
        self._style = style.decode("ascii")
        if not kind or kind == b"n":
            return self._number(text)
        self._type = kind.decode("ascii")
        self._has_formula, self._has_value = False, True
        return self._cell(text)

    def _learn_column(self, letters: bytes) -> int:
        column = self._columns[letters] = _column_number(letters.decode("ascii"))
        return column

    def _keep_rows(self, rows: list[tuple[int, bytes, dict[int, RawCell]]]) -> None:
        """Put rows into the sheet under the same limits as the parser's."""
        for number, attributes, cells in rows:
            self._row = number
            self._check_row()
            if _HIDDEN.search(attributes):
                self._sheet.hidden_rows.add(number)
            if cells:
                self._check_cells(max(cells), len(cells))
                self._sheet.rows.setdefault(number, {}).update(cells)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v":
            self._keep = self._has_value = self._in_cell
        elif tag == "row":
            self._start_row(attributes)
        else:
            self._start_other(tag, attributes)

    def _start_other(self, tag: str, attributes: dict[str, str]) -> None:
        local = self._names.get(tag)
        if local is None:
            local = self._names[tag] = local_name(tag)
        if local != tag and local in ("c", "v", "row"):
            self._depth -= 1
            self._elements -= 1
            self._start(local, attributes)
        elif local == "f":
            self._has_formula = self._in_cell
        elif local == "t":
            self._keep = self._in_cell and not self._phonetic
            self._has_value = self._has_value or self._keep
        elif local == "rPh":
            self._phonetic += 1
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local == "col":
            self._hide_columns(attributes)
        if self._depth > self._limits.depth:
            raise damaged("XML 层数过多")

    def _start_row(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._row = int(reference) if reference and reference.isdigit() else self._row + 1
        self._check_row()
        self._column = 0
        self._cells = {}
        if attributes.get("hidden") in ("1", "true"):
            self._sheet.hidden_rows.add(self._row)

    def _check_row(self) -> None:
        if not 0 < self._row <= _MAX_ROW:
            raise damaged("行号不合法")
        if self._budget.elements + self._elements > self._limits.elements:
            raise beyond("行和单元格总数", self._limits.elements)

    def _check_cells(self, last_column: int, count: int) -> None:
        if self._row > self._limits.rows:
            raise beyond(f"第 {self._row} 行还有内容，行数", self._limits.rows)
        if last_column > self._limits.columns:
            raise beyond(f"第 {last_column} 列还有内容，列数", self._limits.columns)
        self._budget.cells += count
        if self._budget.cells > self._limits.cells:
            raise beyond("单元格个数", self._limits.cells)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = _column_number(letters)
            self._column = column
        else:
            self._column += 1
            if self._column > _MAX_COLUMN:
                raise damaged("列号不合法")
        self._in_cell = True
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._has_formula = self._has_value = False
        self._parts = []
        self._length = 0

    def _text(self, data: str) -> None:
        if self._keep:
            self._parts.append(data)
            self._length += len(data)
            if self._length > self._limits.text_length:
                raise beyond("单元格文字长度", self._limits.text_length)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "v":
            self._keep = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            if self._cells:
                self._sheet.rows.setdefault(self._row, {}).update(self._cells)
        else:
            local = self._names.get(tag, tag)
            if local == "t":
                self._keep = False
            elif local == "rPh":
                self._phonetic -= 1
            elif local != tag and local in ("c", "v", "row"):
                self._depth += 1
                self._end(local)

    def _end_cell(self) -> None:
        self._in_cell = False
        if not self._has_value and not self._has_formula:
            return
        cell = self._cell("".join(self._parts))
        if cell is None:
            return
        self._check_cells(self._column, 1)
        self._cells[self._column] = cell

    def _cell(self, text: str) -> RawCell | None:
        kind = self._type
        if kind == "s":
            return self._string(text)
        if kind in ("str", "inlineStr"):
            if self._has_formula and not self._has_value:
                return RawCell(CellKind.NO_VALUE, "")
            text = unescape(text)
            return RawCell(CellKind.TEXT, text) if text.strip() else None
        if not text.strip():
            return RawCell(CellKind.NO_VALUE, "") if self._has_formula else None
        if kind == "n":
            return self._number(text.strip())
        if kind == "e":
            return RawCell(CellKind.ERROR, text.strip())
        if kind == "b":
            return RawCell(CellKind.BOOL, "TRUE" if text.strip() in ("1", "true") else "FALSE")
        if kind == "d":
            return RawCell(CellKind.DATE, text.strip())
        raise damaged("未知的单元格类型")

    def _string(self, text: str) -> RawCell | None:
        if not text and self._has_formula:
            return RawCell(CellKind.NO_VALUE, "")
        digits = text.strip()
        if not digits.isdecimal() or len(digits) > 9 or int(digits) >= len(self._strings):
            raise damaged("文字索引越界")
        return self._strings[int(digits)]

    def _number(self, text: str) -> RawCell:
        style = self._style
        if not style or style == "0":
            if not self._kinds:
                return RawCell(CellKind.NUMBER, text)
            style = "0"
        try:
            kind, unit = self._kinds[int(style)]
        except (ValueError, IndexError):
            return RawCell(CellKind.NUMBER, text)
        if kind is CellKind.DATE:
            return RawCell(kind, serial_text(text, self._base))
        return RawCell(kind, text, unit)

    def _merge(self, reference: str) -> None:
        first, colon, last = reference.partition(":")
        corners = [_corner(first), _corner(last if colon else first)]
        if len(self._sheet.merged) >= self._limits.merged_ranges:
            raise beyond("合并单元格个数", self._limits.merged_ranges)
        (top, left), (bottom, right) = corners
        if (top, left) != (bottom, right) and bottom >= top and right >= left:
            self._sheet.merged.append((top, left, bottom, right))

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdigit() and last.isdigit() and len(self._sheet.hidden_columns) < _MAX_COLUMN:
                self._sheet.hidden_columns.append((int(first), int(last)))


def _column_number(letters: str) -> int:
    number = 0
    if not letters or len(letters) > 3:
        raise damaged("单元格坐标不合法")
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise damaged("单元格坐标不合法")
        number = number * 26 + ord(letter) - 64
    if number > _MAX_COLUMN:
        raise damaged("列号不合法")
    return number


def _corner(reference: str) -> tuple[int, int]:
    plain = reference.replace("$", "")
    letters = plain.rstrip("0123456789")
    digits = plain[len(letters) :]
    if not digits or len(digits) > 7:
        raise damaged("合并单元格坐标不合法")
    return int(digits), _column_number(letters)


def serial_text(text: str, base: date = date(1899, 12, 30)) -> str:
    """ISO date of a day serial; the serial itself where it is no date."""
    try:
        days = int(Decimal(text))
        return (base + timedelta(days=days)).isoformat()
    except (InvalidOperation, ValueError, OverflowError):
        return text
