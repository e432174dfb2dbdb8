"""Columns of a workbook: a cell's formula beside the exact value that the formula has.

A formula names its neighbours by key in braces, `{target}`; the layout turns a key into a reference in
the same row. The value function says the same in Python's integers and decimals, for the value that is
stored with the cell: a viewer that does not recalculate shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from xlsxwriter.utility import xl_col_to_name

Cell = Any
"""A number (int or Decimal), a text, or None for an empty cell."""


class Role(StrEnum):
    """What a cell is: decides its colour."""

    TEXT = "text"
    INPUT = "input"
    FORMULA = "formula"
    PUBLISHED = "published"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its head, its role, and for a formula the formula and its value.

    form names a number format of `formats`; width is in characters.
    """

    key: str
    title: str
    role: Role = Role.FORMULA
    formula: str = ""
    value: Callable[[RowValues], Cell] | None = None
    form: str = "number"
    width: float = 9


def whole_column(
    key: str, title: str, formula: str, value: Callable[[RowValues], Cell], *, width: float = 12
) -> Column:
    """A formula's column of whole numbers."""
    return Column(key=key, title=title, formula=formula, value=value, form="whole", width=width)


class RowValues:
    """The values of one row by key: given ones, and those of formulas, computed once when asked for."""

    def __init__(self, given: Mapping[str, Cell], columns: Mapping[str, Column]) -> None:
        self._values = dict(given)
        self._columns = columns

    def __getitem__(self, key: str) -> Cell:
        if key not in self._values:
            column = self._columns.get(key)
            if column is None or column.value is None:
                raise KeyError(key)
            self._values[key] = column.value(self)
        return self._values[key]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __setitem__(self, key: str, value: Cell) -> None:
        self._values[key] = value


@dataclass(frozen=True, kw_only=True)
class Area:
    """Where a list of columns stands: sheet, first data row and last one (both counted from 0)."""

    sheet: str
    columns: tuple[Column, ...]
    first: int
    last: int

    def column_of(self, key: str) -> int:
        """Number of the column with this key, from 0."""
        return next(number for number, column in enumerate(self.columns) if column.key == key)


class References:
    """Turns the keys of a formula into references, for one row of one sheet.

    `{key}` is the cell in the same row of whichever area has the key, `{key_all}` the whole column;
    named are cells and ranges known by a name of their own (parameters).
    """

    def __init__(self, areas: Sequence[Area], named: Mapping[str, str]) -> None:
        self._named = dict(named)
        self._places: dict[str, tuple[Area, str]] = {}
        for area in areas:
            for number, column in enumerate(area.columns):
                self._places[column.key] = (area, xl_col_to_name(number))

    def formula(self, template: str, *, sheet: str, row: int, own: Mapping[str, str] | None = None) -> str:
        """The formula of a template in a row (counted from 0) of a sheet; own are keys of this row alone."""
        return "=" + template.format_map(_RowReferences(self, sheet, row, own or {}))

    def resolve(self, key: str, *, sheet: str, row: int) -> str:
        """The reference that a key stands for."""
        if key in self._named:
            return self._named[key]
        whole = key.endswith("_all") and key not in self._places
        area, letter = self._places[key.removesuffix("_all") if whole else key]
        prefix = "" if area.sheet == sheet else f"'{area.sheet}'!"
        if whole:
            return f"{prefix}${letter}${area.first + 1}:${letter}${area.last + 1}"
        return f"{prefix}${letter}{row + 1}"


class _RowReferences(dict[str, str]):
    def __init__(self, references: References, sheet: str, row: int, own: Mapping[str, str]) -> None:
        super().__init__(own)
        self._references = references
        self._sheet = sheet
        self._row = row

    def __missing__(self, key: str) -> str:
        return self._references.resolve(key, sheet=self._sheet, row=self._row)
