"""Finding the table of a board in a sheet: its header rows, its columns, its body. Either way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rankings.spreadsheets.headers import BoardHeaders, Meaning, is_unit_word
from rankings.spreadsheets.types import Role
from returns.workbook.names import OrganisationNames
from returns.workbook.types import CellKind, RawCell, Sheet, cell_name

HEADER_SEARCH = 60
"""Rows in which a header is looked for."""
DEEPEST_HEADER = 4
"""Rows that a header may have, banners of indicators among them."""
LONGEST_NAME = 40


class View:
    """A sheet, as it is or with rows and columns exchanged; merged cells answer for what they cover."""

    def __init__(self, sheet: Sheet, *, flipped: bool) -> None:
        self.sheet = sheet
        self.flipped = flipped
        self._cells: dict[tuple[int, int], RawCell] = {}
        for row, cells in sheet.rows.items():
            for column, cell in cells.items():
                self._cells[(column, row) if flipped else (row, column)] = cell
        self._covered: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, right in sheet.merged:
            box = (left, top, right, bottom) if flipped else (top, left, bottom, right)
            self._cover(box)
        self.rows = sorted({row for row, _ in self._cells})
        self.columns = sorted({column for _, column in self._cells})

    def _cover(self, box: tuple[int, int, int, int]) -> None:
        top, left, bottom, right = box
        if (bottom - top + 1) * (right - left + 1) > 10_000:
            return
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self._covered[(row, column)] = (top, left)

    def own(self, row: int, column: int) -> RawCell | None:
        """The cell itself."""
        return self._cells.get((row, column))

    def cell(self, row: int, column: int) -> RawCell | None:
        """The cell, or the merged one that covers it."""
        return self._cells.get(self._covered.get((row, column), (row, column)))

    def text(self, row: int, column: int) -> str:
        """The text of the cell or of the merged one that covers it; empty where there is none."""
        found = self.cell(row, column)
        return found.text.strip() if found is not None else ""

    def is_continued(self, row: int, column: int) -> bool:
        """Whether the cell is covered by a merged one that begins further up."""
        return self._covered.get((row, column), (row, column))[0] < row

    def name(self, row: int, column: int) -> str:
        """The cell's name as the spreadsheet shows it."""
        return cell_name(column, row) if self.flipped else cell_name(row, column)

    def is_hidden(self, row: int, column: int) -> bool:
        """Whether a person who opens the file does not see the cell."""
        if self.flipped:
            row, column = column, row
        return self.sheet.is_hidden(row=row, column=column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column with a known meaning."""

    number: int
    header: str
    cell: str
    meaning: Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A board's table: where its body begins, what its columns mean, and the lines above it."""

    view: View
    unit_column: int
    body: tuple[int, ...]
    columns: tuple[Column, ...]
    unknown: tuple[Column, ...]
    captions: tuple[str, ...]

    def having(self, role: Role) -> list[Column]:
        """The columns of a role."""
        return [column for column in self.columns if column.meaning.role is role]


def find_table(sheet: Sheet, *, headers: BoardHeaders, names: OrganisationNames) -> Table | None:
    """The board's table of a sheet, organisations down or across; None where there is none.

    A table in which no organisation is known is one too, if its header says so: then each name is complained of.
    """
    upright, flipped = View(sheet, flipped=False), View(sheet, flipped=True)
    for view, known in ((upright, 1), (flipped, 1), (upright, 0)):
        for row in view.rows[:HEADER_SEARCH]:
            table = _table_at(view, row, headers=headers, names=names, known=known)
            if table is not None:
                return table
    return None


def _table_at(
    view: View, row: int, *, headers: BoardHeaders, names: OrganisationNames, known: int
) -> Table | None:
    unit_column = next(
        (
            column
            for column in view.columns
            if not view.is_continued(row, column)
            and is_unit_word(view.text(row, column), flipped=view.flipped)
            and len(_organisations_below(view, row, column, names)) >= known
        ),
        None,
    )
    if unit_column is None:
        return None
    first = next(
        (
            number
            for number in view.rows
            if number > row
            and view.own(number, unit_column) is not None
            and not _is_header(view.text(number, unit_column), headers)
        ),
        None,
    )
    if first is None or first - row > DEEPEST_HEADER:
        return None
    header_rows = range(row, first)
    columns, unknown = _columns(view, header_rows, unit_column, headers)
    if not any(column.meaning.role in (Role.RANK, Role.TOTAL) for column in columns):
        return None
    return Table(
        view=view,
        unit_column=unit_column,
        body=tuple(number for number in view.rows if number >= first),
        columns=tuple(columns),
        unknown=tuple(unknown),
        captions=tuple(_captions(view, row, unit_column)),
    )


def _is_header(text: str, headers: BoardHeaders) -> bool:
    """Whether a cell in the organisations' column still belongs to the header."""
    meaning = headers.classify(text)
    return not text or meaning.role is not Role.NOTHING or meaning.measure is not None


def _organisations_below(view: View, row: int, column: int, names: OrganisationNames) -> set[str]:
    found = set()
    for number in view.rows:
        if number <= row:
            continue
        cell = view.own(number, column)
        if cell is not None and cell.kind is CellKind.TEXT and len(cell.text) <= LONGEST_NAME:
            code = names.find(cell.text)
            if code is not None:
                found.add(code)
    return found


def _columns(
    view: View, header_rows: range, unit_column: int, headers: BoardHeaders
) -> tuple[list[Column], list[Column]]:
    """Columns with a meaning, and those whose header is not understood."""
    known, unknown = [], []
    for number in view.columns:
        if number == unit_column:
            continue
        path = _path(view, header_rows, number, headers)
        if not path:
            continue
        meaning = headers.column(path)
        column = Column(
            number=number,
            header=" / ".join(path),
            cell=view.name(header_rows[-1] if view.own(header_rows[-1], number) else header_rows[0], number),
            meaning=meaning,
        )
        if meaning.unknown:
            unknown.append(column)
        elif meaning.indicator is not None or meaning.role not in (Role.NOTHING, Role.UNIT):
            known.append(column)
    return _without_weak_totals(known), unknown


def _path(view: View, header_rows: range, number: int, headers: BoardHeaders) -> list[str]:
    """The texts above a column, top down; of the rows above the header only names of indicators."""
    path: list[str] = []
    for row in range(header_rows[0] - 2, header_rows[0]):
        text = view.text(row, number) if row > 0 else ""
        if text and headers.classify(text).indicator is not None:
            path.append(text)
    for row in header_rows:
        text = view.text(row, number)
        if text and text not in path[-1:]:
            path.append(text)
    return path


def _without_weak_totals(columns: list[Column]) -> list[Column]:
    """A column headed only 得分 or 合计 is the total where no other column says so, else nothing."""
    totals = [column for column in columns if column.meaning.role is Role.TOTAL]
    if all(column.meaning.weak for column in totals):
        return columns
    return [column for column in columns if not (column.meaning.role is Role.TOTAL and column.meaning.weak)]


def _captions(view: View, row: int, unit_column: int) -> Iterator[str]:
    """The lines above a table and the sheet's name."""
    for number in view.rows:
        for column in view.columns:
            cell = view.own(number, column)
            above = column < unit_column if view.flipped else number < row
            if above and cell is not None and cell.kind is CellKind.TEXT:
                yield cell.text.strip()
    yield view.sheet.name
