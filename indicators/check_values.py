"""The plain values that 目标校核 reads and gives: cells of a document, relations between them, findings.

Pure: standard library and this package's own pure modules only, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from audit.canonical import digest_of, plain_decimal


class Check(StrEnum):
    """What was checked, by a plain name; CHECK_QUESTIONS says each in one sentence."""

    DISTRICT_SUM = "district_sum"
    YEAR_TOTAL = "year_total"
    RATE_RANGE = "rate_range"
    TWO_TABLES = "two_tables"
    HEADLINE = "headline"
    HORIZON = "horizon"
    SHARE = "share"
    FALLING_STOCK = "falling_stock"
    BREAKDOWN = "breakdown"
    COLUMNS = "columns"


CHECK_NAMES: Mapping[Check, str] = {
    Check.DISTRICT_SUM: "区县之和",
    Check.YEAR_TOTAL: "小计与合计",
    Check.RATE_RANGE: "全市比率",
    Check.TWO_TABLES: "两表同一事项",
    Check.HEADLINE: "正文与附表",
    Check.HORIZON: "期末与年度",
    Check.SHARE: "其中项",
    Check.FALLING_STOCK: "存量逐年变化",
    Check.BREAKDOWN: "另行拆分",
    Check.COLUMNS: "区县列是否齐全",
}

CHECK_QUESTIONS: Mapping[Check, str] = {
    Check.DISTRICT_SUM: "可加总的指标，各区县目标之和是否等于同一张表的全市目标。",
    Check.YEAR_TOTAL: "小计是否等于各年之和，合计是否等于各区县小计之和；存量不累加，应为“-”。",
    Check.RATE_RANGE: "比率不能加总，但全市目标应在各区县目标的最低与最高之间。",
    Check.TWO_TABLES: "同一事项在两张表中（单位可以不同）的目标是否相等。",
    Check.HEADLINE: "正文写的目标，附表的数是否达到。",
    Check.HORIZON: "期末目标是否低于更早年份的目标，或低于各年目标之和。",
    Check.SHARE: "其中项是否不大于总项，并达到文件要求的份额。",
    Check.FALLING_STOCK: "存量是期末总数，后一年的目标是否低于前一年。",
    Check.BREAKDOWN: "正文把一项目标拆开写，拆开的数相加是否等于原目标。",
    Check.COLUMNS: "分解到区县的表，是否每个区县都有一栏。",
}


class Severity(StrEnum):
    """How much a comparison asks of a reader."""

    PROBLEM = "problem"
    NOTICE = "notice"
    INFO = "info"
    AGREED = "agreed"


SEVERITY_NAMES: Mapping[Severity, str] = {
    Severity.PROBLEM: "矛盾",
    Severity.NOTICE: "不可比",
    Severity.INFO: "提示",
    Severity.AGREED: "一致",
}


class Horizon(StrEnum):
    """What a cell's year means: a table's own year, or one of the three of the running text."""

    TABLE = "table"
    YEAR = "year"
    EACH_YEAR = "each_year"
    PLAN_END = "plan_end"
    TOTAL = "total"


class Relation(StrEnum):
    """How two indicators that bear different names belong together."""

    SAME = "same"
    PART = "part"
    WITHIN = "within"
    ADDITION = "addition"


RELATION_NAMES: Mapping[Relation, str] = {
    Relation.SAME: "同一事项",
    Relation.PART: "各部分相加",
    Relation.WITHIN: "其中",
    Relation.ADDITION: "总数与逐年新增",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """An indicator, as far as checking needs it. kind is flow, stock or rate."""

    code: str
    name: str
    unit: str
    kind: str
    higher_is_better: bool = True
    additive: bool = False
    parent: str | None = None
    min_share: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One target or total of a document as printed, with its place.

    `value` is in the cell's own `unit`; `factor` converts it to the measure's unit. `fraction` is a
    share such as 1/3 that the text asks for, `about` says that the text writes 左右. `is_city` and
    `is_place` tell the whole city and its districts from everybody else.
    """

    measure: str
    organisation: str
    organisation_name: str
    is_city: bool
    is_place: bool
    year: int
    horizon: Horizon
    table: str
    document: str
    annex: str
    clause: str = ""
    row: str
    column: str = ""
    text: str
    kind: str
    value: Decimal | None
    unit: str
    factor: Decimal = Decimal(1)
    reference: str = ""
    offset: Decimal | None = None
    fraction: tuple[int, int] | None = None
    about: bool = False
    is_scored: bool = False

    @property
    def amount(self) -> Decimal | None:
        """The value in the measure's unit."""
        return None if self.value is None else self.value * self.factor

    @property
    def shown(self) -> str:
        """The text, or what stands for a blank."""
        return self.text or "（空白）"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """`whole` and `part` belong together although their names differ; `note` says why."""

    relation: Relation
    whole: str
    part: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanUnderCheck:
    """Everything of a plan that is checked: its years, measures, cells in force, totals and relations.

    `places` are the city's districts and zones as (code, name), in the official order.
    """

    code: str
    first_year: int
    last_year: int
    measures: Mapping[str, Measure]
    cells: Sequence[Cell]
    links: Sequence[Link] = ()
    places: Sequence[tuple[str, str]] = ()

    def tabled(self) -> Iterator[Cell]:
        """Targets that stand in a table."""
        return (cell for cell in self.cells if cell.horizon is Horizon.TABLE)

    def of(self, measure: str, *horizons: Horizon) -> list[Cell]:
        """The whole city's cells of a measure, of these horizons."""
        return [
            cell
            for cell in self.cells
            if cell.measure == measure and cell.is_city and cell.horizon in horizons
        ]

    def city_cells(self, measure: str) -> list[Cell]:
        """The city's cell of each year in which a table states one, the scored cell where two do."""
        by_year: dict[int, Cell] = {}
        for cell in self.of(measure, Horizon.TABLE):
            if cell.is_scored or cell.year not in by_year:
                by_year[cell.year] = cell
        return [by_year[year] for year in sorted(by_year)]

    @property
    def years(self) -> range:
        """The years that the plan covers."""
        return range(self.first_year, self.last_year + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One side of a comparison: where it stands and what stands there; `value` is in `unit`."""

    document: str
    annex: str
    clause: str
    row: str
    column: str
    text: str
    value: str | None
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One comparison and what came of it. `key` stays the same when the values change.

    measure and organisation are codes; None where a finding concerns a whole table.
    """

    key: str
    check: Check
    severity: Severity
    measure: str | None
    organisation: str | None
    year: int | None
    message: str
    stated: Side
    against: Side

    @property
    def digest(self) -> str:
        """SHA-256 of what a person explains: severity and both sides, not the wording of the message."""
        facts: dict[str, Any] = {
            "severity": str(self.severity),
            "stated": asdict(self.stated),
            "against": asdict(self.against),
        }
        return digest_of(facts)


def side_of(cell: Cell) -> Side:
    """A single cell as a side."""
    return Side(
        document=cell.document,
        annex=cell.annex,
        clause=cell.clause,
        row=cell.row,
        column=cell.column,
        text=cell.text,
        value=None if cell.value is None else plain_decimal(cell.value),
        unit=cell.unit,
    )


def side_of_sum(cells: Sequence[Cell], total: Decimal, *, unit: str) -> Side:
    """Several cells that were added up: each place named once, the addends as text."""
    return Side(
        document="、".join(_once(cell.document for cell in cells)),
        annex="、".join(_once(cell.annex for cell in cells)),
        clause="、".join(_once(cell.clause for cell in cells)),
        row="、".join(_once(cell.row for cell in cells)),
        column="、".join(_once(cell.column for cell in cells)),
        text="+".join(cell.shown for cell in cells),
        value=plain_decimal(total),
        unit=unit,
    )


def shown_amount(amount: Decimal | None, unit: str) -> str:
    """An amount with its unit, as people write it."""
    return "（无数）" if amount is None else f"{plain_decimal(amount)}{unit}"


def _once(words: Iterable[str]) -> list[str]:
    """The words that are not blank, each once, in their order."""
    return list(dict.fromkeys(word for word in words if word))
