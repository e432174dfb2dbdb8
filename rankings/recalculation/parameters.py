"""The sheet 参数: every number of the scheme that decides a score, in cells that a person may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from huzhou_targets.sheets import neutralise
from rankings.recalculation.columns import Cell, Role
from rankings.recalculation.source import Source
from rankings.recalculation.whole import places_of, scaled, sum_of_places
from rankings.recalculation.words import YES
from scoring import Scheme
from scoring.exact import PLACES, from_hundredths, from_scaled, half_up, to_millionths
from scoring.methods import DEFAULT_METHOD, MethodChoice
from scoring.parameter_kinds import decimal_text

SHEET = "参数"
SPARE_ROWS = 10
"""Empty rows below the bonuses and deductions, for trying out."""

QUARTERS = ("一", "二", "三", "四")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A cell with a role; formula is without its equals sign, value what it comes to."""

    value: Cell
    role: Role = Role.TEXT
    form: str = "text"
    formula: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the scheme says of one indicator: a row of the table of indicators.

    is_live is false where the line's score follows from a method whose formula is not written out; the
    score is then the published one.
    """

    indicator: str
    method: str
    weight: Decimal
    cap: Decimal
    floor: Decimal
    veto: bool
    is_live: bool


RuleKey = tuple[str, str]
"""An indicator's code and its own weight as sealed."""


@dataclass
class ParameterSheet:
    """Rows of cells, names of those that formulas refer to, and their values."""

    rows: list[list[Item]] = field(default_factory=list)
    heads: set[int] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Cell] = field(default_factory=dict)
    rules: dict[RuleKey, dict[str, str]] = field(default_factory=dict)
    rule_values: dict[RuleKey, dict[str, Cell]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, *items: Item) -> int:
        """Append a row; its number as people count."""
        self.rows.append(list(items))
        return len(self.rows)

    def head(self, *titles: str) -> None:
        """Append a row of headings."""
        self.heads.add(len(self.rows))
        self.add(*(Item(value=title) for title in titles))

    def name(self, key: str, cell: str, value: Cell) -> None:
        """Let formulas refer to a cell of this sheet by a key."""
        self.names[key] = f"'{SHEET}'!{cell}"
        self.values[key] = value


def parameter_sheet(source: Source, numbers: Mapping[str, int]) -> ParameterSheet:
    """The sheet of a source; numbers gives each organisation's number in the workbook by its key."""
    sheet = ParameterSheet()
    scheme = source.scheme
    sheet.add(_text(f"{source.title} 计分参数"))
    sheet.add(_text("黄色单元格可以改动，绿色为公式。改动后名次随之变化，“核对”列显示与已发布结果的差别。"))
    _add_schedule(sheet, source, scheme)
    _add_limits(sheet, scheme)
    sheet.add()
    _add_rules(sheet, source, scheme)
    sheet.add()
    _add_adjustments(sheet, source, numbers)
    return sheet


def _text(value: str) -> Item:
    return Item(value=neutralise(value))


def _note(value: str) -> Item:
    return Item(value=value, form="note")


def _number(value: Decimal | int, form: str = "number") -> Item:
    return Item(value=value, role=Role.INPUT, form=form)


def _add_schedule(sheet: ParameterSheet, source: Source, scheme: Scheme) -> None:
    shares = [from_scaled(share, places=PLACES) for share in scheme.schedule]
    quarter = source.inputs["quarter"]
    sheet.head("项目", "数值", "换算为整数", "说明")
    row = sheet.add(_text("季度"), _number(quarter, "whole"), _text(""), _note("1 至 4"))
    quarter_cell = f"$B${row}"
    first = row + 1
    for number, share in zip(QUARTERS, shares, strict=True):
        sheet.add(
            _text(f"{number}季度累计应完成比例"),
            _number(share, "share"),
            _text(""),
            _note("流量指标和按增量计算的存量指标使用"),
        )
    due = Item(
        value=shares[quarter - 1],
        role=Role.FORMULA,
        form="share",
        formula=f"INDEX($B${first}:$B${first + 3},{quarter_cell})",
    )
    row = sheet.add(
        _text("本季度应完成比例"),
        due,
        _text(""),
        _note("随季度自动取用；指标另有节点比例或节点数量的从其节点"),
    )
    sheet.name("quarter_share", f"$B${row}", shares[quarter - 1])


