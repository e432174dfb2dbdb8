"""Colours and number formats of cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rankings.exports import LIGHTS
from rankings.recalculation.columns import Cell, Role
from rankings.recalculation.whole import places_of

FILLS = {
    Role.TEXT: "#FFFFFF",
    Role.INPUT: "#FFF2CC",
    Role.FORMULA: "#E2EFDA",
    Role.PUBLISHED: "#E7E6E6",
    Role.CHECK: "#FFFFFF",
}
LIGHT_COLOURS = {
    LIGHTS["green"]: "#00703C",
    LIGHTS["yellow"]: "#8A5A00",
    LIGHTS["red"]: "#B00020",
    LIGHTS["blue"]: "#0B5CAD",
    LIGHTS["grey"]: "#595959",
}
_NUMBERS = {"points": "0.00", "whole": "0", "share": "0%", "long_share": "0.0000%"}
_HEAD = {
    "bold": True,
    "font_size": 10,
    "font_color": "#FFFFFF",
    "bg_color": "#1F4E79",
    "border": 1,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
_NAMED: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "demo": {"bold": True, "font_size": 10, "font_color": "#B00020"},
    "bold": {"bold": True, "font_size": 10, "valign": "vcenter"},
    "plain": {"font_size": 10, "valign": "vcenter", "text_wrap": True},
    "note": {"font_size": 10, "valign": "vcenter", "font_color": "#595959"},
    "head": _HEAD,
    "band": _HEAD | {"align": "left"},
    "different": {"bg_color": "#F8CBAD", "font_color": "#B00020", "bold": True},
    "same": {"font_color": "#00703C"},
}


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}

    def named(self, name: str) -> Any:
        """A format with a name: title, demo, bold, plain, note, head, band, different, same."""
        return self._get("", name, _NAMED[name])

    def light(self, word: str) -> Any:
        """How the word of a light is written."""
        return self._get("light", word, {"font_color": LIGHT_COLOURS[word], "bold": True})

    def cell(self, role: Role, form: str, value: Cell) -> Any:
        """The format of a cell with this role; a share with decimals shows them."""
        if form == "share" and isinstance(value, Decimal) and places_of(value) > 2:
            form = "long_share"
        return self._get(role.value, form, _cell_properties(role, form))

    def _get(self, family: str, name: str, properties: dict[str, Any]) -> Any:
        key = (family, name)
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def _cell_properties(role: Role, form: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "border": 1,
        "border_color": "#BFBFBF",
        "valign": "vcenter",
        "font_size": 10,
        "bg_color": FILLS[role],
    }
    if role is Role.INPUT:
        properties["font_color"] = "#1F3864"
    if form in {"text", "small"}:
        return properties | {"text_wrap": True, "font_size": 10 if form == "text" else 8}
    if form == "centre":
        return properties | {"align": "center", "text_wrap": True}
    return properties | {"align": "right", "num_format": _NUMBERS.get(form, "General")}


def height_for(texts: Iterable[tuple[str, str, float]]) -> float:
    """Height of a row in points that shows each text whole; a text has its form and its column's width."""
    heights = [16.0]
    for text, form, width in texts:
        letters, line = (int(width), 13) if form == "text" else (int(width * 1.3), 11)
        heights.append(3 + line * -(-_cells(text) // letters))
    return max(heights)


def _cells(text: str) -> int:
    """Width of a text in characters; Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
