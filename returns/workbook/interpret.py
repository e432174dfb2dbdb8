"""From the sheets of one file to a ReadResult: identity, period, tables, figures, duplicates.

This module is pure and works on sheets that a container reader has produced; ``reader.read_return`` is the
safe way in for uploaded bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from returns.workbook.extract import Extraction, TableReader
from returns.workbook.grid import Limits
from returns.workbook.guidance import make_problem
from returns.workbook.headers import HeaderWords
from returns.workbook.identity import check_identity, find_identity
from returns.workbook.layouts import Layout, SheetView, Table, TableFinder
from returns.workbook.names import Names, fold, squeeze
from returns.workbook.periods import Mention, date_of, find_period
from returns.workbook.types import FigureRow, Problem, ReadResult, Sheet, Vocabulary, cell_name

_NOTE = re.compile(r"^[(]?(?:注|说明|备注|填表说明|填报说明|联系)")
_UNIT_LINE = re.compile(r"(?:填报|报送|上报|填表)(?:单位|部门|区县)(?:[(][^()]*[)])?[::]?(.*)")
_AREA_LINE = re.compile(r"^(?:区县|所属区县|地区|单位|单位名称|考核对象|填报对象)[::](.*)")
_UNIT_END = re.compile(r"填报日期|填报时间|填表日期|报送日期|填报人|单位[::]|日期|联系")
_AS_OF = re.compile(r"数据?(?:截至|截止)(?:日期?|时间)?[::]?(20\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?)")


@dataclass(slots=True)
class _Head:
    """What the lines above a table and the sheet's name say."""

    mention: Mention | None
    organisation: str | None
    indicator: str | None
    data_as_of: date | None
    conflict: tuple[str, str] | None = None
    other_plan: str = ""
    names_organisation: bool = True
    organisation_column: int | None = None


