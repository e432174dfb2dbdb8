"""Reads for the leadership page, shared with what is written about a board: places, changes, certainty.

All numbers come from stored runs. What is derived here is counting and comparing, never a score.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.history import BoardHistory, lines_of_runs
from indicators.periods import Period
from rankings.models import RankingEntry, RankingLine, RankingRun
from rankings.overviews import Column, columns_of
from rankings.why import Loss, losses_of
from scoring import Reason

WIDEST_LIGHTS = 8
"""Up to so many indicators the page shows one light each; beyond that, how many of each light."""

LIGHT_ORDER = ("red", "yellow", "green", "blue", "grey")


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """One organisation on the leadership page."""

    entry: RankingEntry
    lines: tuple[RankingLine, ...]
    cells: tuple[RankingLine | None, ...]
    """Its line under each column of the page; None where it has none."""

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many lines have each light, without those that nobody has."""
        return [
            (light, count)
            for light in LIGHT_ORDER
            if (count := sum(line.light == light for line in self.lines))
        ]

    @property
    def reds(self) -> int:
        """How many lines are behind schedule or unreported."""
        return sum(line.light == "red" for line in self.lines)

    @property
    def unreported(self) -> list[RankingLine]:
        """Lines that were due and not reported."""
        return [line for line in self.lines if line.reason == Reason.UNREPORTED]

    @property
    def unverified(self) -> list[RankingLine]:
        """Lines whose figure nobody has confirmed yet."""
        return [line for line in self.lines if _waits(line)]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How certain a board is: of the lines that count, how many were reported and confirmed."""

    due: int
    reported: int
    verified: int
    summed: int
    """Lines whose value is the districts' sum, which nobody confirms as a whole."""

    @property
    def unreported(self) -> int:
        """Lines that were due and not reported."""
        return self.due - self.reported

    @property
    def waiting(self) -> int:
        """Reported lines that nobody has confirmed yet."""
        return self.reported - self.verified - self.summed

    @property
    def is_complete(self) -> bool:
        """Whether everything that counts was reported."""
        return self.due == self.reported


@dataclass(frozen=True, kw_only=True)
class Streak:
    """Since when an organisation stands last: in how many boards in a row, this one included."""

    count: int
    since: Period
    former_rank: int | None
    """Its rank in the published board before this one; None where there is none."""
    former: Period | None


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One line that costs the last place points, and whether it was behind before."""

    loss: Loss
    name: str
    """The indicator's short name."""
    was_red: bool | None
    """Whether it was red in the last published quarter; None where that is unknown."""


@dataclass(frozen=True, kw_only=True)
class LastPlace:
    """Who stands last, why, since when, and how certain that is."""

    rows: tuple[UnitRow, ...]
    """All that share the last place, in official order."""
    causes: tuple[Cause, ...]
    """What costs the first of them most points, largest first."""
    worst: RankingLine | None
    """Its lowest line that has a figure, whose source can be opened."""
    streak: Streak
    above: RankingEntry | None
    """Who stands just before the last place."""
    distance: Decimal | None
    """Points between the two."""

    @property
    def row(self) -> UnitRow:
        """The first of those that share the last place."""
        return self.rows[0]


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """A line whose light changed since the last published quarter."""

    entry: RankingEntry
    before: RankingLine
    now: RankingLine
    name: str
    """The indicator's short name."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed on a board since the published run before it."""

    former: RankingRun
    risen: tuple[RankingEntry, ...]
    fallen: tuple[RankingEntry, ...]
    reds_before: int
    reds_now: int
    newly_red: tuple[LineChange, ...]
    recovered: tuple[LineChange, ...]
    """Red before, and scored without being red now."""


@dataclass(frozen=True, kw_only=True)
class IndicatorReds:
    """One indicator: how many organisations are behind, of those it is scored for."""

    column: Column
    reds: int
    scored: int


@dataclass(frozen=True, kw_only=True)
class Leadership:
    """Everything on the leadership page of one board."""

    run: RankingRun
    rows: tuple[UnitRow, ...]
    columns: tuple[Column, ...]
    groups: tuple[str, ...]
    first: tuple[UnitRow, ...]
    last: LastPlace | None
    """None where fewer than two organisations are ranked."""
    changes: Changes | None
    """None where no earlier quarter is published."""
    coverage: Coverage
    indicators: tuple[IndicatorReds, ...]

    @property
    def unreported(self) -> list[UnitRow]:
        """Who has not reported everything that was due."""
        return [row for row in self.rows if row.unreported]

    @property
    def last_ids(self) -> set[int]:
        """Ids of the entries that share the last place."""
        return {row.entry.pk for row in self.last.rows} if self.last else set()

    @property
    def has_lights(self) -> bool:
        """Whether each indicator has a column of its own."""
        return len(self.columns) <= WIDEST_LIGHTS

    @property
    def reds(self) -> int:
        """How many lines are red."""
        return sum(row.reds for row in self.rows)


