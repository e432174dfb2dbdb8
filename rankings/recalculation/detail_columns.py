"""The columns of 明细: what was sealed of a line, what follows by formula, what was published.

What follows is read off the whole numbers of 演算 (`work_columns`), where it is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from rankings.recalculation.columns import Cell, Column, Role, RowValues
from rankings.recalculation.words import (
    BLUE,
    DIFFERENT,
    FLOW,
    GREEN,
    GREY,
    HIGHER,
    RED,
    SAME,
    YELLOW,
    YES,
)
from scoring import Reason

IDENTITY = (
    Column(key="line_no", title="序号", role=Role.TEXT, form="whole", width=4),
    Column(key="unit", title="单位", role=Role.TEXT, form="text", width=10),
    Column(key="indicator", title="指标", role=Role.TEXT, form="text", width=20),
)
SEALED = (
    Column(key="target_text", title="目标原文", role=Role.TEXT, form="text", width=8),
    Column(key="measure", title="计量单位", role=Role.TEXT, form="centre", width=5),
    Column(key="kind", title="类型", role=Role.INPUT, form="centre", width=5),
    Column(key="direction", title="方向", role=Role.INPUT, form="centre", width=8),
    Column(key="strict", title="须超过", role=Role.INPUT, form="centre", width=5),
    Column(key="counted", title="整数计件", role=Role.INPUT, form="centre", width=5),
    Column(key="given", title="不计分原因", role=Role.INPUT, form="centre", width=8),
    Column(key="target", title="目标值", role=Role.INPUT, width=8),
    Column(key="baseline", title="基期值", role=Role.INPUT, width=6),
    Column(key="amount", title="节点数量", role=Role.INPUT, width=6),
    Column(key="value", title="完成值", role=Role.INPUT, width=8),
    Column(key="share", title="节点比例", role=Role.INPUT, form="share", width=7),
    Column(key="factor", title="文件单位换算", role=Role.TEXT, width=6),
    Column(key="file", title="来源文件", role=Role.TEXT, form="small", width=22),
    Column(key="sheet", title="工作表", role=Role.TEXT, form="small", width=8),
    Column(key="cell", title="单元格", role=Role.TEXT, form="centre", width=5),
)
NUMBERS = ("target", "baseline", "amount", "value")
"""The columns whose decimals decide the power of ten; they stand side by side."""


def _due_share(row: RowValues) -> Cell:
    if row["amount"] is not None:
        return ""
    if row["share"] is not None:
        return row["share"]
    return row["quarter_share"] if row["kind"] == FLOW or row["by_change"] else Decimal(1)


def _expected(row: RowValues) -> Cell:
    if row["given"] or row["target"] is None:
        return ""
    return Decimal(row["due"]).scaleb(-row["places"] - row["share_places"])


def _reason(row: RowValues) -> str:
    if row["given"]:
        return str(row["given"])
    if row["target"] is None:
        return Reason.NOT_SET.value
    if row["target_int"] == 0:
        return Reason.ZERO_TARGET.value
    if row["due"] == 0:
        return Reason.NOT_DUE.value
    if row["value"] is None or row["silent"]:
        return Reason.UNREPORTED.value
    one = 10 ** (row["places"] + row["share_places"])
    if row["counted"] == YES and row["actual"] == 0 and row["up_due"] < one:
        return Reason.NOT_DUE.value
    return ""


_REASON = (
    f'IF({{given}}<>"",{{given}},IF({{target}}="","{Reason.NOT_SET}",IF({{target_int}}=0,"{Reason.ZERO_TARGET}",'
    f'IF({{due}}=0,"{Reason.NOT_DUE}",IF(OR({{value}}="",{{silent}}=1),"{Reason.UNREPORTED}",'
    f'IF(AND({{counted}}="{YES}",{{actual}}=0,{{up_due}}<10^({{places}}+{{share_places}})),"{Reason.NOT_DUE}",""))))))'
)


def _light(row: RowValues) -> str:
    if row["reason"]:
        return RED if row["reason"] == Reason.UNREPORTED else GREY
    target, value, strict = row["target_int"], row["value_int"], row["strict"] == YES
    if (
        row["kind"] == FLOW
        and row["direction"] == HIGHER
        and (value > target or (value == target and not strict))
    ):
        return BLUE
    quotient, green = row["quotient"], row["green_int"]
    none_of_it = not row["upward"] and row["up_actual"] <= 0 < row["up_due"]
    level = quotient == green and (row["rest6"] > 0 or not strict)
    if none_of_it or quotient > green or level:
        return GREEN
    return YELLOW if quotient >= row["yellow_int"] else RED


_LIGHT = (
    f'IF({{reason}}="{Reason.UNREPORTED}","{RED}",IF({{reason}}<>"","{GREY}",'
    f'IF(AND({{kind}}="{FLOW}",{{direction}}="{HIGHER}",OR({{value_int}}>{{target_int}},'
    f'AND({{value_int}}={{target_int}},{{strict}}<>"{YES}"))),"{BLUE}",'
    f"IF(OR(AND({{upward}}=0,{{up_actual}}<=0,{{up_due}}>0),{{quotient}}>{{green_int}},"
    f'AND({{quotient}}={{green_int}},OR({{rest6}}>0,{{strict}}<>"{YES}"))),"{GREEN}",'
    f'IF({{quotient}}>={{yellow_int}},"{YELLOW}","{RED}")))))'
)


def _hundredths(key: str) -> Callable[[RowValues], Cell]:
    return lambda row: "" if row[key] == "" else Decimal(row[key]).scaleb(-2)


_TOLERANCE = Decimal("1E-12")
"""Relative: a due amount may have more digits than a cell holds; it decides nothing."""


def _same_expected(row: RowValues) -> bool:
    published, expected = row["published_expected"], row["expected"]
    if published is None or expected == "":
        return published is None and expected == ""
    return bool(abs(expected - published * row["factor"]) <= abs(expected) * _TOLERANCE)


def _check_line(row: RowValues) -> str:
    names = ("attainment", "completion", "score", "light", "reason")
    pairs = ((row[name], row[f"published_{name}"]) for name in names)
    same = all(now == ("" if before is None else before) for now, before in pairs)
    return SAME if same and _same_expected(row) else DIFFERENT


_CHECK_LINE = (
    'IF(AND(({expected}="")=({published_expected}=""),'
    "ABS(N({expected})-N({published_expected})*{factor})<=ABS(N({expected}))*1E-12,"
    "{attainment}={published_attainment},{completion}={published_completion},{score}={published_score},"
    f'{{light}}={{published_light}},{{reason}}={{published_reason}}),"{SAME}","{DIFFERENT}")'
)

RESULTS = (
    Column(
        key="due_share",
        title="应完成比例",
        formula='IF({amount}<>"","",IF({share}<>"",{share},'
        f'IF(OR({{kind}}="{FLOW}",{{by_change}}=1),{{quarter_share}},1)))',
        value=_due_share,
        form="share",
        width=9,
    ),
    Column(
        key="expected",
        title="应达值",
        formula='IF(OR({given}<>"",{target}=""),"",{due}/10^({places}+{share_places}))',
        value=_expected,
        width=9,
    ),
    Column(
        key="attainment",
        title="序时达成率%",
        formula='IF({rate_int}="","",{rate_int}/100)',
        value=_hundredths("rate_int"),
        form="points",
        width=9,
    ),
    Column(
        key="completion",
        title="年度完成率%",
        formula='IF({completion_int}="","",{completion_int}/100)',
        value=_hundredths("completion_int"),
        form="points",
        width=9,
    ),
    Column(key="weight", title="分值", formula="{weight_cell}", value=lambda row: row["own_weight"], width=6),
    Column(
        key="score",
        title="得分",
        formula='IF({score_int}="","",{score_int}/100)',
        value=_hundredths("score_int"),
        form="points",
        width=8,
    ),
    Column(key="light", title="亮灯", formula=_LIGHT, value=_light, form="centre", width=7),
    Column(key="reason", title="说明", formula=_REASON, value=_reason, form="centre", width=9),
)
PUBLISHED = (
    Column(key="published_expected", title="应达值（文件单位）", role=Role.PUBLISHED, width=9),
    Column(key="published_attainment", title="序时达成率%", role=Role.PUBLISHED, form="points", width=9),
    Column(key="published_completion", title="年度完成率%", role=Role.PUBLISHED, form="points", width=9),
    Column(key="published_score", title="得分", role=Role.PUBLISHED, form="points", width=8),
    Column(key="published_light", title="亮灯", role=Role.PUBLISHED, form="centre", width=7),
    Column(key="published_reason", title="说明", role=Role.PUBLISHED, form="centre", width=9),
    Column(
        key="line_check",
        title="核对",
        role=Role.CHECK,
        formula=_CHECK_LINE,
        value=_check_line,
        form="centre",
        width=7,
    ),
)
DETAIL_COLUMNS = IDENTITY + SEALED + RESULTS + PUBLISHED
