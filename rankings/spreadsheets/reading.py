"""From the sheets of a file to the rows of a board: every cell read or complained of, all problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rankings.spreadsheets.headers import BoardHeaders
from rankings.spreadsheets.tables import Column, Table, find_table
from rankings.spreadsheets.types import (
    MEASURE_NAMES,
    ROLE_NAMES,
    BoardFile,
    BoardRow,
    Located,
    Measure,
    Role,
    Words,
)
from returns.workbook.cells import MARKS, CellContext, plain, read_cell, significant, unit_in_force
from returns.workbook.guidance import make_problem, nearest_hint, shorten
from returns.workbook.headers import TOTAL_WORDS, HeaderWords
from returns.workbook.names import Names, fold, squeeze
from returns.workbook.periods import find_period
from returns.workbook.types import CellKind, Level, PlaceTerm, Problem, RawCell, Sheet

LARGEST_POINTS = 99_999
"""No total, score or base is as large as this."""
_NUMBER = re.compile(r"^([+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?)(分|%)?$")
_RANK = re.compile(r"^(?:并列)?第?(\d{1,4})(?:名|位)?(?:[(]?并列[)]?)?$")
_NOTE = re.compile(r"^[(]?(?:注|说明|备注|制表|审核|填表|联系|数据来源|统计口径)")
_SUMS = TOTAL_WORDS | {"平均", "平均分", "平均值", "均值", "最高", "最低", "最高分", "最低分", "中位数"}
_NO_NUMBER = MARKS | {"不参评", "不参加", "不参与", "暂不参评", "不排名", "不计分", "未报送"}
_CELL_PROBLEMS = {
    CellKind.ERROR: "error_value",
    CellKind.NO_VALUE: "formula_without_value",
    CellKind.DATE: "date_in_cell",
    CellKind.BOOL: "boolean_in_cell",
}


def read_board(
    sheets: Sequence[Sheet], *, words: Words, required: frozenset[Role] = frozenset({Role.RANK, Role.TOTAL})
) -> BoardFile:
    """Read the one board that a file holds.

    required are the columns without which it is of no use. Never raises: what is wrong comes as problems.
    """
    names = Names.of(words.vocabulary)
    headers = BoardHeaders(HeaderWords(names=names, vocabulary=words.vocabulary))
    tables = [
        table
        for sheet in sheets
        if (table := find_table(sheet, headers=headers, names=names.organisations)) is not None
    ]
    if not tables:
        return BoardFile(problems=(_no_table(sheets, words),))
    of_board = [table for table in tables if _ranked_rows(table, names, words)] or tables
    if len(of_board) > 1:
        return BoardFile(problems=tuple(_one_of_several(of_board, words)))
    return _Reader(of_board[0], names=names, words=words, required=required).read()


def _ranked_rows(table: Table, names: Names, words: Words) -> int:
    """How many rows of a table name an organisation that the board ranks."""
    texts = (table.view.text(row, table.unit_column) for row in table.body)
    return sum(names.organisations.find(text) in words.ranked for text in texts if text)


def _no_table(sheets: Sequence[Sheet], words: Words) -> Problem:
    found = "、".join(f"“{sheet.name}”" for sheet in sheets[:5])
    return _problem(
        "error",
        "no_board",
        f"在工作表{found}里没有找到{words.board_name}：表头行要有“单位”（或区县、部门名称）以及“名次”或“总分”，"
        "其下各行是单位名称。请补上表头后再上传。",
    )


def _one_of_several(tables: Iterable[Table], words: Words) -> Iterable[Problem]:
    for table in tables:
        yield _problem(
            "error",
            "several_boards",
            f"文件里有不止一张{words.board_name}，不知道以哪张为准。请只留一张，其余的删去后再上传。",
            sheet=table.view.sheet.name,
            cell=table.view.name(table.body[0], table.unit_column),
        )


def _problem(
    level: Level, code: str, message: str, *, sheet: str | None = None, cell: str | None = None
) -> Problem:
    where = f"{sheet}!{cell}：" if sheet and cell else f"{sheet}：" if sheet else ""
    return Problem(level=level, code=code, message=f"{where}{message}", sheet=sheet, cell=cell)


class _Reader:
    """Reads one table."""

    def __init__(self, table: Table, *, names: Names, words: Words, required: frozenset[Role]) -> None:
        self._table = table
        self._view = table.view
        self._sheet = table.view.sheet.name
        self._names = names
        self._words = words
        self._required = required
        self._terms = {term.code: term for term in words.vocabulary.indicators}
        self._problems: list[Problem] = []
        self._hidden = 0

    def read(self) -> BoardFile:
        columns = self._usable_columns()
        self._check_captions()
        rows = [found for row in self._table.body if (found := self._row(row, columns)) is not None]
        self._check_duplicates(rows)
        if not rows and not any(problem.level == "error" for problem in self._problems):
            self._add("error", "no_rows", f"表里没有{self._words.board_name}的参评单位。请核对是否选对了榜。")
        if self._hidden:
            self._add(
                "warning", "hidden_cells", f"有 {self._hidden} 个隐藏的单元格也已读取，请确认是否要用。"
            )
        self._tell_unknown_columns()
        return BoardFile(
            rows=tuple(rows),
            columns=tuple((column.cell, column.header, self._meaning(column)) for column in columns),
            roles=frozenset(column.meaning.role for column in columns if column.meaning.indicator is None),
            measured=frozenset(
                (column.meaning.indicator, column.meaning.measure or Measure.SCORE)
                for column in columns
                if column.meaning.indicator is not None
            ),
            problems=tuple(self._problems),
        )

    # columns and captions

    def _usable_columns(self) -> list[Column]:
        """The columns to read; two of the same meaning, or a needed one that is missing, are errors."""
        wanted = [column for column in self._table.columns if column.meaning.role is not Role.IGNORED]
        seen: dict[tuple[Any, ...], Column] = {}
        for column in wanted:
            meaning = column.meaning
            key = (meaning.role, meaning.indicator, meaning.measure if meaning.indicator else None)
            first = seen.setdefault(key, column)
            if first is not column:
                self._add(
                    "error",
                    "same_column_twice",
                    f"“{column.header}”与 {first.cell} 的“{first.header}”都像是{self._meaning(column)}。"
                    "请只留一列，或把表头写明白。",
                    cell=column.cell,
                )
        present = {column.meaning.role for column in wanted}
        for role in sorted(self._required - present):
            found = "、".join(f"“{column.header}”" for column in self._table.columns) or "没有"
            self._add(
                "error",
                "missing_column",
                f"没有找到“{ROLE_NAMES[role]}”一列（认得的列：{shorten(found)}）。请补上这一列，表头写“{ROLE_NAMES[role]}”。",
            )
        return list(seen.values())

    def _meaning(self, column: Column) -> str:
        meaning = column.meaning
        if meaning.indicator is None:
            return ROLE_NAMES[meaning.role]
        return f"{self._terms[meaning.indicator].name}的{MEASURE_NAMES[meaning.measure or Measure.SCORE]}"

    def _check_captions(self) -> None:
        """The period that the title names must be the one asked for; likewise the plan."""
        vocabulary = self._words.vocabulary
        mentions = [find_period(text) for text in self._table.captions]
        mention = next((item for item in mentions if item.quarters), None) or next(
            (item for item in mentions if item.years), None
        )
        if mention and mention.excludes(year=vocabulary.year, quarter=vocabulary.quarter):
            self._add(
                "error",
                "other_period",
                f"表上写的是{mention.text()}，而选的是{vocabulary.period_text}。请选对报告期，或换成{vocabulary.period_text}的榜。",
            )
        text = fold("".join(self._table.captions))
        if not any(title and fold(title) in text for title in vocabulary.plan_titles):
            other = next(
                (title for title in vocabulary.other_plan_titles if fold(title) and fold(title) in text), None
            )
            if other:
                self._add("error", "other_plan", f"表上写的是“{other}”，不是所选的方案。请选对方案。")

    def _tell_unknown_columns(self) -> None:
        for column in self._table.unknown:
            cells = [self._view.own(row, column.number) for row in self._table.body]
            if any(cell is not None and cell.kind in (CellKind.NUMBER, CellKind.PERCENT) for cell in cells):
                near = nearest_hint(
                    self._names.indicators.nearest(column.header.rpartition(" / ")[2], count=1)
                )
                self._add(
                    "warning",
                    "unknown_column",
                    f"“{shorten(column.header)}”这一列不认识，没有读取{near}。如要读取，请把表头改成指标名称。",
                    cell=column.cell,
                )

    # rows

    def _row(self, row: int, columns: Sequence[Column]) -> BoardRow | None:
        text = self._view.text(row, self._table.unit_column)
        cell = self._view.name(row, self._table.unit_column)
        key = fold(text)
        if key in _SUMS or (self._is_empty(row, columns) and self._names.organisations.find(text) is None):
            return None
        if _NOTE.match(squeeze(text)) or self._is_repeated_header(row, columns):
            return None
        if not key:
            if any(fold(self._view.text(row, column)) in _SUMS for column in self._view.columns):
                return None
            self._add(
                "error", "missing_unit", "这一行有分数或名次，但没有写单位。请补上单位名称。", cell=cell
            )
            return None
        code = self._names.organisations.find(text)
        if code is None:
            near = nearest_hint(self._names.organisations.nearest(text))
            self._add(
                "error", "unknown_unit", f"找不到单位“{shorten(text)}”{near}。请改用规范名称。", cell=cell
            )
            return None
        if code == self._words.vocabulary.city and code not in self._words.ranked:
            return None
        if code not in self._words.ranked:
            name = self._names.organisations.display[code]
            self._add(
                "error",
                "unit_not_ranked",
                f"“{name}”不是{self._words.board_name}的参评单位。请核对是否选对了榜，或删去这一行。",
                cell=cell,
            )
            return None
        return self._read_row(row, columns, code=code, text=text, cell=cell)

    def _read_row(self, row: int, columns: Sequence[Column], *, code: str, text: str, cell: str) -> BoardRow:
        numbers: dict[Role, Located] = {}
        lines: dict[tuple[str, Measure], Located] = {}
        group = ""
        for column in columns:
            meaning = column.meaning
            if meaning.role is Role.GROUP:
                group = self._view.text(row, column.number)
                continue
            if meaning.indicator is not None:
                measure = meaning.measure or Measure.SCORE
                found = self._line(row, column, code, measure)
                if found is not None:
                    lines[(meaning.indicator, measure)] = found
            else:
                found = self._number(row, column)
                if found is not None:
                    numbers[meaning.role] = found
        return BoardRow(
            organisation=code,
            written=text,
            sheet=self._sheet,
            cell=cell,
            group=group,
            numbers=numbers,
            lines=lines,
        )

    def _is_empty(self, row: int, columns: Sequence[Column]) -> bool:
        return all(self._view.own(row, column.number) is None for column in columns)

    def _is_repeated_header(self, row: int, columns: Sequence[Column]) -> bool:
        """Whether the row repeats the header, as at the top of a printed page."""
        texts = {fold(self._view.text(row, column.number)) for column in columns}
        heads = {fold(column.header.rpartition(" / ")[2]) for column in columns}
        return bool(texts) and texts <= heads

    def _check_duplicates(self, rows: Sequence[BoardRow]) -> None:
        seen: dict[str, BoardRow] = {}
        for row in rows:
            first = seen.setdefault(row.organisation, row)
            if first is not row:
                name = self._names.organisations.display[row.organisation]
                for one, other in ((first, row), (row, first)):
                    self._add(
                        "error",
                        "unit_twice",
                        f"“{name}”出现了两次，另一处在 {other.cell}。请只留一处。",
                        cell=one.cell,
                    )

    # cells

    def _number(self, row: int, column: Column) -> Located | None:
        """A rank, total or other number of the row; None where the cell is blank."""
        role = column.meaning.role
        spans = role in (Role.RANK, Role.GROUP_RANK)
        cell = self._view.cell(row, column.number) if spans else self._view.own(row, column.number)
        if cell is None:
            return None
        place = self._view.name(row, column.number)
        value, problem = _plain_number(cell, rank=spans)
        if problem is not None:
            self._complain(problem, cell, place)
            return None
        if spans and value is not None and not (value == int(value) and 1 <= value <= 30_000):
            self._add(
                "error", "bad_rank", f"名次“{cell.text}”不是正整数。请填写 1、2、3 这样的名次。", cell=place
            )
            return None
        limit = 1_000 if role in (Role.BONUS, Role.DEDUCTION) else LARGEST_POINTS
        if value is not None and abs(value) >= limit:
            self._add(
                "error",
                "number_too_large",
                f"“{cell.text}”太大，不像{ROLE_NAMES[role]}。请核对。",
                cell=place,
            )
            return None
        return self._located(row, column, cell, value)

    def _line(self, row: int, column: Column, code: str, measure: Measure) -> Located | None:
        """A score, figure or target of one indicator; None where the cell is blank or cannot be read."""
        cell = self._view.own(row, column.number)
        if cell is None:
            return None
        place = self._view.name(row, column.number)
        if measure is Measure.SCORE:
            value, problem = _plain_number(cell, rank=False)
            if problem is not None:
                self._complain(problem, cell, place)
                return None
            if value is not None and abs(value) >= LARGEST_POINTS:
                self._add("error", "number_too_large", f"“{cell.text}”太大，不像得分。请核对。", cell=place)
                return None
            return self._located(row, column, cell, value)
        return self._figure(row, column, cell, code, measure)

    def _figure(self, row: int, column: Column, cell: RawCell, code: str, measure: Measure) -> Located | None:
        """A figure or target in the indicator's unit. A target in words keeps its text without a value."""
        term = self._terms[column.meaning.indicator or ""]
        name = self._names.organisations.display[code]
        target_unit = self._words.target_units.get((term.code, code), "")
        place = PlaceTerm(
            indicator=term.code, organisation=code, assessed=False, target_unit=target_unit or term.unit
        )
        context = CellContext(
            indicator=term,
            place=place,
            unit=unit_in_force(indicator=term, place=place, stated=column.meaning.unit),
            organisation_name=name,
            sheet=self._sheet,
            cell=self._view.name(row, column.number),
        )
        reading = read_cell(cell, context)
        if reading.problem is not None:
            if measure is Measure.TARGET and cell.kind is CellKind.TEXT:
                return self._located(row, column, cell, None)
            self._problems.append(reading.problem)
            return None
        if reading.value is None and reading.mark is None:
            return None
        return self._located(row, column, cell, reading.value)

    def _located(self, row: int, column: Column, cell: RawCell, value: Decimal | None) -> Located:
        self._hidden += self._view.is_hidden(row, column.number)
        return Located(
            value=value, raw=cell.text.strip(), sheet=self._sheet, cell=self._view.name(row, column.number)
        )

    def _complain(self, code: str, cell: RawCell, place: str) -> None:
        if code == "not_a_number":
            self._add(
                "error",
                code,
                f"“{shorten(cell.text)}”不是数。请填写数字；不参评的单位填“/”或“不参评”。",
                cell=place,
            )
        else:
            self._problems.append(make_problem(code, sheet=self._sheet, cell=place, found=shorten(cell.text)))

    def _add(self, level: Level, code: str, message: str, *, cell: str | None = None) -> None:
        self._problems.append(_problem(level, code, message, sheet=self._sheet, cell=cell))


def _plain_number(cell: RawCell, *, rank: bool) -> tuple[Decimal | None, str | None]:
    """The number of a cell (None for a mark) and the code of the problem, if there is one."""
    if cell.kind in _CELL_PROBLEMS:
        return None, _CELL_PROBLEMS[cell.kind]
    if cell.kind is CellKind.TEXT:
        text = squeeze(cell.text)
        if text in _NO_NUMBER or not text.strip("-—–―_/"):
            return None, None
        match = (_RANK if rank else _NUMBER).match(text)
        if match is None:
            return None, "not_a_number"
        return Decimal(match[1].replace(",", "")), None
    number = significant(cell.text)
    if number is None:
        return None, "not_finite"
    return plain(number.scaleb(2) if cell.kind is CellKind.PERCENT else number), None
