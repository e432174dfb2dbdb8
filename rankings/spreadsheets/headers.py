"""What the header of a board's column says: a role, or an indicator and a measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rankings.spreadsheets.types import Measure, Role
from returns.workbook.headers import HeaderWords
from returns.workbook.headers import Role as ReturnRole
from returns.workbook.names import fold, split_label, squeeze
from returns.workbook.periods import find_period

_WORDS = {
    Role.RANK: "名次 排名 位次 排序 排位 总排名 总名次 总位次 综合排名 综合名次 全市排名 全市名次 本季排名 本期排名 "
    "本期名次 本季名次 得分排名 总分排名 季度排名 名次排名",
    Role.GROUP_RANK: "组内名次 组内排名 组内位次 分组排名 分组名次 同组排名 同组名次 小组排名",
    Role.UNIT: "单位 单位名称 参评单位 被考核单位 考核单位 考核对象 责任单位 责任部门 牵头单位 牵头部门 部门 部门名称 "
    "市级部门 区县 区县名称 县区 各区县 区县功能区 区县平台 地区 属地 行政区 园区 园区名称 所属区县 区域 对象 名称",
    Role.GROUP: "组 组别 分组 所在组 所属组 考核组 考核组别 组类 类别 类型",
    Role.TOTAL: "总分 总得分 综合得分 综合分 综合总分 最终得分 最后得分 合计得分 得分合计 得分总计 考核得分 总成绩 考核总分 "
    "季度得分 季度总分 本季得分 本期得分 总分合计 晾晒得分 加权得分 综合评分 总评分",
    Role.BASE: "基础分 基本分 基础得分 指标得分 指标分 指标得分合计 指标分合计",
    Role.BONUS: "加分 加分项 附加分 奖励分 加分合计 加分项得分",
    Role.DEDUCTION: "扣分 减分 扣分项 减分项 倒扣分 扣分合计",
}
_BY_WORD = {word: role for role, words in _WORDS.items() for word in words.split()}
_WEAK_TOTALS = frozenset({"得分", "分数", "合计", "总计", "评分", "总和"})
_FLIPPED_UNITS = frozenset(
    {"指标", "指标名称", "项目", "考核指标", "考核内容", "内容", "事项", "区县指标", "指标区县"}
)
_IGNORED = re.compile(
    r"上期|上季|上年|上月|去年|同期|升降|变化|变动|较上|比上|环比|同比|备注|说明|序号|^no$|^序$|权重|分值|亮灯|灯$|等次|"
    r"等级|进度|时序|序时|应完成|应达|达成率|完成率|完成比例|完成进度|联系|填报人|签字"
)
_BRACKET = re.compile(r"[(\[][^()\[\]]*[)\]]")
_SCORE_SUFFIX = re.compile(r"(?:得分|评分|计分|分数|赋分|实得分|实得)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one header text, or the texts above a column together, say.

    weak: a word such as 得分 that is the total only where nothing says so better. unknown: a text that
    is none of the known words.
    """

    role: Role = Role.NOTHING
    indicator: str | None = None
    measure: Measure | None = None
    unit: str = ""
    weak: bool = False
    unknown: bool = False


NOTHING = Meaning()


class BoardHeaders:
    """Understands header texts for one vocabulary."""

    def __init__(self, words: HeaderWords) -> None:
        self._words = words
        self._known: dict[str, Meaning] = {}

    def classify(self, text: str) -> Meaning:
        """Meaning of one header text."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._classify(text)
        return found

    def _classify(self, text: str) -> Meaning:
        label = split_label(text)
        key = fold(label.text)
        if not key:
            return NOTHING
        for word in _plainer(label.text):
            if word in _BY_WORD:
                return Meaning(role=_BY_WORD[word], unit=label.unit)
            if word in _WEAK_TOTALS:
                return Meaning(role=Role.TOTAL, measure=Measure.SCORE, weak=True)
        token = self._words.classify(text)
        if token.indicator is not None:
            measure = _measure_of(token.measure)
            if measure is None and token.unit:
                measure = Measure.SCORE if token.unit == "分" else Measure.VALUE
            unit = token.unit if token.unit != "分" else ""
            return Meaning(indicator=token.indicator, measure=measure, unit=unit)
        suffix = _SCORE_SUFFIX.search(key)
        if suffix:
            inner = self._words.classify(key[: suffix.start()])
            if inner.indicator is not None:
                return Meaning(indicator=inner.indicator, measure=Measure.SCORE)
        if _IGNORED.search(key):
            return Meaning(role=Role.IGNORED, measure=Measure.IGNORED)
        measure = _measure_of(token.measure)
        if measure is not None:
            return Meaning(measure=measure, unit=label.unit)
        return Meaning(unknown=True)

    def column(self, path: Sequence[str]) -> Meaning:
        """Meaning of a column from the header texts above it, from the top down."""
        parts = [self.classify(text) for text in path if text.strip()]
        indicator = next((part.indicator for part in reversed(parts) if part.indicator), None)
        if indicator is None:
            roles = [part for part in parts if part.role is not Role.NOTHING]
            if roles:
                return roles[-1]
            return Meaning(unknown=any(part.unknown or part.measure for part in parts))
        below = parts[max(place for place, part in enumerate(parts) if part.indicator) :]
        unit = next((part.unit for part in reversed(below) if part.unit), "")
        if any(part.role not in (Role.NOTHING, Role.TOTAL) for part in below):
            return Meaning(role=Role.IGNORED)
        measure = next((part.measure for part in reversed(below) if part.measure), None)
        if measure is Measure.IGNORED:
            return Meaning(role=Role.IGNORED)
        return Meaning(indicator=indicator, measure=measure or Measure.SCORE, unit=unit)


def is_unit_word(text: str, *, flipped: bool) -> bool:
    """Whether a header cell heads the column of the organisations."""
    words = _plainer(split_label(text).text)
    return any(_BY_WORD.get(word) is Role.UNIT or (flipped and word in _FLIPPED_UNITS) for word in words)


def _plainer(text: str) -> tuple[str, ...]:
    """A header's folded text, and the same without brackets and without a period: 二季度总分（满分120）."""
    bare = _BRACKET.sub("", squeeze(text))
    return fold(text), fold(bare), fold(find_period(bare).rest)


def _measure_of(measure: ReturnRole | None) -> Measure | None:
    if measure in (ReturnRole.VALUE, ReturnRole.CUMULATIVE):
        return Measure.VALUE
    if measure is ReturnRole.TARGET:
        return Measure.TARGET
    return None if measure is None or measure is ReturnRole.PERIOD else Measure.IGNORED
