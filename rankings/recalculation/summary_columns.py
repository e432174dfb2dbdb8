"""The columns of 汇总: from the lines' scores to base, total, rank and group rank, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rankings.recalculation.columns import Cell, Column, Role, RowValues, whole_column
from rankings.recalculation.whole import WHOLE_LIMIT, floor_formula
from rankings.recalculation.words import DIFFERENT, NO, SAME, YES
from scoring import Reason

NOT_RANKED = Reason.NOT_RANKED.value
BELOW_ALL = 10**12
"""Taken from a vetoed organisation's key: more hundredths than any total has."""


def _plain(key: str) -> Callable[[RowValues], Cell]:
    return lambda row: "" if row[key] == "" else Decimal(row[key]).scaleb(-2)


def _base(row: RowValues) -> Cell:
    weight = row["weight_sum"]
    return "" if weight == 0 else (2 * row["points_sum"] + weight) // (2 * weight)


def _total(row: RowValues) -> Cell:
    if row["base_int"] == "":
        return ""
    return max(0, row["base_int"] + row["bonus_int"] - row["deduction_int"] - row["late_int"])


def _rank_key(row: RowValues) -> int:
    if row["total_int"] == "":
        return -10 * BELOW_ALL
    return int(row["total_int"] - (BELOW_ALL if row["missed_sum"] else 0))


def _beaten_by(row: RowValues, *, in_group: bool) -> Cell:
    if row["total_int"] == "" or (in_group and row["group"] == ""):
        return ""
    rows: list[RowValues] = row["rows"]  # all organisations: a rank needs the others
    return 1 + sum(
        other["rank_key"] > row["rank_key"]
        for other in rows
        if not in_group or other["group"] == row["group"]
    )


def _position(row: RowValues) -> int:
    rows: list[RowValues] = row["rows"]  # all organisations: a rank needs the others
    ahead = sum(
        other["rank_key"] > row["rank_key"]
        or (other["rank_key"] == row["rank_key"] and other["order"] < row["order"])
        for other in rows
    )
    return 1 + ahead


def _note(row: RowValues) -> str:
    if row["bonus_int"] > row["bonus_limit_int"]:
        return "加分超限"
    if row["deduction_int"] > row["deduction_limit_int"]:
        return "扣分超限"
    return NOT_RANKED if row["weight_sum"] == 0 else ""


_COMPARED = ("position", "group", "base", "bonus", "deduction", "total", "rank", "group_rank", "note")


def _check(keys: tuple[str, ...]) -> Column:
    """The column that says whether everything of a row is as it was published."""

    def value(row: RowValues) -> str:
        pairs = ((row[key], row[f"published_{key}"]) for key in keys)
        return SAME if all(now == ("" if before is None else before) for now, before in pairs) else DIFFERENT

    pairs = ",".join(f"{{{key}}}={{published_{key}}}" for key in keys)
    return Column(
        key="entry_check",
        title="核对",
        role=Role.CHECK,
        formula=f'IF(AND({pairs}),"{SAME}","{DIFFERENT}")',
        value=value,
        form="centre",
        width=7,
    )


def _late_days(row: RowValues) -> int:
    return int(min(row["late_days"] * row["late_per_day_int"], row["late_most_int"]))


LATE_DAYS = Column(key="late_days", title="迟报天数", role=Role.INPUT, form="whole", width=6)
LATE = Column(
    key="late", title="迟报扣分", formula="{late_int}/100", value=_plain("late_int"), form="points", width=8
)
LATE_INT = whole_column(
    "late_int", "迟报扣分×100", "MIN({late_days}*{late_per_day_int},{late_most_int})", _late_days
)


def _group(*, by_lines: bool) -> Column:
    if not by_lines:
        return Column(key="group", title="组", role=Role.INPUT, form="centre", width=13)
    return Column(
        key="group",
        title="组",
        formula="IF({scored_sum}>={group_threshold},{group_at_least},{group_below})",
        value=lambda row: (
            row["group_at_least"] if row["scored_sum"] >= row["group_threshold"] else row["group_below"]
        ),
        form="centre",
        width=13,
    )


