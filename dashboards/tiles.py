"""The schematic tile map: one tile for each district, placed by compass only. No borders, so no map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from dashboards.selectors import UnitRow
from districts.reference import read_yaml

REFERENCE = settings.BASE_DIR / "fixtures" / "reference"
WIDTH = 4
"""Columns of the map; further organisations fill rows of so many beneath it."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One organisation's tile; row and column count from 1."""

    row: int
    column: int
    unit: UnitRow


@cache
def layout_of(city: str) -> dict[str, tuple[int, int]]:
    """Row and column of each organisation of a city; empty where its folder has no tiles.yaml."""
    path = REFERENCE / city / "tiles.yaml"
    if not path.exists():
        return {}
    return {
        code: (row, column)
        for row, codes in enumerate(read_yaml(path)["rows"], start=1)
        for column, code in enumerate(codes, start=1)
        if code is not None
    }


def tiles_of(city: str, units: Sequence[UnitRow]) -> list[Tile]:
    """The organisations as tiles, north first; those without a place follow in rows beneath."""
    places = layout_of(city)
    ordered = sorted(units, key=lambda unit: (unit.entry.organisation.order, unit.entry.unit))
    placed = [unit for unit in ordered if unit.entry.organisation.code in places]
    others = [unit for unit in ordered if unit.entry.organisation.code not in places]
    tiles = []
    for unit in placed:
        row, column = places[unit.entry.organisation.code]
        tiles.append(Tile(row=row, column=column, unit=unit))
    below = max((tile.row for tile in tiles), default=0)
    tiles += [
        Tile(row=below + 1 + index // WIDTH, column=1 + index % WIDTH, unit=unit)
        for index, unit in enumerate(others)
    ]
    return sorted(tiles, key=lambda tile: (tile.row, tile.column))
