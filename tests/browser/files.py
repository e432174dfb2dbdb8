"""What a page's tables show in the browser beside what the page's files hold."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from playwright.sync_api import Page

NO_FILES = frozenset(
    {
        "manual",
        "screen",
        "scheme-form",
        "upload-form",
        "return-form",
        "upload-refused",
        "upload-waiting",
        "upload-cell",
        "upload-batch",
        "bulletin",
        "trail",
        "board-import",
        "admin",
        "admin-accounts",
        "admin-organisations",
    }
)
"""Pages with tables that are no list or board, and two that offer files of another kind: 通报 and 审计记录."""

# Row by row: the cells that are plain text, and the numbers of those that are set as numbers.
SHOWN = """() => [...document.querySelectorAll("main table")].map((table) => {
    const buttons = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => head.classList.contains("no-file"));
    return [...table.rows]
        .filter((row) => row.textContent.trim() && !row.querySelector("td.empty"))
        .map((row) => ({
            texts: [...row.cells]
                .filter((cell) => !cell.childElementCount && !buttons[cell.cellIndex])
                .map((cell) => cell.textContent.trim().replace(/\\s+/g, " "))
                .filter((text) => text),
            numbers: [...row.querySelectorAll("td.num, td.total, td.rank, .light-score")]
                .map((cell) => cell.firstChild?.textContent.trim() ?? "")
                .filter((text) => /^-?\\d+(\\.\\d+)?$/.test(text)),
        }));
})"""
Rows = list[list[str]]


def file_differences(page: Page) -> list[str]:
    """How the two files that the page offers differ from its tables; empty where they do not."""
    tables = page.evaluate(SHOWN)
    text = page.request.get(page.url + _query(page.url, "csv")).body().decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(page.url + _query(page.url, "xlsx")).body()))
    written = _csv_tables(text, named=len(tables) > 1)
    sheets = [[[_printed(cell) for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets]
    found = []
    if [len(table) for table in tables] != [len(rows) for rows in written]:
        found.append(
            f"rows: {[len(table) for table in tables]} on the page, {[len(rows) for rows in written]}"
        )
    for table, rows, sheet in zip(tables, written, sheets, strict=True):
        for shown, row in zip(table, rows, strict=False):
            words = {*row, *(cell.split(" ")[0] for cell in row)}  # a unit may follow the number: 5 个
            missing = [cell for cell in (*shown["texts"], *shown["numbers"]) if _plain(cell) not in words]
            found += [f"{missing} not in {row}"] if missing else []
        if not _ends_with(sheet, rows):
            found.append(f"the .xlsx differs from the .csv: {sheet[-1:]} {rows[-1:]}")
    return found


def _query(url: str, shape: str) -> str:
    return f"{'&' if '?' in url else '?'}format={shape}"


def _csv_tables(text: str, *, named: bool) -> list[Rows]:
    """The tables of a .csv, which follow its notes, each after an empty row."""
    tables: list[Rows] = []
    for row in csv.reader(io.StringIO(text)):
        if not row:
            tables.append([])
        elif tables:
            tables[-1].append([_plain(cell) for cell in row])
    return [table[1:] for table in tables] if named else tables


def _plain(text: str) -> str:
    """A cell's words, however a file writes them: without the mark before a dangerous sign, minus as hyphen."""
    bare = text.removeprefix("'").replace("−", "-")
    return bare.removeprefix("+") if re.fullmatch(r"\+\d+(\.\d+)?", bare) else bare


def _printed(cell: object) -> str:
    """A spreadsheet's cell as it is printed."""
    value, shape = getattr(cell, "value", None), getattr(cell, "number_format", "")
    if isinstance(value, int | float):
        decimals = len(shape.rstrip("%").partition(".")[2])
        return f"{value * 100:.{decimals}f}%" if shape.endswith("%") else f"{value:.{decimals}f}"
    return _plain(str(value or ""))


def _ends_with(sheet: Rows, rows: Rows) -> bool:
    """Whether the sheet's last rows are these, empty cells at the right aside."""
    bare = [[*row] for row in (*sheet, *rows)]
    for row in bare:
        while row and not row[-1]:
            row.pop()
    return not rows or bare[len(sheet) - len(rows) : len(sheet)] == bare[len(sheet) :]
