"""A ranking as a file: .xlsx and .csv (with BOM, as Excel and WPS expect)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import xlsxwriter

from huzhou_targets.sheets import neutralise
from rankings.external import EXTERNAL_SCHEME
from rankings.models import Board, RankingRun

HEADERS = ("名次", "单位", "组", "组内名次", "基础分", "加分", "扣分", "总分")
LINE_HEADERS = (
    "单位",
    "指标",
    "目标原文",
    "目标值",
    "应完成",
    "完成值",
    "达成率%",
    "完成率%",
    "分值",
    "得分",
    "灯",
    "说明",
)
_LINE_KEYS = (
    "indicator",
    "target_text",
    "target",
    "expected",
    "value",
    "attainment",
    "completion",
    "weight",
    "score",
    "light",
    "reason",
)
LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯", "blue": "蓝灯", "grey": "不计分"}


def _summary_rows(document: Mapping[str, Any]) -> Iterator[list[Any]]:
    for entry in document["entries"]:
        yield [
            entry["rank"],
            neutralise(entry["unit"]),
            neutralise(entry["group"] or ""),
            entry["group_rank"],
            entry["base"],
            entry["bonus"],
            entry["deduction"],
            entry["total"] or entry["excluded"],
        ]


def _line_rows(document: Mapping[str, Any]) -> Iterator[list[Any]]:
    for entry in document["entries"]:
        for line in entry["lines"]:
            outside = document["scheme"] == EXTERNAL_SCHEME
            shown = dict(line) | {"light": "" if outside else LIGHTS[line["light"]]}
            yield [neutralise(entry["unit"]), *(shown[key] for key in _LINE_KEYS)]


def ranking_csv(document: Mapping[str, Any]) -> bytes:
    """Entries, then their lines, as UTF-8 with BOM."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    writer.writerows(_summary_rows(document))
    writer.writerow([])
    writer.writerow(LINE_HEADERS)
    for row in _line_rows(document):
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> Any:
    """Text that is no number is neutralised; numbers, negative ones too, stay as they are."""
    if isinstance(cell, str) and not _is_number(cell):
        return neutralise(cell)
    return cell


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def ranking_xlsx(document: Mapping[str, Any], *, chain: str | None) -> bytes:
    """Two sheets: the board, and every line. chain is the newest digest of the published series."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    title_format = book.add_format({"bold": True, "font_size": 14})
    head_format = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
    board, status = Board(document["board"]).label, RankingRun.Status(document["status"]).label
    origin = "，外部计算" if document["scheme"] == EXTERNAL_SCHEME else ""
    title = f"{document['plan']} {document['period']} {board}（{status}{origin}）"
    for name, headers, rows in (
        (board, HEADERS, _summary_rows(document)),
        ("得分构成", LINE_HEADERS, _line_rows(document)),
    ):
        sheet = book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, title, title_format)
        sheet.write_string(1, 0, f"摘要 {document['digest'] or '—'}；最新链摘要 {chain or '—'}")
        sheet.write_row(2, 0, headers, head_format)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 2)
        for index, row in enumerate(rows, start=3):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and _is_number(cell):
                    sheet.write_number(index, column, Decimal(cell))
                elif cell is not None:
                    sheet.write(index, column, cell)
        sheet.autofit()
    book.close()
    return out.getvalue()
