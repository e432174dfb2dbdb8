"""Plain tables as files: .csv (with BOM, as Excel and WPS expect) and .xlsx, without live formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter


def neutralise(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula: = + - @ at the start get an apostrophe."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def table_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Headers and rows of text as UTF-8 with BOM, every cell neutralised."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def table_xlsx(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet: title, headers, rows of text; every cell is written as text and neutralised."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
    sheet = book.add_worksheet(title[:31])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_row(0, 0, headers, head)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for index, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            sheet.write_string(index, column, neutralise(cell))
    sheet.autofit(600)
    book.close()
    return out.getvalue()
