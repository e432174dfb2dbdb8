"""Data of the pictures of a board: lights, trends, ranks and year-end projection, each with its table.

Each picture's numbers are those of stored runs. The projection is the only arithmetic here: it follows
from published numbers of one line and is marked as 按当前进度推算 wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dashboards.history import BoardHistory, lines_of_runs
from dashboards.selectors import place_of
from huzhou_targets.templatetags.huzhou import LIGHTS, amount
from indicators.models import Indicator, IndicatorKind
from indicators.periods import Period
from rankings.models import RankingEntry, RankingLine, RankingRun
from rankings.overviews import Column
from scoring.exact import from_hundredths, half_up

QUARTERS_SHOWN = 8
"""Pictures over the quarters show at most so many."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One quarter of one organisation's line; None where it has none."""

    period: Period
    line: RankingLine | None
    status: str
    """Status of the quarter's run: a preliminary number may still change."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One organisation's line over the quarters."""

    entry: RankingEntry
    points: tuple[Point, ...]

    @property
    def values(self) -> list[str]:
        """The reported values, for the one-value state."""
        return [point.line.value for point in self.points if point.line is not None and point.line.value]


def trends(history: BoardHistory, period: Period, *, indicator: str, group: str = "") -> list[Trend]:
    """Each organisation's line of an indicator over the newest quarters up to the period. One query.

    Organisations stand in the official order; those that never had the line are left out, and with a group
    those that stand in another one.
    """
    shown = history.until(period, limit=QUARTERS_SHOWN)
    lines = lines_of_runs([run for _, run in shown], indicator=indicator)
    newest: dict[int, RankingEntry] = {}
    found: dict[tuple[int, Period], RankingLine] = {}
    for at, run in shown:
        for entry in history.entries_of(run):
            own = lines.get(entry.pk)
            if own and group in ("", entry.group):
                newest[entry.organisation_id] = entry
                found[entry.organisation_id, at] = own[0]
    return [
        Trend(
            entry=entry,
            points=tuple(
                Point(period=at, line=found.get((entry.organisation_id, at)), status=run.status)
                for at, run in shown
            ),
        )
        for entry in sorted(newest.values(), key=lambda item: (item.organisation.order, item.unit))
    ]


def trend_chart(found: Sequence[Trend], *, unit: str, lower_is_better: bool) -> dict[str, Any]:
    """Chart data: one small picture for each organisation, its value and what was due."""
    return {
        "unit": unit,
        "lower": lower_is_better,
        "periods": [str(point.period) for point in found[0].points] if found else [],
        "units": [
            {
                "name": item.entry.unit,
                "values": [_number(point.line.value if point.line else "") for point in item.points],
                "due": [_number(point.line.expected if point.line else "") for point in item.points],
                "lights": [point.line.light if point.line else "" for point in item.points],
            }
            for item in found
        ],
    }


def _number(text: str) -> float | None:
    """A stored amount for drawing only; None where there is none. The table beneath has the exact one."""
    return float(text) if text else None


@dataclass(frozen=True, kw_only=True)
class RankPath:
    """One organisation's ranks over the quarters; None where it was not ranked."""

    unit: str
    code: str
    entries: tuple[RankingEntry | None, ...]


def rank_paths(
    history: BoardHistory, period: Period, *, group: str = ""
) -> tuple[list[tuple[Period, RankingRun]], list[RankPath]]:
    """The newest quarters up to the period, and each organisation's entries in them, best of the last first.

    With a group: its organisations in the order of their ranks within it.
    """
    shown = history.until(period, limit=QUARTERS_SHOWN)
    newest: dict[int, RankingEntry] = {}
    found: dict[tuple[int, Period], RankingEntry] = {}
    for at, run in shown:
        for entry in history.entries_of(run):
            if group in ("", entry.group):
                newest[entry.organisation_id] = entry
                found[entry.organisation_id, at] = entry
    paths = [
        RankPath(
            unit=entry.unit,
            code=entry.organisation.code,
            entries=tuple(found.get((entry.organisation_id, at)) for at, _ in shown),
        )
        for entry in sorted(
            newest.values(),
            key=lambda item: (item.rank is None, place_of(item, group) or 0, item.organisation.order),
        )
    ]
    return shown, paths


