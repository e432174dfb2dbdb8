"""The columns of 演算: from a line's target and figure to its score, in whole numbers.

A spreadsheet computes in binary floats of 53 bits. Every number that decides a published digit is
therefore a whole number here: figures, targets and shares are multiplied by a power of ten until they
are whole, and the one division, figure by what is due, is done as on paper, digit by digit with its
remainder. Sums, differences, products and comparisons of whole numbers below 10^15 are exact in Excel,
WPS and LibreOffice; a quotient's whole part is taken by INT and taken back by one where INT rounded up.
The sixth digit and the remainder decide lights, the fifth decides the rounding. The column 精确 says
whether a line kept within the bounds of this proof; scoring/RULES.md says the rules themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from rankings.recalculation.columns import Cell, Column, RowValues, whole_column
from rankings.recalculation.detail_columns import NUMBERS
from rankings.recalculation.whole import (
    FIGURE_LIMIT,
    TARGET_LIMIT,
    WHOLE_LIMIT,
    floor_formula,
    nested_places,
    places_of,
    scaled,
    sum_of_places,
)
from rankings.recalculation.words import HIGHER, LOWER, NO, RED, STOCK, YELLOW, YES
from scoring import Reason

DIGITS = 6
"""Digits of the quotient after the point: two for per cent, two published, one that rounds, one more."""

SAME_ROW = (
    Column(
        key="work_unit", title="单位", formula="{unit}", value=lambda row: row["unit"], form="text", width=11
    ),
    Column(
        key="work_indicator",
        title="指标",
        formula="{indicator}",
        value=lambda row: row["indicator"],
        form="text",
        width=20,
    ),
)


SILENT = whole_column(
    "silent",
    "迟报按未报送",
    "IF(INDEX({late_days_all},{line_no})>={unreported_from},1,0)",
    lambda row: int(row["late_days"] >= row["unreported_from"]),
    width=8,
)
"""1 where the organisation was so late that its figures do not count; 汇总 lists the days in the lines' order."""


# --- figures, targets and shares as whole numbers --------------------------------------------------


def _scaled(key: str, title: str) -> Column:
    return whole_column(
        f"{key}_int",
        f"{title}×10^小数位",
        f"ROUND(N({{{key}}})*10^{{places}},0)",
        lambda row: scaled(row[key], row["places"]),
    )


def _by_change(row: RowValues) -> int:
    has_other_base = row["baseline"] is not None and row["baseline_int"] != row["target_int"]
    return int(row["kind"] == STOCK and has_other_base)


def _share_int(row: RowValues) -> int:
    share = row["due_share"]
    return 1 if share == "" else scaled(share, row["share_places"])


def _due(row: RowValues) -> int:
    base = row["by_change"] * row["baseline_int"]
    if row["amount"] is not None:
        return int((row["amount_int"] - base) * 10 ** row["share_places"])
    return int((row["target_int"] - base) * row["share_int"])


def _actual(row: RowValues) -> int:
    return int((row["value_int"] - row["by_change"] * row["baseline_int"]) * 10 ** row["share_places"])


INTEGERS = (
    whole_column(
        "places",
        "小数位",
        f"MAX({{own_places}},{sum_of_places('{figures}')})",
        lambda row: max(places_of(row[key]) for key in NUMBERS),
        width=6,
    ),
    _scaled("target", "目标"),
    _scaled("baseline", "基期"),
    _scaled("amount", "节点数量"),
    _scaled("value", "完成值"),
    whole_column(
        "by_change",
        "按增量",
        f'IF(AND({{kind}}="{STOCK}",{{baseline}}<>"",{{baseline_int}}<>{{target_int}}),1,0)',
        _by_change,
        width=6,
    ),
    whole_column(
        "share_places",
        "比例小数位",
        f'IF({{due_share}}="",0,{nested_places("{due_share}")})',
        lambda row: places_of(row["due_share"] or None),
        width=6,
    ),
    whole_column(
        "share_int",
        "比例×10^小数位",
        'IF({due_share}="",1,ROUND({due_share}*10^{share_places},0))',
        _share_int,
        width=9,
    ),
    whole_column(
        "due",
        "应达",
        'IF({amount}<>"",({amount_int}-{by_change}*{baseline_int})*10^{share_places},'
        "({target_int}-{by_change}*{baseline_int})*{share_int})",
        _due,
    ),
    whole_column("actual", "完成", "({value_int}-{by_change}*{baseline_int})*10^{share_places}", _actual),
    whole_column(
        "sign",
        "取负",
        f'IF(AND({{by_change}}=1,{{direction}}="{LOWER}"),-1,1)',
        lambda row: -1 if row["by_change"] and row["direction"] == LOWER else 1,
        width=6,
    ),
    whole_column("up_due", "应达（取负后）", "{sign}*{due}", lambda row: row["sign"] * row["due"]),
    whole_column("up_actual", "完成（取负后）", "{sign}*{actual}", lambda row: row["sign"] * row["actual"]),
    whole_column(
        "upward",
        "按越高越好",
        f'IF(OR({{direction}}="{HIGHER}",{{by_change}}=1),1,0)',
        lambda row: int(row["direction"] == HIGHER or row["by_change"] == 1),
        width=6,
    ),
)


