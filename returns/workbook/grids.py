"""The bare sheets of a file, for tables that are no returns (a board made in a spreadsheet).

The same guard, child process and limits as for a return; what the cells mean is the caller's matter.
"""

import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from returns.workbook.grid import Limits, Refused
from returns.workbook.guard import inspect
from returns.workbook.guidance import make_problem
from returns.workbook.reader import run_child
from returns.workbook.types import CellKind, Problem, RawCell, Sheet

GRID_LIMITS = Limits(
    file_bytes=10 * 1024 * 1024,
    rows=20_000,
    columns=600,
    cells=600_000,
    memory_bytes=768 * 1024 * 1024,
    cpu_seconds=20,
    wall_seconds=30,
)
"""A board has a row for each organisation and some columns for each indicator: far less than a return may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridResult:
    """The sheets of a file, or the problem for which it was not read."""

    sheets: tuple[Sheet, ...] = ()
    problem: Problem | None = None


def read_grid(data: bytes, filename: str, *, limits: Limits = GRID_LIMITS) -> GridResult:
    """Read a file's sheets from its bytes. Never raises for bad input.

    ``filename`` only names the sheet of a text file; the content decides what the file is.
    """
    try:
        kind = inspect(data, limits)
    except Refused as refused:
        return GridResult(problem=refused.problem())
    name = PurePath(filename.replace("\\", "/")).stem or "文件"
    request = {"data": data, "kind": kind.value, "name": name, "limits": limits}
    answer = run_child("returns.workbook.grid_child", request, limits)
    if isinstance(answer, Problem):
        return GridResult(problem=answer)
    try:
        if "refused" in answer:
            code, gaps = answer["refused"]
            return GridResult(problem=make_problem(code, **gaps))
        return GridResult(sheets=tuple(map(_unpack_sheet, answer["sheets"])))
    except (ValueError, KeyError, TypeError):
        return GridResult(problem=make_problem("damaged", detail="内容无法解析"))


def pack_sheet(sheet: Sheet) -> dict[str, Any]:
    """A sheet as JSON-able data: the child's way to send it."""
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "cells": [
            (row, column, str(cell.kind), cell.text, cell.unit)
            for row, cells in sheet.rows.items()
            for column, cell in cells.items()
        ],
        "merged": sheet.merged,
        "hidden_rows": sorted(sheet.hidden_rows),
        "hidden_columns": sheet.hidden_columns,
    }


def _unpack_sheet(data: dict[str, Any]) -> Sheet:
    sheet = Sheet(name=data["name"], hidden=data["hidden"], hidden_rows=set(data["hidden_rows"]))
    for row, column, kind, text, unit in data["cells"]:
        sheet.rows.setdefault(row, {})[column] = RawCell(CellKind(kind), sys.intern(text), unit)
    sheet.merged = [(top, left, bottom, right) for top, left, bottom, right in data["merged"]]
    sheet.hidden_columns = [(first, last) for first, last in data["hidden_columns"]]
    return sheet
