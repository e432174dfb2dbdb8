"""What is read from a board made in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from returns.workbook.types import Problem, Vocabulary


class Role(StrEnum):
    """What a column of a board is for."""

    NOTHING = ""
    IGNORED = "ignored"
    UNIT = "unit"
    GROUP = "group"
    RANK = "rank"
    GROUP_RANK = "group_rank"
    TOTAL = "total"
    BASE = "base"
    BONUS = "bonus"
    DEDUCTION = "deduction"


class Measure(StrEnum):
    """What a column says of an indicator."""

    SCORE = "score"
    VALUE = "value"
    TARGET = "target"
    IGNORED = "ignored"


ROLE_NAMES: Mapping[Role, str] = {
    Role.UNIT: "单位",
    Role.GROUP: "组别",
    Role.RANK: "名次",
    Role.GROUP_RANK: "组内名次",
    Role.TOTAL: "总分",
    Role.BASE: "基础分",
    Role.BONUS: "加分",
    Role.DEDUCTION: "扣分",
}
MEASURE_NAMES: Mapping[Measure, str] = {
    Measure.SCORE: "得分",
    Measure.VALUE: "完成值",
    Measure.TARGET: "目标值",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the reader must know: names, the period, and whom the board ranks.

    ranked are the codes of the organisations that may stand on the board; target_units gives the unit of
    a place's target where it is another than the indicator's.
    """

    vocabulary: Vocabulary
    ranked: frozenset[str]
    board_name: str
    target_units: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A number as its cell gives it; value None where the cell holds a mark or a text instead.

    A figure or target is in the indicator's unit, everything else as written.
    """

    value: Decimal | None
    raw: str
    sheet: str
    cell: str

    @property
    def where(self) -> str:
        """榜!C7."""
        return f"{self.sheet}!{self.cell}"

    @property
    def places(self) -> int:
        """How many decimals the cell gives."""
        exponent = self.value.as_tuple().exponent if self.value is not None else 0
        return -exponent if isinstance(exponent, int) and exponent < 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One organisation of the file. A role or place whose cell is blank is simply absent."""

    organisation: str
    written: str
    sheet: str
    cell: str
    group: str = ""
    numbers: Mapping[Role, Located] = field(default_factory=dict)
    lines: Mapping[tuple[str, Measure], Located] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFile:
    """What one file says, with every problem. With any error it is not to be used.

    columns tells for people how each column was understood: its cell, its header, its meaning. roles and
    measured are the columns that there are, whether or not a cell of theirs is filled in.
    """

    rows: tuple[BoardRow, ...] = ()
    columns: tuple[tuple[str, str, str], ...] = ()
    roles: frozenset[Role] = frozenset()
    measured: frozenset[tuple[str, Measure]] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse the file."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that have a column, by code."""
        return tuple(sorted({code for code, _ in self.measured}))
