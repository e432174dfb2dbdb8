"""Random workbooks written from known figures, with the noise of real ones, are read back exactly."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from returns.workbook.cells import plain
from returns.workbook.types import IndicatorTerm, Vocabulary
from tests.workbook.builders import (
    CLUSTER_INDICATORS,
    DISTRICTS,
    SOWING_INDICATORS,
    clusters,
    errors,
    read_rows,
    sowing,
    values,
)

WIDE = str.maketrans("0123456789.-,%", "０１２３４５６７８９．－，％")
NOISE = ("注：数据为快报数。", "填报人：某某  联系电话：2398123", "备注：同上", "（第1页）", "一、主要指标")
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Figures = dict[tuple[str, str], Decimal]


@dataclass(frozen=True)
class Written:
    """Rows of a sheet, its merged ranges and formats, and the figures in it."""

    rows: list[list[object]]
    merged: list[str]
    formats: dict[str, str]
    figures: Figures


def decimals(term: IndicatorTerm) -> st.SearchStrategy[Decimal]:
    if term.decimals == 0:
        return st.integers(0, 99_999).map(Decimal)
    return st.decimals(min_value=-99, max_value=9999, places=3, allow_nan=False).map(plain)


def named(draw: st.DrawFn, term: IndicatorTerm, *, number: int) -> str:
    """The indicator's name or an alias, with units, numbers, spaces and brackets as people write them."""
    name = draw(st.sampled_from([term.name, *term.names]))
    bracket = draw(st.sampled_from(["（{}）", "({})", " （ {} ）"]))
    name += bracket.format(term.unit)
    name = draw(st.sampled_from(["", f"{number}.", f"（{number}）", f"{number}、", "★"])) + name
    if draw(st.booleans()):
        position = draw(st.integers(1, len(name) - 1))
        name = name[:position] + draw(st.sampled_from([" ", "\n", "　"])) + name[position:]
    if draw(st.booleans()):
        name = name.replace("“", '"').replace("”", '"')
    return name


def district_name(draw: st.DrawFn, term: object) -> str:
    name = draw(st.sampled_from([term.name, *term.names, f"湖州市{term.name}"]))  # type: ignore[attr-defined]
    return name if draw(st.booleans()) else " ".join(name)


def cell(draw: st.DrawFn, value: Decimal, term: IndicatorTerm) -> object:
    """A number as a number, as text, with unit, full width or with separators."""
    shape = draw(st.sampled_from(["number", "text", "unit", "wide", "spaced", "grouped"]))
    text = f"{value:f}"
    if shape == "number":
        return float(value)
    if shape == "unit":
        return text + term.unit
    if shape == "wide":
        return text.translate(WIDE)
    if shape == "spaced":
        return f"  {text}\u00a0"
    return f"{value:,f}" if shape == "grouped" else text


def noise(draw: st.DrawFn, rows: list[list[object]]) -> None:
    kinds = st.sampled_from([[], *([text] for text in NOISE)])
    rows.extend(draw(st.lists(kinds, max_size=2)))


def head(draw: st.DrawFn, vocabulary: Vocabulary) -> list[list[object]]:
    period = draw(
        st.sampled_from(
            [
                "",
                vocabulary.period_text,
                f"{vocabulary.year}年1-6月",
                f"{vocabulary.year}年上半年",
                f"{vocabulary.year}年第二季度",
            ]
        )
    )
    rows: list[list[object]] = []
    if draw(st.booleans()):
        rows.append([f"{vocabulary.plan_titles[1]}{period}进展情况表"])
    if draw(st.booleans()):
        rows.append(["填报单位（盖章）：市经信局", None, "填报日期：2026年7月8日", "单位：家、个"])
    if draw(st.booleans()):
        rows.append([])
    return rows


@st.composite
def across(
    draw: st.DrawFn, vocabulary: Vocabulary, terms: tuple[IndicatorTerm, ...], areas: list[str]
) -> Written:
    """Indicators down, districts across in any order, with own columns between."""
    by_code = {term.code: term for term in vocabulary.organisations}
    order = draw(st.permutations(areas))
    chosen = draw(st.lists(st.sampled_from(terms), min_size=1, max_size=5, unique_by=lambda term: term.code))
    rows = head(draw, vocabulary)
    extra = draw(st.booleans())
    rows.append(
        [
            draw(st.sampled_from(["指标名称", "主要指标", "考核指标", None]))
            if len(order) > 1
            else "指标名称",
            *(["2025年同期（备查）"] if extra else []),
            *(district_name(draw, by_code[code]) for code in order),
            "责任部门",
        ]
    )
    figures: Figures = {}
    for number, term in enumerate(chosen, start=1):
        line: list[object] = [named(draw, term, number=number), *([123] if extra else [])]
        for code in order:
            value = draw(st.none() | decimals(term))
            place = vocabulary.places.get((term.code, code))
            if value is None or place is None or not place.assessed:
                line.append(None)
            else:
                line.append(cell(draw, value, term))
                figures[term.code, code] = value
        rows.append([*line, "市经信局"])
        noise(draw, rows)
    return Written(rows, [], {}, figures)


@st.composite
def down(draw: st.DrawFn) -> Written:
    """Districts down, years beside them, indicators across under a merged parent where both parts are there."""
    vocabulary = sowing()
    with_years = draw(st.booleans())
    rows = head(draw, vocabulary)
    top = len(rows) + 1
    first: list[object] = ["所属区县", *(["年份"] if with_years else [])]
    second: list[object] = [None for _ in first]
    for number, term in enumerate(SOWING_INDICATORS, start=1):
        is_part = term.parent is not None
        first.append(None if is_part else named(draw, term, number=number))
        second.append(named(draw, term, number=number) if is_part else None)
    rows += [first, second]
    column = chr(64 + first.index(None))
    merged = [f"{column}{top}:{chr(ord(column) + 1)}{top}"] if draw(st.booleans()) else []
    figures: Figures = {}
    for term in draw(st.permutations(DISTRICTS))[: draw(st.integers(1, 7))]:
        name: str | None = district_name(draw, term)
        for year in (2025, 2026) if with_years else (2025,):
            line: list[object] = [name, *([f"{year} 年"] if with_years else [])]
            for indicator in SOWING_INDICATORS:
                value = draw(st.none() | decimals(indicator))
                line.append(None if value is None else cell(draw, value, indicator))
                if value is not None and year == 2025:
                    figures[indicator.code, term.code] = value
            rows.append(line)
            name = None
        noise(draw, rows)
    return Written(rows, merged, {}, figures)


def assert_read_back(written: Written, vocabulary: Vocabulary) -> None:
    result = read_rows(written.rows, vocabulary, merged=written.merged, formats=written.formats)

    assert values(result) == written.figures
    assert [code for code, _ in errors(result) if code != "no_figures"] == []


@SLOW
@given(across(sowing(), SOWING_INDICATORS, [term.code for term in DISTRICTS]))
def test_indicators_down_are_read_back(written: Written) -> None:
    assert_read_back(written, sowing())


@SLOW
@given(
    across(
        clusters(),
        tuple(term for term in CLUSTER_INDICATORS if term.code not in ("C14", "C51", "C81")),
        ["wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu"],
    )
)
def test_indicators_down_with_rates_and_units_are_read_back(written: Written) -> None:
    assert_read_back(written, clusters())


@SLOW
@given(down())
def test_districts_down_are_read_back(written: Written) -> None:
    assert_read_back(written, sowing())