def _add_limits(sheet: ParameterSheet, scheme: Scheme) -> None:
    for key, title, value, places, note in (
        ("cap", "封顶", scheme.cap, 6, "1.20 即每项最高 120 分；越低越好而完成值不大于 0 时，达成率按此计"),
        ("green", "绿灯线", scheme.green, 6, "序时达成率不低于此为绿灯，按未四舍五入的达成率判定"),
        ("yellow", "黄灯线", scheme.yellow, 6, "序时达成率不低于此为黄灯"),
        ("bonus_limit", "加分上限", from_hundredths(scheme.bonus_limit), 2, "每个单位加分合计"),
        ("deduction_limit", "扣分上限", from_hundredths(scheme.deduction_limit), 2, "每个单位扣分合计"),
    ):
        row = len(sheet.rows) + 1
        whole = Item(
            value=scaled(value, places),
            role=Role.FORMULA,
            form="whole",
            formula=f"ROUND($B${row}*10^{places},0)",
        )
        sheet.add(_text(title), _number(value), whole, _note(note))
        sheet.name(f"{key}_int", f"$C${row}", scaled(value, places))
        sheet.name(f"{key}_cell", f"$B${row}", value)
    groups = scheme.groups
    for key, title, item, note in (
        ("group_threshold", "分组界限（项）", _number(groups.threshold, "whole"), "部门榜按计分项数分组"),
        ("group_at_least", "达到界限的组", Item(value=neutralise(groups.at_least), role=Role.INPUT), ""),
        ("group_below", "其余的组", Item(value=neutralise(groups.below), role=Role.INPUT), ""),
    ):
        row = sheet.add(_text(title), item, _text(""), _note(note))
        sheet.name(key, f"$B${row}", item.value)
    _add_late_rule(sheet, scheme)
    veto_last = int(scheme.veto == "last")
    row = sheet.add(
        _text("否决性指标未达标者排在最后"), _number(veto_last, "whole"), _text(""), _note("1 为是，0 为否")
    )
    sheet.name("veto_last", f"$B${row}", veto_last)


def _add_late_rule(sheet: ParameterSheet, scheme: Scheme) -> None:
    """The late rule; without one no line counts as unreported for it."""
    rule = scheme.late
    if rule is None:
        for key in ("silent", "late_int"):
            sheet.names[key], sheet.values[key] = "0", 0
        return
    for key, title, points in (
        ("late_per_day", "迟报每天扣分", rule.per_day),
        ("late_most", "迟报最多扣分", rule.most),
    ):
        row = len(sheet.rows) + 1
        whole = Item(value=points, role=Role.FORMULA, form="whole", formula=f"ROUND($B${row}*10^2,0)")
        sheet.add(_text(title), _number(from_hundredths(points)), whole, _note("从总分中扣"))
        sheet.name(f"{key}_int", f"$C${row}", points)
    row = sheet.add(
        _text("迟报几天起按未报送"),
        _number(rule.unreported_from, "whole"),
        _text(""),
        _note("该单位各项按未报送计"),
    )
    sheet.name("unreported_from", f"$B${row}", rule.unreported_from)


def rule_key(line: Mapping[str, Any]) -> RuleKey:
    """The key of a sealed line's rule."""
    return str(line["code"]), str(line["weight"])


def _rules(source: Source, scheme: Scheme) -> Iterable[tuple[RuleKey, Rule]]:
    seen = set()
    for unit in source.inputs["units"]:
        for line in unit["lines"]:
            key = rule_key(line)
            if key not in seen:
                seen.add(key)
                yield key, _rule(line, scheme, quarter=source.inputs["quarter"])