# --- attainment: the division on paper --------------------------------------------------------------


def _numerator(row: RowValues) -> int:
    due, actual = row["up_due"], row["up_actual"]
    if row["upward"]:
        return int(max(0, actual) if due > 0 else max(0, actual - 2 * due))
    if due > 0:
        return int(due if actual > 0 else row["cap_int"])
    return int(max(0, -actual))


def _denominator(row: RowValues) -> int:
    due, actual = row["up_due"], row["up_actual"]
    if row["upward"] or due < 0:
        return int(abs(due))
    return int(actual) if actual > 0 else 10**6


def _measured(
    key: str, title: str, formula: str, value: Callable[[RowValues], int], *, width: float = 12
) -> Column:
    """A column that is empty where the line is not scored or nothing was reported."""
    return whole_column(
        key,
        title,
        f'IF({{reason}}<>"","",{formula})',
        lambda row: "" if row["reason"] else value(row),
        width=width,
    )


def _digit(position: int) -> Column:
    before = f"rest{position - 1}"
    return _measured(
        f"digit{position}",
        f"商第{position}位",
        floor_formula(f"(10*{{{before}}})", "{denominator}"),
        lambda row: 10 * row[before] // row["denominator"],
        width=6,
    )


def _rest(position: int) -> Column:
    before = f"rest{position - 1}"
    return _measured(
        f"rest{position}",
        f"余数{position}",
        f"10*{{{before}}}-{{digit{position}}}*{{denominator}}",
        lambda row: 10 * row[before] - row[f"digit{position}"] * row["denominator"],
    )


def _joined(row: RowValues, digits: int) -> int:
    """The quotient's digits put together: its whole part and so many digits after the point."""
    number = int(row["digit0"])
    for position in range(1, digits + 1):
        number = number * 10 + int(row[f"digit{position}"])
    return number


def _joined_formula(digits: int) -> str:
    return "+".join(f"{{digit{position}}}*10^{digits - position}" for position in range(digits + 1))


DIVISION = (
    _measured(
        "numerator",
        "被除数",
        "IF({upward}=1,IF({up_due}>0,MAX(0,{up_actual}),MAX(0,{up_actual}-2*{up_due})),"
        "IF({up_due}>0,IF({up_actual}>0,{up_due},{cap_int}),MAX(0,-{up_actual})))",
        _numerator,
    ),
    _measured(
        "denominator",
        "除数",
        "IF(OR({upward}=1,{up_due}<0),ABS({up_due}),IF({up_actual}>0,{up_actual},10^6))",
        _denominator,
    ),
    _measured(
        "digit0",
        "商整数",
        floor_formula("{numerator}", "{denominator}"),
        lambda row: row["numerator"] // row["denominator"],
    ),
    _measured(
        "rest0",
        "余数",
        "{numerator}-{digit0}*{denominator}",
        lambda row: row["numerator"] % row["denominator"],
    ),
    *(column for position in range(1, DIGITS + 1) for column in (_digit(position), _rest(position))),
    _measured("quotient", "商×10^6", _joined_formula(DIGITS), lambda row: _joined(row, DIGITS)),
    _measured(
        "rate_int",
        "达成率×100",
        f"{_joined_formula(4)}+IF({{digit5}}>=5,1,0)",
        lambda row: _joined(row, 4) + (row["digit5"] >= 5),
    ),
)


# --- completion: figure by the year's target, two digits at a time ----------------------------------


def _of_year(key: str, title: str, formula: str, compute: Callable[[RowValues, int, int], int]) -> Column:
    """A column that is empty without a figure, without a target, and where the target is 0."""

    def value(row: RowValues) -> Cell:
        if row["target"] is None or row["value"] is None or row["silent"] or row["target_int"] == 0:
            return ""
        return compute(row, abs(row["value_int"]), abs(row["target_int"]))

    return whole_column(
        key,
        title,
        f'IF(OR({{target}}="",{{value}}="",{{silent}}=1,{{target_int}}=0),"",{formula})',
        value,
        width=10,
    )