def _live(*, by_lines: bool, late: bool) -> tuple[Column, ...]:
    points: dict[str, Any] = {"form": "points", "width": 8}
    whole: dict[str, Any] = {"form": "whole", "width": 6}
    return (
        Column(key="no", title="序号", role=Role.TEXT, **whole),
        Column(key="name", title="单位", role=Role.TEXT, form="text", width=16),
        Column(key="order", title="正式次序", role=Role.INPUT, **whole),
        _group(by_lines=by_lines),
        Column(
            key="scored_sum",
            title="计分项数",
            formula="SUMIF({line_no_all},{no},{scored_all})",
            value=lambda row: row["lines_scored"],
            **whole,
        ),
        Column(
            key="base",
            title="基础分",
            formula='IF({base_int}="","",{base_int}/100)',
            value=_plain("base_int"),
            **points,
        ),
        Column(key="bonus", title="加分", formula="{bonus_int}/100", value=_plain("bonus_int"), **points),
        Column(
            key="deduction",
            title="扣分",
            formula="{deduction_int}/100",
            value=_plain("deduction_int"),
            **points,
        ),
        *((LATE_DAYS, LATE) if late else ()),
        Column(
            key="total",
            title="总分",
            formula='IF({total_int}="","",{total_int}/100)',
            value=_plain("total_int"),
            **points,
        ),
        Column(
            key="rank",
            title="名次",
            formula='IF({total_int}="","",1+SUMPRODUCT(--({rank_key_all}>{rank_key})))',
            value=lambda row: _beaten_by(row, in_group=False),
            **whole,
        ),
        Column(
            key="group_rank",
            title="组内名次",
            formula='IF(OR({total_int}="",{group}=""),"",'
            "1+SUMPRODUCT(({group_all}={group})*({rank_key_all}>{rank_key})))",
            value=lambda row: _beaten_by(row, in_group=True),
            **whole,
        ),
        Column(
            key="position",
            title="列示次序",
            formula="1+SUMPRODUCT(--({rank_key_all}>{rank_key}))"
            "+SUMPRODUCT(({rank_key_all}={rank_key})*({order_all}<{order}))",
            value=_position,
            **whole,
        ),
        Column(
            key="note",
            title="备注",
            formula='IF({bonus_int}>{bonus_limit_int},"加分超限",IF({deduction_int}>{deduction_limit_int},"扣分超限",'
            f'IF({{weight_sum}}=0,"{NOT_RANKED}","")))',
            value=_note,
            form="centre",
            width=9,
        ),
    )


def _published(*, late: bool) -> tuple[Column, ...]:
    points: dict[str, Any] = {"form": "points", "width": 8, "role": Role.PUBLISHED}
    whole: dict[str, Any] = {"form": "whole", "width": 6, "role": Role.PUBLISHED}
    text: dict[str, Any] = {"form": "centre", "role": Role.PUBLISHED}
    return (
        Column(key="published_group", title="组", width=13, **text),
        Column(key="published_base", title="基础分", **points),
        Column(key="published_bonus", title="加分", **points),
        Column(key="published_deduction", title="扣分", **points),
        *((Column(key="published_late", title="迟报扣分", **points),) if late else ()),
        Column(key="published_total", title="总分", **points),
        Column(key="published_rank", title="名次", **whole),
        Column(key="published_group_rank", title="组内名次", **whole),
        Column(key="published_position", title="列示次序", **whole),
        Column(key="published_note", title="备注", width=9, **text),
        _check((*_COMPARED, "late") if late else _COMPARED),
    )


_TWICE_SUM, _TWICE_WEIGHT = "(2*{points_sum}+{weight_sum})", "(2*{weight_sum})"

WHOLE_NUMBERS = (
    whole_column(
        "points_sum",
        "分值×得分合计",
        "SUMIF({line_no_all},{no},{weighted_all})",
        lambda row: row["lines_weighted"],
        width=14,
    ),
    whole_column(
        "weight_sum",
        "计分分值合计",
        "SUMIF({line_no_all},{no},{scored_weight_all})",
        lambda row: row["lines_weight"],
    ),
    whole_column(
        "base_int",
        "基础分×100",
        f'IF({{weight_sum}}=0,"",{floor_formula(_TWICE_SUM, _TWICE_WEIGHT)})',
        _base,
    ),
    whole_column(
        "bonus_int",
        "加分×100",
        "ROUND(100*SUMIF({adjusted_units},{no},{bonus_points}),0)",
        lambda row: row["bonus_given"],
    ),
    whole_column(
        "deduction_int",
        "扣分×100",
        "ROUND(100*SUMIF({adjusted_units},{no},{deduction_points}),0)",
        lambda row: row["deduction_given"],
    ),
    whole_column(
        "total_int",
        "总分×100",
        'IF({base_int}="","",MAX(0,{base_int}+{bonus_int}-{deduction_int}-{late_int}))',
        _total,
    ),
    whole_column(
        "missed_sum",
        "否决未达标",
        "{veto_last}*SUMIF({line_no_all},{no},{missed_all})",
        lambda row: row["veto_last"] * row["lines_missed"],
    ),
    whole_column(
        "rank_key",
        "排名依据",
        f'IF({{total_int}}="",-{10 * BELOW_ALL},{{total_int}}-IF({{missed_sum}}>0,{BELOW_ALL},0))',
        _rank_key,
        width=16,
    ),
    Column(
        key="sum_exact",
        title="精确",
        formula=f'IF(2*{{points_sum}}+3*{{weight_sum}}<{WHOLE_LIMIT},"{YES}","{NO}")',
        value=lambda row: YES if 2 * row["points_sum"] + 3 * row["weight_sum"] < WHOLE_LIMIT else NO,
        form="centre",
        width=6,
    ),
)


def summary_columns(*, by_lines: bool, late: bool) -> tuple[Column, ...]:
    """Columns of 汇总.

    by_lines: groups are made by the number of scored lines (departments). late: the scheme has a late rule.
    """
    live, published = _live(by_lines=by_lines, late=late), _published(late=late)
    return live + published + ((LATE_INT,) if late else ()) + WHOLE_NUMBERS