def leadership(
    history: BoardHistory, run: RankingRun, *, group: str = "", only: Collection[str] | None = None
) -> Leadership:
    """The leadership page of a run; `group` narrows it to one group of the board. Two queries.

    First and last place are those within the group where one is chosen. only are the codes of the indicators
    that count for lights, causes, coverage and changes, and organisations without any of them are left out;
    totals and ranks stay the board's, since nothing is scored again here.
    """
    entries = history.entries_of(run)
    groups = tuple(dict.fromkeys(entry.group for entry in entries if entry.group))
    earlier = history.published_before(run.cycle.period)
    whole = lines_of_runs([run, *earlier[:1]])
    lines = whole if only is None else narrowed(whole, only)
    if only is not None:
        entries = tuple(entry for entry in entries if lines.get(entry.pk))
    if group in groups:
        entries = tuple(entry for entry in entries if entry.group == group)
    else:
        group = ""
    columns = columns_of(run.cycle.plan, (lines.get(entry.pk, ()) for entry in entries))
    rows = unit_rows(entries, lines, columns)
    former = former_lines(history, earlier[0], lines) if earlier else {}
    ranked = [row for row in rows if place_of(row.entry, group) is not None]
    return Leadership(
        run=run,
        rows=rows,
        columns=columns,
        groups=groups,
        first=tuple(row for row in ranked if place_of(row.entry, group) == 1),
        last=_last_place(history, earlier, ranked, former, group, columns, whole),
        changes=changes_since(earlier[0], rows, former, columns) if earlier else None,
        coverage=coverage_of(rows),
        indicators=_indicator_reds(columns, rows),
    )


def narrowed(
    lines: Mapping[int, Sequence[RankingLine]], only: Collection[str]
) -> dict[int, list[RankingLine]]:
    """Every entry's lines of these indicators."""
    return {entry: [line for line in own if line.indicator_code in only] for entry, own in lines.items()}


def place_of(entry: RankingEntry, group: str) -> int | None:
    """The rank over all, or within the group where one is chosen."""
    return entry.group_rank if group else entry.rank


def unit_rows(
    entries: Sequence[RankingEntry],
    lines: Mapping[int, Sequence[RankingLine]],
    columns: Sequence[Column] = (),
) -> tuple[UnitRow, ...]:
    """Entries with their lines, and the line under each column."""
    return tuple(_row(entry, lines.get(entry.pk, ()), columns) for entry in entries)


def _row(entry: RankingEntry, lines: Sequence[RankingLine], columns: Sequence[Column]) -> UnitRow:
    by_code = {line.indicator_code: line for line in lines}
    return UnitRow(
        entry=entry, lines=tuple(lines), cells=tuple(by_code.get(column.code) for column in columns)
    )


def _waits(line: RankingLine) -> bool:
    return line.figure is not None and bool(line.value) and line.figure.verified_at is None


def coverage_of(rows: Sequence[UnitRow]) -> Coverage:
    """Of the lines that count (those that are scored or should have been reported): reported, confirmed."""
    due = [line for row in rows for line in row.lines if line.light != "grey"]
    reported = [line for line in due if line.reason != Reason.UNREPORTED]
    return Coverage(
        due=len(due),
        reported=len(reported),
        verified=sum(line.figure is not None and not _waits(line) for line in reported),
        summed=sum(line.figure is None for line in reported),
    )


def former_lines(
    history: BoardHistory, former: RankingRun, lines: Mapping[int, Sequence[RankingLine]]
) -> dict[tuple[int, str], RankingLine]:
    """The lines of an earlier run by organisation and indicator."""
    return {
        (entry.organisation_id, line.indicator_code): line
        for entry in history.entries_of(former)
        for line in lines.get(entry.pk, ())
    }


def changes_since(
    former: RankingRun,
    rows: Sequence[UnitRow],
    before: Mapping[tuple[int, str], RankingLine],
    columns: Sequence[Column] = (),
) -> Changes:
    """Who rose and fell, and which lines turned red or are red no longer, against a published run."""
    names = {column.code: column.short_name for column in columns}
    pairs = [
        LineChange(
            entry=row.entry, before=earlier, now=line, name=names.get(line.indicator_code, line.indicator)
        )
        for row in rows
        for line in row.lines
        if (earlier := before.get((row.entry.organisation_id, line.indicator_code))) is not None
    ]
    moved = [(row.entry, row.entry.movement) for row in rows if row.entry.movement]
    shown = {row.entry.organisation_id for row in rows}
    return Changes(
        former=former,
        risen=tuple(entry for entry, places in moved if places is not None and places > 0),
        fallen=tuple(entry for entry, places in moved if places is not None and places < 0),
        reds_before=sum(line.light == "red" for (unit, _), line in before.items() if unit in shown),
        reds_now=sum(row.reds for row in rows),
        newly_red=tuple(pair for pair in pairs if pair.now.light == "red" and pair.before.light != "red"),
        recovered=tuple(
            pair for pair in pairs if pair.before.light == "red" and pair.now.light not in ("red", "grey")
        ),
    )