def _signed_rate(row: RowValues, value: int, target: int) -> int:
    size = int(row["year0"] * 10**4 + row["year1"] * 100 + row["year2"])
    return size if (row["value_int"] < 0) == (row["target_int"] < 0) else -size


_OVER, _UNDER = "ABS({value_int})", "ABS({target_int})"

COMPLETION = (
    _of_year("year0", "完成率整数", floor_formula(_OVER, _UNDER), lambda row, value, target: value // target),
    _of_year("year_rest0", "余数", f"{_OVER}-{{year0}}*{_UNDER}", lambda row, value, target: value % target),
    _of_year(
        "year1",
        "完成率前两位",
        floor_formula("(100*{year_rest0})", _UNDER),
        lambda row, value, target: int(100 * row["year_rest0"] // target),
    ),
    _of_year(
        "year_rest1",
        "余数",
        f"100*{{year_rest0}}-{{year1}}*{_UNDER}",
        lambda row, value, target: int(100 * row["year_rest0"] % target),
    ),
    _of_year(
        "year2",
        "后两位（四舍五入）",
        floor_formula(f"(200*{{year_rest1}}+{_UNDER})", f"(2*{_UNDER})"),
        lambda row, value, target: int((200 * row["year_rest1"] + target) // (2 * target)),
    ),
    _of_year(
        "completion_int",
        "完成率×100",
        "SIGN({value_int})*SIGN({target_int})*({year0}*10^4+{year1}*100+{year2})",
        _signed_rate,
    ),
)


# --- score, weight, and their product, which 汇总 adds up -------------------------------------------


def _score(row: RowValues) -> Cell:
    if row["reason"]:
        return 0 if row["reason"] == Reason.UNREPORTED else ""
    return 0 if row["quotient"] < row["floor_int"] else min(row["rate_int"], row["top_int"])


def _if_scored(compute: Callable[[RowValues], int]) -> Callable[[RowValues], int]:
    return lambda row: 0 if row["score_int"] == "" else compute(row)


def _is_exact(row: RowValues) -> str:
    figures = max(abs(row[key]) for key in ("baseline_int", "amount_int", "value_int"))
    products = max(
        2 * abs(row["due"]) + abs(row["actual"]), 10 * (row["denominator"] or 0), row["rate_int"] or 0
    )
    within = figures < FIGURE_LIMIT and abs(row["target_int"]) < TARGET_LIMIT and products < WHOLE_LIMIT
    return YES if within else NO


_EXACT = (
    f"IF(AND(MAX(ABS({{baseline_int}}),ABS({{amount_int}}),ABS({{value_int}}))<{FIGURE_LIMIT},"
    f"ABS({{target_int}})<{TARGET_LIMIT},"
    f"MAX(2*ABS({{due}})+ABS({{actual}}),10*N({{denominator}}),N({{rate_int}}))<{WHOLE_LIMIT}),"
    f'"{YES}","{NO}")'
)

SUMS = (
    whole_column(
        "score_int",
        "得分×100",
        f'IF({{reason}}="{Reason.UNREPORTED}",0,IF({{reason}}<>"","",'
        "IF({quotient}<{floor_int},0,MIN({rate_int},{top_int}))))",
        _score,
        width=10,
    ),
    whole_column(
        "weight_int",
        "分值×10^小数位",
        "ROUND({weight}*10^{weight_places},0)",
        lambda row: scaled(row["weight"], row["weight_places"]),
        width=10,
    ),
    whole_column("scored", "计分", 'IF({score_int}="",0,1)', _if_scored(lambda row: 1), width=5),
    whole_column(
        "scored_weight",
        "计分分值",
        "{scored}*{weight_int}",
        _if_scored(lambda row: int(row["weight_int"])),
        width=10,
    ),
    whole_column(
        "weighted",
        "分值×得分",
        'IF({score_int}="",0,{weight_int}*{score_int})',
        _if_scored(lambda row: int(row["weight_int"] * row["score_int"])),
        width=14,
    ),
    whole_column(
        "missed",
        "否决未达标",
        f'IF(AND({{veto_cell}}="{YES}",OR({{light}}="{YELLOW}",{{light}}="{RED}")),1,0)',
        lambda row: int(row["veto"] == YES and row["light"] in {YELLOW, RED}),
        width=6,
    ),
    Column(key="exact", title="精确", formula=_EXACT, value=_is_exact, form="centre", width=5),
)


def work_columns(*, late: bool) -> tuple[Column, ...]:
    """Columns of 演算. late: the scheme has a late rule."""
    return SAME_ROW + ((SILENT,) if late else ()) + INTEGERS + DIVISION + COMPLETION + SUMS
