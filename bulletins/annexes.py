"""The annex tables of a 通报, as text: the .docx, the .xlsx and the tests read the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from huzhou_targets.sheets import neutralise
from rankings.tables import LIGHT_SIGNS

NOTHING = "—"


@dataclass(frozen=True, kw_only=True)
class Table:
    """An annex: title, column heads, rows of text; `widths` are shares of the page's width."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Table:
        """From what JSON kept."""
        return cls(
            title=data["title"],
            headers=tuple(data["headers"]),
            rows=tuple(tuple(row) for row in data["rows"]),
            widths=tuple(data["widths"]),
            note=data["note"],
        )


def standings_table(document: Mapping[str, Any], *, title: str, movements: Mapping[str, int | None]) -> Table:
    """Rank, score and movement of every organisation of a ranking document."""
    rows = [
        (
            _text(entry["rank"]),
            entry["unit"],
            entry["group"] or NOTHING,
            _text(entry["group_rank"]),
            _text(entry["base"]),
            _text(entry["bonus"]),
            _text(entry["deduction"]),
            _text(entry["total"] if entry["total"] is not None else entry["excluded"]),
            _movement(movements.get(entry["unit"])),
        )
        for entry in document["entries"]
    ]
    return Table(
        title=title,
        headers=("名次", "单位", "组", "组内名次", "基础分", "加分", "扣分", "总分", "较上期"),
        rows=tuple(rows),
        widths=(6, 18, 14, 9, 11, 9, 9, 12, 12),
        note="总分相同的名次并列；不参评的注明原因。",
    )


def lines_table(document: Mapping[str, Any], *, title: str) -> Table:
    """Every line of every organisation, from the target's own text to the score, by organisation."""
    rows = [
        (
            entry["unit"],
            line["indicator"],
            _text(line["target_text"]),
            _text(line["expected"]),
            _text(line["value"]),
            _text(line["attainment"]),
            _text(line["completion"]),
            _text(line["weight"]),
            _text(line["score"]),
            LIGHT_SIGNS[line["light"]],
            line["reason"] or "",
        )
        for entry in document["entries"]
        for line in entry["lines"]
    ]
    return Table(
        title=title,
        headers=(
            "单位",
            "指标",
            "目标",
            "应完成",
            "完成值",
            "达成率%",
            "完成率%",
            "分值",
            "得分",
            "亮灯",
            "说明",
        ),
        rows=tuple(rows),
        widths=(10, 22, 11, 8, 8, 8, 8, 5, 8, 6, 8),
        note="绿●达序时，黄▲略滞后，红■滞后，蓝★已完成全年目标，灰○不计分。“—”为没有或不适用，不是零。",
    )


def _text(value: object) -> str:
    return NOTHING if value is None or value == "" else str(value)


def _movement(places: int | None) -> str:
    if places is None:
        return NOTHING
    if places == 0:
        return "持平"
    return f"{'↑' if places > 0 else '↓'}{abs(places)}"


def annexes_xlsx(tables: Sequence[Table], *, title: str, note: str) -> bytes:
    """The annexes as a workbook, a sheet each, landscape A4 with the head repeated."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format(
        {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    )
    cell = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
    heading = book.add_format({"bold": True, "font_size": 14})
    for number, table in enumerate(tables, start=1):
        sheet = book.add_worksheet(f"附件{number}")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, f"附件{number}　{table.title}", heading)
        sheet.write_string(1, 0, title)
        sheet.write_row(2, 0, table.headers, head)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 2)
        for row, values in enumerate(table.rows, start=3):
            for column, text in enumerate(values):
                sheet.write_string(row, column, neutralise(text), cell)
        last = len(table.rows) + 3
        sheet.write_string(last, 0, f"注：{table.note}")
        sheet.write_string(last + 1, 0, note)
        for column, width in enumerate(table.widths):
            sheet.set_column(column, column, max(8, width * 1.3))
    book.close()
    return out.getvalue()
