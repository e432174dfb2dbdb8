"""Why an organisation stands where it stands: points lost, its place among peers, what would lift it.

Points and medians follow from the stored lines; the gaps are found by the scoring core on the inputs
that the run was computed from. Nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from django.core.cache import cache

from indicators.models import Indicator
from rankings.computing import board_input, in_own_unit, scheme_of, thaw
from rankings.models import Board, RankingEntry, RankingLine, RankingRun
from scoring import Gap, ScoringError, find_gaps
from scoring.exact import from_hundredths, half_up

FULL_SCORE = 100
"""Points of a line that is exactly on schedule."""

TOTAL = "总分"
"""Name of the first standing, that of the total."""

CACHE_SECONDS = 24 * 3600
"""Gaps follow from the inputs alone, so a digest of inputs never has other gaps."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Points that one line costs against a full score, in points of the total (two decimals, half up)."""

    line: RankingLine
    missing: Decimal
    """To 100 in the line itself."""
    points: Decimal
    """What that takes from the total after weighting."""


@dataclass(frozen=True, kw_only=True)
class Losses:
    """Where points are lost, largest first, and where more than the full score was earned."""

    lost: tuple[Loss, ...]
    gained: tuple[Loss, ...]
    total_lost: Decimal
    total_gained: Decimal


def _half_up(number: Fraction) -> Decimal:
    """Two decimals, halves away from zero."""
    return from_hundredths(half_up(number.numerator * 100, number.denominator))


def losses_of(lines: Iterable[RankingLine]) -> Losses:
    """What each scored line costs or earns against 100 points: w × (100 − s) ÷ Σw, largest first."""
    scored = [(line, line.score, Fraction(line.weight)) for line in lines if line.score is not None]
    whole = sum((weight for _, _, weight in scored), start=Fraction(0))
    if not whole:
        return Losses(lost=(), gained=(), total_lost=Decimal("0.00"), total_gained=Decimal("0.00"))
    shares = [(line, Fraction(FULL_SCORE) - Fraction(score), weight) for line, score, weight in scored]
    found = [
        Loss(line=line, missing=_half_up(abs(missing)), points=_half_up(weight * abs(missing) / whole))
        for line, missing, weight in shares
    ]
    signed = [(missing, item) for (_, missing, _), item in zip(shares, found, strict=True)]
    total_lost = sum((weight * missing for _, missing, weight in shares if missing > 0), start=Fraction(0))
    total_gained = sum((-weight * missing for _, missing, weight in shares if missing < 0), start=Fraction(0))
    return Losses(
        lost=tuple(sorted((item for missing, item in signed if missing > 0), key=_largest_first)),
        gained=tuple(sorted((item for missing, item in signed if missing < 0), key=_largest_first)),
        total_lost=_half_up(total_lost / whole),
        total_gained=_half_up(total_gained / whole),
    )


def _largest_first(loss: Loss) -> tuple[Decimal, int]:
    return (-loss.points, loss.line.position)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One number of an organisation among its peers; place and median are None where nobody has one.

    Peers are the organisations whose line is scored; one that did not report counts with 0 points.
    """

    name: str
    own: Decimal | None
    place: int | None
    count: int
    median: Decimal | None
    best: Decimal | None
    board_median: Decimal | None

    @property
    def above_median(self) -> Decimal | None:
        """Points above the peers' median."""
        return None if self.own is None or self.median is None else self.own - self.median

    @property
    def below_median(self) -> Decimal | None:
        """Points below the peers' median."""
        return None if self.own is None or self.median is None else self.median - self.own


def standings_of(entry: RankingEntry, entries: Sequence[RankingEntry]) -> list[Standing]:
    """The total first, then each line: place among the peers of the group, median of group and board."""
    peers = [item for item in entries if item.group == entry.group]
    standings = [
        _standing(TOTAL, entry.total, [item.total for item in peers], [item.total for item in entries])
    ]
    for line in entry.lines.all():
        code = line.indicator_code
        standings.append(_standing(line.indicator, line.score, _scores(peers, code), _scores(entries, code)))
    return standings


def _scores(entries: Iterable[RankingEntry], code: str) -> list[Decimal | None]:
    return [line.score for entry in entries for line in entry.lines.all() if line.indicator_code == code]


def _standing(
    name: str, own: Decimal | None, peers: Sequence[Decimal | None], everybody: Sequence[Decimal | None]
) -> Standing:
    present = [number for number in peers if number is not None]
    return Standing(
        name=name,
        own=own,
        place=None if own is None else 1 + sum(number > own for number in present),
        count=len(present),
        median=median_of(present),
        best=max(present, default=None),
        board_median=median_of([number for number in everybody if number is not None]),
    )


