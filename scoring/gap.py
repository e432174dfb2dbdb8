"""差距分析: for each indicator alone, the least figure that would lift an organisation one place.

Found by scoring the changed board with the core itself, never estimated: a figure is
the answer only if the core ranks the organisation higher with it, and the next
smaller step would not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from scoring.board import score_board
from scoring.exact import ONE, PLACES, from_scaled, to_millionths
from scoring.scheme import Scheme
from scoring.types import (
    BoardInput,
    BoardResult,
    Direction,
    EntryResult,
    LineInput,
    LineResult,
    ScoringError,
    UnitInput,
)

#: Doublings of the step before a search gives up: far beyond any figure a target allows.
_DOUBLINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What one indicator alone would have to be.

    current is the figure as it is, `None` where nothing was reported. needed is the
    least figure, to the indicator's decimals, with which the organisation ranks
    higher; `None` where this indicator alone cannot do it. total and rank are what
    the core gives with it.
    """

    indicator: str
    current: Decimal | None
    needed: Decimal | None
    total: Decimal | None
    rank: int | None


def find_gaps(
    *,
    board: BoardInput,
    scheme: Scheme,
    key: str,
    decimals: Mapping[str, int],
    within_group: bool = False,
    rules_version: str = "1",
) -> tuple[Gap, ...]:
    """The gap of each scored indicator of one organisation, in the order of its lines.

    decimals gives each indicator's decimals (0 to 6); one that is missing has none if
    it is counted, else two. within_group looks at the group rank. Empty for the first
    place and for an organisation that is 不参评. Raises ScoringError for an unknown key.
    """
    if key not in {unit.key for unit in board.units}:
        raise ScoringError(f"榜单中没有单位“{key}”。")
    result = score_board(board=board, scheme=scheme, rules_version=rules_version)
    search = _Search(board, result, key, scheme, within_group=within_group, version=rules_version)
    if search.place is None or search.place == 1:
        return ()
    unit = next(unit for unit in board.units if unit.key == key)
    lines = _entry(result, key).lines
    return tuple(
        search.gap(number, places=decimals.get(line.indicator, 0 if line.counted else 2))
        for number, line in enumerate(unit.lines)
        if _can_be_changed(line, lines[number])
    )


class _Search:
    """Tries figures of one organisation on one board."""

    def __init__(
        self,
        board: BoardInput,
        result: BoardResult,
        key: str,
        scheme: Scheme,
        *,
        within_group: bool,
        version: str,
    ) -> None:
        self._board = board
        self._scheme = scheme
        self._within_group = within_group
        self._version = version
        self._entry = _entry(result, key)
        self._unit = next(unit for unit in board.units if unit.key == key)
        self.place = self._place_of(self._entry)
        self._rival = self._nearest_above(result)

    def gap(self, number: int, *, places: int) -> Gap:
        """The gap of the organisation's line with this number."""
        line = self._unit.lines[number]
        figures = _Figures(line, self._entry.lines[number], step=10 ** (PLACES - places))
        steps = _least(lambda count: self._lifts(number, figures.within(count), figures))
        if steps is None:
            return Gap(indicator=line.indicator, current=line.value, needed=None, total=None, rank=None)
        figure = figures.after(figures.within(steps))
        entry = self._entry_on(self._board.units, number, figure)
        return Gap(
            indicator=line.indicator,
            current=line.value,
            needed=from_scaled(figure, places=PLACES),
            total=entry.total,
            rank=self._place_of(entry),
        )

    def _lifts(self, number: int, count: int, figures: _Figures) -> bool:
        """Whether the organisation ranks higher with the figure after so many steps in one line.

        Where lines are scored by themselves it is enough to meet the nearest above. A
        counted thing is not scored at nothing at all; there the step before decides, so
        that the answer never changes back on the way.
        """
        units = self._board.units if self._rival is None else (self._unit, self._rival)
        entry = self._entry_on(units, number, figures.after(count))
        place = self._place_of(entry)
        limit = 2 if self._rival is not None else self.place
        if place is not None and limit is not None and place < limit:
            return True
        return count > 1 and entry.lines[number].score is None and self._lifts(number, count - 1, figures)

    def _entry_on(self, units: tuple[UnitInput, ...], number: int, figure: int) -> EntryResult:
        """The organisation's entry among these units, with this figure in one line."""
        lines = self._unit.lines
        line = replace(lines[number], value=from_scaled(figure, places=PLACES))
        changed = replace(self._unit, lines=(*lines[:number], line, *lines[number + 1 :]))
        others = tuple(changed if unit.key == changed.key else unit for unit in units)
        result = score_board(
            board=replace(self._board, units=others), scheme=self._scheme, rules_version=self._version
        )
        return _entry(result, changed.key)

    def _place_of(self, entry: EntryResult) -> int | None:
        return entry.group_rank if self._within_group else entry.rank

    def _nearest_above(self, result: BoardResult) -> UnitInput | None:
        """The organisation one place above, or `None` where only the whole board decides.

        That is so where peers are compared, and where the groups may change with the lines.
        """
        choices = [self._scheme.method_for(line.indicator) for line in self._unit.lines]
        if any(choice.method.pooled for choice in choices):
            return None
        if self._within_group and self._board.group_by_lines:
            return None
        above = None
        for entry in result.entries:
            if self._within_group and entry.group != self._entry.group:
                continue
            place = self._place_of(entry)
            if place is None or self.place is None or place >= self.place:
                break
            above = entry.key
        return next((unit for unit in self._board.units if unit.key == above), None)


def _entry(result: BoardResult, key: str) -> EntryResult:
    return next(entry for entry in result.entries if entry.key == key)


def _can_be_changed(line: LineInput, result: LineResult) -> bool:
    """Whether another figure could change the line's score: it is scored, or a counted thing still at nothing."""
    return result.score is not None or bool(
        line.excluded is None and line.due and line.target and line.value is not None and result.expected
    )


class _Figures:
    """The figures a line could have, step by step in the direction that is better.

    They start at the figure as it is. Where nothing was reported they start at one that
    is worth nothing: just below zero, or far on the wrong side where lower is better or
    targets and levels can be negative.
    """

    def __init__(self, line: LineInput, result: LineResult, *, step: int) -> None:
        upward = line.direction is Direction.HIGHER
        anchors = [number for number in (line.target, line.baseline, result.expected) if number is not None]
        never_negative = line.baseline is None and all(number >= 0 for number in anchors)
        self._step = step if upward else -step
        self._floor = 0 if never_negative and not upward else None
        if line.value is not None:
            # Floor division by a negative step rounds up, that is to the worse side as well.
            self._start = to_millionths(line.value, what="完成值") // self._step * self._step
        elif upward and never_negative:
            self._start = -step
        else:
            far = max((abs(int(number)) + 1 for number in anchors), default=1) * ONE
            self._start = -3 * far if upward else 30_000 * far

    def within(self, count: int) -> int:
        """The number of steps, cut down to those that stay at zero or above where less means nothing."""
        return (
            count if self._floor is None else max(0, min(count, (self._start - self._floor) // -self._step))
        )

    def after(self, count: int) -> int:
        """The figure after so many steps, in millionths."""
        return self._start + count * self._step


def _least(holds: Callable[[int], bool]) -> int | None:
    """The least whole number from 1 up for which it holds, which then holds for all larger ones."""
    low, high = 0, 1
    for _ in range(_DOUBLINGS):
        if holds(high):
            break
        low, high = high, high * 2
    else:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
