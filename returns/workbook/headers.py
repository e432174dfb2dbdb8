"""What one header cell says: which indicator, which organisation, which measure, which kind of column.

A header is understood by its own words; the path of headers above a column is put together in layouts.py.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from returns.workbook.names import Names, fold, split_label, squeeze
from returns.workbook.periods import find_period
from returns.workbook.types import Vocabulary
from returns.workbook.units import is_unit


class Role(StrEnum):
    """What a column is for, by the words of one header cell."""

    NOTHING = ""
    OTHER = "other"
    INDEX = "index"
    CATEGORY = "category"
    INDICATOR_LABEL = "indicator_label"
    ORGANISATION_LABEL = "organisation_label"
    YEAR_LABEL = "year_label"
    MEASURE_LABEL = "measure_label"
    UNIT = "unit"
    RESPONSIBLE = "responsible"
    INDICATOR_CODE = "indicator_code"
    ORGANISATION_CODE = "organisation_code"
    INDICATOR = "indicator"
    ORGANISATION = "organisation"
    TOTAL = "total"
    VALUE = "value"
    CUMULATIVE = "cumulative"
    QUARTER_VALUE = "quarter_value"
    TARGET = "target"
    IGNORED = "ignored"
    PERIOD = "period"
    DATA_AS_OF = "data_as_of"
    DATA_STATUS = "data_status"
    PROGRESS = "progress"
    PROBLEMS = "problems"
    MEASURES = "measures"
    GENERIC = "generic"


MEASURES = frozenset(
    {Role.VALUE, Role.CUMULATIVE, Role.QUARTER_VALUE, Role.TARGET, Role.IGNORED, Role.PERIOD}
)
VALUES = frozenset({Role.VALUE, Role.CUMULATIVE, Role.PERIOD})
NARRATIVE = frozenset({Role.DATA_AS_OF, Role.DATA_STATUS, Role.PROGRESS, Role.PROBLEMS, Role.MEASURES})
LABELS = frozenset({Role.INDICATOR_LABEL, Role.ORGANISATION_LABEL})

TOTAL_WORDS = frozenset(
    [
        "合计",
        "小计",
        "总计",
        "总和",
        "累计合计",
        "区县合计",
        "区县小计",
        "功能区小计",
        "功能区合计",
        "各区县合计",
        "本页小计",
    ]
)
_EXACT: dict[Role, str] = {
    Role.INDEX: "序号 编号 号 no 序 行次",
    Role.CATEGORY: "类别 分类 大类 行动 专项行动 领域 板块 一级指标 指标类别 指标类型 类型 任务类别",
    Role.INDICATOR_LABEL: "指标名称 指标 考核指标 主要指标 指标内容 任务指标 目标任务 主要目标 主要任务 任务 "
    "工作任务 项目 指标项 指标项目 二级指标 三级指标 名称 内容 考核内容 目标名称 主要目标任务 任务名称 工作目标",
    Role.ORGANISATION_LABEL: "所属区县 区县 区县名称 县区 各区县 地区 区域 县市区 区县市 单位名称 填报对象 填报区县 "
    "所属地区 属地 考核对象 报送单位 行政区 行政区划 对象 区县功能区 区县平台",
    Role.YEAR_LABEL: "年份 年度 年 报告期 季度 时间 期别 所属期",
    Role.MEASURE_LABEL: "数据类型 数值类型 口径 目标完成",
    Role.UNIT: "单位 计量单位 指标单位 数据单位",
    Role.RESPONSIBLE: "责任部门 责任单位 牵头单位 牵头部门 配合单位 主管部门 责任领导 分管领导 联系人 责任人 "
    "负责人 填报人 数据来源 数据来源单位 来源部门 协同单位 责任处室",
    Role.INDICATOR_CODE: "指标编码 指标代码",
    Role.ORGANISATION_CODE: "对象编码 单位编码 区县编码 区划代码",
    Role.GENERIC: "总数 数量 个数 总量 总体 全部 总 计 数 本级",
    Role.PROBLEMS: "存在问题 问题 困难 主要问题 存在困难 存在的问题 问题困难 困难问题 存在问题及困难 存在的困难和问题",
    Role.MEASURES: "下步举措 下一步举措 下步打算 下一步打算 措施 举措 下步措施 下一步措施 工作举措 下一步工作 "
    "下步工作 下步工作举措 下一步工作举措 工作打算 下步工作打算 下一步工作打算 下一步工作计划",
    Role.PROGRESS: "进展情况 工作进展 推进情况 进展 主要做法 工作进展情况 完成情况说明 进度说明 目前进展 "
    "进展说明 推进情况说明 主要工作进展 情况说明 工作情况 重点工作完成情况 工作完成情况",
    Role.DATA_AS_OF: "数据截至日 数据截止日 数据截止日期 数据截至日期 截至日期 截止日期 统计时点 数据时间 截至时间 "
    "截止时间 数据截至时间 数据截止时间 统计截止时间",
    Role.DATA_STATUS: "数据状态 数据性质 数值状态",
    Role.CUMULATIVE: "本年累计 年累计 累计 累计值 累计数 今年累计 本期累计 累计完成 本年累计完成 累计完成值 累计完成数 "
    "本期累计完成 本期末累计 年初累计 本季累计 累计完成情况 年度累计 当年累计 累计实际 年初至今 自年初累计 "
    "年初至本季末累计 实际累计 累计数值 累计实绩 至本季累计 期末累计 末累计",
    Role.VALUE: "完成值 完成数 完成情况 实际完成 实际值 实际数 实际完成值 实际完成数 完成量 完成 实绩 实际 当前值 "
    "现状值 填报数 填报值 报送值 报送数 上报数 上报值 数值 期末数 期末值 完成情况数值 目标完成情况 目标完成值 "
    "指标完成值 指标完成情况 任务完成情况 年度完成情况 年度完成值 实际完成情况 完成实绩 实现值 达成值 期末 末 "
    "绝对值 绝对数 绝对量 期末完成 核定数 核定值 目前完成 目前完成值 已完成 完成数值 完成数量 填报完成值 达到 达到值 底 底数 实现数",
    Role.QUARTER_VALUE: "本季 当季 本季完成 当季完成 本季度 本季度完成 当季值 本季值 当季数 本季数 本季新增 当季新增 "
    "当季完成数 本季完成数 当季完成值 本季完成值 单季 单季完成 本期新增 本季度新增 当期完成 当期 本季度完成数 本季度完成值",
    Role.TARGET: "目标 目标值 目标数 年度目标 全年目标 年度目标值 全年目标值 计划 计划数 计划值 任务数 年度任务 "
    "年度任务数 全年任务 考核目标 考核目标值 下达任务 下达目标 指标值 年目标 年目标值 任务目标 年计划 全年计划 "
    "年度计划 年度计划数 任务目标数 目标任务数 任务值 年度目标数 全年目标数 全年任务数 标准值 年度目标任务 力争目标",
}
_BY_WORD = {word: role for role, words in _EXACT.items() for word in words.split()}
_EITHER = frozenset(
    ["本期", "本期数", "本期值", "本期完成", "本期完成数", "本期完成值", "本期实际"]
)  # a sum or the quarter alone
_IGNORED = re.compile(
    r"率$|比例$|占比|百分比|同比|环比|增长$|增幅$|增速$|增减|较上|比上|上年|去年|同期|上季|上期|上月|排名|位次|名次|得分|"
    r"分值|权重|亮灯|时序|序时|应达|应完成|备注|差距|差额|缺口|基数|基期|评价|评分|附注|联系电话|电话|签字|说明|预计|预测|"
    r"预期|超额|剩余|未完成|佐证|材料|依据|是否|审核|状态|填报日期|日期|超欠"
)
_TARGET_PATTERN = re.compile(
    r"^(?:年度?|全年|当年|本年|计划|考核|力争|确保)*(?:工作)?(?:目标|计划|任务)(?:任务|目标)?(?:值|数|量)?$"
)
_VALUE_PATTERN = re.compile(
    r"^(?:至|截至|末|底|止|年|全年|实际|已|累计|年度|本年|今年|目前|指标|任务)*(?:累计|完成|实际|实绩)+(?:值|数|量|情况|数值|家数|个数|数量)?$"
)
_SUFFIXES = tuple(
    sorted(
        (
            word
            for role in (Role.CUMULATIVE, Role.VALUE, Role.TARGET, Role.QUARTER_VALUE)
            for word in _EXACT[role].split()
        ),
        key=len,
        reverse=True,
    )
)
_RATE_SUFFIXES = (
    "年度完成率",
    "目标完成率",
    "序时完成率",
    "完成率",
    "完成比例",
    "同比增长",
    "同比",
    "增幅",
    "达成率",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Meaning of one header cell: ``measure`` may come with an indicator or an organisation."""

    role: Role
    text: str
    indicator: str | None = None
    organisation: str | None = None
    measure: Role | None = None
    years: frozenset[int] = frozenset()
    quarters: frozenset[int] = frozenset()
    single: bool = False
    named: bool = False
    last_month: int = 0
    unit: str = ""
    is_child: bool = False

    @property
    def is_structural(self) -> bool:
        """Whether only a header would say this (and no body cell)."""
        return self.role not in (Role.NOTHING, Role.OTHER, Role.INDICATOR, Role.ORGANISATION, Role.TOTAL)


