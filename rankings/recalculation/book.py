"""Writing the workbook: sheets, formulas with their values, page set-up."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range

from huzhou_targets.sheets import neutralise
from rankings.recalculation.columns import Area, Cell, Column, References, Role, RowValues
from rankings.recalculation.detail_columns import DETAIL_COLUMNS, IDENTITY, NUMBERS, SEALED
from rankings.recalculation.formats import LIGHT_COLOURS, Formats, height_for
from rankings.recalculation.guide import guide_lines
from rankings.recalculation.parameters import SHEET as PARAMETERS
from rankings.recalculation.parameters import Item
from rankings.recalculation.source import Source
from rankings.recalculation.summary_columns import LATE_INT, WHOLE_NUMBERS, summary_columns
from rankings.recalculation.values import BoardValues
from rankings.recalculation.whole import places_of
from rankings.recalculation.words import DIFFERENT, DIRECTIONS, KINDS, SAME, YES
from rankings.recalculation.work_columns import COMPLETION, DIVISION, INTEGERS, SILENT, SUMS, work_columns
from scoring import Reason
from scoring.types import GIVEN_REASONS

GUIDE, SUMMARY, DETAIL, WORK = "说明", "汇总", "明细", "演算"
FIRST_ROW = 4
"""Rows above the data: title, note, bands, heads."""
GUIDE_WIDTH = 110

BANDS = {
    Role.TEXT: "单位和指标",
    Role.INPUT: "封存的输入（黄色可以改动）和来源",
    Role.FORMULA: "公式重算",
    Role.PUBLISHED: "已发布",
    Role.CHECK: "核对",
}

Sheet = Any


def build_workbook(source: Source) -> bytes:
    """The workbook of a source as .xlsx."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": neutralise(source.title), "subject": "算法复核表"})
    _Writer(book, source).write()
    book.close()
    return out.getvalue()


