"""Words of the scoring core: enumerations, inputs and results.

Everything here is plain data. Numbers are `Decimal`s, `None` means *not there*
(not reported, not set, does not apply) and is never the same as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ScoringError(Exception):
    """The inputs or the scheme cannot be scored; the message says in Chinese what is wrong and where."""


class Kind(StrEnum):
    """What a figure of the indicator is."""

    FLOW = "flow"  # 流量: adds up over the year, figures are 本年累计
    STOCK = "stock"  # 存量: a level at a date
    RATE = "rate"  # 比率: a level that neither adds over time nor over districts


class Direction(StrEnum):
    """Which way the indicator should go."""

    HIGHER = "higher"
    LOWER = "lower"


class Light(StrEnum):
    """亮灯; a page shows it with a word or a shape, never by colour alone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"
    GREY = "grey"


class Reason(StrEnum):
    """Why a line is not scored, or scored as nothing."""

    NOT_ASSESSED = "不考核"
    PENDING = "待下达"
    AWAITING_REFERENCE = "待参照值"
    MERGED = "合并考核"
    NOT_SET = "未设置"
    NO_FIGURE_YET = "本期无数据"
    ZERO_TARGET = "零目标"
    NOT_DUE = "未到节点"
    UNREPORTED = "未报送"
    NOT_RANKED = "不参评"


#: Reasons a caller may give for leaving a line out; the others are found by the core itself.
GIVEN_REASONS = frozenset(
    {
        Reason.NOT_ASSESSED,
        Reason.PENDING,
        Reason.AWAITING_REFERENCE,
        Reason.MERGED,
        Reason.NOT_SET,
        Reason.NO_FIGURE_YET,
        Reason.ZERO_TARGET,
        Reason.NOT_DUE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """One indicator of one organisation in one quarter.

    target, value, baseline and milestone_amount are in the indicator's unit;
    milestone_share is a share of the target (0.3 for 30 %). value `None` means
    not reported. excluded is the reason that follows from the target's own text
    (`/`, 待省下达, blank …); due is false for a plan-end target before its last
    quarter. strict marks a target that must be exceeded (超 40).
    """

    indicator: str
    kind: Kind
    direction: Direction
    counted: bool
    target: Decimal | None
    value: Decimal | None
    strict: bool = False
    excluded: Reason | None = None
    baseline: Decimal | None = None
    milestone_share: Decimal | None = None
    milestone_amount: Decimal | None = None
    weight: Decimal = Decimal(1)
    due: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitInput:
    """One organisation on a board.

    order is its place in the official order, which decides how ties print; group
    is its peer group (区县组, 功能区组) or `None` where the board has no groups or
    makes them itself. bonuses and deductions are points, each zero or more. late_days
    is by how many days the return came late; it matters under a scheme with a late rule.
    """

    key: str
    order: int
    group: str | None
    lines: tuple[LineInput, ...]
    bonuses: tuple[Decimal, ...] = ()
    deductions: tuple[Decimal, ...] = ()
    late_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardInput:
    """The organisations ranked against each other in one quarter (1..4).

    group_by_lines: the groups are made by the number of scored lines, with the
    threshold and the names of the scheme (departments).
    """

    quarter: int
    units: tuple[UnitInput, ...]
    group_by_lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """What one line came to.

    expected is E in the indicator's unit, exact; for a stock with a baseline it is
    the change from the baseline that is due. attainment (never below 0, uncapped)
    and completion (never prorated) are percentages with two decimals, score is
    points with two decimals. `None` means that it does not apply: an unreported
    line has score 0.00, red, but no attainment.
    """

    indicator: str
    expected: Decimal | None
    attainment: Decimal | None
    completion: Decimal | None
    score: Decimal | None
    weight: Decimal
    light: Light
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryResult:
    """What one organisation came to; base and total have two decimals.

    An organisation without any scored line has no base, total, rank or group rank,
    and excluded says 不参评. late are the points taken off for days late, grade is the
    等次 and vetoed names the veto indicators missed; v1 has none of these three.
    """

    key: str
    group: str | None
    base: Decimal | None
    bonus: Decimal
    deduction: Decimal
    total: Decimal | None
    rank: int | None
    group_rank: int | None
    excluded: str | None
    lines: tuple[LineResult, ...]
    late: Decimal = Decimal("0.00")
    grade: str | None = None
    vetoed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardResult:
    """Entries in ranked order; those that are 不参评 come last, in the official order."""

    entries: tuple[EntryResult, ...]
