"""Checks across figures: each at its border, with its exact words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from returns.checks import check_figures
from returns.workbook.cross_checks import CROSS_CHECKS, SWITCHABLE, without_switched_off
from returns.workbook.guidance import KINDS, make_problem
from returns.workbook.types import FigureRow, Problem, TotalRow, Vocabulary
from tests.workbook.builders import clusters, own_only, sowing, worked_values


def row(indicator: str, organisation: str, value: str, *, raw: str | None = None) -> FigureRow:
    return FigureRow(
        indicator=indicator,
        organisation=organisation,
        value=Decimal(value),
        raw=value if raw is None else raw,
        sheet="表",
        cell=f"{organisation[0].upper()}9",
    )


def doubts(rows: list[FigureRow], vocabulary: Vocabulary, *totals: TotalRow) -> list[Problem]:
    return [problem for problem in check_figures(rows, totals, vocabulary) if problem.level != "info"]


def codes(rows: list[FigureRow], vocabulary: Vocabulary, *totals: TotalRow) -> list[str]:
    return [problem.code for problem in doubts(rows, vocabulary, *totals)]


def with_previous(indicator: str, organisation: str, value: str, **changes: object) -> Vocabulary:
    vocabulary = sowing()
    key = (indicator, organisation)
    place = replace(vocabulary.places[key], previous=Decimal(value), **changes)  # type: ignore[arg-type]
    return replace(vocabulary, places={**vocabulary.places, key: place})


def test_worked_example_breaks_the_share_in_three_districts() -> None:
    rows = [
        row(indicator, organisation, str(value))
        for (indicator, organisation), value in worked_values().items()
    ]

    found = doubts(rows, sowing())

    assert [(problem.code, problem.organisation) for problem in found] == [
        ("share_broken", "wuxing"),
        ("share_broken", "nanxun"),
        ("share_broken", "changxing"),
    ]
    assert found[0].message == (
        "表!W9：吴兴区“其中：未来产业领域内企业（不少于1/3）”为 29，占“引进培育创新型小微企业”88 的比例低于要求的 "
        "1/3。请核对两个数；情况属实可以照报。"
    )


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("5", "15", []),
        ("4", "15", ["share_broken"]),
        ("16", "15", ["child_above_parent"]),
        ("15", "15", []),
        ("0", "0", []),
    ],
)
def test_part_against_whole(part, whole, expected) -> None:
    assert codes([row("S3", "changhe", whole), row("S4", "changhe", part)], sowing()) == expected


def test_part_without_its_whole_is_not_judged() -> None:
    assert codes([row("S4", "changhe", "5")], sowing()) == []


def test_flow_that_falls_is_doubtful_and_a_stock_is_not() -> None:
    assert codes([row("S1", "wuxing", "5")], with_previous("S1", "wuxing", "6")) == ["cumulative_fall"]
    assert codes([row("S1", "wuxing", "6")], with_previous("S1", "wuxing", "6")) == []
    assert codes([row("S5", "wuxing", "150")], with_previous("S5", "wuxing", "152")) == []


@pytest.mark.parametrize(
    ("value", "raw", "expected"),
    [
        ("0.07", "0.07", ["percent_below_one"]),
        ("-0.5", "-0.5", ["percent_below_one"]),
        ("0.5", "0.5%", []),
        ("0.5", "0.005", []),
        ("0", "0", []),
        ("1", "1", []),
    ],
)
def test_percent_written_as_fraction(value, raw, expected) -> None:
    assert codes([row("C4", "wuxing", value, raw=raw)], clusters()) == expected


def test_small_percent_target_expects_small_numbers() -> None:
    assert codes([row("C1", "wuxing", "0.5")], clusters()) == []


@pytest.mark.parametrize(
    ("value", "expected"), [("36", []), ("36.1", ["beyond_target"]), ("37", ["beyond_target"])]
)
def test_value_beyond_three_times_the_target(value, expected) -> None:
    assert codes([row("S1", "wuxing", value)], sowing()) == expected


def test_zero_target_is_no_measure() -> None:
    assert codes([row("S2", "anji", "5")], sowing()) == []


def test_target_in_another_unit_is_compared_in_that_unit() -> None:
    vocabulary = clusters()

    assert codes([row("C17", "huzhou", "30000")], vocabulary) == []
    found = doubts([row("C17", "huzhou", "40000")], vocabulary)
    assert [problem.code for problem in found] == ["beyond_target"]
    assert "填了 4万亩，超过目标 1万亩 的 3 倍" in found[0].message
    tiny = doubts([row("C17", "huzhou", "1")], vocabulary)
    assert [problem.code for problem in tiny] == ["unit_magnitude"]
    assert "相差约 10000 倍，可能用错了单位" in tiny[0].message


def total(value: str, *organisations: str, label: str = "合计", indicator: str = "S1") -> TotalRow:
    return TotalRow(
        indicator=indicator,
        label=label,
        organisations=organisations,
        value=Decimal(value),
        sheet="表",
        cell="H9",
    )


def test_stated_sum_is_compared_and_names_both_numbers() -> None:
    rows = [row("S1", "wuxing", "7"), row("S1", "nanxun", "3")]

    assert codes(rows, sowing(), total("10", "wuxing", "nanxun")) == []
    (found,) = doubts(rows, sowing(), total("11", "wuxing", "nanxun"))
    assert (found.code, found.cell, found.organisation) == ("sum_mismatch", "H9", None)
    assert found.message == (
        "表!H9：“科技型产业园（专业园）”的合计为 11，各单位相加为 10，相差 1（德清县、长兴县、安吉县、南太湖新区、长合区未填）。"
        "请核对合计数和各单位的数。"
    )
    (part,) = doubts(rows, sowing(), total("11", "wuxing", "nanxun", label="小计"))
    assert "未填" not in part.message


def test_sum_of_what_does_not_add_up_is_not_checked() -> None:
    rows = [row("C4", "wuxing", "12"), row("C4", "nanxun", "12")]

    assert codes(rows, clusters(), total("12", "wuxing", "nanxun", indicator="C4")) == []


def test_city_figure_is_compared_with_complete_districts_even_without_a_table() -> None:
    districts = {
        "wuxing": 7,
        "nanxun": 3,
        "deqing": 4,
        "changxing": 1,
        "anji": 2,
        "nantaihu": 1,
        "changhe": 0,
    }
    rows = [row("S1", code, str(number)) for code, number in districts.items()]

    assert codes([*rows, row("S1", "huzhou", "18")], sowing()) == []
    assert codes([*rows, row("S1", "huzhou", "19")], sowing()) == ["sum_mismatch"]
    assert codes([*rows[:-1], row("S1", "huzhou", "19")], sowing()) == []


def test_what_is_missing_is_information_only() -> None:
    found = check_figures([row("S1", "deqing", "4")], [], own_only(sowing(), "deqing"))

    assert [(problem.level, problem.code, problem.organisation) for problem in found] == [
        ("info", "incomplete", "deqing")
    ]
    assert found[0].message.startswith(
        "德清县还有 4 项没有填：省级专精特新园区（含高星级小微企业园）、引进培育创新型小微企业、"
    )


def test_figures_of_form_and_api_have_no_place_in_a_file() -> None:
    figure = FigureRow(indicator="S1", organisation="wuxing", value=Decimal(40), raw="40")

    (found,) = doubts([figure], sowing())

    assert (found.sheet, found.cell) == (None, None)
    assert found.message.startswith("吴兴区“科技型产业园（专业园）”填了 40个，超过目标 12个 的 3 倍。")


def test_unknown_indicator_is_passed_over() -> None:
    assert codes([row("X", "wuxing", "4")], sowing()) == []


def test_another_reporters_figure_is_told_with_both_values_and_reporters() -> None:
    vocabulary = with_previous(
        "S1", "deqing", "1", others=(("市经信局", Decimal(5)), ("市科技局", Decimal(4)))
    )
    vocabulary = replace(vocabulary, template_organisation="deqing")

    (problem,) = doubts([row("S1", "deqing", "4")], vocabulary)

    assert (problem.code, problem.indicator, problem.organisation) == ("reporters_differ", "S1", "deqing")
    assert problem.message == (
        "表!D9：德清县“科技型产业园（专业园）”德清县报 4个，市经信局报 5个，两个数不同。"
        "请与市经信局核对；核对无误可以照报，核定人会同时看到两个数。"
    )


def test_every_problem_of_the_checks_belongs_to_one_named_check() -> None:
    codes = [code for check in CROSS_CHECKS for code in check.problem_codes]

    assert len(codes) == len(set(codes))
    assert set(codes) <= set(KINDS)
    assert {check.code: check.level for check in CROSS_CHECKS if not check.is_switchable} == {
        "exact_values": "error",
        "one_value": "error",
    }
    assert {check.level for check in SWITCHABLE} == {"warning", "info"}


def test_a_check_that_is_switched_off_says_nothing_and_errors_always_stay() -> None:
    problems = [
        make_problem(
            "duplicate_same", indicator_name="", organisation_name="", value=1, other="", other_value=1
        ),
        make_problem(
            "duplicate_conflict", indicator_name="", organisation_name="", value=1, other="", other_value=2
        ),
        make_problem("inexact_number", found="约3"),
    ]

    kept = without_switched_off(problems, frozenset(check.code for check in CROSS_CHECKS))

    assert [problem.code for problem in kept] == ["duplicate_conflict", "inexact_number"]
