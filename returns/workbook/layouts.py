"""Finding the tables of a sheet by their headers, wherever they stand and however they are arranged.

A table is described by what its columns mean: label columns (which indicator, organisation, year does this
row speak of) and value columns (which may name an indicator or an organisation themselves). The four layouts
are four ways to fill that description; what reads the body does not need to know them apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from returns.workbook.cells import looks_numeric
from returns.workbook.guidance import make_problem, nearest_hint
from returns.workbook.headers import (
    LABELS,
    MEASURES,
    NARRATIVE,
    NOTHING,
    HeaderWords,
    Role,
    Token,
    is_unit_only,
)
from returns.workbook.names import Names, PartNames, squeeze
from returns.workbook.periods import year_of
from returns.workbook.types import CellKind, Problem, Sheet, Vocabulary, cell_name, column_letters

MAX_HEADER_ROWS = 4
SAMPLE_ROWS = 400
MAX_MERGED_CELLS = 400_000
_LABEL_ROLES = frozenset(
    {
        Role.INDEX,
        Role.CATEGORY,
        Role.INDICATOR_LABEL,
        Role.ORGANISATION_LABEL,
        Role.YEAR_LABEL,
        Role.MEASURE_LABEL,
        Role.UNIT,
        Role.RESPONSIBLE,
        Role.INDICATOR_CODE,
        Role.ORGANISATION_CODE,
    }
)
_EXTRA_LIKENESS = 0.62
_DISTRICT_LIKE = re.compile(r"^.{1,8}(?:区|县|市|新城)$")


class Layout(StrEnum):
    """The four layouts of DOMAIN section 7."""

    TEMPLATE = "A"
    INDICATORS_DOWN = "B"
    DISTRICTS_DOWN = "C"
    LIST = "D"

    @property
    def label(self) -> str:
        """What the layout is called in front of people."""
        return _LAYOUT_NAMES[self]


_LAYOUT_NAMES = {
    Layout.TEMPLATE: "系统填报模板",
    Layout.INDICATORS_DOWN: "指标为行、单位为列",
    Layout.DISTRICTS_DOWN: "单位为行、指标为列",
    Layout.LIST: "目标体系表",
}


@dataclass(slots=True, kw_only=True)
class Column:
    """Meaning of one column, put together from the header cells above it."""

    index: int
    role: Role = Role.NOTHING
    text: str = ""
    indicator: str | None = None
    organisation: str | None = None
    total: str | None = None
    measure: Role | None = None
    years: frozenset[int] = frozenset()
    quarters: frozenset[int] = frozenset()
    single: bool = False
    named: bool = False
    last_month: int = 0
    unit: str = ""
    unknown: str = ""

    @property
    def key(self) -> tuple[str | None, str | None, str | None]:
        """What the numbers of this column are about; all None for a plain 完成值 column."""
        return self.indicator, self.organisation, self.total


@dataclass(slots=True, kw_only=True)
class Table:
    """One table: where its body is, which columns label its rows and which hold the values."""

    sheet: "SheetView"
    header_row: int
    first_row: int
    last_row: int
    captions: tuple[tuple[int, str], ...] = ()
    headings: tuple[str, ...] = ()
    indicator_columns: list[int] = field(default_factory=list)
    organisation_column: int | None = None
    year_column: int | None = None
    measure_column: int | None = None
    unit_column: int | None = None
    indicator_code_column: int | None = None
    organisation_code_column: int | None = None
    values: list[Column] = field(default_factory=list)
    narrative: dict[Role, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    layout: Layout = Layout.LIST
    knows_indicators: bool = False

    def holds_numbers(self) -> bool:
        """Whether any of its value columns holds, or was meant to hold, a figure."""
        rows = self.sheet.rows
        return any(
            column.index in rows[row] and looks_numeric(rows[row][column.index])
            for row in self.sheet.numbers
            if self.first_row <= row <= self.last_row
            for column in self.values
        )

    @property
    def needs_caption_indicator(self) -> bool:
        """Whether neither rows nor columns say which indicator the values are."""
        return not self.indicator_columns and all(column.indicator is None for column in self.values)


class SheetView:
    """A sheet with its merged ranges resolved for headers and labels."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.name = sheet.name
        self.rows = sheet.rows
        self.numbers = sorted(sheet.rows)
        self._anchor: dict[tuple[int, int], tuple[int, int]] = {}
        last_column = max((max(cells) for cells in sheet.rows.values() if cells), default=0)
        last_row = self.numbers[-1] if self.numbers else 0
        for top, left, last_merged_row, last_merged_column in sheet.merged:
            bottom, right = min(last_merged_row, last_row), min(last_merged_column, last_column)
            size = max(0, bottom - top + 1) * max(0, right - left + 1)
            if top not in sheet.rows or left not in sheet.rows[top]:
                continue
            if len(self._anchor) + size > MAX_MERGED_CELLS:
                break
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    if (row, column) != (top, left):
                        self._anchor[row, column] = (top, left)

    def own_text(self, row: int, column: int) -> str:
        """Text of the cell itself; empty when blank."""
        cells = self.rows.get(row)
        cell = cells.get(column) if cells else None
        return cell.text if cell else ""

    def text(self, row: int, column: int) -> str:
        """Text of the cell, or of the merged range that covers it."""
        own = self.own_text(row, column)
        if own or not self._anchor:
            return own
        anchor = self._anchor.get((row, column))
        return self.own_text(*anchor) if anchor else ""

    def anchor(self, row: int, column: int) -> tuple[int, int] | None:
        """First cell of the merged range that covers this cell, None where it is not covered."""
        return self._anchor.get((row, column))

    def covered(self, row: int, column: int) -> list[tuple[int, int]]:
        """The other cells of the merged range that begins at this cell."""
        if not self._anchor:
            return []
        for top, left, bottom, right in self.sheet.merged:
            if (top, left) == (row, column):
                return [
                    (down, across)
                    for down in range(top, bottom + 1)
                    for across in range(left, right + 1)
                    if (down, across) in self._anchor
                ]
        return []


