"""Where a number of ours stands: its cell in the ranking's 算法复核表, and a figure's own source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from rankings.comparing import Item
from rankings.comparing.types import Where
from rankings.models import Board
from rankings.recalculation.book import DETAIL, FIRST_ROW, SUMMARY
from rankings.recalculation.columns import Area
from rankings.recalculation.detail_columns import DETAIL_COLUMNS
from rankings.recalculation.source import SUPPORTED_RULES
from rankings.recalculation.summary_columns import summary_columns

_SUMMARY_KEYS = {Item.UNIT: "name", Item.RANK: "rank", Item.GROUP_RANK: "group_rank", Item.TOTAL: "total"}
_DETAIL_KEYS = {Item.SCORE: "score", Item.VALUE: "value", Item.TARGET: "target"}


def our_places(inputs: Mapping[str, Any], document: Mapping[str, Any]) -> Where:
    """A function that names the place of an organisation's item; document is the ranking of these inputs."""
    units = {unit["name"]: unit for unit in inputs["units"]}
    rows: dict[str, int] = {}
    line_rows: dict[tuple[str, str], int] = {}
    sources: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(document["entries"]):
        unit = units[entry["unit"]]
        rows[unit["key"]] = FIRST_ROW + number
        for line in unit["lines"]:
            line_rows[(unit["key"], line["code"])] = FIRST_ROW + len(line_rows)
            sources[(unit["key"], line["code"])] = _source(line["source"])
    last = FIRST_ROW + max(len(rows), len(line_rows), 1) - 1
    columns = summary_columns(
        by_lines=inputs["board"] == Board.DEPARTMENTS,
        late=inputs["scheme"]["parameters"].get("late") is not None,
    )
    summary = Area(sheet=SUMMARY, columns=columns, first=FIRST_ROW, last=last)
    detail = Area(sheet=DETAIL, columns=DETAIL_COLUMNS, first=FIRST_ROW, last=last)

    def where(item: Item, key: str, code: str) -> str:
        if inputs["rules_version"] not in SUPPORTED_RULES:
            return ""
        if item in _SUMMARY_KEYS:
            return _cell(summary, rows[key], _SUMMARY_KEYS[item])
        place = _cell(detail, line_rows[(key, code)], _DETAIL_KEYS[item])
        source = sources[(key, code)] if item is Item.VALUE else ""
        return f"{place}；填报文件 {source}" if source else place

    return where


def _cell(area: Area, row: int, key: str) -> str:
    return f"复核表 {area.sheet}!{xl_rowcol_to_cell(row, area.column_of(key))}"


def _source(source: Mapping[str, Any]) -> str:
    if not source["file"]:
        return ""
    return f"{source['sheet']}!{source['cell']}"
