"""The template that the product hands out (layout A): one line for each place that a person may report.

Who, for what and in which version stands in a hidden sheet (see identity.py); indicator and organisation of
each line stand in hidden code columns; the reader goes by both. What the sheet 填表说明 says comes from the
tables that the reader's own messages come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from typing import Any

import xlsxwriter

from returns.workbook.cross_checks import CROSS_CHECKS
from returns.workbook.guidance import DATA_STATUSES, KINDS, READING_RULES, lines_needed
from returns.workbook.identity import IDENTITY_SHEET, MARKER
from returns.workbook.types import IndicatorTerm, PlaceTerm, Vocabulary, column_letters

FORM_SHEET = "填报表"
STATUS_HEAD = "数据状态"
VALUE_HEAD = "本年累计完成"
GUIDE_SHEET = "填表说明"
_HEADER_ROW = 3
_OWN_VALIDATIONS = 1000
_LARGEST = 999_999_999_999
_EXPLAINED = (
    "inexact_number",
    "not_a_number",
    "error_value",
    "formula_without_value",
    "date_in_cell",
    "too_many_decimals",
    "mark_not_allowed",
    "unit_mismatch",
    "percent_format",
    "duplicate_conflict",
    "place_not_allowed",
    "template_outdated",
)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the form: heading, width, cell format by name, whether it is for the code only."""

    head: str
    width: float
    form: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A place with the terms it belongs to."""

    indicator: IndicatorTerm
    organisation_name: str
    place: PlaceTerm


def write_template(
    vocabulary: Vocabulary,
    *,
    organisation: str | None = None,
    values: Mapping[tuple[str, str], Decimal] | None = None,
    is_demo: bool = False,
) -> bytes:
    """An .xlsx template for every place of the vocabulary that may be reported, in the vocabulary's order.

    ``organisation`` is the code for whom it is made (default: the vocabulary's own). ``values`` fills in
    figures in the indicators' units. ``is_demo`` prints 演示数据 into title, foot and background line.
    """
    made_for = organisation or vocabulary.template_organisation or vocabulary.default_organisation or ""
    stream = BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    forms = {name: book.add_format(properties) for name, properties in _formats().items()}
    sheet = book.add_worksheet(FORM_SHEET)
    writer = _FormWriter(vocabulary, sheet, forms, made_for=made_for, is_demo=is_demo)
    writer.write(_lines(vocabulary), values or {})
    _write_guide(book.add_worksheet(GUIDE_SHEET), forms, vocabulary, is_demo=is_demo)
    _write_identity(book.add_worksheet(IDENTITY_SHEET), vocabulary, made_for)
    sheet.activate()
    book.close()
    return stream.getvalue()


def _lines(vocabulary: Vocabulary) -> list[_Line]:
    """Places with a target in the order of indicators and organisations."""
    lines: list[_Line] = []
    for indicator in vocabulary.indicators:
        for organisation in vocabulary.organisations:
            place = vocabulary.places.get((indicator.code, organisation.code))
            if place is not None and place.may_report and (place.assessed or place.target_text):
                lines.append(_Line(indicator, organisation.name, place))
    return lines


def _formats() -> dict[str, dict[str, Any]]:
    line = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter", "text_wrap": True, "font_size": 10}
    open_text = {"locked": False, "valign": "vcenter", "text_wrap": True, "font_size": 10}
    locked = line | {"bg_color": "#F2F2F2"}
    return {
        "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
        "note": {"font_size": 10, "valign": "vcenter", "text_wrap": True},
        "demo": {"font_size": 10, "bold": True, "font_color": "#C00000"},
        "head": line | {"bold": True, "align": "center", "bg_color": "#1F4E79", "font_color": "#FFFFFF"},
        "text": locked,
        "centre": locked | {"align": "center"},
        "number": locked | {"align": "right"},
        "value": line | {"locked": False, "align": "right", "bg_color": "#FFF2CC", "bold": True},
        "closed": locked | {"align": "right", "font_color": "#7F7F7F"},
        "date": open_text | {"align": "center", "num_format": "yyyy-mm-dd"},
        "choice": open_text | {"align": "center"},
        "free": open_text | {"align": "left"},
        "framed": {"border": 1, "border_color": "#BFBFBF"},
        "below": {"bg_color": "#FCE4D6"},
        "reached": {"bg_color": "#E2EFDA"},
    }


class _FormWriter:
    """Writes the sheet that people fill in."""

    def __init__(
        self, vocabulary: Vocabulary, sheet: Any, forms: dict[str, Any], *, made_for: str, is_demo: bool
    ) -> None:
        self._vocabulary = vocabulary
        self._sheet = sheet
        self._forms = forms
        self._is_demo = is_demo
        names = {term.code: term.name for term in vocabulary.organisations}
        self._made_for = names.get(made_for, made_for)
        self._columns = (
            _Column("序号", 5, "centre"),
            _Column("指标名称", 34, "text"),
            _Column("填报对象", 12, "centre"),
            _Column("计量单位", 9, "centre"),
            _Column(f"{vocabulary.year}年目标", 16, "centre"),
            _Column("本季应达", 10, "number"),
            _Column("上季累计", 10, "number"),
            _Column(VALUE_HEAD, 14, "value"),
            _Column("数据截至日", 12, "date"),
            _Column(STATUS_HEAD, 9, "choice"),
            _Column("进展情况", 26, "free"),
            _Column("存在问题", 20, "free"),
            _Column("下步举措", 20, "free"),
            _Column("指标编码", 10, "text", is_code=True),
            _Column("对象编码", 10, "text", is_code=True),
        )

        self._last_visible = sum(not column.is_code for column in self._columns)
        self._at = {column.head: index for index, column in enumerate(self._columns)}

    def write(self, lines: list[_Line], values: Mapping[tuple[str, str], Decimal]) -> None:
        """The whole sheet."""
        self._write_head()
        for position, line in enumerate(lines):
            self._write_line(_HEADER_ROW + 1 + position, position + 1, line, values)
        if len(lines) <= _OWN_VALIDATIONS:
            self._validate_each(lines)
        else:
            self._validate_runs(lines)
        last = _HEADER_ROW + len(lines)
        self._write_rules(last)
        self._colour(lines)
        self._write_foot(last + 1)
        self._set_up_page(last)

    def _write_head(self) -> None:
        sheet, vocabulary = self._sheet, self._vocabulary
        title = f"{vocabulary.plan_titles[0]}{vocabulary.period_text}填报表"
        if self._is_demo:
            title += "（演示数据）"
        sheet.merge_range(0, 0, 0, self._last_visible - 1, title, self._forms["title"])
        sheet.set_row(0, 30)
        sheet.write_string(
            1,
            0,
            f"填报单位：{self._made_for}    报告期：{vocabulary.period_text}    模板版本：{vocabulary.template_version}",
        )
        sheet.write_string(
            2, 0, "只填黄色和白色的单元格；没有进展填 0，没有数据请留空；其余已锁定。填写规则见“填表说明”。"
        )
        for index, column in enumerate(self._columns):
            # texts and dates are open by their column's format: blank cells need not be written one by one
            form = self._forms[column.form] if column.form in ("date", "choice", "free") else None
            sheet.set_column(index, index, column.width, form, {"hidden": True} if column.is_code else {})
            sheet.write_string(_HEADER_ROW, index, column.head, self._forms["head"])

    def _write_line(
        self, row: int, number: int, line: _Line, values: Mapping[tuple[str, str], Decimal]
    ) -> None:
        sheet, forms, place, term = self._sheet, self._forms, line.place, line.indicator
        target = _target_text(place, term)
        sheet.set_row(row, 4 + 14 * max(lines_needed(term.name, 36), lines_needed(target, 16)))
        sheet.write_number(row, 0, number, forms["centre"])
        sheet.write_string(row, 1, term.name, forms["text"])
        sheet.write_string(row, 2, line.organisation_name, forms["centre"])
        sheet.write_string(row, 3, term.unit, forms["centre"])
        sheet.write_string(row, 4, target, forms["centre"])
        for column, known in ((5, place.due), (6, place.previous)):
            if known is None:
                sheet.write_blank(row, column, None, forms["number"])
            else:
                sheet.write_number(row, column, known, forms["number"])
        value = values.get((term.code, place.organisation))
        if not place.assessed:
            sheet.write_string(row, 7, "/", forms["closed"])
        elif value is None:
            sheet.write_blank(row, 7, None, forms["value"])
        else:
            sheet.write_number(row, 7, value, forms["value"])
        sheet.write_string(row, self._at["指标编码"], term.code, forms["text"])
        sheet.write_string(row, self._at["对象编码"], place.organisation, forms["text"])

    def _validate_each(self, lines: list[_Line]) -> None:
        """Number validation with the line's own target in its input message."""
        for position, line in enumerate(lines):
            if line.place.assessed:
                row = _HEADER_ROW + 1 + position
                self._validate(
                    row,
                    row,
                    line.indicator,
                    title=line.organisation_name,
                    about=f"{line.indicator.name}\n目标：{_target_text(line.place, line.indicator)}\n",
                )

    def _validate_runs(self, lines: list[_Line]) -> None:
        """One validation for neighbours that follow one rule: spreadsheets choke on ten thousand of them."""
        position = 0
        for _, group in groupby(lines, key=lambda line: (line.indicator.code, line.place.assessed)):
            run = list(group)
            first = _HEADER_ROW + 1 + position
            position += len(run)
            if run[0].place.assessed:
                term = run[0].indicator
                self._validate(first, first + len(run) - 1, term, title=VALUE_HEAD, about=f"{term.name}\n")

    def _validate(self, first: int, last: int, term: IndicatorTerm, *, title: str, about: str) -> None:
        counted = term.decimals == 0
        unit = term.unit or "无"
        self._sheet.data_validation(
            first,
            self._at[VALUE_HEAD],
            last,
            self._at[VALUE_HEAD],
            {
                "validate": "integer" if counted else "decimal",
                "criteria": "between",
                "minimum": 0 if counted else -_LARGEST,
                "maximum": _LARGEST,
                "input_title": _clip(title, 32),
                "input_message": _clip(
                    f"{about}填年初至本季末的{'累计数' if term.kind == 'flow' else '数'}，单位：{unit}", 255
                ),
                "error_title": "请填写数值",
                "error_message": _clip(
                    f"请填写{'不小于 0 的整数' if counted else '确切的数'}，单位：{unit}。"
                    f"{KINDS['inexact_number'].remedy}",
                    255,
                ),
            },
        )

    def _write_rules(self, last: int) -> None:
        """Checks of the date column, and colours that show at a glance what is due."""
        first = _HEADER_ROW + 1
        if last < first:
            return
        year = self._vocabulary.year
        self._sheet.data_validation(
            first,
            8,
            last,
            8,
            {
                "validate": "custom",
                "value": f"=OR(ISTEXT(I{first + 1}),AND(I{first + 1}>=DATE({year},1,1),I{first + 1}<=DATE({year + 1},3,31)))",
                "input_title": "数据截至日",
                "input_message": f"例如 {year}-06-30；不填按季末计。",
                "error_title": "日期不对",
                "error_message": KINDS["unreadable_date"].remedy,
            },
        )
        status = self._at[STATUS_HEAD]
        self._sheet.data_validation(
            first,
            status,
            last,
            status,
            {
                "validate": "list",
                "source": list(DATA_STATUSES),
                "input_title": STATUS_HEAD,
                "input_message": f"点右边的箭头选：{'、'.join(DATA_STATUSES)}；不清楚的可以留空。",
                "error_title": "请从列表中选",
                "error_message": f"只能选{'、'.join(DATA_STATUSES)}之一，或留空。",
            },
        )
        # frames of cells that are not written come from a condition that always holds; LibreOffice takes the
        # first of two conditions on one cell, so none of these cells may bear a colour as well
        self._sheet.conditional_format(
            f"I{first + 1}:{column_letters(self._last_visible)}{last + 1}",
            {"type": "formula", "criteria": "=TRUE", "format": self._forms["framed"]},
        )

    def _colour(self, lines: list[_Line]) -> None:
        """Orange where a value falls short of what is due, green where it does not; by the indicator's direction."""
        top = _HEADER_ROW + 2
        for direction, group in groupby(lines, key=lambda line: line.indicator.direction):
            bottom = top + len(list(group)) - 1
            short, enough = ("<", ">=") if direction == "higher" else (">", "<=")
            for sign, form in ((short, "below"), (enough, "reached")):
                criteria = f"=AND(ISNUMBER($H{top}),ISNUMBER($F{top}),$H{top}{sign}$F{top})"
                self._sheet.conditional_format(
                    f"H{top}:H{bottom}",
                    {"type": "formula", "criteria": criteria, "format": self._forms[form]},
                )
            top = bottom + 1

    def _write_foot(self, row: int) -> None:
        self._sheet.write_string(row, 0, "注：黄色为必填；橙色表示没有达到本季应达，绿色表示已达到。")
        if self._is_demo:
            self._sheet.write_string(row + 1, 0, "注：本表为演示数据，数值均为虚构。", self._forms["demo"])

    def _set_up_page(self, last: int) -> None:
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.repeat_rows(_HEADER_ROW)
        sheet.set_footer("&C第 &P 页，共 &N 页" + ("&R演示数据" if self._is_demo else ""))
        sheet.print_area(0, 0, last + 2, self._last_visible - 1)
        sheet.freeze_panes(_HEADER_ROW + 1, 3)
        sheet.set_selection(_HEADER_ROW + 1, 7, _HEADER_ROW + 1, 7)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _write_guide(sheet: Any, forms: dict[str, Any], vocabulary: Vocabulary, *, is_demo: bool) -> None:
    """The reading rules, the commonest refusals and the plan's checks, from the reader's own tables."""
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 90)
    sheet.merge_range(0, 0, 0, 1, "填表说明" + ("（演示数据）" if is_demo else ""), forms["title"])
    row = 1
    for heads, pairs in (
        (("单元格里写的", "系统怎样读"), [(rule.written, rule.reading) for rule in READING_RULES]),
        (("不能入库的情形", "怎样改正"), [_explained(code) for code in _EXPLAINED]),
        (("上传后系统做的核对", "核对什么、有什么后果"), _checks_in_words(vocabulary.switched_off)),
    ):
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, forms["head"])
        for left, right in pairs:
            row += 1
            sheet.set_row(row, 15 * max(lines_needed(left, 46), lines_needed(right, 90)))
            sheet.write_string(row, 0, left, forms["text"])
            sheet.write_string(row, 1, right, forms["text"])
        row += 2
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect()


