"""Writing returns as offices make them themselves: layouts B, C and D of DOMAIN section 7. Pure.

Title row, 填报单位 row, merged headers, notes and a signature row, all visibly marked 演示数据. The bytes
depend on the form alone, so that a file is written again only when its values change.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from huzhou_targets.demo.files import Narrative
from indicators.periods import Period

MARK = "（演示数据）"
CREATED = datetime.datetime(2025, 1, 1, 8, 0, 0)  # noqa: DTZ001 - a workbook's properties carry no zone
ROW_HEIGHT = 20
LINE_HEIGHT = 15
_QUARTERS = "一二三四"


@dataclass(frozen=True, kw_only=True)
class Area:
    """A column or row of the form: an organisation's code and how the form calls it."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class FormLine:
    """One indicator of a form.

    `label` is how the document's table prints it, unit included. `values` and `targets` are by
    organisation; values are in `unit`, the unit that the form states. `under` is the label of the
    header above it (layout C).
    """

    code: str
    name: str
    label: str
    unit: str
    category: str
    responsible: str
    under: str = ""
    values: Mapping[str, Decimal] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    narratives: Mapping[str, Narrative] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Form:
    """What one organisation hands in for one plan and period."""

    subject: str
    reporter: str
    period: Period
    years: tuple[int, ...]
    areas: tuple[Area, ...]
    lines: tuple[FormLine, ...]

    @property
    def title(self) -> str:
        """Such as 吴兴区“播种计划”2025年二季度进展情况表（演示数据）."""
        return f"{self.subject}{self.period.label}进展情况表{MARK}"

    @property
    def sheet_name(self) -> str:
        """Such as 二季度（演示数据）."""
        return f"{_QUARTERS[self.period.quarter - 1]}季度{MARK}"


class _Styles:
    """The few cell formats that all forms share."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.line = book.add_format({"align": "left", "valign": "vcenter"})
        self.head = book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        )
        self.cell = book.add_format({"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
        self.text = book.add_format({"align": "left", "valign": "vcenter", "text_wrap": True, "border": 1})
        self.share = book.add_format(
            {"align": "center", "valign": "vcenter", "num_format": "0.0%", "border": 1}
        )
        self._numbers: dict[int, Format] = {}

    def number(self, value: Decimal) -> Format:
        """Format that shows exactly the value's own decimals."""
        exponent = value.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if decimals not in self._numbers:
            shown = "0." + "0" * decimals if decimals else "0"
            self._numbers[decimals] = self._book.add_format(
                {"align": "center", "valign": "vcenter", "num_format": shown, "border": 1}
            )
        return self._numbers[decimals]


