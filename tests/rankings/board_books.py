"""Workbooks with a board in them, as somebody would have made them by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]
Merge = tuple[int, int, int, int, str]


def book(
    rows: Rows, *, name: str = "榜", merges: Iterable[Merge] = (), more: dict[str, Rows] | None = None
) -> bytes:
    """A workbook of one sheet, and more by name. None leaves a cell out; merges are (row, column, row, column, text)."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out)
    for title, content in {name: rows, **(more or {})}.items():
        sheet = workbook.add_worksheet(title)
        for number, row in enumerate(content):
            for column, value in enumerate(row):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number, column, value, None, "#DIV/0!")
                elif value is not None:
                    sheet.write(number, column, value)
        if title == name:
            for merge in merges:
                sheet.merge_range(*merge)
    workbook.close()
    return out.getvalue()