def median_of(numbers: Sequence[Decimal]) -> Decimal | None:
    """The middle number, or the mean of the two in the middle rounded half up to two decimals."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return _half_up((Fraction(low) + Fraction(high)) / 2)


@dataclass(frozen=True, kw_only=True)
class GapRow:
    """What one indicator alone would have to be for one place more; numbers in the target's own unit.

    current is None where nothing was reported (then there is no difference either), needed where this
    indicator alone cannot do it.
    """

    indicator: str
    unit: str
    current: str | None
    needed: str | None
    difference: str | None
    total: Decimal | None
    rank: int | None
    group_needed: str | None = None
    group_rank: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """差距分析 of one organisation. rows is empty for the first place and for one that is not ranked."""

    rows: tuple[GapRow, ...]
    above: str
    """Who stands one place above, with its total."""
    distance: Decimal | None
    """Points of the total to the place above."""
    with_group: bool
    problem: str = ""
    """Why the gaps could not be found, for people."""


def narrowed(
    losses: Losses, standings: Sequence[Standing] | None, gaps: Gaps | None, *, names: Collection[str]
) -> tuple[Losses, list[Standing] | None, Gaps | None]:
    """The same with the rows of these indicators only; the total's standing and every number stay as they are."""
    return (
        replace(
            losses,
            lost=tuple(item for item in losses.lost if item.line.indicator in names),
            gained=tuple(item for item in losses.gained if item.line.indicator in names),
        ),
        None
        if standings is None
        else [item for item in standings if item.name in names or item.name == TOTAL],
        gaps and replace(gaps, rows=tuple(row for row in gaps.rows if row.indicator in names)),
    )


def gaps_of(run: RankingRun, entry: RankingEntry, entries: Sequence[RankingEntry]) -> Gaps:
    """For each indicator alone the least figure that lifts the organisation one place.

    Found by the scoring core on the inputs of the run, stored or sealed. Group places are looked at on
    boards whose groups are given; where the groups follow from the number of lines they may change
    with a figure, and the place over all says what is needed.
    """
    inputs = thaw(run.inputs)
    key = next(unit["key"] for unit in inputs["units"] if unit["name"] == entry.unit)
    rank = entry.rank
    better = [item for item in entries if item.rank is not None and rank is not None and item.rank < rank]
    above = max(better, key=lambda item: item.position, default=None)
    with_group = run.board != Board.DEPARTMENTS and entry.group_rank not in (None, 1)
    try:
        over_all, in_group = _gaps(run, inputs, key, with_group=with_group)
    except ScoringError as error:
        return Gaps(rows=(), above="", distance=None, with_group=False, problem=str(error))
    return Gaps(
        rows=_rows(inputs, key, over_all, in_group),
        above=above.unit if above else "",
        distance=_distance(above, entry),
        with_group=with_group,
    )


def _distance(above: RankingEntry | None, entry: RankingEntry) -> Decimal | None:
    if above is None or above.total is None or entry.total is None:
        return None
    return above.total - entry.total


def _gaps(
    run: RankingRun, inputs: Mapping[str, Any], key: str, *, with_group: bool
) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    """The core's gaps over all and in the group, kept by the digest of the inputs.

    An organisation with some thirty lines takes the core half a second.
    """
    name = f"gaps:{run.rules_version}:{run.input_digest}:{key}:{with_group}"
    found: tuple[tuple[Gap, ...], tuple[Gap, ...]] | None = cache.get(name)
    if found is None:
        search = partial(
            find_gaps,
            board=board_input(inputs),
            scheme=scheme_of(inputs),
            key=key,
            decimals=dict(Indicator.objects.filter(plan=run.cycle.plan_id).values_list("code", "decimals")),
            rules_version=inputs["rules_version"],
        )
        found = search(), (search(within_group=True) if with_group else ())
        cache.set(name, found, CACHE_SECONDS)
    return found


def _rows(
    inputs: Mapping[str, Any], key: str, over_all: Sequence[Gap], in_group: Sequence[Gap]
) -> tuple[GapRow, ...]:
    unit = next(item for item in inputs["units"] if item["key"] == key)
    lines = {line["code"]: line for line in unit["lines"]}
    group = {gap.indicator: gap for gap in in_group}
    over = {gap.indicator: gap for gap in over_all}
    rows = []
    for code in [code for code in lines if code in over or code in group]:
        line, gap, other = lines[code], over.get(code), group.get(code)
        factor = Decimal(line["factor"])
        either = gap or other
        current = either.current if either else None
        needed = gap.needed if gap else None
        rows.append(
            GapRow(
                indicator=line["indicator"],
                unit=line["unit"],
                current=in_own_unit(current, factor),
                needed=in_own_unit(needed, factor),
                difference=None
                if needed is None or current is None
                else in_own_unit(abs(needed - current), factor),
                total=gap.total if gap else None,
                rank=gap.rank if gap else None,
                group_needed=in_own_unit(other.needed, factor) if other else None,
                group_rank=other.rank if other else None,
            )
        )
    return tuple(rows)