class WorkbookReader:
    """Reads the sheets of one file against one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, *, limits: Limits | None = None) -> None:
        self._vocabulary = vocabulary
        self._limits = limits or Limits()
        self._names = Names.of(vocabulary)
        self._words = HeaderWords(names=self._names, vocabulary=vocabulary)
        self._finder = TableFinder(names=self._names, words=self._words, vocabulary=vocabulary)
        self._plans = [fold(title) for title in vocabulary.plan_titles]
        self._other_plans = [
            title for title in vocabulary.other_plan_titles if fold(title) not in self._plans
        ]

    def read(self, sheets: Sequence[Sheet]) -> ReadResult:
        """Figures, totals and all problems of the file at once."""
        identity = find_identity(sheets)
        if identity is not None:
            problems = check_identity(identity, self._vocabulary)
            if problems:
                return ReadResult(layouts=(Layout.TEMPLATE.value,), problems=tuple(problems))
            sheets = [sheet for sheet in sheets if sheet.name != identity.sheet]
        out = Extraction()
        found: list[tuple[Table, _Head]] = []
        for sheet in sheets:
            before: _Head | None = None
            for table in self._finder.find(SheetView(sheet)):
                before = self._head(table, before)
                found.append((table, before))
        usable = [(table, head) for table, head in found if self._is_usable(table, head)]
        known = [pair for pair in usable if pair[0].knows_indicators or pair[1].indicator]
        current = self._select_period(known or usable, out)
        reader = TableReader(names=self._names, words=self._words, vocabulary=self._vocabulary)
        layouts: list[str] = []
        for table, head in current:
            self._read_table(reader, table, head, out)
            layouts.append(Layout.TEMPLATE.value if identity is not None else table.layout.value)
        reader.finish(out)
        self._report_nothing(found, usable, out)
        figures = self._merge_duplicates(out)
        out.problems.extend(self._hidden_warnings(sheets, figures))
        return ReadResult(
            layouts=tuple(dict.fromkeys(layouts)),
            figures=tuple(figures),
            totals=tuple(out.totals),
            problems=self._limit(out.problems),
        )

    def _read_table(self, reader: TableReader, table: Table, head: _Head, out: Extraction) -> None:
        if head.conflict:
            stated, shown = head.conflict
            out.problems.append(
                make_problem(
                    "organisation_conflict",
                    sheet=table.sheet.name,
                    cell=cell_name(table.header_row, 1),
                    found=stated,
                    expected=shown,
                )
            )
        if head.other_plan:
            out.problems.append(make_problem("other_plan", sheet=table.sheet.name, found=head.other_plan))
        reader.read(
            table,
            organisation=head.organisation or self._vocabulary.default_organisation or self._vocabulary.city,
            is_restated=head.names_organisation,
            indicator=head.indicator,
            data_as_of=head.data_as_of,
            out=out,
        )

    # which tables count

    def _is_usable(self, table: Table, head: _Head) -> bool:
        """Whether a table can hold figures of any plan at all."""
        if not table.values and not any(problem.level == "error" for problem in table.problems):
            return False
        return bool(
            table.indicator_columns or any(column.indicator for column in table.values) or head.indicator
        )

    def _select_period(self, tables: list[tuple[Table, _Head]], out: Extraction) -> list[tuple[Table, _Head]]:
        """Leave out tables whose head names another period; an error unless other tables name this one."""
        year, quarter = self._vocabulary.year, self._vocabulary.quarter
        wrong = [
            pair
            for pair in tables
            if pair[1].mention and pair[1].mention.excludes(year=year, quarter=quarter)
        ]
        if not wrong:
            return tables
        right = [pair for pair in tables if pair not in wrong]
        if right:  # a form prepared for 2026 beside this year's return says nothing
            wrong = [pair for pair in wrong if pair[0].holds_numbers()]
        confirmed = any(
            pair[1].mention and pair[1].mention.confirms(year=year, quarter=quarter) for pair in right
        )
        code = "other_period_sheet" if confirmed else "other_period"
        told: set[str] = set()
        for table, head in wrong:
            if head.mention is not None and table.sheet.name not in told:
                told.add(table.sheet.name)
                out.problems.append(
                    make_problem(
                        code,
                        sheet=table.sheet.name,
                        found=head.mention.text(),
                        expected=self._vocabulary.period_text,
                    )
                )
        return right

    # the lines above a table

    def _head(self, table: Table, before: _Head | None) -> _Head:
        """The head of a table; what it does not say itself holds on from the table before it on the sheet."""
        sheet_name = table.sheet.name if before is None else ""
        captions = [text for column, text in table.captions if not self._is_blank_line(column, text, before)]
        lines = [line for text in captions for line in text.splitlines() if line.strip()]
        titles = [line for line in lines if not _NOTE.match(squeeze(line))]
        mention = self._period(titles, sheet_name)
        organisation, conflict = self._organisation(titles, sheet_name)
        head = _Head(
            mention=mention,
            organisation=organisation,
            names_organisation=organisation is not None or before is None,
            organisation_column=table.organisation_column,
            indicator=self._caption_indicator(titles, table.sheet.name)
            if table.needs_caption_indicator
            else None,
            data_as_of=self._as_of(lines),
            conflict=conflict,
            other_plan=self._other_plan(titles),
        )
        if before is not None:
            head.mention = head.mention or before.mention
            head.organisation = head.organisation or before.organisation
            head.data_as_of = head.data_as_of or before.data_as_of
            if table.needs_caption_indicator:
                head.indicator = head.indicator or before.indicator
        return head

    def _is_blank_line(self, column: int, text: str, before: _Head | None) -> bool:
        """Whether a text above a table is a district of the table before that was left blank."""
        if before is None or before.organisation_column != column:
            return False
        return self._names.organisations.find(text) is not None

    def _period(self, titles: list[str], sheet_name: str) -> Mention | None:
        """The first line that names a quarter decides, else the first that names a year."""
        mentions = [find_period(line) for line in (*titles, sheet_name)]
        named = (mention for mention in mentions if mention.quarters)
        return next(named, None) or next((mention for mention in mentions if mention.years), None)

    def _organisation(self, titles: list[str], sheet_name: str) -> tuple[str | None, tuple[str, str] | None]:
        """Whose figures a table holds: 填报单位, the sheet's name or a title; a department speaks for the city."""
        organisations = self._names.organisations
        by_sheet = organisations.find(sheet_name)
        stated: str | None = None
        titled: set[str] = set()
        for line in titles:
            plain = squeeze(line)
            match = _UNIT_LINE.search(plain) or _AREA_LINE.match(plain)
            if match:
                stated = stated or organisations.find_within(_UNIT_END.split(match[1])[0])
            elif (named := organisations.find_within(plain)) and self._is_district(named):
                titled.add(named)
        stated_district = stated if stated and self._is_district(stated) else None
        sheet_district = by_sheet if by_sheet and self._is_district(by_sheet) else None
        title_district = titled.pop() if len(titled) == 1 else None
        districts = [code for code in (stated_district, sheet_district, title_district) if code]
        if len(set(districts)) > 1 and stated_district:
            other = next(code for code in districts if code != stated_district)
            return stated_district, (organisations.display[stated_district], organisations.display[other])
        if districts:
            return districts[0], None
        return (self._vocabulary.city, None) if stated or by_sheet else (None, None)

    def _is_district(self, code: str) -> bool:
        return self._names.organisations.kinds[code] in ("district", "zone")

    def _caption_indicator(self, titles: list[str], sheet_name: str) -> str | None:
        for text in (*reversed(titles), sheet_name):
            for part in (text, re.sub(r"^(?:附?表\s*\d*|附件\s*\d*)[::、.\s]*", "", text.strip())):
                if code := self._names.indicators.find(part):
                    return code
        return None

    def _as_of(self, lines: list[str]) -> date | None:
        for line in lines:
            if match := _AS_OF.search(squeeze(line)):
                return date_of(match[1], year=self._vocabulary.year)
        return None

    def _other_plan(self, titles: list[str]) -> str:
        text = fold("".join(titles))
        if any(title and title in text for title in self._plans):
            return ""
        return next((title for title in self._other_plans if fold(title) in text), "")

    # after reading

    def _report_nothing(
        self, found: list[tuple[Table, _Head]], usable: list[tuple[Table, _Head]], out: Extraction
    ) -> None:
        if out.figures or any(problem.level == "error" for problem in out.problems):
            return
        if usable:
            if not out.numbers_seen:
                out.problems.append(make_problem("no_figures", sheet=usable[0][0].sheet.name))
            return
        missing = "没有找到表头行"
        sheet = None
        if found:
            table = next((table for table, _ in found if table.knows_indicators), found[0][0])
            if table.knows_indicators and not table.values:
                out.problems.append(
                    make_problem(
                        "no_value_column",
                        sheet=table.sheet.name,
                        cell=cell_name(table.header_row, 1),
                        found="、".join(table.headings),
                    )
                )
                return
            sheet = table.sheet.name
            lacks = [
                name
                for name, there in (
                    ("“指标名称”列", bool(table.indicator_columns)),
                    ("“完成值”列或区县列", bool(table.values)),
                )
                if not there
            ]
            missing = f"缺少{'和'.join(lacks)}" if lacks else missing
        out.problems.append(make_problem("no_table", sheet=sheet, missing=missing))

    def _merge_duplicates(self, out: Extraction) -> list[FigureRow]:
        """One figure for each place: equal ones are told, different ones are errors at every cell."""
        places: dict[tuple[str, str], list[FigureRow]] = {}
        for row in out.figures:
            places.setdefault((row.indicator, row.organisation), []).append(row)
        figures: list[FigureRow] = []
        names = {term.code: term.name for term in self._vocabulary.indicators}
        for (indicator, organisation), rows in places.items():
            figures.append(self._richest(rows))
            if len(rows) == 1:
                continue
            differ = len({row.value for row in rows}) > 1
            for row in rows if differ else rows[1:]:
                other = next(
                    (one for one in rows if one is not row and (one.value != row.value or not differ)),
                    rows[0],
                )
                out.problems.append(
                    make_problem(
                        "duplicate_conflict" if differ else "duplicate_same",
                        sheet=row.sheet,
                        cell=row.cell,
                        indicator=indicator,
                        organisation=organisation,
                        indicator_name=names[indicator],
                        organisation_name=self._names.organisations.display[organisation],
                        value=f"{row.value:f}",
                        other=f"{other.sheet}!{other.cell}",
                        other_value=f"{other.value:f}",
                    )
                )
        return figures

    def _richest(self, rows: list[FigureRow]) -> FigureRow:
        """The first row, with the texts that only a later one gives."""
        first = rows[0]
        if len(rows) == 1:
            return first
        return first._replace(
            progress=next((row.progress for row in rows if row.progress), ""),
            problems=next((row.problems for row in rows if row.problems), ""),
            measures=next((row.measures for row in rows if row.measures), ""),
        )

    def _hidden_warnings(self, sheets: Sequence[Sheet], figures: list[FigureRow]) -> list[Problem]:
        """One warning for each sheet of which hidden cells were read."""
        by_sheet: dict[str, list[FigureRow]] = {}
        for row in figures:
            if row.hidden and row.sheet is not None:
                by_sheet.setdefault(row.sheet, []).append(row)
        hidden = {sheet.name for sheet in sheets if sheet.hidden}
        return [
            make_problem(
                "hidden_cells",
                sheet=name,
                cell=rows[0].cell,
                found="这张工作表" if name in hidden else "表中有的行或列",
                count=len(rows),
            )
            for name, rows in by_sheet.items()
        ]

    def _limit(self, problems: list[Problem]) -> tuple[Problem, ...]:
        unique = list(dict.fromkeys(problems))
        if len(unique) <= self._limits.problems:
            return tuple(unique)
        unique.sort(key=lambda problem: problem.level != "error")
        return (
            *unique[: self._limits.problems],
            make_problem("too_many_problems", limit=self._limits.problems),
        )
