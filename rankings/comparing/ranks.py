"""Ranks of a stage among the organisations that both sides have, and ranks that follow another custom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rankings.comparing.rounding import to_cent
from rankings.comparing.stages import Stage, Theirs
from rankings.spreadsheets import Role
from scoring import competition_ranks, ranked_order


def places_of(stage: Stage, keys: Sequence[str], *, in_group: bool) -> dict[str, int | None]:
    """Competition ranks of these organisations among themselves, by their totals at a stage."""
    present = [key for key in keys if key in stage.entries]
    groups = [stage.entries[key].group for key in present] if in_group else None
    return _competition(present, [stage.total(key) for key in present], groups)


def _competition(
    keys: Sequence[str], totals: Sequence[Decimal | None], groups: Sequence[str | None] | None
) -> dict[str, int | None]:
    whole = [None if total is None else int(to_cent(total).scaleb(2)) for total in totals]
    ranked = ranked_order(totals=whole, orders=list(range(len(keys))))
    ranks = competition_ranks(ranked=ranked, totals=whole, groups=groups)
    return dict(zip(keys, ranks, strict=True))


def places_by_their_totals(theirs: Theirs, keys: Sequence[str]) -> dict[str, int | None]:
    """Competition ranks of these organisations among themselves by the file's totals."""
    return _competition(keys, [_number(theirs, key, Role.TOTAL) for key in keys], None)


def unusual_ranks(theirs: Theirs, base: Stage, keys: Sequence[str], *, in_group: bool) -> Mapping[str, str]:
    """What is unusual about each rank that does not follow from the file's own totals; empty without totals.

    The two customs that differ from ours are recognised: no gap after a tie (1, 2, 2, 3), and no ties at all.
    """
    role = Role.GROUP_RANK if in_group else Role.RANK
    if Role.TOTAL not in theirs.roles:
        return {}
    if not in_group:
        keys = list(theirs.rows)  # whoever stands on their board counts for their ranks
    totals = {key: _number(theirs, key, Role.TOTAL) for key in keys}
    given = {key: _number(theirs, key, role) for key in keys}
    group_of = {key: base.entries[key].group if in_group else None for key in keys}
    expected = _competition(
        keys, [totals[key] for key in keys], [group_of[key] for key in keys] if in_group else None
    )
    odd = [key for key in keys if given[key] is not None and given[key] != expected[key]]
    if not odd:
        return {}
    found = {}
    for key in odd:
        peers = [other for other in keys if group_of[other] == group_of[key] and totals[other] is not None]
        words = _custom(key, peers, totals, given)
        found[key] = f"{words}，按其总分应为第 {expected[key]} 名"
    return found


def _custom(
    key: str,
    peers: Sequence[str],
    totals: Mapping[str, Decimal | None],
    given: Mapping[str, Decimal | None],
) -> str:
    distinct = sorted({to_cent(total) for peer in peers if (total := totals[peer]) is not None}, reverse=True)
    own = totals[key]
    if own is not None and given[key] == distinct.index(to_cent(own)) + 1:
        return "对方并列后不空名次（1、2、2、3）"
    ranks = [given[peer] for peer in peers]
    if len(set(ranks)) == len(ranks) and any(
        totals[one] == totals[other] for one in peers for other in peers if one != other
    ):
        return "对方同分也分先后，不并列"
    return "对方的名次与其总分不符"


def _number(theirs: Theirs, key: str, role: Role) -> Decimal | None:
    found = theirs.number(key, role)
    return None if found is None else found.value
