"""The checks across figures by their plain names: which there are, what each says, which may be switched off.

One table for the checks themselves, the plan owner's page, 填表说明 in the template and the help. What keeps a
figure exact cannot be switched off; warnings can, plan by plan, because a plan may know better (区县数不等于全市数
where the city counts what no district does).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from returns.workbook.guidance import KINDS
from returns.workbook.types import Level, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCheck:
    """A check: its code and name, what it compares, and the codes of the problems that it makes."""

    code: str
    name: str
    says: str
    problem_codes: tuple[str, ...]
    is_switchable: bool = True

    @property
    def level(self) -> Level:
        """The gravest level of its problems."""
        levels = {KINDS[code].level for code in self.problem_codes}
        return next(level for level in _BY_GRAVITY if level in levels)

    @property
    def level_word(self) -> str:
        """The level in one word: 错误, 提醒 or 告知."""
        return self.level_name.partition("：")[0]

    @property
    def level_name(self) -> str:
        """What the level means for the person who hands in."""
        return LEVEL_NAMES[self.level]


_BY_GRAVITY: tuple[Level, ...] = ("error", "warning", "info")
LEVEL_NAMES: dict[Level, str] = {
    "error": "错误：整份不入库",
    "warning": "提醒：可以入库，核定人看得到",
    "info": "告知：不影响入库",
}

CROSS_CHECKS: tuple[CrossCheck, ...] = (
    CrossCheck(
        code="exact_values",
        name="数值准确",
        says="约数、区间、错误公式、日期、认不出的单位、超过 6 位的小数都不是确切的数，不能入库",
        problem_codes=(
            *("inexact_number", "not_a_number", "error_value", "formula_without_value", "date_in_cell"),
            *("unit_mismatch", "percent_format", "too_many_decimals", "mark_not_allowed"),
        ),
        is_switchable=False,
    ),
    CrossCheck(
        code="one_value",
        name="一处一数",
        says="同一指标、同一单位填了两个不同的数，系统无法判断哪个对，不能入库",
        problem_codes=("duplicate_conflict",),
        is_switchable=False,
    ),
    CrossCheck(
        code="completeness",
        name="完整性",
        says="有考核任务而没有填的指标，逐个单位列出；空白是未报送，不等于 0",
        problem_codes=("incomplete",),
    ),
    CrossCheck(
        code="duplicates",
        name="重复填报",
        says="同一位置填了两次、两个数相同",
        problem_codes=("duplicate_same",),
    ),
    CrossCheck(
        code="district_sum",
        name="区县之和与全市数",
        says="可以加总的指标，各区县相加应等于小计、合计和全市数",
        problem_codes=("sum_mismatch",),
    ),
    CrossCheck(
        code="part_of_whole",
        name="其中项与总项",
        says="“其中”不应大于总项，并应达到规定的比例（如不少于 1/3）",
        problem_codes=("child_above_parent", "share_broken"),
    ),
    CrossCheck(
        code="cumulative",
        name="累计数与上季度",
        says="本年累计不应少于上季度的累计；减少的，核定时须写明理由（关闭后不再要求）",
        problem_codes=("cumulative_fall",),
    ),
    CrossCheck(
        code="target_magnitude",
        name="与目标的数量级",
        says="超过目标 3 倍，或与目标相差几千倍（多半是万亩填成了亩、亿元填成了万元）",
        problem_codes=("beyond_target", "unit_magnitude"),
    ),
    CrossCheck(
        code="percent_as_fraction",
        name="百分数写成小数",
        says="单位是 % 的指标填了小于 1 的数，而目标不小于 5，可能把 12% 填成了 0.12",
        problem_codes=("percent_below_one",),
    ),
    CrossCheck(
        code="two_reporters",
        name="区县数与部门数",
        says="区县和牵头部门对同一处都报了数而两数不同，双方和核定人都看得到两个数",
        problem_codes=("reporters_differ",),
    ),
)
BY_CODE = {check.code: check for check in CROSS_CHECKS}
SWITCHABLE = tuple(check for check in CROSS_CHECKS if check.is_switchable)


def without_switched_off(problems: Iterable[Problem], switched_off: frozenset[str]) -> list[Problem]:
    """The problems without those of checks that the plan has switched off; an error always stays."""
    if not switched_off:
        return list(problems)
    silent = {
        code
        for check in SWITCHABLE
        if check.code in switched_off
        for code in check.problem_codes
        if KINDS[code].level != "error"
    }
    return [problem for problem in problems if problem.code not in silent]
