"""From a described table to figures: walks the body, finds each cell's place and reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from returns.workbook.cells import MARKS, CellContext, looks_numeric, read_cell, shown, unit_in_force
from returns.workbook.guidance import DATA_STATUSES, make_problem, nearest_hint
from returns.workbook.headers import TOTAL_WORDS, HeaderWords, Role
from returns.workbook.layouts import Column, Table
from returns.workbook.names import Names, PartNames, fold, split_label, squeeze
from returns.workbook.periods import date_of, find_period, year_of
from returns.workbook.types import (
    CellKind,
    FigureRow,
    IndicatorTerm,
    PlaceTerm,
    Problem,
    RawCell,
    TotalRow,
    Vocabulary,
    cell_name,
)
from returns.workbook.units import factor, is_unit

_FOOTER = re.compile(
    r"^[(]?(?:注\d*[:.、]|注$|备注[:]|说明[:]|附注|填报人|填表人|填报单位|填报日期|填报时间|制表|审核人|审核[:]|审批|单位负责人|"
    r"负责人|分管领导|联系人|联系电话|电话|经办人|签字|签章|盖章|报送日期|报送人|主要负责人|数据来源[:]|来源[:]|抄送|第\d+页|甲$|栏次$)"
)
_NARRATIVE_FIELDS = {Role.PROGRESS: "progress", Role.PROBLEMS: "problems", Role.MEASURES: "measures"}
MAX_NARRATIVE = 4000


@dataclass(slots=True, kw_only=True)
class Extraction:
    """What the tables of a file gave so far."""

    figures: list[FigureRow] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    numbers_seen: int = 0


@dataclass(slots=True)
class _Row:
    """Labels of the row being read."""

    number: int
    indicator: str | None = None
    indicator_text: str = ""
    indicator_cell: tuple[int, int] | None = None
    label_unit: str = ""
    organisation: str | None = None
    organisation_text: str = ""
    organisation_cell: tuple[int, int] | None = None
    total: str | None = None
    skip: bool = False
    problems: list[Problem] = field(default_factory=list)


class TableReader:
    """Reads the bodies of tables against one vocabulary."""

    def __init__(self, *, names: Names, words: HeaderWords, vocabulary: Vocabulary) -> None:
        self._names = names
        self._words = words
        self._vocabulary = vocabulary
        self._indicators = {term.code: term for term in vocabulary.indicators}
        self._parts = PartNames(vocabulary.indicators)
        self._areas = names.organisations
        self._city = vocabulary.city
        self._display = names.organisations.display
        self._pages: Table | None = None
        self._organisation: str | None = None
        self._last = _Row(0)
        self._last_indicator: str | None = None
        self._last_year: int | None = None
        self._years: dict[int, tuple[str, str]] = {}
        self._sums = _RunningTotals()

    def read(
        self,
        table: Table,
        *,
        organisation: str | None,
        is_restated: bool,
        indicator: str | None,
        data_as_of: date | None,
        out: Extraction,
    ) -> None:
        """Add a table's figures and problems to ``out``; ``finish`` adds what only the end can tell.

        ``organisation`` and ``indicator`` hold where neither the row nor the column names one; ``data_as_of``
        is the date that the head of the sheet gives. A table with the same header as the one before it on
        the sheet is its next page: districts, sections and sums go on, the organisation too unless
        ``is_restated``.
        """
        is_next_page = (
            self._pages is not None
            and self._pages.sheet is table.sheet
            and self._pages.headings == table.headings
        )
        if not is_next_page:
            self._end_of_pages(out)
            self._last = _Row(0)
            self._last_indicator = self._last_year = None
        if is_restated or not is_next_page:
            self._organisation = organisation
        self._pages = self._table = table
        self._out = out
        self._indicator, self._data_as_of = indicator, data_as_of
        out.problems.extend(table.problems)
        wanted = {column.index for column in table.values}
        for number in table.sheet.numbers:
            if table.first_row <= number <= table.last_row:
                cells = table.sheet.rows[number]
                if wanted.isdisjoint(cells):
                    self._note_labels(number)
                else:
                    self._read_row(number, cells)

    def finish(self, out: Extraction) -> None:
        """Add the last table's totals, and an error when a 年份 column never names the plan's year."""
        self._end_of_pages(out)
        if self._years and self._vocabulary.year not in self._years:
            year, (sheet, cell) = next(iter(self._years.items()))
            out.problems.append(
                make_problem(
                    "no_rows_for_year", sheet=sheet, cell=cell, found=year, expected=self._vocabulary.year
                )
            )

    def _end_of_pages(self, out: Extraction) -> None:
        out.totals.extend(self._sums.rows(city_label=self._display.get(self._city or "", "全市")))
        self._sums = _RunningTotals()

    # labels of a row

    def _note_labels(self, number: int) -> None:
        """A row without values can still carry the label that the rows below it share.

        That is a district on the first of its rows, or a section row that holds one name and nothing else.
        """
        table = self._table
        column = table.organisation_column
        if table.year_column is not None:
            self._in_period(number)
        if column is not None:
            if table.sheet.own_text(number, column):
                row = _Row(number)
                self._label_organisation(row)
                self._last = row
            return
        texts = {cell.text for cell in table.sheet.rows[number].values()}
        if len(texts) != 1:
            return
        token = self._words.classify(texts.pop())
        if token.organisation and self._areas.is_area(token.organisation):
            self._organisation = token.organisation
        elif token.indicator and not table.indicator_columns:
            self._indicator = token.indicator

    def _read_row(self, number: int, cells: dict[int, RawCell]) -> None:
        if self._is_footer(cells) or not self._in_period(number):
            return
        row = self._labels(number)
        if row.skip:
            return
        self._last = row
        self._last_indicator = row.indicator or self._last_indicator
        narrative: dict[str, str | date | None] | None = None
        for column in self._table.values:
            cell = cells.get(column.index)
            if cell is None:
                continue
            if narrative is None:
                narrative = self._narrative(number, cells)
            self._read_value(row, column, cell, narrative)

    def _is_footer(self, cells: dict[int, RawCell]) -> bool:
        first = cells[min(cells)]
        return first.kind is CellKind.TEXT and bool(_FOOTER.match(squeeze(first.text[:20])))

    def _in_period(self, number: int) -> bool:
        """Whether the row speaks of this period, by its year column and its measure column."""
        table = self._table
        if table.measure_column is not None:
            token = self._words.classify(table.sheet.text(number, table.measure_column))
            if token.measure in (Role.TARGET, Role.IGNORED) or self._elsewhen(token.years, token.quarters):
                return False
            if (token.measure is Role.QUARTER_VALUE or token.single) and self._vocabulary.quarter > 1:
                return False
        if table.year_column is None:
            return True
        text = table.sheet.text(number, table.year_column)
        if not text and table.organisation_column and table.year_column < table.organisation_column:
            return self._last_year in (None, self._vocabulary.year)
        if not text:
            return True
        year = year_of(text)
        if year is not None:
            self._last_year = year
            self._years.setdefault(year, (table.sheet.name, cell_name(number, table.year_column)))
            return year == self._vocabulary.year
        if fold(text) in TOTAL_WORDS or self._words.classify(text).measure in (Role.TARGET, Role.IGNORED):
            return False
        mention = find_period(text)
        self._last_year = None
        if mention.single and self._vocabulary.quarter > 1:
            return False  # 4-6月 is the quarter's own amount and not the sum since January
        return not self._elsewhen(mention.years, mention.quarters)

    def _elsewhen(self, years: frozenset[int], quarters: frozenset[int]) -> bool:
        if years and self._vocabulary.year not in years:
            return True
        return bool(quarters) and self._vocabulary.quarter not in quarters

    def _labels(self, number: int) -> _Row:
        row = _Row(number)
        self._label_organisation(row)
        self._label_indicator(row)
        table = self._table
        if row.indicator is None and not row.indicator_text and table.indicator_columns:
            inner = (
                table.organisation_column is not None
                and table.organisation_column > table.indicator_columns[0]
            )
            if inner and row.organisation_text:
                row.indicator, row.label_unit = self._last.indicator, self._last.label_unit
                row.indicator_text, row.indicator_cell = self._last.indicator_text, self._last.indicator_cell
        self._apply_codes(row)
        return row

    def _label_organisation(self, row: _Row) -> None:
        table = self._table
        column = table.organisation_column
        if column is None:
            return
        text = table.sheet.text(row.number, column)
        if not text:
            inner = table.year_column or max(table.indicator_columns, default=0)
            if inner > column and table.sheet.text(row.number, inner):
                last = self._last
                row.organisation, row.total = last.organisation, last.total
                row.organisation_text, row.organisation_cell = last.organisation_text, last.organisation_cell
            return
        row.organisation_text, row.organisation_cell = text, (row.number, column)
        token = self._words.classify(text)
        if token.measure in (Role.TARGET, Role.IGNORED, Role.QUARTER_VALUE):
            row.skip = True
        elif token.role is Role.TOTAL:
            row.total = text.strip()
        elif token.organisation and self._areas.is_area(token.organisation):
            row.organisation = token.organisation

    def _label_indicator(self, row: _Row) -> None:
        """The innermost label that names an indicator; an unknown 其中 is not taken for its parent."""
        sheet = self._table.sheet
        for column in reversed(self._table.indicator_columns):
            text = sheet.text(row.number, column)
            if not text:
                continue
            token = self._words.classify(text)
            if token.measure in (Role.TARGET, Role.IGNORED, Role.QUARTER_VALUE):
                row.skip = True
                return
            if token.role is Role.TOTAL:
                row.skip = True
                return
            if token.indicator:
                row.indicator, row.indicator_text = token.indicator, text
                row.indicator_cell = (row.number, column)
                row.label_unit = split_label(text).unit
                return
            if not row.indicator_text:
                row.indicator_text, row.indicator_cell = text, (row.number, column)
            if split_label(text).is_child:
                row.indicator = self._part_of_last(text)
                return

    def _part_of_last(self, text: str) -> str | None:
        """The one part of the indicator in the row above, when the label (其中：…) is a piece of its name."""
        last = self._last_indicator
        term = self._indicators.get(last or "")
        parents = [code for code in (last, term.parent if term else None) if code]
        for parent in parents:
            if part := self._parts.find(parent, text):
                return part
        return None

    def _apply_codes(self, row: _Row) -> None:
        """Hidden codes of a template decide; a name that says something else is an error."""
        table = self._table
        if table.indicator_code_column is None and table.organisation_code_column is None:
            return
        for column, known, is_indicator in (
            (table.indicator_code_column, row.indicator, True),
            (table.organisation_code_column, row.organisation, False),
        ):
            code = table.sheet.own_text(row.number, column).strip() if column else ""
            if not code or code == known:
                continue
            if known is not None:
                row.problems.append(
                    make_problem(
                        "code_name_mismatch",
                        sheet=table.sheet.name,
                        cell=cell_name(
                            *(row.indicator_cell if is_indicator else row.organisation_cell)
                            or (row.number, 1)
                        ),
                        found=row.indicator_text if is_indicator else row.organisation_text,
                        expected=code,
                    )
                )
            elif is_indicator and code in self._indicators:
                row.indicator = code
            elif not is_indicator and code in self._display:
                row.organisation = code

    def _narrative(self, number: int, cells: dict[int, RawCell]) -> dict[str, str | date | None]:
        """Texts that go with the row's figures, and its 数据截至日."""
        found: dict[str, str | date | None] = {"data_as_of": self._data_as_of}
        for role, column in self._table.narrative.items():
            cell = cells.get(column)
            if cell is None:
                continue
            if role is Role.DATA_STATUS:
                found["data_status"] = self._data_status(number, column, cell)
                continue
            if role is not Role.DATA_AS_OF:
                found[_NARRATIVE_FIELDS[role]] = cell.text.strip()[:MAX_NARRATIVE]
                continue
            day = date_of(cell.text, year=self._vocabulary.year)
            if day is None:
                self._out.problems.append(
                    make_problem(
                        "unreadable_date",
                        sheet=self._table.sheet.name,
                        cell=cell_name(number, column),
                        found=cell.text,
                    )
                )
            else:
                found["data_as_of"] = day
        return found

    def _data_status(self, number: int, column: int, cell: RawCell) -> str:
        """The code of 快报、预计、核定 (also 快报数); empty, with a warning, for anything else."""
        word = squeeze(cell.text)
        code = DATA_STATUSES.get(word) or DATA_STATUSES.get(word.removesuffix("数").removesuffix("数据"))
        if code is None and word and word not in MARKS:
            self._out.problems.append(
                make_problem(
                    "unknown_data_status",
                    sheet=self._table.sheet.name,
                    cell=cell_name(number, column),
                    found=cell.text,
                    statuses="、".join(DATA_STATUSES),
                )
            )
        return code or ""

    # one value

    def _read_value(
        self, row: _Row, column: Column, cell: RawCell, narrative: dict[str, str | date | None]
    ) -> None:
        indicator = column.indicator or row.indicator or (self._indicator if not row.indicator_text else None)
        total = column.total or row.total
        organisation = column.organisation or row.organisation
        if organisation is None and total is None and self._table.organisation_column is None:
            organisation = self._organisation
        if column.organisation and row.organisation and column.organisation != row.organisation:
            organisation = column.organisation
        numeric = looks_numeric(cell)
        if indicator is None or (organisation is None and total is None):
            if numeric:
                self._report_unplaced(row, column, cell, indicator=indicator)
            return
        if row.problems:
            self._out.problems.extend(row.problems)
            row.problems = []
        self._out.numbers_seen += numeric
        term = self._indicators[indicator]
        if total is not None:
            self._read_total(row, column, cell, term, total)
        elif organisation is not None:
            self._read_place(row, column, cell, term, organisation, narrative)

    def _report_unplaced(self, row: _Row, column: Column, cell: RawCell, *, indicator: str | None) -> None:
        sheet = self._table.sheet.name
        missing_indicator = indicator is None
        text = row.indicator_text if missing_indicator else row.organisation_text
        place = row.indicator_cell if missing_indicator else row.organisation_cell
        if text:
            index = self._names.indicators if missing_indicator else self._names.organisations
            code = "unknown_indicator" if missing_indicator else "unknown_organisation"
            problem = make_problem(
                code,
                sheet=sheet,
                cell=cell_name(*(place or (row.number, column.index))),
                found=text,
                nearest=nearest_hint(index.nearest(text)),
            )
            if not self._out.problems or self._out.problems[-1] != problem:
                self._out.problems.append(problem)
            return
        beside = (self._words.classify(each.text) for each in self._table.sheet.rows[row.number].values())
        if any(token.role is Role.TOTAL for token in beside):
            return  # a total over different indicators says nothing
        self._out.problems.append(
            make_problem(
                "missing_name",
                sheet=sheet,
                cell=cell_name(row.number, column.index),
                found=shown(cell),
                what="指标" if missing_indicator else "区县或单位",
            )
        )

    def _stated_unit(self, row: _Row, column: Column, term: IndicatorTerm) -> str:
        """The unit that the table itself states for this cell: header, unit column, name suffix."""
        if column.unit and is_unit(column.unit):
            return column.unit
        unit_column = self._table.unit_column
        if unit_column is not None:
            text = squeeze(self._table.sheet.text(row.number, unit_column))
            if text and factor(source=text, target=term.unit) is not None:
                return text
            if text and is_unit(text) and not row.label_unit:
                return text
        return row.label_unit

    def _read_place(
        self,
        row: _Row,
        column: Column,
        cell: RawCell,
        term: IndicatorTerm,
        organisation: str,
        narrative: dict[str, str | date | None],
    ) -> None:
        out, sheet = self._out, self._table.sheet
        where = cell_name(row.number, column.index)
        place = self._vocabulary.places.get((term.code, organisation))
        name = self._display[organisation]
        is_city = organisation == self._city
        known = place or PlaceTerm(indicator=term.code, organisation=organisation, assessed=False)
        context = CellContext(
            indicator=term,
            place=known,
            unit=unit_in_force(indicator=term, place=known, stated=self._stated_unit(row, column, term)),
            organisation_name=name,
            sheet=sheet.name,
            cell=where,
        )
        if not known.may_report and not looks_numeric(cell):
            return
        reading = read_cell(cell, context)
        if reading.problem is None and reading.value is None:
            return
        if place is None and is_city and reading.value is not None:
            self._sums.add_city(term.code, reading.value, sheet.name, where)
            return
        code = "place_not_in_plan" if place is None else "" if place.may_report else "place_not_allowed"
        if code:
            out.problems.append(
                make_problem(
                    code,
                    sheet=sheet.name,
                    cell=where,
                    indicator=term.code,
                    organisation=organisation,
                    indicator_name=term.name,
                    organisation_name=name,
                )
            )
            return
        if reading.problem is not None:
            out.problems.append(reading.problem)
            return
        if reading.value is None:
            return
        if is_city:
            self._sums.add_city(term.code, reading.value, sheet.name, where)
        else:
            self._sums.add(term.code, organisation)
        raw = shown(cell)
        self._check_merged(row, column, term, organisation)
        self._warn_about_value(reading.value, raw, context)
        out.figures.append(
            FigureRow(
                term.code,
                organisation,
                reading.value,
                raw,
                sheet.name,
                where,
                hidden=sheet.sheet.is_hidden(row=row.number, column=column.index),
                **narrative,  # type: ignore[arg-type]
            )
        )

    def _warn_about_value(self, value: Decimal, raw: str, context: CellContext) -> None:
        term = context.indicator
        if not context.place.assessed and value:
            self._out.problems.append(
                context.problem(
                    "value_not_assessed",
                    organisation_name=context.organisation_name,
                    indicator_name=term.name,
                )
            )
        if term.decimals:
            return
        if value != value.to_integral_value():
            self._out.problems.append(context.problem("counted_fraction", found=raw, unit=term.unit or "个"))
        if value < 0:
            self._out.problems.append(context.problem("negative_count", found=raw, unit=term.unit or "个"))

    def _check_merged(self, row: _Row, column: Column, term: IndicatorTerm, organisation: str) -> None:
        """A value merged over other places' cells says nothing certain about any of them."""
        sheet = self._table.sheet
        covered = sheet.covered(row.number, column.index)
        if not covered:
            return
        others = {value.index for value in self._table.values}
        for down, across in covered:
            if across in others and (
                across != column.index or self._is_other_place(down, term, organisation)
            ):
                self._out.problems.append(
                    make_problem("merged_value", sheet=sheet.name, cell=cell_name(row.number, column.index))
                )
                return

    def _is_other_place(self, number: int, term: IndicatorTerm, organisation: str) -> bool:
        labels = self._labels(number)
        other_indicator = labels.indicator not in (None, term.code)
        other_organisation = labels.organisation not in (None, organisation)
        return other_indicator or other_organisation

    def _read_total(self, row: _Row, column: Column, cell: RawCell, term: IndicatorTerm, label: str) -> None:
        """A 合计 or 小计 only checks; what is no number there says nothing."""
        sheet = self._table.sheet
        where = cell_name(row.number, column.index)
        place = PlaceTerm(indicator=term.code, organisation="", assessed=False)
        context = CellContext(
            indicator=term,
            place=place,
            unit=unit_in_force(indicator=term, place=place, stated=self._stated_unit(row, column, term)),
            organisation_name=label,
            sheet=sheet.name,
            cell=where,
        )
        if cell.kind is CellKind.TEXT and not looks_numeric(cell):
            return
        reading = read_cell(cell, context)
        if reading.value is not None:
            self._sums.add_total(term.code, label, reading.value, sheet.name, where)
        elif cell.kind in (CellKind.NUMBER, CellKind.PERCENT) and reading.problem is not None:
            self._out.problems.append(reading.problem)