class _Writer:
    """One workbook while it is written."""

    def __init__(self, book: Any, source: Source) -> None:
        self._book = book
        self._source = source
        self._formats = Formats(book)
        columns = summary_columns(by_lines=source.groups_by_lines, late=source.has_late_rule)
        self._values = BoardValues(source, columns)
        last_line = FIRST_ROW + max(1, len(self._values.lines)) - 1
        last_entry = FIRST_ROW + max(1, len(self._values.entries)) - 1
        self._detail = Area(sheet=DETAIL, columns=DETAIL_COLUMNS, first=FIRST_ROW, last=last_line)
        work = work_columns(late=source.has_late_rule)
        self._work = Area(sheet=WORK, columns=work, first=FIRST_ROW, last=last_line)
        self._summary = Area(sheet=SUMMARY, columns=columns, first=FIRST_ROW, last=last_entry)
        areas = (self._detail, self._work, self._summary)
        self._references = References(areas, self._values.parameters.names)
        first, last = (xl_col_to_name(self._detail.column_of(key)) for key in (NUMBERS[0], NUMBERS[-1]))
        self._figures = (first, last)

    def write(self) -> None:
        """All sheets in the order in which people see them."""
        names = (GUIDE, SUMMARY, DETAIL, PARAMETERS, WORK)
        guide, summary, detail, parameters, work = (self._book.add_worksheet(name) for name in names)
        self._write_guide(guide)
        self._write_area(summary, self._summary, self._values.entries)
        self._write_verdict(summary)
        self._write_area(detail, self._detail, self._values.lines)
        self._write_parameters(parameters)
        self._write_area(work, self._work, self._values.lines)
        self._finish_summary(summary)
        self._finish_detail(detail)
        self._finish_work(work)
        summary.activate()

    # --- sheets -------------------------------------------------------------------------------

    def _write_guide(self, sheet: Sheet) -> None:
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, GUIDE_WIDTH)
        sheet.write_string(0, 0, neutralise(f"{self._source.title} 算法复核表"), self._formats.named("title"))
        lines = guide_lines(self._source, notes=self._values.parameters.notes)
        for row, (title, sentence) in enumerate(lines, start=1):
            sheet.set_row(row, height_for([(sentence, "text", GUIDE_WIDTH)]))
            sheet.write_string(row, 0, title, self._formats.named("demo" if title == "演示数据" else "bold"))
            sheet.write_string(row, 1, sentence, self._formats.named("plain"))
        self._set_up_page(sheet)
        sheet.fit_to_pages(1, 1)

    def _write_area(self, sheet: Sheet, area: Area, rows: Sequence[RowValues]) -> None:
        source = self._source
        title = f"{source.title} {area.sheet}（{source.status}）"
        sheet.write_string(0, 0, neutralise(title), self._formats.named("title"))
        if source.is_demo:
            sheet.write_string(1, 0, "演示数据：本表数值均为虚构。", self._formats.named("demo"))
        self._write_heads(sheet, area)
        texts = [column for column in area.columns if column.form in {"text", "small"}]
        for number, values in enumerate(rows):
            height = height_for((values[text.key], text.form, text.width) for text in texts)
            sheet.set_row(FIRST_ROW + number, height)
            own = self._own_references(FIRST_ROW + number, values)
            for position, column in enumerate(area.columns):
                formula = self._formula_of(area, FIRST_ROW + number, column, values, own)
                form = self._formats.cell(_role_of(column, values), column.form, values[column.key])
                place = (FIRST_ROW + number, position)
                _write_cell(sheet, place, values[column.key], form, formula=formula)
        self._set_up_page(sheet)
        sheet.repeat_rows(2, 3)

    def _write_heads(self, sheet: Sheet, area: Area) -> None:
        form, band = self._formats.named("head"), self._formats.named("band")
        start = 0
        for title, columns in groupby(area.columns, key=lambda column: _band(area, column)):
            width = len(list(columns))
            if width > 1:
                sheet.merge_range(2, start, 2, start + width - 1, title, band)
            else:
                sheet.write_string(2, start, title, band)
            start += width
        for position, column in enumerate(area.columns):
            sheet.write_string(3, position, column.title, form)
            sheet.set_column(position, position, column.width)
        sheet.set_row(0, 24)
        sheet.set_row(1, 18)
        sheet.set_row(2, 18)
        sheet.set_row(3, 46)

    def _own_references(self, row: int, values: RowValues) -> Mapping[str, str]:
        """References that only a line's row has: its rule, its figures side by side."""
        if "rule" not in values:
            return {}
        first, last = self._figures
        return {
            **self._values.parameters.rules[values["rule"]],
            "own_places": str(max(places_of(values[key]) for key in NUMBERS)),
            "figures": f"'{DETAIL}'!${first}{row + 1}:${last}{row + 1}",
        }

    def _formula_of(
        self, area: Area, row: int, column: Column, values: RowValues, own: Mapping[str, str]
    ) -> str:
        """The formula of a cell, empty where it holds a constant."""
        if column.key == "value" and values["parts"]:
            return f"=ROUND({'+'.join(values['parts'])},6)"
        if _role_of(column, values) in {Role.FORMULA, Role.CHECK}:
            return self._references.formula(column.formula, sheet=area.sheet, row=row, own=own)
        return ""

    def _write_verdict(self, sheet: Sheet) -> None:
        """The sentence that says how many rows agree with what was published."""
        formula, text = '="核对："', "核对："
        for lead, key, measure, rows in (
            ("单位 ", "entry_check", "个", self._values.entries),
            ("；指标 ", "line_check", "行", self._values.lines),
        ):
            cells = self._references.resolve(f"{key}_all", sheet=SUMMARY, row=0)
            for start, word in ((lead, SAME), ("、", DIFFERENT)):
                formula += f'&"{start}"&COUNTIF({cells},"{word}")&" {measure}{word}"'
                text += f"{start}{sum(row[key] == word for row in rows)} {measure}{word}"
        column = self._summary.column_of("group")
        sheet.write_formula(1, column, formula, self._formats.named("bold"), text)

    def _write_parameters(self, sheet: Sheet) -> None:
        parameters = self._values.parameters
        for column, width in enumerate((34, 12, 12, 14, 16, 16, 12, 20, 16)):
            sheet.set_column(column, column, width)
        for row, items in enumerate(parameters.rows):
            for position, item in enumerate(items):
                form = self._item_format(row, position, item)
                if item.value != "" or item.role is not Role.TEXT:
                    formula = f"={item.formula}" if item.formula else ""
                    _write_cell(sheet, (row, position), item.value, form, formula=formula)
        self._set_up_page(sheet)
        sheet.freeze_panes(2, 1)

    def _item_format(self, row: int, position: int, item: Item) -> Any:
        if row == 0:
            return self._formats.named("title")
        if row == 1:
            return None
        if row in self._values.parameters.heads:
            return self._formats.named("head")
        if item.form == "note":
            return self._formats.named("note")
        return self._formats.cell(item.role, item.form, item.value)

    # --- finish -------------------------------------------------------------------------------

    def _set_up_page(self, sheet: Sheet) -> None:
        """A4 landscape, one page wide, with page numbers, the newest digest and 演示数据."""
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        digest = next((text for _, text in self._source.digests if text), None)
        left = f"&L&8最新链摘要 {digest}" if digest else ""
        demo = "&R演示数据" if self._source.is_demo else ""
        sheet.set_footer(f"{left}&C第 &P 页，共 &N 页{demo}")
        if self._source.is_demo:
            sheet.set_header("&R演示数据")

    def _mark(self, sheet: Sheet, area: Area, key: str, forms: Mapping[str, Any]) -> None:
        """Colour the cells of a column by the word they hold."""
        position = area.column_of(key)
        for word, form in forms.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": form}
            sheet.conditional_format(area.first, position, area.last, position, rule)

    def _verdict_forms(self) -> dict[str, Any]:
        return {DIFFERENT: self._formats.named("different"), SAME: self._formats.named("same")}

    def _finish_summary(self, sheet: Sheet) -> None:
        sheet.freeze_panes(FIRST_ROW, 2)
        sheet.print_area(0, 0, self._summary.last, self._summary.column_of("entry_check"))
        self._mark(sheet, self._summary, "entry_check", self._verdict_forms())

    def _finish_detail(self, sheet: Sheet) -> None:
        """Two pages wide: what was sealed, then what follows from it.

        The widths of the columns make the pages part there.
        """
        sheet.freeze_panes(FIRST_ROW, len(IDENTITY))
        sheet.fit_to_pages(2, 0)
        texts = xl_range(FIRST_ROW, 0, self._detail.last, len(IDENTITY) + len(SEALED) - 1)
        sheet.ignore_errors({"number_stored_as_text": texts})  # a target's text may be a number
        sheet.repeat_columns(0, len(IDENTITY) - 1)
        self._mark(sheet, self._detail, "line_check", self._verdict_forms())
        for key in ("light", "published_light"):
            self._mark(sheet, self._detail, key, {word: self._formats.light(word) for word in LIGHT_COLOURS})
        for key, choices in (
            ("kind", list(KINDS.values())),
            ("direction", list(DIRECTIONS.values())),
            ("strict", [YES]),
            ("counted", [YES]),
            ("given", [reason.value for reason in Reason if reason in GIVEN_REASONS]),
        ):
            self._validate(sheet, key, {"validate": "list", "source": choices})
        for key in (*NUMBERS, "share"):
            limits = {"validate": "decimal", "criteria": "between", "minimum": -1e14, "maximum": 1e14}
            self._validate(sheet, key, limits)

    def _validate(self, sheet: Sheet, key: str, rule: dict[str, Any]) -> None:
        position = self._detail.column_of(key)
        words = {
            "error_title": "请检查",
            "error_message": "请填写列表中的值；数值列只填数字，未报送请留空。",
        }
        sheet.data_validation(self._detail.first, position, self._detail.last, position, rule | words)

    def _finish_work(self, sheet: Sheet) -> None:
        sheet.freeze_panes(FIRST_ROW, 2)
        sheet.fit_to_pages(3, 0)
        sheet.repeat_columns(0, 1)


