"""Reader of .csv: UTF-8 with or without a byte order mark, GB18030, UTF-16 as Excel's Unicode text."""

import csv
from io import StringIO

from returns.workbook.grid import Limits, Refused, beyond
from returns.workbook.types import CellKind, RawCell, Sheet

_DELIMITERS = ",\t;|"


def read_csv(data: bytes, name: str, limits: Limits) -> list[Sheet]:
    """The one sheet of a text file, named after the file. Raises Refused."""
    text = _decode(data)
    sheet = Sheet(name=name)
    csv.field_size_limit(limits.text_length * 4)
    count = 0
    try:
        for number, row in enumerate(
            csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)), start=1
        ):
            cells = {
                column: RawCell(CellKind.TEXT, value)
                for column, value in enumerate(row, start=1)
                if value.strip()
            }
            if not cells:
                continue
            count += len(cells)
            if number > limits.rows:
                raise beyond("行数", limits.rows)
            if max(cells) > limits.columns:
                raise beyond("列数", limits.columns)
            if count > limits.cells:
                raise beyond("单元格个数", limits.cells)
            if any(len(cell.text) > limits.text_length for cell in cells.values()):
                raise beyond("单元格文字长度", limits.text_length)
            sheet.rows[number] = cells
    except csv.Error as error:
        raise Refused("not_spreadsheet", detail="不是逗号分隔的文字") from error
    return [sheet]


def _decode(data: bytes) -> str:
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _is_binary(text):
            return text
    raise Refused("not_spreadsheet", detail="无法识别的文字编码")


def _is_binary(text: str) -> bool:
    odd = sum(1 for char in text[:4000] if ord(char) < 32 and char not in "\t\r\n\x0b\x0c")
    return odd > 0 or "\x00" in text


def _delimiter(text: str) -> str:
    """The delimiter that occurs most in the lines that have any; quoted text hardly changes that."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    for line in text.splitlines()[:200]:
        for mark in _DELIMITERS:
            counts[mark] += line.count(mark)
    best = max(_DELIMITERS, key=lambda mark: counts[mark])
    return best if counts[best] else ","
