"""Every problem the reader can name, and the reading rules, in words for people: the one source of both.

Messages, the receipt, form hints and the template's 填表说明 sheet are all made from these tables.
"""

from dataclasses import dataclass

from returns.workbook.types import Level, Problem

RESULT_SHEET = "校验结果"
"""The sheet of a receipt that lists every problem."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: how grave, what is wrong, how to put it right (both with ``{named}`` gaps)."""

    level: Level
    what: str
    remedy: str


KINDS: dict[str, Kind] = {
    # the file as a whole
    "empty_file": Kind("error", "文件是空的，没有任何内容。", "请确认选对了文件，重新保存后再上传。"),
    "file_too_large": Kind(
        "error",
        "文件大小 {size}，超过上限 {limit}。",
        "请删去与填报无关的工作表、图片后另存为 .xlsx 再上传。",
    ),
    "encrypted": Kind(
        "error", "文件已加密，无法读取。", "请在 Excel 或 WPS 中打开，去除打开密码后另存，再上传。"
    ),
    "damaged": Kind(
        "error",
        "文件已损坏或内容不完整（{detail}）。",
        "请在 Excel 或 WPS 中重新打开并另存为 .xlsx，再上传。",
    ),
    "not_spreadsheet": Kind(
        "error", "文件不是电子表格（{detail}）。", "请上传 .xlsx、.xls、.et、.ods 或 .csv 格式的填报表。"
    ),
    "zip_archive": Kind(
        "error",
        "这是一个压缩包，不是一张填报表。",
        "请解压后逐个上传其中的表格，或在批量上传页面上传压缩包。",
    ),
    "batch_too_large": Kind(
        "error",
        "压缩包里有 {found} 个文件，超过一次 {limit} 个的上限，一个也没有读取。",
        "请分成几个压缩包，分次上传。",
    ),
    "legacy_xml": Kind(
        "error",
        "文件是“XML 表格 2003”格式，只是扩展名改成了表格。",
        "请用 Excel 另存为 .xlsx（WPS 也可以）后再上传。",
    ),
    "html_table": Kind(
        "error",
        "文件是网页（HTML）格式，只是扩展名改成了表格。",
        "请用 Excel 另存为 .xlsx（WPS 也可以）后再上传。",
    ),
    "binary_xlsb": Kind(
        "error",
        "文件是 .xlsb 二进制格式，读不出公式错误和百分比格式。",
        "请用 Excel 另存为 .xlsx（WPS 也可以）后再上传。",
    ),
    "limit_exceeded": Kind(
        "error",
        "文件超出限制：{detail}（上限 {limit}）。",
        "请只保留填报内容，删去多余的行、列和工作表后再上传。",
    ),
    "unsafe_content": Kind(
        "error", "文件内含不允许的内容（{detail}）。", "请在 Excel 或 WPS 中新建工作簿，只粘贴数值后再上传。"
    ),
    "reading_stopped": Kind(
        "error",
        "读取文件用时或内存超出限制（上限 {limit}），已停止。",
        "请删去多余的行、列、工作表和格式，另存为 .xlsx 后再上传。",
    ),
    "reading_failed": Kind(
        "error",
        "系统读取这份文件时中断了 {count} 次，没有读完，也没有改动任何数。",
        "请把需要填报的工作表另存为新的 .xlsx 再上传；仍不行时请联系系统管理员。",
    ),
    "no_table": Kind(
        "error",
        "文件不符合任何一种填报表式，{missing}。",
        "请下载本期填报模板填写，或给表格补上含“指标名称”“完成值”或区县名称的表头行。",
    ),
    "no_figures": Kind("error", "表格里没有填写任何数值。", "请把本年累计完成值填入表中后再上传。"),
    "too_many_problems": Kind(
        "error", "问题超过 {limit} 个，其余的没有列出。", "请先按所列问题修改，再重新上传。"
    ),
    "macros_ignored": Kind("warning", "文件带有宏；宏不会运行，只读取单元格的值。", "无须处理。"),
    # plan, period, organisation
    "other_period": Kind(
        "error",
        "表中写的是{found}，而本次填报的是{expected}。",
        "请选择正确的报告期，或换成{expected}的填报表。",
    ),
    "other_period_sheet": Kind(
        "warning",
        "这张表写的是{found}，不是{expected}，没有读取。",
        "如属误放，无须处理；否则请改正表名或标题。",
    ),
    "other_plan": Kind(
        "error", "表中写的是“{found}”，不是本次填报的计划。", "请选择正确的计划，或换成本计划的填报表。"
    ),
    "other_organisation": Kind(
        "error", "这是{found}的填报模板，不是{expected}的。", "请下载{expected}的模板填写。"
    ),
    "template_outdated": Kind(
        "error",
        "填报模板的版本（{found}）已停用，现行版本是 {expected}。",
        "请下载最新模板，把数值抄过去再上传。",
    ),
    "organisation_conflict": Kind(
        "error", "填报单位写的是{found}，工作表或标题却是{expected}。", "请核对后改成一致。"
    ),
    # the table
    "no_value_column": Kind(
        "error", "表中没有“完成值”列（找到的列：{found}）。", "请增加“本年累计完成”列并填写。"
    ),
    "quarter_only": Kind(
        "error",
        "“{found}”是当季数，系统需要本年累计数。",
        "请增加“本年累计完成”列，填写年初至本季末的累计数。",
    ),
    "quarter_column": Kind(
        "warning", "“{found}”按本年累计数读取。", "请确认该列是年初至本季末的累计数，而不是当季数。"
    ),
    "ambiguous_columns": Kind(
        "error",
        "“{found}”有不止一列可能是完成值（{columns}）。",
        "请只保留一列，或把表头写成“本年累计完成”。",
    ),
    "no_rows_for_year": Kind(
        "error", "“年份”列里没有{expected}年的行（只有{found}年等）。", "请补上{expected}年的行并填写。"
    ),
    "extra_column": Kind(
        "warning",
        "“{found}”这一列不认识，没有读取。",
        "如是自用列，无须处理；如是填报指标，请改用文件中的指标名称。",
    ),
    "hidden_cells": Kind(
        "warning", "{found}是隐藏的，其中 {count} 个数值已照常读取。", "请确认隐藏部分的数值也要上报。"
    ),
    # names and places
    "unknown_indicator": Kind("error", "找不到指标“{found}”{nearest}。", "请改用计划文件中的指标名称。"),
    "unknown_organisation": Kind("error", "找不到区县或单位“{found}”{nearest}。", "请改用规范名称。"),
    "missing_name": Kind(
        "error", "这里填了数值“{found}”，但看不出属于哪个{what}。", "请补上名称，或删去这个数值。"
    ),
    "place_not_in_plan": Kind(
        "error", "计划没有给{organisation_name}设置“{indicator_name}”。", "请清空这个单元格。"
    ),
    "place_not_allowed": Kind(
        "error",
        "您不能填报{organisation_name}的“{indicator_name}”。",
        "请清空这个单元格，只填本单位负责的数值。",
    ),
    "duplicate_same": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”填了两次，数值相同（另一处：{other}）。",
        "请保留一处即可。",
    ),
    "duplicate_conflict": Kind(
        "error",
        "{organisation_name}“{indicator_name}”填了两次，数值不同（此处 {value}，{other} 为 {other_value}）。",
        "请核对后只保留一处。",
    ),
    "code_name_mismatch": Kind(
        "error",
        "名称“{found}”与模板里隐藏的编码（{expected}）不一致。",
        "请重新下载模板填写，不要改动名称或排序单列。",
    ),
    # one cell
    "inexact_number": Kind("error", "“{found}”不是确切的数。", "请填写一个确切的数，例如 300。"),
    "not_a_number": Kind("error", "“{found}”不是数值。", "请只填数字，说明文字写到“进展情况”或“备注”列。"),
    "error_value": Kind("error", "单元格显示公式错误 {found}。", "请修正公式，或直接填写数值。"),
    "formula_without_value": Kind(
        "error", "公式没有计算结果。", "请用 Excel 或 WPS 打开、重新计算并保存，或直接填写数值。"
    ),
    "date_in_cell": Kind(
        "error", "单元格是日期（{found}），这里应填数值。", "请把单元格格式改为“常规”，再重新填写数值。"
    ),
    "boolean_in_cell": Kind("error", "单元格是逻辑值 {found}，这里应填数值。", "请填写数值。"),
    "not_finite": Kind("error", "“{found}”不是有效的数。", "请重新填写数值。"),
    "number_too_large": Kind("error", "“{found}”位数过多。", "请核对数值和单位。"),
    "too_many_decimals": Kind(
        "error", "“{found}”的小数超过 6 位。", "请四舍五入到 6 位小数以内（公式可用 ROUND）。"
    ),
    "mark_not_allowed": Kind(
        "error",
        "{organisation_name}“{indicator_name}”有考核任务（目标：{target}），不能填“{found}”。",
        "请填写数值；没有进展填 0，暂时没有数据请留空。",
    ),
    "unit_mismatch": Kind(
        "error", "“{found}”的单位“{unit}”与指标单位“{expected}”不符。", "请换算成“{expected}”后填写。"
    ),
    "percent_format": Kind(
        "error",
        "单元格是百分比格式（{found}），而指标单位是“{expected}”。",
        "请把单元格格式改为“常规”，核对数值后重新填写。",
    ),
    "merged_value": Kind("error", "合并单元格同时盖住了几个填报位置。", "请取消合并，逐格填写。"),
    "counted_fraction": Kind("warning", "“{found}”不是整数，而这个指标按“{unit}”计数。", "请核对数值。"),
    "negative_count": Kind("warning", "“{found}”是负数，而这个指标按“{unit}”计数。", "请核对数值。"),
    "value_not_assessed": Kind(
        "warning", "{organisation_name}不考核“{indicator_name}”，数值会保存但不计分。", "请确认需要填报。"
    ),
    "unreadable_date": Kind(
        "warning", "数据截至日“{found}”不是有效的日期，没有采用。", "请写成 2025-06-30 的样子。"
    ),
    "unknown_data_status": Kind(
        "warning", "数据状态“{found}”不在可选的范围内，没有采用。", "请填 {statuses} 之一，或留空。"
    ),
    # checks across cells
    "incomplete": Kind(
        "info",
        "{organisation_name}还有 {count} 项没有填：{indicators}。",
        "没有数据的可以留空，截止后按未报送处理。",
    ),
    "sum_mismatch": Kind(
        "warning",
        "“{indicator_name}”的{label}为 {total}，各单位相加为 {sum}，相差 {difference}{missing}。",
        "请核对合计数和各单位的数。",
    ),
    "child_above_parent": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”（其中项）为 {value}，大于总项“{parent}”的 {parent_value}。",
        "请核对两个数。",
    ),
    "share_broken": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”为 {value}，占“{parent}”{parent_value} 的比例低于要求的 {share}。",
        "请核对两个数；情况属实可以照报。",
    ),
    "cumulative_fall": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”本期累计 {value}，低于上季度的 {previous}。",
        "累计数一般不应减少；情况属实请写明原因。",
    ),
    "reporters_differ": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”{reporter}报 {value}{unit}，{other}报 {other_value}{unit}，两个数不同。",
        "请与{other}核对；核对无误可以照报，核定人会同时看到两个数。",
    ),
    "percent_below_one": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”填了 {value}，即 {value}%，而目标是 {target}。",
        "如果本意是 {hundredfold}%，请填 {hundredfold}。",
    ),
    "beyond_target": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”填了 {value}{unit}，超过目标 {target}{unit} 的 3 倍{hint}。",
        "请核对数值和单位。",
    ),
    "unit_magnitude": Kind(
        "warning",
        "{organisation_name}“{indicator_name}”填了 {value}{unit}，与目标 {target}{unit} 相差约 {times} 倍，可能用错了单位。",
        "请确认填的是“{unit}”。",
    ),
}


