"""The reading rules, row by row."""

from decimal import Decimal

import pytest

from returns.workbook.cells import CellContext, Reading, read_cell, read_text_value, significant
from returns.workbook.types import CellKind, IndicatorTerm, Mark, PlaceTerm, Problem, RawCell

COUNT = IndicatorTerm(code="N", name="园区", unit="家", decimals=0)
LAND = IndicatorTerm(code="L", name="腾出用地面积", unit="亩")
RATE = IndicatorTerm(code="R", name="增速", unit="%", kind="rate")
POINTS = IndicatorTerm(code="P", name="占比提高", unit="个百分点", kind="rate")


def read(
    text: str,
    indicator: IndicatorTerm = COUNT,
    *,
    kind: CellKind = CellKind.TEXT,
    assessed: bool = True,
    unit: str = "",
) -> Reading:
    place = PlaceTerm(indicator=indicator.code, organisation="x", assessed=assessed, target_text="12")
    context = CellContext(
        indicator=indicator,
        place=place,
        unit=unit or indicator.unit,
        organisation_name="吴兴区",
        sheet="表1",
        cell="C7",
    )
    return read_cell(RawCell(kind, text), context)


@pytest.mark.parametrize(
    ("text", "indicator", "expected"),
    [
        ("12", COUNT, "12"),
        ("１２", COUNT, "12"),
        ("1,234", COUNT, "1234"),
        ("１，２３４", COUNT, "1234"),
        (" 35 ", COUNT, "35"),
        ("\u00a035\u200b", COUNT, "35"),
        ("\ufeff35\n", COUNT, "35"),
        ("12家", COUNT, "12"),
        ("12 家", COUNT, "12"),
        ("12个", COUNT, "12"),
        ("12（家）", COUNT, "12"),
        ("0", COUNT, "0"),
        ("-0", COUNT, "0"),
        ("0.00", COUNT, "0"),
        ("＋5", COUNT, "5"),
        ("12.5％", RATE, "12.5"),
        ("12.5%", RATE, "12.5"),
        ("12.5", RATE, "12.5"),
        ("0.6%", RATE, "0.6"),
        ("-0.5%", RATE, "-0.5"),
        ("－0.5", RATE, "-0.5"),
        ("−0.5", RATE, "-0.5"),
        (".5", RATE, "0.5"),
        ("12.5个百分点", POINTS, "12.5"),
        ("1.5%", POINTS, "1.5"),
        ("12.5个百分点", RATE, "12.5"),
        ("1.2万亩", LAND, "12000"),
        ("1.2万", LAND, "12000"),
        ("0.01万亩", LAND, "100"),
        ("15公顷", LAND, "225"),
        ("4.5（含南太湖新区）", RATE, "4.5"),
        ("88（第3位）", COUNT, "88"),
        ("88（全市并列第3）", COUNT, "88"),
        ("1.123456", LAND, "1.123456"),
    ],
)
def test_text_is_read_as_number(text, indicator, expected) -> None:
    assert read(text, indicator) == Reading(value=Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", "7"),
        ("7.0", "7"),
        ("0.285", "0.285"),
        ("28.499999999999996", "28.5"),
        ("0.30000000000000004", "0.3"),
        ("1E-3", "0.001"),
        ("1.5E2", "150"),
        ("123456789012", "123456789012"),
    ],
)
def test_number_cell_is_its_15_significant_digits(text, expected) -> None:
    assert read(text, LAND, kind=CellKind.NUMBER) == Reading(value=Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.12", "12"), ("0.285", "28.5"), ("0.006", "0.6"), ("1.05", "105"), ("-0.005", "-0.5"), ("0", "0")],
)
def test_percent_format_is_times_one_hundred(text, expected) -> None:
    assert read(text, RATE, kind=CellKind.PERCENT) == Reading(value=Decimal(expected))
    assert read(text, POINTS, kind=CellKind.PERCENT) == Reading(value=Decimal(expected))


