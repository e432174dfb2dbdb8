"""Places: the one rank function that pages, exports, API and sealing share.

Rule: RULES.md section "Ranks".
"""

from __future__ import annotations

from collections.abc import Sequence


def ranked_order(*, totals: Sequence[int | None], orders: Sequence[int]) -> list[int]:
    """Positions from the highest total down, ties in the official order, those without a total last."""
    return sorted(
        range(len(totals)),
        key=lambda position: (
            totals[position] is None,
            -(totals[position] or 0),
            orders[position],
            position,
        ),
    )


def competition_ranks(
    *, ranked: Sequence[int], totals: Sequence[int | None], groups: Sequence[str | None] | None = None
) -> list[int | None]:
    """Competition ranks (1, 2, 2, 4) over all, or within groups where groups are given.

    ranked is what `ranked_order` returned for the same totals; the result is parallel
    to totals. `None` for a position without a total and, where groups are given,
    without a group.
    """
    ranks: list[int | None] = [None] * len(totals)
    seen: dict[str | None, tuple[int, int, int]] = {}
    for position in ranked:
        total = totals[position]
        group = groups[position] if groups is not None else None
        if total is None or (groups is not None and group is None):
            continue
        count, last_rank, last_total = seen.get(group, (0, 0, -1))
        rank = last_rank if count and total == last_total else count + 1
        seen[group] = (count + 1, rank, total)
        ranks[position] = rank
    return ranks