def last_places(entries: Sequence[RankingEntry], group: str = "") -> list[RankingEntry]:
    """Who shares the last place, in official order; nobody where fewer than two are ranked.

    Organisations that are not ranked (不参评) have no place, so they are not last.
    """
    ranked = [(place, entry) for entry in entries if (place := place_of(entry, group)) is not None]
    lowest = max((place for place, _ in ranked), default=1)
    return [entry for place, entry in ranked if place == lowest] if lowest > 1 else []


def _last_place(
    history: BoardHistory,
    earlier: Sequence[RankingRun],
    ranked: Sequence[UnitRow],
    before: Mapping[tuple[int, str], RankingLine],
    group: str,
    columns: Sequence[Column],
    whole: Mapping[int, Sequence[RankingLine]],
) -> LastPlace | None:
    last = {entry.pk for entry in last_places([row.entry for row in ranked], group)}
    if not last:
        return None
    rows = tuple(row for row in ranked if row.entry.pk in last)
    row = rows[0]
    with_figure = [
        line
        for line in row.lines
        if line.figure_id is not None and line.value and line.score is not None and line.light != "grey"
    ]
    above = max(
        (item.entry for item in ranked if item.entry.pk not in last),
        key=lambda entry: (place_of(entry, group) or 0, entry.position),
        default=None,
    )
    return LastPlace(
        rows=rows,
        causes=causes_shown(row, before, columns, whole),
        worst=min(with_figure, key=lambda line: (line.score or Decimal(0), line.position), default=None),
        streak=_streak(
            history, earlier, row.entry, group, among={item.entry.organisation_id for item in ranked}
        ),
        above=above,
        distance=None
        if above is None or above.total is None or row.entry.total is None
        else above.total - row.entry.total,
    )


def causes_of(
    row: UnitRow, before: Mapping[tuple[int, str], RankingLine], columns: Sequence[Column]
) -> tuple[Cause, ...]:
    """What costs an organisation points, largest first, with the indicators' short names.

    before holds the lines of the last published quarter (`former_lines`), to tell whether one was red then.
    """
    names = {column.code: column.short_name for column in columns}
    causes = []
    for loss in losses_of(row.lines).lost:
        code = loss.line.indicator_code
        earlier = before.get((row.entry.organisation_id, code))
        causes.append(
            Cause(
                loss=loss,
                name=names.get(code, loss.line.indicator),
                was_red=None if earlier is None else earlier.light == "red",
            )
        )
    return tuple(causes)


def causes_shown(
    row: UnitRow,
    before: Mapping[tuple[int, str], RankingLine],
    columns: Sequence[Column],
    whole: Mapping[int, Sequence[RankingLine]],
) -> tuple[Cause, ...]:
    """What costs points among the lines shown; how many is reckoned over all lines of the entry."""
    shown = {line.indicator_code for line in row.lines}
    everything = _row(row.entry, whole.get(row.entry.pk, ()), columns)
    causes = causes_of(everything, before, columns)
    return tuple(cause for cause in causes if cause.loss.line.indicator_code in shown)


def _streak(
    history: BoardHistory,
    earlier: Sequence[RankingRun],
    entry: RankingEntry,
    group: str,
    *,
    among: Collection[int],
) -> Streak:
    """How many published boards in a row before this one had the organisation last of those shown."""
    count, since = 1, entry.run.cycle.period
    for run in earlier:
        last = last_places(
            [
                item
                for item in history.entries_of(run)
                if (not group or item.group == group) and item.organisation_id in among
            ],
            group,
        )
        if entry.organisation_id not in {item.organisation_id for item in last}:
            break
        count, since = count + 1, run.cycle.period
    former = earlier[0] if earlier else None
    own = next(
        (
            item
            for item in (history.entries_of(former) if former else ())
            if item.organisation_id == entry.organisation_id
        ),
        None,
    )
    return Streak(
        count=count,
        since=since,
        former_rank=place_of(own, group) if own else None,
        former=former.cycle.period if former else None,
    )


def _indicator_reds(columns: Sequence[Column], rows: Sequence[UnitRow]) -> tuple[IndicatorReds, ...]:
    """Each indicator with how many organisations are behind, most first; those without any are left out."""
    found = []
    for place, column in enumerate(columns):
        cells = [row.cells[place] for row in rows]
        present = [line for line in cells if line is not None]
        found.append(
            IndicatorReds(
                column=column,
                reds=sum(line.light == "red" for line in present),
                scored=sum(line.light != "grey" for line in present),
            )
        )
    return tuple(sorted((item for item in found if item.reds), key=lambda item: -item.reds))