def ranks_chart(
    shown: Sequence[tuple[Period, RankingRun]], paths: Sequence[RankPath], *, group: str = ""
) -> dict[str, Any]:
    """Chart data: one line for each organisation, first place (in the group, where one is chosen) on top."""
    units = [
        {"name": path.unit, "ranks": [place_of(entry, group) if entry else None for entry in path.entries]}
        for path in paths
    ]
    places = [place for unit in units for place in unit["ranks"] if place is not None]
    return {"periods": [str(at) for at, _ in shown], "places": max(places, default=1), "units": units}


def lights_chart(
    columns: Sequence[Column], rows: Sequence[tuple[RankingEntry, Sequence[RankingLine | None]]]
) -> dict[str, Any]:
    """Chart data of the heat table: organisations × indicators, each cell a light with shape and score."""
    cells = [
        [x, y, line.light, "" if line.score is None else f"{line.score:.2f}", line.reason]
        for y, (_, lines) in enumerate(rows)
        for x, line in enumerate(lines)
        if line is not None
    ]
    return {
        "columns": [column.short_name for column in columns],
        "rows": [entry.unit for entry, _ in rows],
        "cells": cells,
        "words": {code: face.word for code, face in LIGHTS.items()},
    }


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Where a line would end at year's end at the present pace; amounts in the target's own unit.

    value and percent (of the year's target) are None where nothing can be projected; `why` then says so.
    """

    entry: RankingEntry
    line: RankingLine
    value: Decimal | None
    percent: Decimal | None
    why: str


def project(entry: RankingEntry, line: RankingLine, *, kind: str) -> Projection:
    """按当前进度推算: the year-end amount if the rest of the year goes as the year went so far.

    What is due by now is a part of the year's task; whoever has done A of E now will have done A × T ÷ E by
    the year's end. A stock that is judged by its change from a baseline B: B + (A − B) × (T − B) ÷ E. Rates,
    and stocks without a baseline, do not add up over the year and are not projected. Rounded half up to
    two decimals.
    """
    why = _why_not(line, kind)
    if why:
        return Projection(entry=entry, line=line, value=None, percent=None, why=why)
    value, target, due = Fraction(line.value), Fraction(line.target), Fraction(line.expected)
    base = Fraction(line.baseline) if kind == IndicatorKind.STOCK else Fraction(0)
    end = base + (value - base) * (target - base) / due
    return Projection(entry=entry, line=line, value=_two(end), percent=_two(end * 100 / target), why="")


def _why_not(line: RankingLine, kind: str) -> str:
    """Why nothing can be projected, for people; empty where it can."""
    if line.light == "grey":
        return line.reason or "不计分"
    if not line.value:
        return line.reason or "未报送"
    if kind == IndicatorKind.RATE:
        return "比率不推算"
    if kind == IndicatorKind.STOCK and (not line.baseline or line.baseline == line.target):
        return "存量无基数，不推算"
    if not line.expected or not line.target or not Decimal(line.expected) or not Decimal(line.target):
        return "未到节点"
    return ""


def _two(number: Fraction) -> Decimal:
    """Two decimals, halves away from zero."""
    return from_hundredths(half_up(number.numerator * 100, number.denominator))


def projections(
    entries: Sequence[RankingEntry], lines: Mapping[int, Sequence[RankingLine]], *, indicator: Indicator
) -> list[Projection]:
    """Each organisation's projection of one indicator, in printed order."""
    return [
        project(entry, line, kind=indicator.kind)
        for entry in entries
        for line in lines.get(entry.pk, ())
        if line.indicator_code == indicator.code
    ]


def projection_chart(found: Sequence[Projection]) -> dict[str, Any]:
    """Chart data: share of the year's target done by now, and projected to the year's end, in percent."""
    shown = [item for item in found if item.percent is not None and item.line.completion is not None]
    return {
        "bars": [
            {
                "name": item.entry.unit,
                "done": float(item.line.completion or 0),
                "projected": float(item.percent or 0),
                "doneText": f"{item.line.completion:.2f}",
                "projectedText": f"{item.percent:.2f}",
                "amount": amount(item.value),
            }
            for item in shown
        ]
    }