def write_form(form: Form, *, layout: str) -> bytes:
    """The workbook of a form in layout B, C, D or DB (city lines in D, districts' in a second sheet)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": form.title, "comments": "演示数据，数值均为虚构", "created": CREATED})
    styles = _Styles(book)
    if layout == "B":
        _write_b(book.add_worksheet(form.sheet_name), form, styles)
    elif layout == "C":
        _write_c(book.add_worksheet(form.sheet_name), form, styles)
    elif layout == "D":
        _write_d(book.add_worksheet(form.sheet_name), form, styles, area=form.areas[0])
    else:
        city, districts = form.areas[-1], form.areas[:-1]
        _write_d(book.add_worksheet(f"全市{MARK}"), _only(form, (city,)), styles, area=city)
        _write_b(book.add_worksheet(f"各区县{MARK}"), _only(form, districts), styles)
    book.close()
    return stream.getvalue()


def _only(form: Form, areas: Sequence[Area]) -> Form:
    """The form with some areas only, and of its lines those that say something about them."""
    codes = {area.code for area in areas}
    lines = tuple(line for line in form.lines if codes & line.values.keys())
    return Form(
        subject=form.subject,
        reporter=form.reporter,
        period=form.period,
        years=form.years,
        areas=tuple(areas),
        lines=lines,
    )


def _write_head(sheet: Worksheet, form: Form, styles: _Styles, *, last_column: int) -> int:
    """Title and 填报单位 rows; returns the row where the table begins."""
    ends_on = form.period.ends_on
    filled_on = ends_on + datetime.timedelta(days=8)
    sheet.merge_range(0, 0, 0, last_column, form.title, styles.title)
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_row(0, 30)
    line = f"填报单位（盖章）：{form.reporter}        填报日期：{_day(filled_on)}        数据截至：{_day(ends_on)}"
    sheet.merge_range(1, 0, 1, last_column, line, styles.line)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return 2


def _write_foot(sheet: Worksheet, styles: _Styles, *, row: int, last_column: int) -> None:
    """Notes and the signature row."""
    notes = (
        "注：1. 本表为演示数据，数值均为虚构，不代表实际工作情况。",
        "2. 新增、引进、整治类指标填年初至本季末的累计数，保有、比率类指标填期末数；没有数据的留空。",
    )
    for offset, text in enumerate(notes):
        sheet.merge_range(row + offset, 0, row + offset, last_column, text, styles.line)
    signatures = "填报人：                审核人：                单位负责人：                联系电话："
    sheet.merge_range(row + 2, 0, row + 2, last_column, signatures, styles.line)


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _write_value(sheet: Worksheet, row: int, column: int, value: Decimal | None, styles: _Styles) -> None:
    """A number, or an empty bordered cell where nothing is reported."""
    if value is None:
        sheet.write_blank(row, column, None, styles.cell)
    else:
        sheet.write_number(row, column, float(value), styles.number(value))


def _write_b(sheet: Worksheet, form: Form, styles: _Styles) -> None:
    """Indicators down, districts across, as in 主要指标各区县任务分解表."""
    first_area = 2
    last = first_area + len(form.areas)
    top = _write_head(sheet, form, styles, last_column=last)
    for column, text in ((0, "序号"), (1, "主要指标"), (last, "责任部门")):
        sheet.merge_range(top, column, top + 1, column, text, styles.head)
    if len(form.areas) > 1:
        sheet.merge_range(top, first_area, top, last - 1, "本年累计完成", styles.head)
    else:
        sheet.write(top, first_area, "本年累计完成", styles.head)
    for offset, area in enumerate(form.areas):
        sheet.write(top + 1, first_area + offset, area.label, styles.head)
    row = top + 2
    for number, line in enumerate(form.lines, start=1):
        sheet.write_number(row, 0, number, styles.cell)
        sheet.write(row, 1, line.label, styles.text)
        for offset, area in enumerate(form.areas):
            _write_value(sheet, row, first_area + offset, line.values.get(area.code), styles)
        sheet.write(row, last, line.responsible, styles.cell)
        row += 1
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 44)
    sheet.set_column(first_area, last - 1, 11)
    sheet.set_column(last, last, 18)
    _write_foot(sheet, styles, row=row, last_column=last)


def _write_c(sheet: Worksheet, form: Form, styles: _Styles) -> None:
    """Districts and years down, indicators across under two header rows, as in 播种计划 附件1."""
    last = 1 + len(form.lines)
    top = _write_head(sheet, form, styles, last_column=last)
    for column, text in ((0, "所属区县"), (1, "年份")):
        sheet.merge_range(top, column, top + 1, column, text, styles.head)
    children = {line.under for line in form.lines if line.under}
    for column, line in enumerate(form.lines, start=2):
        if line.label in children:
            sheet.merge_range(top, column, top, column + 1, line.label, styles.head)
            sheet.write(top + 1, column, "总数", styles.head)
        elif line.under:
            sheet.write(top + 1, column, line.label, styles.head)
        else:
            sheet.merge_range(top, column, top + 1, column, line.label, styles.head)
    sheet.set_row(top, 32)
    sheet.set_row(top + 1, 48)
    row = top + 2
    for area in form.areas:
        if len(form.years) > 1:
            sheet.merge_range(row, 0, row + len(form.years) - 1, 0, area.label, styles.cell)
        else:
            sheet.write(row, 0, area.label, styles.cell)
        for year in form.years:
            sheet.write(row, 1, f"{year}年", styles.cell)
            for column, line in enumerate(form.lines, start=2):
                value = line.values.get(area.code) if year == form.period.year else None
                _write_value(sheet, row, column, value, styles)
            row += 1
    sheet.set_column(0, 1, 12)
    sheet.set_column(2, last, 18)
    _write_foot(sheet, styles, row=row, last_column=last)


_D_COLUMNS = (
    ("序号", 6),
    ("类别", 14),
    ("指标名称", 40),
    ("单位", 10),
    ("目标值", 24),
    ("本年累计完成", 12),
    ("年度完成率", 10),
    ("进展情况", 30),
    ("存在问题", 24),
    ("下步举措", 24),
    ("责任单位", 16),
)


def _write_d(sheet: Worksheet, form: Form, styles: _Styles, *, area: Area) -> None:
    """序号 / 类别 / 指标名称 / 目标值 / 完成值 / 责任单位, as in 2023年目标体系表."""
    last = len(_D_COLUMNS) - 1
    top = _write_head(sheet, form, styles, last_column=last)
    for column, (text, width) in enumerate(_D_COLUMNS):
        shown = f"{form.period.year}年{text}" if text == "目标值" else text
        sheet.write(top, column, shown, styles.head)
        sheet.set_column(column, column, width)
    first = row = top + 1
    for number, line in enumerate(form.lines, start=1):
        _write_d_line(sheet, row, number, line, area, styles)
        row += 1
    _merge_categories(sheet, form.lines, first, styles)
    sheet.freeze_panes(top + 1, 3)
    _write_foot(sheet, styles, row=row, last_column=last)


def _write_d_line(
    sheet: Worksheet, row: int, number: int, line: FormLine, area: Area, styles: _Styles
) -> None:
    value = line.values.get(area.code)
    target = line.targets.get(area.code, "")
    sheet.write_number(row, 0, number, styles.cell)
    sheet.write(row, 2, line.name, styles.text)
    sheet.write(row, 3, line.unit, styles.cell)
    goal = Decimal(target) if target.replace(".", "", 1).isdigit() else None
    if goal is None:
        sheet.write_string(row, 4, target, styles.cell)
    else:
        _write_value(sheet, row, 4, goal, styles)
    _write_value(sheet, row, 5, value, styles)
    if value is not None and goal:
        formula = f"=F{row + 1}/E{row + 1}"
        sheet.write_formula(row, 6, formula, styles.share, float(value / goal))
    else:
        sheet.write_blank(row, 6, None, styles.cell)
    said = line.narratives.get(area.code, Narrative())
    sheet.set_row(row, text_height(zip((target, *said.texts), (24, 30, 24, 24), strict=True)))
    for column, text in enumerate((*said.texts, line.responsible), start=7):
        sheet.write(row, column, text, styles.text)


def text_height(texts: Iterable[tuple[str, float]]) -> float:
    """Height of a row, in points, in which each text wraps inside its width (in digits, Chinese takes two)."""
    lines = max((math.ceil(len(text) * 2.1 / width) for text, width in texts), default=1)
    return max(ROW_HEIGHT, lines * LINE_HEIGHT + 5)


def _merge_categories(sheet: Worksheet, lines: Sequence[FormLine], first: int, styles: _Styles) -> None:
    """The 类别 column, one merged cell per run of equal categories."""
    start = 0
    for position in range(1, len(lines) + 1):
        if position < len(lines) and lines[position].category == lines[start].category:
            continue
        if position - start > 1:
            sheet.merge_range(first + start, 1, first + position - 1, 1, lines[start].category, styles.cell)
        else:
            sheet.write(first + start, 1, lines[start].category, styles.cell)
        start = position
