"""红榜 and 黑榜: two conditions each, so that standing last alone makes nobody black.

Red: ahead of the schedule and in front for that indicator. Black: behind the schedule (or not
reported) and at the end. Rule: `reference/practice.md` 1.5 (“红 = 超额完成且居前；黑 = 未完成且居后”).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ON_SCHEDULE = Decimal(100)
"""Attainment in percent at which a line is exactly on schedule."""

SCORED_LIGHTS = frozenset({"green", "blue", "yellow", "red"})
BEHIND_LIGHTS = frozenset({"yellow", "red"})


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One organisation's line of an indicator and its place among those scored for it.

    attainment is in percent, None where nothing was reported; place counts from the front (1 is best),
    place_from_end from the end (1 is worst); ties share a place either way.
    """

    unit: str
    indicator: str
    attainment: Decimal | None
    light: str
    place: int
    place_from_end: int


def place_lines(entries: Sequence[Mapping[str, Any]]) -> list[Placed]:
    """Every scored line of a ranking document with its place for its indicator, in the document's order."""
    lines = [
        (entry["unit"], line["indicator"], _attainment(line), line["light"])
        for entry in entries
        for line in entry["lines"]
        if line["light"] in SCORED_LIGHTS
    ]
    peers: dict[str, list[Decimal]] = {}
    for _, indicator, attainment, _ in lines:
        peers.setdefault(indicator, []).append(_order(attainment))
    return [
        Placed(
            unit=unit,
            indicator=indicator,
            attainment=attainment,
            light=light,
            place=1 + sum(other > _order(attainment) for other in peers[indicator]),
            place_from_end=1 + sum(other < _order(attainment) for other in peers[indicator]),
        )
        for unit, indicator, attainment, light in lines
    ]


def red_list(placed: Sequence[Placed], *, front: int) -> list[Placed]:
    """Ahead of the schedule and among the first `front` of the indicator."""
    return [
        item
        for item in placed
        if item.attainment is not None and item.attainment > ON_SCHEDULE and item.place <= front
    ]


def black_list(placed: Sequence[Placed], *, end: int) -> list[Placed]:
    """Behind the schedule or not reported, and among the last `end` of the indicator."""
    return [item for item in placed if item.light in BEHIND_LIGHTS and item.place_from_end <= end]


def _attainment(line: Mapping[str, Any]) -> Decimal | None:
    return None if line["attainment"] is None else Decimal(line["attainment"])


def _order(attainment: Decimal | None) -> Decimal:
    """Nothing reported stands behind every reported figure, a zero too."""
    return Decimal(-1) if attainment is None else attainment