def test_percent_format_is_refused_for_a_count() -> None:
    reading = read("0.12", COUNT, kind=CellKind.PERCENT)

    assert reading.problem is not None
    assert reading.problem.code == "percent_format"
    assert reading.problem.message == (
        "表1!C7：单元格是百分比格式（12%），而指标单位是“家”。请把单元格格式改为“常规”，核对数值后重新填写。"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("约300", "inexact_number"),
        ("300余", "inexact_number"),
        ("300余家", "inexact_number"),
        ("近300", "inexact_number"),
        ("3-5", "inexact_number"),
        ("3—5", "inexact_number"),
        ("3~5", "inexact_number"),
        ("300多", "inexact_number"),
        ("300左右", "inexact_number"),
        ("超300", "inexact_number"),
        ("300以上", "inexact_number"),
        (">300", "inexact_number"),
        ("≥300", "inexact_number"),
        ("不少于300", "inexact_number"),
        ("已完成", "not_a_number"),
        ("同上", "not_a_number"),
        ("完成3家", "not_a_number"),
        ("12家（其中3家）", "not_a_number"),
        ("12①", "not_a_number"),
        ("12²", "not_a_number"),
        ("①", "not_a_number"),
        ("88（3）", "not_a_number"),
        ("1 234", "not_a_number"),
        ("50. 34", "not_a_number"),
        ("1,23", "not_a_number"),
        ("12,5", "not_a_number"),
        ("12.5.3", "not_a_number"),
        ("1e5", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("三十", "not_a_number"),
        ("7/12", "not_a_number"),
        ("=1+1", "not_a_number"),
        ("#DIV/0!", "error_value"),
        ("#N/A", "error_value"),
        ("#REF!", "error_value"),
        ("Err:502", "error_value"),
        ("12%", "unit_mismatch"),
        ("12亩", "unit_mismatch"),
        ("12.1234567", "too_many_decimals"),
        ("1234567890123", "number_too_large"),
        ("0.1234567890123456", "number_too_large"),
    ],
)
def test_text_that_is_no_exact_number_is_an_error(text, code) -> None:
    reading = read(text)

    assert reading.value is None
    assert reading.problem is not None
    assert (reading.problem.level, reading.problem.code) == ("error", code)
    assert (reading.problem.sheet, reading.problem.cell) == ("表1", "C7")


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (CellKind.ERROR, "#DIV/0!", "error_value"),
        (CellKind.NO_VALUE, "", "formula_without_value"),
        (CellKind.DATE, "2025-03-05", "date_in_cell"),
        (CellKind.BOOL, "TRUE", "boolean_in_cell"),
        (CellKind.NUMBER, "NaN", "not_finite"),
        (CellKind.NUMBER, "INF", "not_finite"),
        (CellKind.NUMBER, "1e999x", "not_finite"),
        (CellKind.NUMBER, "3.33333333333333", "too_many_decimals"),
        (CellKind.NUMBER, "1e30", "number_too_large"),
        (CellKind.NUMBER, "1e-7", "too_many_decimals"),
    ],
)
def test_other_cells_are_errors_and_never_blank_or_zero(kind, text, code) -> None:
    reading = read(text, kind=kind)

    assert reading.value is None
    assert reading.problem is not None
    assert reading.problem.code == code


@pytest.mark.parametrize("mark", ["/", "／", "-", "－", "—", "——", "–", "无", "暂无", "不涉及", " / ", "//"])
def test_mark_is_fine_only_where_nothing_is_assessed(mark) -> None:
    free = read(mark, assessed=False)
    bound = read(mark, assessed=True)

    assert free == Reading(mark=Mark(mark.strip()))
    assert bound.problem is not None
    assert bound.problem.code == "mark_not_allowed"


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u00a0\n", "\u200b"])
def test_blank_is_not_reported(blank) -> None:
    assert read(blank) == Reading()
    assert read(blank, assessed=False) == Reading()


def test_unit_in_force_converts_bare_numbers() -> None:
    assert read("0.6", LAND, unit="万亩").value == Decimal(6000)
    assert read("0.6", LAND, kind=CellKind.NUMBER, unit="万亩").value == Decimal(6000)
    assert read("600亩", LAND, unit="万亩").value == Decimal(600)


def test_six_decimals_are_counted_in_the_indicators_unit() -> None:
    assert read("1.2345678", LAND, kind=CellKind.NUMBER, unit="万亩").value == Decimal("12345.678")
    assert read("0.12345678", RATE, kind=CellKind.PERCENT).value == Decimal("12.345678")


def test_web_form_and_api_follow_the_same_rules() -> None:
    place = PlaceTerm(indicator="L", organisation="x", target_unit="万亩")

    assert read_text_value("1.2万亩", indicator=LAND, place=place) == Decimal(12000)
    assert read_text_value("12", indicator=LAND, place=place) == Decimal(12)
    assert read_text_value("", indicator=LAND, place=place) is None
    problem = read_text_value("约300", indicator=LAND, place=place)
    assert isinstance(problem, Problem)
    assert problem.message == "“约300”不是确切的数。请填写一个确切的数，例如 300。"
    free = PlaceTerm(indicator="L", organisation="x", assessed=False)
    assert read_text_value("不涉及", indicator=LAND, place=free) == Mark("不涉及")


def test_significant_refuses_what_is_no_finite_number() -> None:
    assert significant("0.1") == Decimal("0.1")
    assert significant("nan") is None
    assert significant("-inf") is None
    assert significant("abc") is None
