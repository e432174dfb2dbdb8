"""The year's result from its quarters: the last quarter alone, or quarters weighted by the scheme.

Rule: RULES.md section "The year".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.exact import from_hundredths, half_up, to_hundredths
from scoring.ranking import competition_ranks, ranked_order
from scoring.scheme import Scheme
from scoring.types import ScoringError


@dataclass(frozen=True, slots=True, kw_only=True)
class YearInput:
    """One organisation's four quarterly totals, `None` for a quarter without one."""

    key: str
    order: int
    group: str | None
    totals: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEntry:
    """One organisation's year; without a total it has no rank and is listed last."""

    key: str
    group: str | None
    total: Decimal | None
    rank: int | None
    group_rank: int | None


def score_year(*, units: Sequence[YearInput], scheme: Scheme) -> tuple[YearEntry, ...]:
    """The year's entries in ranked order.

    A year's total is the mean of the quarters' totals by the scheme's weights, rounded
    half up; a quarter without a total is left out and its weight shared out over the
    others. Raises ScoringError unless there are four quarters.
    """
    totals = [_year_total(unit, weights=scheme.year_weights) for unit in units]
    groups = [unit.group for unit in units]
    ranked = ranked_order(totals=totals, orders=[unit.order for unit in units])
    ranks = competition_ranks(ranked=ranked, totals=totals)
    group_ranks = competition_ranks(ranked=ranked, totals=totals, groups=groups)
    return tuple(
        YearEntry(
            key=units[position].key,
            group=groups[position],
            total=None if (total := totals[position]) is None else from_hundredths(total),
            rank=ranks[position],
            group_rank=group_ranks[position],
        )
        for position in ranked
    )


def _year_total(unit: YearInput, *, weights: Sequence[int]) -> int | None:
    """The year's total in hundredths, `None` where no weighted quarter has one."""
    if len(unit.totals) != len(weights):
        raise ScoringError(f"“{unit.key}”应有四个季度的总分，现在是 {len(unit.totals)} 个。")
    present = [
        (weight, to_hundredths(total, what=f"“{unit.key}”的季度总分"))
        for weight, total in zip(weights, unit.totals, strict=True)
        if total is not None and weight
    ]
    if not present:
        return None
    return half_up(sum(weight * total for weight, total in present), sum(weight for weight, _ in present))