class _RunningTotals:
    """Which organisations a total adds up: 小计 those since the total before it, 合计 and 全市 all."""

    def __init__(self) -> None:
        self._all: dict[str, list[str]] = {}
        self._since: dict[str, list[str]] = {}
        self._stated: list[TotalRow] = []
        self._city: list[tuple[str, Decimal, str, str]] = []

    def add(self, indicator: str, organisation: str) -> None:
        self._all.setdefault(indicator, []).append(organisation)
        self._since.setdefault(indicator, []).append(organisation)

    def add_city(self, indicator: str, value: Decimal, sheet: str, cell: str) -> None:
        self._city.append((indicator, value, sheet, cell))

    def add_total(self, indicator: str, label: str, value: Decimal, sheet: str, cell: str) -> None:
        part = "小计" in label
        members = (self._since if part else self._all).get(indicator, [])
        self._since[indicator] = []
        if members:
            self._stated.append(
                TotalRow(
                    indicator=indicator,
                    label=label,
                    organisations=tuple(members),
                    value=value,
                    sheet=sheet,
                    cell=cell,
                )
            )

    def rows(self, *, city_label: str) -> Iterator[TotalRow]:
        yield from self._stated
        for indicator, value, sheet, cell in self._city:
            members = self._all.get(indicator, [])
            if members:
                yield TotalRow(
                    indicator=indicator,
                    label=city_label,
                    organisations=tuple(members),
                    value=value,
                    sheet=sheet,
                    cell=cell,
                )
