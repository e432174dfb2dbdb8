"""Filling the product's own template (layout A) as a person would: open it, type, save it. Pure."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from huzhou_targets.demo.files import Narrative
from huzhou_targets.demo.workbooks import CREATED, Form, text_height
from returns.workbook.template import FORM_SHEET, write_template
from returns.workbook.types import Vocabulary

_TIME = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_TEXT_HEADS = ("进展情况", "存在问题", "下步举措")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def fill_template(form: Form, *, vocabulary: Vocabulary, organisation: str) -> bytes:
    """The template of this organisation with the form's values, dates and narratives, marked 演示数据.

    The same form gives the same bytes: no time of writing is kept in the file.
    """
    values = {(line.code, place): value for line in form.lines for place, value in line.values.items()}
    blank = write_template(vocabulary, organisation=organisation, values=values, is_demo=True)
    book = load_workbook(io.BytesIO(blank))
    _fill_texts(book[FORM_SHEET], form)
    book.properties.created = book.properties.modified = CREATED
    stream = io.BytesIO()
    book.save(stream)
    return without_times(stream.getvalue())


def _fill_texts(sheet: Worksheet, form: Form) -> None:
    """Dates and narratives into the lines that have a value, found by the template's hidden codes."""
    heads = {str(cell.value): cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    said = {
        (line.code, place): line.narratives.get(place, Narrative())
        for line in form.lines
        for place in line.values
    }
    for row in range(1, sheet.max_row + 1):
        key = (
            str(sheet.cell(row, heads["指标编码"]).value),
            str(sheet.cell(row, heads["对象编码"]).value),
        )
        if key not in said:
            continue
        sheet.cell(row, heads["数据截至日"]).value = datetime.datetime.combine(
            form.period.ends_on, datetime.time()
        )
        narrative = said[key]
        for head, text in zip(_TEXT_HEADS, narrative.texts, strict=True):
            if text:
                sheet.cell(row, heads[head]).value = text
        sheet.row_dimensions[row].height = text_height(
            (text, sheet.column_dimensions[get_column_letter(heads[head])].width)
            for head, text in zip(_TEXT_HEADS, narrative.texts, strict=True)
        )


def without_times(workbook: bytes) -> bytes:
    """The same workbook without the times at which it was written."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                stamp = CREATED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = _TIME.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(member.filename, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return stream.getvalue()