NOTHING = Token(role=Role.NOTHING, text="")


class HeaderWords:
    """Classifies header texts for one vocabulary; answers are remembered, files repeat themselves."""

    def __init__(self, *, names: Names, vocabulary: Vocabulary) -> None:
        self._names = names
        self._vocabulary = vocabulary
        self._known: dict[str, Token] = {"": NOTHING}

    def classify(self, text: str) -> Token:
        """Meaning of one header text."""
        token = self._known.get(text)
        if token is None:
            token = self._known[text] = self._classify(text)
        return token

    def _classify(self, text: str) -> Token:
        key = fold(text)
        if not key:
            return NOTHING
        label = split_label(text)
        if key in TOTAL_WORDS:
            return Token(role=Role.TOTAL, text=text)
        organisation = self._names.organisations.find(text)
        if organisation is not None:
            return Token(role=Role.ORGANISATION, text=text, organisation=organisation)
        if key in _EITHER:
            return Token(role=Role.VALUE, text=text, measure=Role.VALUE, named=True)
        if key in _BY_WORD and self._names.indicators.get(key) is None:
            return Token(role=_BY_WORD[key], text=text, measure=_measure(_BY_WORD[key]))
        indicator = self._names.indicators.find(text)
        if indicator is not None:
            return Token(
                role=Role.INDICATOR, text=text, indicator=indicator, unit=label.unit, is_child=label.is_child
            )
        if len(key) > 60:
            return Token(role=Role.OTHER, text=text)
        return self._composite(text) or Token(
            role=Role.OTHER, text=text, unit=label.unit, is_child=label.is_child
        )

    def _composite(self, text: str) -> Token | None:
        """A header that says several things at once: a period, a name and a measure, a measure and a unit."""
        label = split_label(text)
        mention = find_period(label.text)
        rest = fold(mention.rest)
        role = self._measure_role(rest)
        if not rest and (mention.years or mention.quarters):
            role = Role.PERIOD
        if role is not None:
            return Token(
                role=role,
                text=text,
                measure=_measure(role),
                years=mention.years,
                quarters=mention.quarters,
                single=bool(mention.single),
                named=bool(mention.named),
                last_month=mention.last_month,
                unit=label.unit,
            )
        for suffix in (*_RATE_SUFFIXES, *_SUFFIXES):
            if not rest.endswith(suffix) or rest == suffix:
                continue
            token = self._named(rest.removesuffix(suffix), text)
            if token is not None:
                measure = Role.IGNORED if suffix in _RATE_SUFFIXES else _BY_WORD[suffix]
                return Token(
                    role=token.role,
                    text=text,
                    indicator=token.indicator,
                    organisation=token.organisation,
                    measure=measure,
                    years=mention.years,
                    quarters=mention.quarters,
                    single=bool(mention.single),
                    named=bool(mention.named),
                    last_month=mention.last_month,
                    unit=label.unit,
                )
        if mention.years or mention.quarters:
            token = self._named(rest, text)
            if token is not None:
                return Token(
                    role=token.role,
                    text=text,
                    indicator=token.indicator,
                    organisation=token.organisation,
                    measure=Role.PERIOD,
                    years=mention.years,
                    quarters=mention.quarters,
                    single=bool(mention.single),
                    named=bool(mention.named),
                    last_month=mention.last_month,
                    unit=label.unit,
                )
        return None

    def _measure_role(self, rest: str) -> Role | None:
        role = _BY_WORD.get(rest)
        if role is not None:
            return role
        if not rest:
            return None
        if _VALUE_PATTERN.match(rest):
            return Role.CUMULATIVE if "累计" in rest else Role.VALUE
        if _TARGET_PATTERN.match(rest):
            return Role.TARGET
        if _IGNORED.search(rest) and len(rest) <= 14:
            return Role.IGNORED
        return None

    def _named(self, rest: str, text: str) -> Token | None:
        organisation = self._names.organisations.find(rest)
        if organisation is not None:
            return Token(role=Role.ORGANISATION, text=text, organisation=organisation)
        if rest in TOTAL_WORDS:
            return Token(role=Role.TOTAL, text=text)
        indicator = self._names.indicators.find(rest)
        if indicator is None:
            indicator = self._names.indicators.find(split_label(squeeze(rest)).text)
        if indicator is not None:
            return Token(role=Role.INDICATOR, text=text, indicator=indicator)
        return None


def _measure(role: Role) -> Role | None:
    return role if role in MEASURES else None


def is_unit_only(text: str) -> bool:
    """Whether a header cell holds nothing but a unit, such as （家）."""
    return is_unit(squeeze(text).strip("()[]"))