def _rule(line: Mapping[str, Any], scheme: Scheme, *, quarter: int) -> Rule:
    code = line["code"]
    choice, own = scheme.method_for(code), scheme.indicators.get(code)
    live = _is_live(choice) and (own is None or own.substitute is None)
    weight = scheme.weight_for(code, own=to_millionths(Decimal(line["weight"]), what="分值"), quarter=quarter)
    return Rule(
        indicator=line["indicator"],
        method=choice.method.title,
        weight=from_scaled(weight, places=PLACES),
        cap=Decimal(decimal_text(choice.parameters["cap"])) if live else scheme.cap,
        floor=Decimal(decimal_text(choice.parameters["threshold"])) if live else Decimal(0),
        veto=own is not None and own.veto,
        is_live=live,
    )


def _is_live(choice: MethodChoice) -> bool:
    """Whether a line's score under this method is written out as a formula."""
    return choice.method.name == DEFAULT_METHOD and choice.parameters["measure"] == "attainment"


def _add_rules(sheet: ParameterSheet, source: Source, scheme: Scheme) -> None:
    sheet.head(
        "指标", "分值", "封顶", "封顶×10^4", "起分线", "起分线×10^6", "否决性指标", "计分方法", "得分来源"
    )
    rules = list(_rules(source, scheme))
    first = len(sheet.rows) + 1
    for key, rule in rules:
        row = len(sheet.rows) + 1
        top = half_up(to_millionths(rule.cap, what="封顶"), 100)
        cap = (
            Item(value=rule.cap, role=Role.FORMULA, form="number", formula=sheet.names["cap_cell"])
            if rule.cap == scheme.cap
            else _number(rule.cap)
        )
        sheet.add(
            _text(rule.indicator),
            _number(rule.weight),
            cap,
            Item(value=top, role=Role.FORMULA, form="whole", formula=f"ROUND($C${row}*10^4,0)"),
            _number(rule.floor),
            Item(
                value=scaled(rule.floor, 6),
                role=Role.FORMULA,
                form="whole",
                formula=f"ROUND($E${row}*10^6,0)",
            ),
            Item(value=YES if rule.veto else None, role=Role.INPUT, form="centre"),
            _text(rule.method),
            _text("公式重算" if rule.is_live else "引用已发布得分"),
        )
        if not rule.is_live:
            sheet.notes.append(f"“{rule.indicator}”按“{rule.method}”计分，得分引用已发布数，不随改动变化。")
        columns = {"weight_cell": "B", "top_int": "D", "floor_int": "F", "veto_cell": "G"}
        sheet.rules[key] = {name: f"'{SHEET}'!${letter}${row}" for name, letter in columns.items()}
        sheet.rule_values[key] = {
            "own_weight": rule.weight,
            "top_int": top,
            "floor_int": scaled(rule.floor, 6),
            "veto": YES if rule.veto else None,
            "is_live": rule.is_live,
        }
    weights = f"$B${first}:$B${max(first, len(sheet.rows))}"
    places = max((places_of(rule.weight) for _, rule in rules), default=0)
    row = sheet.add(
        _text("分值小数位"),
        Item(value=places, role=Role.FORMULA, form="whole", formula=sum_of_places(weights)),
    )
    sheet.name("weight_places", f"$B${row}", places)


def _add_adjustments(sheet: ParameterSheet, source: Source, numbers: Mapping[str, int]) -> None:
    sheet.head("单位", "序号", "加分", "扣分", "事由", "依据")
    first = len(sheet.rows) + 1
    for unit in source.inputs["units"]:
        for side, column in (("bonuses", 0), ("deductions", 1)):
            for entry in unit[side]:
                points = [_number(0, "points"), _number(0, "points")]
                points[column] = _number(Decimal(entry["points"]), "points")
                sheet.add(
                    _text(unit["name"]),
                    _number(numbers[unit["key"]], "whole"),
                    *points,
                    _text(entry.get("reason", "")),
                    _text(entry.get("document", "")),
                )
    for _ in range(SPARE_ROWS):
        blank = Item(value=None, role=Role.INPUT, form="points")
        sheet.add(
            _text(""), Item(value=None, role=Role.INPUT, form="whole"), blank, blank, _text(""), _text("")
        )
    last = len(sheet.rows)
    for key, letter in (("adjusted_units", "B"), ("bonus_points", "C"), ("deduction_points", "D")):
        sheet.names[key] = f"'{SHEET}'!${letter}${first}:${letter}${last}"