def _role_of(column: Column, values: RowValues) -> Role:
    """A score that is taken over instead of computed is shown as published."""
    if column.key == "score_int" and not values["is_live"]:
        return Role.PUBLISHED
    return column.role


_WORK_BANDS = (
    ("迟报", (SILENT,)),
    ("化为整数", INTEGERS),
    ("达成率：逐位相除", DIVISION),
    ("完成率", COMPLETION),
    ("得分和分值", SUMS),
)


def _band(area: Area, column: Column) -> str:
    """The heading above neighbouring columns."""
    if area.sheet == WORK:
        return next((title for title, columns in _WORK_BANDS if column in columns), BANDS[Role.TEXT])
    if column in WHOLE_NUMBERS or column is LATE_INT:
        return "整数演算"
    if area.sheet == SUMMARY and column.role in {Role.TEXT, Role.INPUT}:
        return BANDS[Role.FORMULA]
    return BANDS[Role.INPUT] if column in SEALED else BANDS[column.role]


def _write_cell(sheet: Sheet, place: tuple[int, int], value: Cell, form: Any, *, formula: str = "") -> None:
    """A formula with its value, a number, a text (never taken for a formula) or an empty cell."""
    row, column = place
    if formula:
        sheet.write_formula(row, column, formula, form, float(value) if isinstance(value, Decimal) else value)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, form)
    else:
        sheet.write_number(row, column, value, form)
