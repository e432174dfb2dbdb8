"""The board as columns of scaled integers: the shape in which the core computes.

A caller with few lines uses the dataclasses of `scoring.types`; `scoring.board`
turns them into these columns and back. A caller with very many lines may fill
the columns itself, one block for each indicator. Both run the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.types import Direction, Kind, Light, Reason


@dataclass(frozen=True, slots=True)
class Terms:
    """What all lines of a block share; weight, share and amount are in millionths."""

    indicator: str
    kind: Kind
    direction: Direction
    counted: bool
    weight: int
    milestone_share: int | None = None
    milestone_amount: int | None = None
    due: bool = True


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Lines of one indicator on the same terms, as parallel columns.

    units holds each line's organisation as a position on the board; targets,
    values and baselines are millionths of the indicator's unit, `None` where not
    there. A column left `None` as a whole means: none has a baseline, none is
    strict, none is left out.
    """

    terms: Terms
    units: Sequence[int]
    targets: Sequence[int | None]
    values: Sequence[int | None]
    baselines: Sequence[int | None] | None = None
    strict: Sequence[bool] | None = None
    excluded: Sequence[Reason | None] | None = None


@dataclass(frozen=True, slots=True)
class BlockResult:
    """The lines of one block scored, parallel to the block.

    expected is in 10^-12 of the unit; attainments, completions and scores are in
    hundredths of a per cent or of a point, `None` where they do not apply.
    """

    weight: int
    expected: list[int | None]
    attainments: list[int | None]
    completions: list[int | None]
    scores: list[int | None]
    lights: list[Light]
    reasons: list[Reason | None]


@dataclass(frozen=True, slots=True)
class BoardColumns:
    """A board: organisations as parallel columns, lines as blocks.

    bonuses and deductions are sums in hundredths of a point. quarter is 1..4.
    late_days counts the days each return came late; `None` means that none did.
    """

    quarter: int
    keys: Sequence[str]
    orders: Sequence[int]
    groups: Sequence[str | None]
    bonuses: Sequence[int]
    deductions: Sequence[int]
    blocks: Sequence[LineBlock]
    group_by_lines: bool = False
    late_days: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class BoardColumnsResult:
    """A scored board, parallel to its columns; ranked lists positions in ranked order.

    bases and totals are hundredths of a point, `None` for an organisation that is
    不参评; late holds the hundredths taken off for days late. vetoed names the veto
    indicators missed, grades the 等次 where the scheme has any.
    """

    blocks: list[BlockResult]
    groups: list[str | None]
    bases: list[int | None]
    totals: list[int | None]
    ranks: list[int | None]
    group_ranks: list[int | None]
    ranked: list[int]
    late: list[int]
    grades: list[str | None]
    vetoed: list[tuple[str, ...]]
