"""What a comparison comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from returns.workbook.types import Problem


class Item(StrEnum):
    """What was compared."""

    UNIT = "unit"
    RANK = "rank"
    GROUP_RANK = "group_rank"
    TOTAL = "total"
    SCORE = "score"
    VALUE = "value"
    TARGET = "target"


class Cause(StrEnum):
    """Why a number differs."""

    FIGURE = "figure"
    TARGET = "target"
    RULE = "rule"
    ROUNDING = "rounding"
    UNIT = "unit"
    UNKNOWN = "unknown"


Where = Callable[[Item, str, str], str]
"""Where our number of an item stands, by organisation and indicator."""

ITEM_NAMES: Mapping[Item, str] = {
    Item.UNIT: "单位",
    Item.RANK: "名次",
    Item.GROUP_RANK: "组内名次",
    Item.TOTAL: "总分",
    Item.SCORE: "得分",
    Item.VALUE: "完成值",
    Item.TARGET: "目标",
}
CAUSE_NAMES: Mapping[Cause, str] = {
    Cause.FIGURE: "完成值不同",
    Cause.TARGET: "目标不同",
    Cause.RULE: "计分规则不同",
    Cause.ROUNDING: "取整不同",
    Cause.UNIT: "参评单位不同",
    Cause.UNKNOWN: "未查明",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a difference: the number as people read it, and where it stands."""

    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cell that differs, and why: the main cause, all that took part, and the steps in words."""

    item: Item
    unit: str
    key: str
    indicator: str
    theirs: Side
    ours: Side
    cause: Cause
    causes: tuple[Cause, ...]
    explanation: str

    @property
    def item_name(self) -> str:
        """得分, 总分 …"""
        return ITEM_NAMES[self.item]

    @property
    def cause_name(self) -> str:
        """The main cause in words."""
        return CAUSE_NAMES[self.cause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Every compared cell counted, every difference listed.

    rules are the other rules that the file as a whole seems to follow, each with how many of its numbers
    it accounts for. problems are the reader's.
    """

    compared: int = 0
    differences: tuple[Difference, ...] = ()
    rules: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    columns: tuple[tuple[str, str, str], ...] = ()

    @property
    def equal(self) -> int:
        """Compared cells that agree."""
        return self.compared - sum(item.item is not Item.UNIT for item in self.differences)

    @property
    def by_cause(self) -> dict[Cause, int]:
        """How many differences have each main cause, in the order of the causes."""
        counts = Counter(item.cause for item in self.differences)
        return {cause: counts[cause] for cause in Cause if counts[cause]}

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which nothing was compared."""
        return tuple(problem for problem in self.problems if problem.level == "error")