def make_problem(
    code: str,
    *,
    sheet: str | None = None,
    cell: str | None = None,
    indicator: str | None = None,
    organisation: str | None = None,
    **gaps: object,
) -> Problem:
    """A problem of a known kind at a place; ``gaps`` fill the kind's texts. Codes stay codes, names are gaps."""
    kind = KINDS[code]
    filled = {name: shorten(str(value)) for name, value in gaps.items()}
    remedy = kind.remedy.format(**filled)
    where = f"{sheet}!{cell}：" if sheet and cell else f"{sheet}：" if sheet else ""
    return Problem(
        level=kind.level,
        code=code,
        message=f"{where}{kind.what.format(**filled)}{remedy}",
        sheet=sheet,
        cell=cell,
        remedy=remedy,
        indicator=indicator,
        organisation=organisation,
    )


def shorten(text: str, *, limit: int = 120) -> str:
    """A text for a message: one line, not endless."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def nearest_hint(names: tuple[str, ...]) -> str:
    """The suggestion in a message about an unknown name; empty without a near name."""
    return f"，最接近的是{'、'.join(f'“{name}”' for name in names)}" if names else ""


def lines_needed(text: str, width: float) -> int:
    """Lines that a text takes in a column this wide; a Chinese character counts as two."""
    return sum(
        max(1, -(-sum(2 if ord(char) > 255 else 1 for char in line) // int(width)))
        for line in text.split("\n")
    )


DATA_STATUSES = {"快报": "flash", "预计": "estimate", "核定": "final"}
"""What the column 数据状态 offers, and the code that each is stored by."""


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """One row of the reading rules: what is written in a cell and how it is read."""

    written: str
    reading: str


READING_RULES: tuple[ReadingRule, ...] = (
    ReadingRule("12、１２、1,234、12家、12.5％、12.5个百分点", "按数值读取，全角、空格、千分位和单位都可以"),
    ReadingRule("1.2万亩（指标单位为亩）", "按 12000 亩读取；单位也可以写在指标名称、表头或“单位”列里"),
    ReadingRule("百分比格式的单元格（指标单位为 %）", "12% 读作 12"),
    ReadingRule("约300、300余、近300、3-5", "不能读取：请填确切的数"),
    ReadingRule("/、-、—、无、暂无、不涉及", "不考核的位置可以填；有考核任务的位置不能填"),
    ReadingRule("空白", "视为未填报，不等于 0；没有进展请填 0"),
    ReadingRule("公式", "读取公式的计算结果；显示 #DIV/0! 等错误或没有结果的不能读取"),
    ReadingRule("88（第3位）、4.5（含南太湖新区）", "读作 88、4.5；括号里只能是位次或“含…”"),
    ReadingRule("数据状态：快报、预计、核定", "随数值保存；留空视为未注明，不影响入库"),
    ReadingRule("超过 6 位小数、日期", "不能读取：请四舍五入，或把单元格格式改为“常规”"),
    ReadingRule("合计、小计、全市", "只用于核对各区县之和；“全市”同时是市级的数"),
    ReadingRule("同一位置填了两次", "数值相同则提醒，数值不同不能读取"),
    ReadingRule("低于上季度累计、超过目标 3 倍、% 指标填了小于 1 的数", "可以入库，但会提醒审核人"),
)