class TableFinder:
    """Finds and describes all tables of a sheet."""

    def __init__(self, *, names: Names, words: HeaderWords, vocabulary: Vocabulary) -> None:
        self._names = names
        self._words = words
        self._vocabulary = vocabulary
        self._parts = PartNames(vocabulary.indicators)

    def find(self, view: SheetView) -> list[Table]:
        """Tables in the order of the sheet; parts that stand side by side become tables of their own."""
        starts = self._header_blocks(view)
        tables: list[Table] = []
        caption_from = 0
        for position, (start, end) in enumerate(starts):
            following = starts[position + 1][0] if position + 1 < len(starts) else None
            last = max((row for row in view.numbers if following is None or row < following), default=end)
            captions = tuple(self._captions(view, first=caption_from, last=start - 1))
            columns = self._columns(view, start=start, end=end)
            tables.extend(
                self._describe(
                    view, segment, header_row=start, first_row=end + 1, last_row=last, captions=captions
                )
                for segment in self._segments(columns)
            )
            caption_from = end + 1
        return tables

    def _captions(self, view: SheetView, *, first: int, last: int) -> Iterator[tuple[int, str]]:
        """Columns and texts right above a header that are no body rows of the table before: few cells, no numbers."""
        rows: list[int] = []
        for row in reversed([number for number in view.numbers if first <= number <= last]):
            cells = view.rows[row]
            is_text = len(cells) <= 4 and not any(looks_numeric(cell) for cell in cells.values())
            if not is_text and first > 0:
                break
            if is_text:
                rows.append(row)
        for row in reversed(rows):
            yield from ((column, cell.text) for column, cell in view.rows[row].items())

    # header rows

    def _header_blocks(self, view: SheetView) -> list[tuple[int, int]]:
        blocks: list[tuple[int, int]] = []
        done = 0
        for row in view.numbers:
            if row <= done or not self._starts_header(view, row):
                continue
            end = self._header_end(view, row)
            blocks.append((row, end))
            done = end
        return blocks

    def _tokens(self, view: SheetView, row: int) -> dict[int, Token] | None:
        """Tokens of a row's own cells; None when the row holds a number that is not a year."""
        tokens: dict[int, Token] = {}
        for column, cell in view.rows[row].items():
            if cell.kind is CellKind.TEXT:
                if cell.text[:1].isdigit() and looks_numeric(cell) and year_of(cell.text) is None:
                    return None
            elif cell.kind is not CellKind.NUMBER or cell.text[:2] != "20" or year_of(cell.text) is None:
                return None
            tokens[column] = self._words.classify(cell.text)
        return tokens

    def _starts_header(self, view: SheetView, row: int) -> bool:
        tokens = self._tokens(view, row)
        if not tokens:
            return False
        structural = [token for token in tokens.values() if token.is_structural]
        if not any(token.role in LABELS for token in structural):
            # a bare 2000 or 2026 beside a district is its figure; years head columns beside a label only
            cells = view.rows[row]
            structural = [
                token
                for column, token in tokens.items()
                if token.is_structural and not looks_numeric(cells[column])
            ]
        areas = {
            token.organisation
            for token in tokens.values()
            if token.organisation and self._names.organisations.is_area(token.organisation)
        }
        indicators = {token.indicator for token in tokens.values() if token.indicator}
        has_label = any(token.role in LABELS for token in structural)
        measures = [token for token in structural if token.role in MEASURES]
        if len(structural) >= 2 and (has_label or len(measures) >= 2):
            return True
        if any(token.role in _LABEL_ROLES for token in structural) and (areas or indicators):
            return True
        if measures and any(token.role is Role.YEAR_LABEL for token in structural):
            return True
        return len(areas) >= 2 or len(indicators) >= 2

    def _header_end(self, view: SheetView, start: int) -> int:
        first = self._tokens(view, start) or {}
        known = [column for column, token in first.items() if token.role not in (Role.OTHER, Role.NOTHING)]
        labels = {column for column, token in first.items() if token.role in _LABEL_ROLES}
        label_edge = min((column for column in known), default=1)
        end = start
        for row in range(start + 1, start + MAX_HEADER_ROWS):
            if row not in view.rows:
                continue
            fit = self._continues_header(view, row, labels=labels, label_edge=label_edge)
            if fit is False:
                break
            if fit:
                end = row
        return end

    def _continues_header(
        self, view: SheetView, row: int, *, labels: set[int], label_edge: int
    ) -> bool | None:
        """Whether a row belongs to the header above; None when only the rows below it can tell."""
        tokens = self._tokens(view, row)
        if tokens is None:
            return False
        for column, token in tokens.items():
            beside = column in labels or column < label_edge
            if beside and token.role not in _LABEL_ROLES and not is_unit_only(token.text):
                return False
        known = [
            token
            for token in tokens.values()
            if token.role not in (Role.OTHER, Role.NOTHING) or token.is_child or is_unit_only(token.text)
        ]
        return True if known else None

    # columns

    def _columns(self, view: SheetView, *, start: int, end: int) -> list[Column]:
        last = max(max(view.rows[row]) for row in view.numbers if start <= row <= end and view.rows[row])
        last = max(
            [
                last,
                *(
                    right
                    for top, _, _, right in view.sheet.merged
                    if start <= top <= end and right <= last + 64
                ),
            ]
        )
        rows = list(range(start, end + 1))
        return [self._column(view, column, rows) for column in range(1, last + 1)]

    def _column(self, view: SheetView, index: int, rows: list[int]) -> Column:
        path: list[Token] = []
        texts: list[str] = []
        for position, row in enumerate(rows):
            text = view.text(row, index)
            if not text and any(view.own_text(below, index) for below in rows[position + 1 :]):
                text = self._parent_to_the_left(view, row, index)
            if text and (not texts or texts[-1] != text):
                texts.append(text)
                path.append(self._words.classify(text))
        return self._resolve(index, path, texts)

    def _parent_to_the_left(self, view: SheetView, row: int, index: int) -> str:
        """A parent header that was not merged over its columns: the nearest text to the left, if no label."""
        for column in range(index - 1, 0, -1):
            text = view.text(row, column)
            if text:
                return "" if self._words.classify(text).role in _LABEL_ROLES | NARRATIVE else text
        return ""

    def _resolve(self, index: int, path: list[Token], texts: list[str]) -> Column:
        column = Column(index=index, text=" ".join(" ".join(texts).split()))
        for token in path:
            if token.role in (Role.OTHER, Role.NOTHING):
                column.unit = token.unit or (
                    token.text.strip("()（） ") if is_unit_only(token.text) else column.unit
                )
                continue
            self._take(column, token)
        deepest = path[-1] if path else NOTHING
        if deepest.role is Role.OTHER and not is_unit_only(deepest.text):
            self._take_unknown(column, path, texts)
        return column

    def _take(self, column: Column, token: Token) -> None:
        """Add what one header cell says; deeper cells come later and win."""
        column.role = token.role
        column.unit = token.unit or column.unit
        column.years = token.years or column.years
        column.quarters = token.quarters or column.quarters
        column.single = token.single or column.single
        column.named = token.named or column.named
        column.last_month = token.last_month or column.last_month
        if token.indicator:
            column.indicator = token.indicator
        if token.organisation:
            if self._names.organisations.is_area(token.organisation):
                column.organisation = token.organisation
            else:
                column.role = Role.OTHER
        if token.role is Role.TOTAL and column.indicator is None:
            column.total = token.text
        if token.measure is not None and not (token.measure is Role.PERIOD and column.measure):
            column.measure = token.measure

    def _take_unknown(self, column: Column, path: list[Token], texts: list[str]) -> None:
        """The lowest header cell is no known word: joined with its parent it may be a name."""
        joined = self._words.classify("".join(texts[-2:])) if len(texts) > 1 else NOTHING
        if joined.indicator:
            self._take(column, joined)
            return
        child = self._parts.find(column.indicator or "", texts[-1])
        if child:
            column.indicator, column.role = child, Role.INDICATOR
            return
        column.unknown = texts[-1]
        column.role = Role.OTHER

    def _segments(self, columns: list[Column]) -> Iterator[list[Column]]:
        """Cut columns where a new table begins to the right of another: a label role comes again after values."""
        segment: list[Column] = []
        seen: set[Role] = set()
        has_values = False
        for column in columns:
            starts_again = column.role in LABELS | {Role.INDEX} and column.role in seen and has_values
            if starts_again and column.role is not Role.INDEX and segment and segment[-1].role is Role.INDEX:
                starts_again = True
            if starts_again:
                yield segment
                segment, seen, has_values = [], set(), False
            segment.append(column)
            seen.add(column.role)
            has_values = has_values or column.measure is not None or any(column.key)
        if segment:
            yield segment

    # the table

    def _describe(
        self,
        view: SheetView,
        columns: list[Column],
        *,
        header_row: int,
        first_row: int,
        last_row: int,
        captions: tuple[tuple[int, str], ...],
    ) -> Table:
        table = Table(
            sheet=view,
            header_row=header_row,
            first_row=first_row,
            last_row=last_row,
            captions=captions,
            headings=tuple(column.text for column in columns if column.text),
        )
        sample = [row for row in view.numbers if first_row <= row <= last_row][:SAMPLE_ROWS]
        self._move_narrative(view, columns, sample)
        if not self._is_headed_target(captions):
            table.values = self._choose_values(table, columns)
        self._find_labels(table, columns, sample)
        for column in columns:
            if column.role in NARRATIVE:
                table.narrative.setdefault(column.role, column.index)
            elif column.role is Role.UNIT and column.index != table.organisation_column:
                table.unit_column = table.unit_column or column.index
            elif column.role is Role.INDICATOR_CODE:
                table.indicator_code_column = column.index
            elif column.role is Role.ORGANISATION_CODE:
                table.organisation_code_column = column.index
            elif column.unknown:
                self._report_unknown(table, column, sample)
        table.layout = self._layout(table)
        return table

    def _is_headed_target(self, captions: tuple[tuple[int, str], ...]) -> bool:
        """Whether a line right above the table says that it holds targets (年度目标), not results."""
        return any(self._words.classify(line).measure is Role.TARGET for _, line in captions[-2:])

    def _move_narrative(self, view: SheetView, columns: list[Column], sample: list[int]) -> None:
        """A plain 完成情况 column that holds sentences is narrative, not a value."""
        for column in columns:
            if column.role is not Role.VALUE or any(column.key):
                continue
            cells = [view.rows[row][column.index] for row in sample if column.index in view.rows[row]]
            texts = [cell for cell in cells if cell.kind is CellKind.TEXT and len(cell.text) > 8]
            sentences = [cell for cell in texts if not looks_numeric(cell)]
            if cells and len(sentences) * 2 > len(cells):
                column.role, column.measure = Role.PROGRESS, None

    def _choose_values(self, table: Table, columns: list[Column]) -> list[Column]:
        """For each thing that columns speak of, the one column that holds this period's cumulative value."""
        groups: dict[tuple[str | None, str | None, str | None], list[Column]] = {}
        runs = 0
        for column in columns:
            if (any(column.key) or column.measure is not None) and not column.unknown:
                runs += column.total is None
                # every 小计 is a column of its own; only neighbours (目标, 完成 under one 小计) belong together
                key = (*column.key[:2], f"{column.total}{runs}" if column.total else None)
                groups.setdefault(key, []).append(column)
        chosen: list[Column] = []
        for key, group in groups.items():
            best = self._choose_one(table, group, plain=not any(key))
            if best is not None:
                chosen.append(best)
        return sorted(chosen, key=lambda column: column.index)

    def _choose_one(self, table: Table, group: list[Column], *, plain: bool) -> Column | None:
        year, quarter = self._vocabulary.year, self._vocabulary.quarter
        rated: list[tuple[int, Column]] = []
        elsewhen: list[Column] = []
        for column in group:
            if column.measure in (Role.TARGET, Role.IGNORED) or column.role in _LABEL_ROLES:
                continue
            if (column.years and year not in column.years) or (
                column.quarters and quarter not in column.quarters
            ):
                elsewhen.append(column)
                continue
            rated.append((_rate(column, quarter=quarter), column))
        if not rated:
            if elsewhen and plain:
                self._refuse_elsewhen(table, elsewhen)
            return None
        best = min(rate for rate, _ in rated)
        picked = [column for rate, column in rated if rate == best]
        if len(picked) > 1:
            picked = [column for column in picked if self._has_numbers(table, column)] or picked[:1]
        where = cell_name(table.header_row, picked[0].index)
        if len(picked) > 1:
            table.problems.append(
                make_problem(
                    "ambiguous_columns",
                    sheet=table.sheet.name,
                    cell=where,
                    found=picked[0].text,
                    columns="、".join(
                        f"{column_letters(column.index)}列“{column.text}”" for column in picked
                    ),
                )
            )
            return None
        column = picked[0]
        if (column.measure is Role.QUARTER_VALUE or column.single) and quarter > 1:
            table.problems.append(
                make_problem("quarter_only", sheet=table.sheet.name, cell=where, found=column.text)
            )
            return None
        if column.named and quarter > 1 and column.measure is not Role.CUMULATIVE:
            table.problems.append(
                make_problem("quarter_column", sheet=table.sheet.name, cell=where, found=column.text)
            )
        return column

    def _refuse_elsewhen(self, table: Table, columns: list[Column]) -> None:
        table.problems.append(
            make_problem(
                "other_period",
                sheet=table.sheet.name,
                cell=cell_name(table.header_row, columns[0].index),
                found="、".join(column.text for column in columns),
                expected=self._vocabulary.period_text,
            )
        )

    def _has_numbers(self, table: Table, column: Column) -> bool:
        rows = table.sheet.rows
        return any(
            looks_numeric(rows[row][column.index])
            for row in table.sheet.numbers
            if table.first_row <= row <= table.last_row and column.index in rows[row]
        )

    def _find_labels(self, table: Table, columns: list[Column], sample: list[int]) -> None:
        """Label columns, by their headers and by what stands in them."""
        taken = {column.index for column in table.values}
        first_value = min(taken, default=10**6)
        best_area, best_measure = 0, 0
        for column in columns:
            if column.index in taken or column.role in (
                Role.INDEX,
                Role.RESPONSIBLE,
                Role.INDICATOR_CODE,
                Role.ORGANISATION_CODE,
                *NARRATIVE,
            ):
                continue
            if column.role is Role.YEAR_LABEL:
                table.year_column = table.year_column or column.index
                continue
            counts = self._count_labels(table.sheet, column.index, sample)
            if counts.indicators or column.role is Role.INDICATOR_LABEL:
                table.indicator_columns.append(column.index)
                table.knows_indicators = table.knows_indicators or counts.indicators > 0
            elif counts.areas > best_area:
                table.organisation_column, best_area = column.index, counts.areas
            elif counts.measures > best_measure and column.measure is None and column.index < first_value:
                table.measure_column, best_measure = column.index, counts.measures
            elif counts.years and column.role in (Role.NOTHING, Role.OTHER) and not table.year_column:
                table.year_column = column.index
        if table.organisation_column is None:
            table.organisation_column = next(
                (column.index for column in columns if column.role is Role.ORGANISATION_LABEL), None
            )
        self._drop_foreign_labels(table, sample)
        if any(column.indicator for column in table.values):
            table.knows_indicators = True

    def _drop_foreign_labels(self, table: Table, sample: list[int]) -> None:
        """A column headed 项目 or 名称 that names districts or measures is no indicator column."""
        if table.knows_indicators:
            return
        for column in list(table.indicator_columns):
            counts = self._count_labels(table.sheet, column, sample)
            has_indicators = any(value.indicator for value in table.values)
            if counts.areas and table.organisation_column is None:
                table.organisation_column = column
            elif counts.measures and has_indicators and table.measure_column is None:
                table.measure_column = column
            elif not has_indicators:
                continue
            table.indicator_columns.remove(column)

    def _count_labels(self, view: SheetView, column: int, sample: list[int]) -> "_LabelCounts":
        counts = _LabelCounts()
        for row in sample:
            cell = view.rows[row].get(column)
            if cell is None:
                continue
            if cell.kind is CellKind.NUMBER:
                counts.years += year_of(cell.text) is not None
                continue
            if cell.kind is not CellKind.TEXT:
                continue
            token = self._words.classify(cell.text)
            if token.indicator:
                counts.indicators += 1
            elif token.organisation:
                counts.areas += self._names.organisations.is_area(token.organisation)
            elif token.measure in (Role.VALUE, Role.CUMULATIVE, Role.TARGET):
                counts.measures += 1
            elif year_of(cell.text) is not None:
                counts.years += 1
        return counts

    def _report_unknown(self, table: Table, column: Column, sample: list[int]) -> None:
        """A column whose header is no known word but that holds numbers: a misspelt name, or the person's own."""
        view = table.sheet
        if not table.values and not table.indicator_columns:
            return
        cells = [view.rows[row][column.index] for row in sample if column.index in view.rows[row]]
        if not any(looks_numeric(cell) for cell in cells):
            return
        where = {"sheet": view.name, "cell": cell_name(table.first_row - 1, column.index)}
        across_areas = any(value.organisation for value in table.values)
        across_indicators = any(value.indicator for value in table.values)
        index = self._names.organisations if across_areas else self._names.indicators
        under_parent = across_indicators and column.indicator is not None
        is_district = across_areas and bool(_DISTRICT_LIKE.search(squeeze(column.unknown)))
        is_alike = across_areas or across_indicators
        is_alike = is_alike and index.similarity(column.unknown) >= _EXTRA_LIKENESS
        if is_district or is_alike or under_parent:
            code = "unknown_organisation" if across_areas else "unknown_indicator"
            hint = nearest_hint(index.nearest(column.unknown))
            table.problems.append(make_problem(code, found=column.unknown, nearest=hint, **where))
        else:
            table.problems.append(make_problem("extra_column", found=column.text, **where))

    def _layout(self, table: Table) -> Layout:
        if any(column.organisation for column in table.values):
            return Layout.INDICATORS_DOWN
        if any(column.indicator for column in table.values):
            return Layout.DISTRICTS_DOWN
        return Layout.LIST


@dataclass(slots=True)
class _LabelCounts:
    indicators: int = 0
    areas: int = 0
    measures: int = 0
    years: int = 0


def _rate(column: Column, *, quarter: int) -> int:
    """How well a column fits "this year's cumulative value"; less is better."""
    base = {Role.CUMULATIVE: 0, Role.VALUE: 4, None: 6, Role.PERIOD: 8, Role.QUARTER_VALUE: 20}
    rate = base.get(column.measure, 10)
    if column.measure is Role.PERIOD and column.quarters:
        rate = 4
    if column.single:
        rate += 16
    if column.last_month:
        rate += 3 * quarter - column.last_month
    return rate - (1 if quarter in column.quarters else 0)
