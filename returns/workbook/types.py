"""The values that travel between the workbook reader, the checks, the form and the services.

All of them are plain and immutable. Decimals are exact; a figure's value is always in the unit of its
indicator. ``None`` or an absent row means "not reported" and never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple

Level = Literal["error", "warning", "info"]
IndicatorKind = Literal["flow", "stock", "rate"]
Direction = Literal["higher", "lower"]


class CellKind(StrEnum):
    """What a container reader found in a cell, before any rule of the domain is applied."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent_number"
    DATE = "date"
    BOOL = "bool"
    ERROR = "error"
    NO_VALUE = "formula_without_value"


class RawCell(NamedTuple):
    """One cell that is not blank, without its position (equal cells of a sheet may share one object).

    ``text`` is the number as the file writes it, the text, the ISO date or the error literal; ``unit`` is
    the unit that a number format prints behind the number (``0.0"万亩"``), else empty. A named tuple and not
    a dataclass because large files make a million of them.
    """

    kind: CellKind
    text: str
    unit: str = ""


MergedRange = tuple[int, int, int, int]
"""First row, first column, last row, last column; all counted from 1."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One sheet as a container reader yields it; rows and columns count from 1, blanks are absent."""

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, RawCell]] = field(default_factory=dict)
    merged: list[MergedRange] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def is_hidden(self, *, row: int, column: int) -> bool:
        """Whether a person who opens the file does not see this cell."""
        if self.hidden or row in self.hidden_rows:
            return True
        return any(first <= column <= last for first, last in self.hidden_columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong or doubtful, at a cell where there is one.

    ``message`` is Chinese and complete: where, what, and how to put it right; ``remedy`` is its last part
    alone, for tables with a column of its own. ``code`` is a stable slug (see guidance.KINDS). ``level``
    "error" refuses the whole file, "warning" travels with the figure to the reviewer, "info" is told only.
    """

    level: Level
    code: str
    message: str
    sheet: str | None = None
    cell: str | None = None
    remedy: str = ""
    indicator: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorTerm:
    """An indicator as far as reading and checking a return needs it.

    ``names`` are all aliases, without need to repeat ``name``. ``decimals`` 0 means a counted thing.
    ``min_share`` (1, 3) means that this child must be at least a third of its parent.
    """

    code: str
    name: str
    names: tuple[str, ...] = ()
    unit: str = ""
    decimals: int = 6
    kind: IndicatorKind = "flow"
    direction: Direction = "higher"
    additive: bool = True
    parent: str | None = None
    min_share: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationTerm:
    """An organisation with its names; ``kind`` is city, district, zone, department or another slug."""

    code: str
    name: str
    names: tuple[str, ...] = ()
    kind: str = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTerm:
    """Indicator x organisation in one period: the target, last quarter's figure and the person's right.

    ``target_value`` is in ``target_unit`` (empty: the indicator's unit), ``previous`` and ``due`` in the
    indicator's unit. ``assessed`` is false where the document assesses nothing (不考核, 合并考核 ...).
    ``others`` are the figures that other reporters gave for this place: their name and value.
    """

    indicator: str
    organisation: str
    assessed: bool = True
    target_text: str = ""
    target_value: Decimal | None = None
    target_unit: str = ""
    previous: Decimal | None = None
    may_report: bool = True
    due: Decimal | None = None
    others: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All that a reader must know about one plan, one period and one person.

    ``plan_titles`` and ``other_plan_titles`` are the names and document numbers by which a title names this
    plan or another one. ``default_organisation`` is whose figures they are when a file does not say so
    (``None``: the city's). ``template_organisation`` is for whom the person's templates are made
    (``None``: templates of every organisation are accepted). ``switched_off`` are the codes of the
    checks that the plan does not want (see cross_checks.py).
    """

    plan_code: str
    plan_titles: tuple[str, ...]
    year: int
    quarter: int
    template_version: str
    indicators: tuple[IndicatorTerm, ...]
    organisations: tuple[OrganisationTerm, ...]
    places: Mapping[tuple[str, str], PlaceTerm]
    default_organisation: str | None = None
    other_plan_titles: tuple[str, ...] = ()
    template_organisation: str | None = None
    switched_off: frozenset[str] = frozenset()

    @property
    def city(self) -> str | None:
        """Code of the city's own organisation (全市), if the plan has one."""
        return next((term.code for term in self.organisations if term.kind == "city"), None)

    @property
    def period_text(self) -> str:
        """The period as people write it, such as 2025年二季度."""
        return f"{self.year}年{'一二三四'[self.quarter - 1]}季度"


class FigureRow(NamedTuple):
    """One reported figure: ``value`` in the indicator's unit, ``raw`` as it stands in the cell.

    ``data_status`` is a code of guidance.DATA_STATUSES, empty where it is not said.

    A named tuple because a large return makes a hundred thousand of them, in two processes. ``complete``
    means that date, status and narrative are all said, so that a blank one empties what was stored; else a
    blank leaves it as it is.
    """

    indicator: str
    organisation: str
    value: Decimal
    raw: str
    sheet: str | None = None
    cell: str | None = None
    hidden: bool = False
    data_as_of: date | None = None
    progress: str = ""
    problems: str = ""
    measures: str = ""
    data_status: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """A sum that a return states (小计, 合计, 全市); it only checks and is never a figure by itself.

    ``organisations`` are the districts it should add up; ``value`` is in the indicator's unit.
    """

    indicator: str
    label: str
    organisations: tuple[str, ...]
    value: Decimal
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What one file says. A blank place is simply absent; with any error nothing may be stored."""

    layouts: tuple[str, ...] = ()
    figures: tuple[FigureRow, ...] = ()
    totals: tuple[TotalRow, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse the file."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that a reviewer should see, though the file may be stored."""
        return tuple(problem for problem in self.problems if problem.level == "warning")


class Mark(NamedTuple):
    """A sign such as ``/`` or ``不涉及`` that says: nothing to report here."""

    text: str


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Letters of a column counted from 1: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Name of a cell as spreadsheets show it, such as C7."""
    return f"{column_letters(column)}{row}"
