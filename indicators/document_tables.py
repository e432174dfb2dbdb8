"""A document's table put together again as it was printed: two header rows, merged cells, 小计, text.

Pure: takes plain rows, knows no database. Targets and totals carry the place they had in the table
(`row_order`, `column_order`), the table's `columns` say what stands above and before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

DATA_KINDS = frozenset({"target", "value"})
"""Kinds of column that hold figures without naming an indicator or organisation of their own."""


@dataclass(frozen=True, kw_only=True)
class PrintedCell:
    """One figure as printed, with its place and what describes its row."""

    row_order: int
    column_order: int
    row: str
    text: str
    is_total: bool = False
    note: str = ""
    describes: Mapping[str, str]
    """Words for the descriptive columns by kind: number, category, indicator, unit, lead …"""


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """A cell to draw."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    is_name: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """A body row to draw; a total row is shown stronger."""

    cells: tuple[GridCell, ...]
    is_total: bool


@dataclass(frozen=True, kw_only=True)
class DocumentGrid:
    """Header rows and body rows of a table."""

    head: tuple[tuple[GridCell, ...], ...]
    body: tuple[GridRow, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said about single cells, each remark once, in the order of the table."""
        found = (cell.note for row in self.body for cell in row.cells if cell.note)
        return tuple(dict.fromkeys(found))


def is_data_column(column: Mapping[str, Any]) -> bool:
    """Whether figures stand in it: it names an indicator or organisation by code, or is the one value column."""
    return "code" in column or column["kind"] in DATA_KINDS


def build_grid(*, columns: Sequence[Mapping[str, Any]], cells: Iterable[PrintedCell]) -> DocumentGrid:
    """Put a table together. Descriptive cells that repeat downwards become one tall cell."""
    rows: dict[int, dict[int, PrintedCell]] = {}
    for cell in cells:
        rows.setdefault(cell.row_order, {})[cell.column_order] = cell
    ordered = [rows[order] for order in sorted(rows)]
    described = [[_words(column, row) for column in columns if not is_data_column(column)] for row in ordered]
    spans = _spans([column for column in columns if not is_data_column(column)], described)
    body = []
    for index, row in enumerate(ordered):
        body.append(_body_row(columns, row, described[index], spans[index]))
    return DocumentGrid(head=_head(columns), body=tuple(body))


def _words(column: Mapping[str, Any], row: Mapping[int, PrintedCell]) -> str:
    """What stands in a descriptive column of this row."""
    cell = next(iter(row.values()))
    kind = column["kind"]
    if kind == "organisation":
        return cell.row.split(" ")[0]
    if kind == "year":
        return cell.row.split(" ")[-1]
    return cell.describes.get(kind, "")


def _spans(columns: Sequence[Mapping[str, Any]], described: Sequence[Sequence[str]]) -> list[list[int]]:
    """Height of each descriptive cell: 0 where a taller one above covers it."""
    spans = [[1] * len(columns) for _ in described]
    for place, column in enumerate(columns):
        if column["kind"] not in {"organisation", "category"}:
            continue
        first = 0
        for index in range(1, len(described)):
            if described[index][place] and described[index][place] == described[first][place]:
                spans[first][place] += 1
                spans[index][place] = 0
            else:
                first = index
    return spans


def _body_row(
    columns: Sequence[Mapping[str, Any]],
    row: Mapping[int, PrintedCell],
    words: Sequence[str],
    spans: Sequence[int],
) -> GridRow:
    cells = []
    described = 0
    data = 0
    for column in columns:
        if is_data_column(column):
            data += 1
            printed = row.get(data)
            cells.append(GridCell(text=printed.text, note=printed.note) if printed else GridCell(text=""))
            continue
        if spans[described]:
            cells.append(
                GridCell(
                    text=words[described],
                    rowspan=spans[described],
                    is_name=column["kind"] in {"indicator", "lead"},
                )
            )
        described += 1
    return GridRow(cells=tuple(cells), is_total=any(cell.is_total for cell in row.values()))


def _head(columns: Sequence[Mapping[str, Any]]) -> tuple[tuple[GridCell, ...], ...]:
    """One header row, or two where a column stands `under` another's heading."""
    parents = {column["under"] for column in columns if column.get("under")}
    if not parents:
        return (tuple(GridCell(text=str(column["label"])) for column in columns),)
    top: list[GridCell] = []
    below: list[GridCell] = []
    for column in columns:
        label = str(column["label"])
        if column.get("under"):
            top[-1] = replace(top[-1], colspan=top[-1].colspan + 1)
            below.append(GridCell(text=label))
        elif label in parents:
            # The heading spans its own column and those under it; its own second row stays empty.
            top.append(GridCell(text=label))
            below.append(GridCell(text=""))
        else:
            top.append(GridCell(text=label, rowspan=2))
    return tuple(top), tuple(below)