def _checks_in_words(switched_off: frozenset[str]) -> list[tuple[str, str]]:
    """Each check by name with what it says; one that the plan has switched off is told as such."""
    return [
        (
            check.name,
            "本计划已关闭这项核对。"
            if check.code in switched_off
            else f"{check.says}。（{check.level_name}）",
        )
        for check in CROSS_CHECKS
    ]


def _explained(code: str) -> tuple[str, str]:
    """A kind of problem in general words: its gaps become an ellipsis."""
    kind = KINDS[code]
    gaps = _Ellipsis()
    return kind.what.format_map(gaps), kind.remedy.format_map(gaps)


class _Ellipsis(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _write_identity(sheet: Any, vocabulary: Vocabulary, made_for: str) -> None:
    rows = (
        (MARKER, ""),
        ("version", vocabulary.template_version),
        ("plan", vocabulary.plan_code),
        ("year", str(vocabulary.year)),
        ("quarter", str(vocabulary.quarter)),
        ("organisation", made_for),
    )
    for row, (name, value) in enumerate(rows):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()
    sheet.protect()


def _target_text(place: PlaceTerm, term: IndicatorTerm) -> str:
    """The document's own text, with the unit where it is not the indicator's."""
    unit = place.target_unit if place.target_unit and place.target_unit != term.unit else ""
    return f"{place.target_text}{unit}" or "未设置"


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
