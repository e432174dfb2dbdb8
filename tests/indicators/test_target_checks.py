"""目标校核 on plain values: each check where it agrees, where it does not, and at its edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.check_values import (
    Cell,
    Check,
    Finding,
    Horizon,
    Link,
    Measure,
    PlanUnderCheck,
    Relation,
    Severity,
)
from indicators.target_checks import (
    check_additions,
    check_breakdowns,
    check_columns,
    check_district_sums,
    check_parts_within,
    check_plan,
    check_rate_ranges,
    check_running_text,
    check_same_measures,
    check_shares,
    check_stocks,
    check_two_tables,
    check_year_totals,
    check_yearly_against_end,
)

PARKS = Measure(code="parks", name="产业园", unit="个", kind="flow", additive=True)
CHILD = Measure(
    code="child",
    name="其中：未来产业",
    unit="个",
    kind="flow",
    additive=True,
    parent="parks",
    min_share=(1, 3),
)
STOCK = Measure(code="stock", name="专精特新企业", unit="家", kind="stock", additive=True)
RATE = Measure(code="rate", name="劳动生产率", unit="万元/人", kind="rate")
LAND = Measure(code="land", name="腾出用地", unit="亩", kind="flow", additive=True)
CAP = Measure(code="cap", name="担保费率", unit="%", kind="rate", higher_is_better=False)
MEASURES = {item.code: item for item in (PARKS, CHILD, STOCK, RATE, LAND, CAP)}
NAMES = {"huzhou": "全市", "wuxing": "吴兴区", "nanxun": "南浔区", "deqing": "德清县"}
KINDS = {"以上": "at_least", "超": "above", "以下": "at_most"}


def cell(measure: str, organisation: str, text: str, *, year: int = 2025, **changes: object) -> Cell:
    """A cell of 附件1; a text that is no number has no value unless changes give one."""
    number = text.removesuffix("以上").removesuffix("以下").removeprefix("超")
    is_number = number.replace(".", "").isdigit()
    values: dict[str, object] = {
        "measure": measure,
        "organisation": organisation,
        "organisation_name": NAMES[organisation],
        "is_city": organisation == "huzhou",
        "is_place": organisation != "huzhou",
        "year": year,
        "horizon": Horizon.TABLE,
        "table": "annex-1",
        "document": "行动方案",
        "annex": "附件1",
        "row": f"{NAMES[organisation]} {year}年",
        "column": MEASURES[measure].name,
        "text": text,
        "kind": next((kind for word, kind in KINDS.items() if word in text), "at_least")
        if is_number
        else "text",
        "value": Decimal(number) if is_number else None,
        "unit": MEASURES[measure].unit,
        "is_scored": True,
    }
    return Cell(**(values | changes))  # type: ignore[arg-type]


def said(measure: str, text: str, horizon: Horizon, *, year: int = 2027, **changes: object) -> Cell:
    """A target of the running text for the whole city."""
    table = {"year": "text-year", "each_year": "text-each-year", "plan_end": "text-end"}[horizon]
    place: dict[str, object] = {
        "horizon": horizon,
        "table": table,
        "annex": "正文",
        "clause": "二、（一）",
        "column": "",
        "is_scored": False,
    }
    return cell(measure, "huzhou", text, year=year, **(place | changes))


def plan(
    *cells: Cell, links: tuple[Link, ...] = (), places: tuple[tuple[str, str], ...] = ()
) -> PlanUnderCheck:
    return PlanUnderCheck(
        code="plan",
        first_year=2025,
        last_year=2027,
        measures=MEASURES,
        cells=cells,
        links=links,
        places=places,
    )


def results(findings: list[Finding]) -> list[tuple[str, Severity, str | None, str | None]]:
    """Key, severity and both values."""
    return [(item.key, item.severity, item.stated.value, item.against.value) for item in findings]


@pytest.mark.parametrize(
    ("city", "severity"),
    [("15.1", Severity.AGREED), ("15", Severity.PROBLEM), ("15.2", Severity.PROBLEM)],
)
def test_district_sum_is_compared_exactly(city: str, severity: Severity) -> None:
    districts = [cell("land", "wuxing", "4"), cell("land", "nanxun", "11"), cell("land", "deqing", "0.1")]

    found = list(check_district_sums(plan(cell("land", "huzhou", city), *districts)))

    assert results(found) == [("district_sum:land:huzhou:2025:annex-1", severity, city, "15.1")]
    assert (found[0].against.text, found[0].against.unit) == ("4+11+0.1", "亩")


def test_district_sum_names_the_difference() -> None:
    cells = [cell("land", "huzhou", "15"), cell("land", "wuxing", "4"), cell("land", "nanxun", "11.1")]

    (found,) = check_district_sums(plan(*cells))

    assert found.message == (
        "附件1写15亩，2个区县之和为15.1亩，相差0.1亩。请核对原文；文件确实如此的，由牵头办写明理由。"
    )


def test_district_sum_waits_for_districts_without_a_number() -> None:
    pending = cell("land", "nanxun", "", kind="pending")

    (found,) = check_district_sums(plan(cell("land", "huzhou", "25"), cell("land", "wuxing", "5"), pending))

    assert found.severity == Severity.NOTICE
    assert "南浔区还没有数" in found.message


def test_district_without_a_task_adds_nothing_to_the_sum() -> None:
    merged = cell("land", "nanxun", "/", kind="merged")
    zero = cell("land", "deqing", "0", kind="zero")

    (found,) = check_district_sums(
        plan(cell("land", "huzhou", "5"), cell("land", "wuxing", "5"), merged, zero)
    )

    assert found.severity == Severity.AGREED


def test_rates_are_never_added_up() -> None:
    assert list(check_district_sums(plan(cell("rate", "huzhou", "7"), cell("rate", "wuxing", "12")))) == []


@pytest.mark.parametrize(
    ("city", "severity"),
    [("5", Severity.AGREED), ("12", Severity.AGREED), ("4.9", Severity.PROBLEM), ("12.1", Severity.PROBLEM)],
)
def test_city_rate_lies_between_the_districts(city: str, severity: Severity) -> None:
    cells = [cell("rate", "huzhou", city), cell("rate", "wuxing", "12"), cell("rate", "nanxun", "5")]

    (found,) = check_rate_ranges(plan(*cells))

    assert (found.severity, found.against.text, found.against.value) == (severity, "5—12", None)


def test_subtotals_add_up_the_years_and_the_grand_total_the_districts() -> None:
    total = {"horizon": Horizon.TOTAL, "kind": ""}
    cells = [
        cell("parks", "wuxing", "12", year=2025),
        cell("parks", "wuxing", "10", year=2026),
        cell("parks", "huzhou", "12", year=2025),
        cell("parks", "huzhou", "10", year=2026),
        cell("parks", "wuxing", "22", year=2027, **total),
        cell("parks", "huzhou", "23", year=2027, **total),
    ]

    found = list(check_year_totals(plan(*cells)))

    assert results(found) == [
        ("year_total:parks:wuxing:annex-1:years", Severity.AGREED, "22", "22"),
        ("year_total:parks:huzhou:annex-1:years", Severity.PROBLEM, "23", "22"),
        ("year_total:parks:huzhou:annex-1:districts", Severity.PROBLEM, "23", "22"),
    ]


@pytest.mark.parametrize(
    ("measure", "text", "severity"),
    [("stock", "-", Severity.AGREED), ("stock", "30", Severity.PROBLEM), ("parks", "-", Severity.NOTICE)],
)
def test_subtotal_fits_the_kind_of_indicator(measure: str, text: str, severity: Severity) -> None:
    total = cell(measure, "wuxing", text, horizon=Horizon.TOTAL, kind="")

    (found,) = check_year_totals(plan(cell(measure, "wuxing", "30"), total))

    assert found.severity == severity


OTHER = {"table": "annex-2", "annex": "附件2", "is_scored": False}


def test_same_measure_in_two_units_agrees_and_is_listed() -> None:
    first = cell("land", "huzhou", "1", value=Decimal(1), unit="万亩", factor=Decimal(10000))

    (found,) = check_two_tables(plan(cell("land", "huzhou", "10000", **OTHER), first))

    assert results([found]) == [
        ("two_tables:land:huzhou:2025:annex-1:annex-2", Severity.AGREED, "1", "10000")
    ]
    assert found.message == "附件1写“1万亩”，附件2写“10000亩”，单位不同，折算后都是10000亩。"


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        (cell("rate", "huzhou", "7", **OTHER), Severity.AGREED),
        (cell("rate", "huzhou", "8", **OTHER), Severity.PROBLEM),
        (cell("rate", "huzhou", "超7", **OTHER), Severity.NOTICE),
        (cell("rate", "huzhou", "待省下达任务指标后再分解", kind="pending", **OTHER), Severity.NOTICE),
        (cell("rate", "huzhou", "高于GDP增速1个百分点", kind="relative", **OTHER), Severity.NOTICE),
    ],
)
def test_same_measure_in_two_tables(other: Cell, severity: Severity) -> None:
    (found,) = check_two_tables(plan(cell("rate", "huzhou", "7"), other))

    assert found.severity == severity


@pytest.mark.parametrize(("offset", "severity"), [("1", Severity.AGREED), ("2", Severity.NOTICE)])
def test_relative_targets_are_the_same_with_the_same_distance(offset: str, severity: Severity) -> None:
    relative = {"kind": "relative", "reference": "gdp_growth"}
    first = cell("rate", "huzhou", "高于GDP增速1个百分点", offset=Decimal(1), **relative)
    other = cell("rate", "huzhou", "高于 GDP 增速", offset=Decimal(offset), **relative, **OTHER)

    (found,) = check_two_tables(plan(first, other))

    assert found.severity == severity


def test_provincial_targets_are_the_same_whatever_their_words() -> None:
    first = cell("rate", "huzhou", "完成省定目标", kind="provincial", reference="province_energy_intensity")
    other = cell("rate", "huzhou", "确保完成省定目标", kind="provincial", **OTHER)

    (found,) = check_two_tables(plan(first, other))

    assert found.severity == Severity.AGREED


YEARS = tuple(
    cell("parks", "huzhou", text, year=year) for year, text in ((2025, "35"), (2026, "35"), (2027, "32"))
)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("100以上", Severity.INFO),
        ("102以上", Severity.INFO),
        ("超102", Severity.PROBLEM),
        ("103", Severity.PROBLEM),
    ],
)
def test_headline_of_a_flow_is_held_against_the_sum_of_the_years(text: str, severity: Severity) -> None:
    (found,) = check_running_text(plan(said("parks", text, Horizon.PLAN_END), *YEARS))

    assert (found.key, found.severity, found.against.value) == (
        "headline:parks:huzhou:2027:text-end",
        severity,
        "102",
    )


def test_headline_of_a_flow_points_at_the_printed_total() -> None:
    total = cell("parks", "huzhou", "102", year=2027, horizon=Horizon.TOTAL, kind="", row="全市累计 合计")

    (found,) = check_running_text(plan(said("parks", "100以上", Horizon.PLAN_END), *YEARS, total))

    assert (found.against.row, found.against.text) == ("全市累计 合计", "102")


@pytest.mark.parametrize(
    ("text", "severity"), [("超1200", Severity.INFO), ("1240", Severity.INFO), ("超1240", Severity.PROBLEM)]
)
def test_headline_of_a_stock_is_held_against_the_last_year(text: str, severity: Severity) -> None:
    stocks = [cell("stock", "huzhou", "980", year=2025), cell("stock", "huzhou", "1240", year=2027)]

    (found,) = check_running_text(plan(said("stock", text, Horizon.PLAN_END), *stocks))

    assert (found.check, found.severity, found.against.value) == (Check.HEADLINE, severity, "1240")


@pytest.mark.parametrize(
    ("text", "table", "severity"),
    [
        ("12", "12", Severity.AGREED),
        ("超40", "超40", Severity.AGREED),
        ("超40", "40", Severity.PROBLEM),
        ("10以上", "12", Severity.INFO),
        ("13", "12", Severity.PROBLEM),
        ("上线运行", "1", Severity.NOTICE),
        ("1以下", "1", Severity.NOTICE),
    ],
)
def test_text_of_a_year_against_the_table_of_the_year(text: str, table: str, severity: Severity) -> None:
    cells = [said("stock", text, Horizon.YEAR, year=2025), cell("stock", "huzhou", table)]

    (found,) = check_running_text(plan(*cells))

    assert found.severity == severity


def test_about_in_the_text_is_never_the_same_as_a_plain_number() -> None:
    about = said("stock", "25", Horizon.YEAR, year=2025, about=True)

    (found,) = check_running_text(plan(about, cell("stock", "huzhou", "25")))

    assert found.severity == Severity.INFO


def test_upper_limit_is_kept_by_a_lower_one() -> None:
    cells = [said("cap", "2以下", Horizon.YEAR, year=2025), cell("cap", "huzhou", "1以下")]

    (found,) = check_running_text(plan(*cells))

    assert found.severity == Severity.INFO


def test_target_of_each_year_is_held_against_every_year_of_the_table() -> None:
    text = [said("parks", "33", Horizon.EACH_YEAR, year=year) for year in (2025, 2026, 2027)]

    found = list(check_running_text(plan(*text, *YEARS)))

    assert results(found) == [
        ("headline:parks:huzhou:2025:text-each-year", Severity.INFO, "33", "35"),
        ("headline:parks:huzhou:2026:text-each-year", Severity.INFO, "33", "35"),
        ("headline:parks:huzhou:2027:text-each-year", Severity.PROBLEM, "33", "32"),
    ]


@pytest.mark.parametrize(
    ("child", "severity"), [("54", Severity.INFO), ("53", Severity.INFO), ("52", Severity.PROBLEM)]
)
def test_share_that_the_text_asks_for_is_held_against_the_lowest_row(child: str, severity: Severity) -> None:
    text = said("child", "不少于1/3", Horizon.EACH_YEAR, year=2025, fraction=(1, 3))
    rows = [
        *(cell("parks", "wuxing", "159"), cell("child", "wuxing", child)),
        *(cell("parks", "nanxun", "30"), cell("child", "nanxun", "20")),
    ]

    (found,) = check_running_text(plan(text, *rows))

    assert (found.severity, found.against.text) == (severity, f"{child}/159")


@pytest.mark.parametrize(
    ("child", "severity"),
    [("55", Severity.AGREED), ("53", Severity.PROBLEM), ("160", Severity.AGREED), ("161", Severity.PROBLEM)],
)
def test_child_reaches_its_share_and_stays_within_its_parent(child: str, severity: Severity) -> None:
    (found,) = check_shares(plan(cell("parks", "wuxing", "160"), cell("child", "wuxing", child)))

    assert results([found]) == [("share:child:wuxing:2025:annex-1", severity, child, "160")]


def test_share_of_exactly_one_third_is_reached() -> None:
    (found,) = check_shares(plan(cell("parks", "wuxing", "30"), cell("child", "wuxing", "10")))

    assert found.severity == Severity.AGREED


def test_stock_that_falls_is_a_problem_of_the_later_year() -> None:
    levels = ((2025, "12"), (2026, "14"), (2027, "13"))

    found = list(check_stocks(plan(*(cell("stock", "wuxing", text, year=year) for year, text in levels))))

    assert results(found) == [("falling_stock:stock:wuxing:2027:annex-1", Severity.PROBLEM, "13", "14")]


def test_stock_that_stays_or_rises_agrees() -> None:
    levels = ((2025, "12"), (2026, "12"), (2027, "13"))

    found = list(check_stocks(plan(*(cell("stock", "wuxing", text, year=year) for year, text in levels))))

    assert results(found) == [("falling_stock:stock:wuxing:2027:annex-1", Severity.AGREED, "13", "12")]


@pytest.mark.parametrize(
    ("measure", "end", "severity"),
    [
        ("rate", "28", Severity.PROBLEM),
        ("rate", "29.6", Severity.AGREED),
        ("rate", "30", Severity.AGREED),
        ("rate", "超过全省平均水平", Severity.NOTICE),
        ("cap", "30以下", Severity.PROBLEM),
        ("cap", "28以下", Severity.AGREED),
    ],
)
def test_end_of_the_plan_asks_for_no_less_than_an_earlier_year(
    measure: str, end: str, severity: Severity
) -> None:
    cells = [said(measure, end, Horizon.PLAN_END), cell(measure, "huzhou", "29.6")]

    (found,) = check_running_text(plan(*cells))

    assert (found.key, found.severity) == (f"horizon:{measure}:huzhou:2027:text-end", severity)


@pytest.mark.parametrize(
    ("end", "severity"), [("34", Severity.PROBLEM), ("35", Severity.INFO), ("36", Severity.AGREED)]
)
def test_end_of_a_flow_is_not_exceeded_by_part_of_the_years(end: str, severity: Severity) -> None:
    (found,) = check_running_text(plan(said("parks", end, Horizon.PLAN_END), YEARS[0]))

    assert (found.check, found.severity) == (Check.HORIZON, severity)


@pytest.mark.parametrize(("end", "severity"), [("3000", Severity.AGREED), ("2999", Severity.NOTICE)])
def test_each_year_times_the_years_makes_the_end(end: str, severity: Severity) -> None:
    yearly = [said("parks", "1000", Horizon.EACH_YEAR, year=year) for year in (2025, 2026, 2027)]

    (found,) = check_yearly_against_end(plan(*yearly, said("parks", end, Horizon.PLAN_END)))

    assert results([found]) == [("horizon:parks:huzhou:2027:text-end:each-year", severity, end, "3000")]


def link(relation: Relation, whole: str, *parts: str) -> tuple[Link, ...]:
    return tuple(Link(relation=relation, whole=whole, part=part, note="范围不同") for part in parts)


def test_same_measure_under_another_name_is_compared_and_says_why() -> None:
    cells = [said("stock", "28", Horizon.PLAN_END), cell("parks", "huzhou", "29", year=2025)]
    links = link(Relation.SAME, "stock", "parks")

    (found,) = check_same_measures(plan(*cells, links=links))

    assert (found.key, found.severity) == ("horizon:stock:huzhou:2027:text-end:parks", Severity.PROBLEM)
    assert found.message.endswith("（对照依据：范围不同）")


def test_linked_measures_with_units_of_different_things_are_refused() -> None:
    cells = [said("rate", "28", Horizon.PLAN_END), cell("parks", "huzhou", "29")]

    with pytest.raises(ValueError, match="rate and parks have the units 万元/人 and 个"):
        list(check_same_measures(plan(*cells, links=link(Relation.SAME, "rate", "parks"))))


@pytest.mark.parametrize(("whole", "severity"), [("80", Severity.INFO), ("81", Severity.PROBLEM)])
def test_target_broken_down_in_the_text_adds_up(whole: str, severity: Severity) -> None:
    parts = [
        said("child", "5以上", Horizon.YEAR, year=2025),
        said("stock", "75以上", Horizon.YEAR, year=2025),
    ]
    links = link(Relation.PART, "parks", "child", "stock")

    (found,) = check_breakdowns(plan(cell("parks", "huzhou", whole), *parts, links=links))

    assert results([found]) == [
        ("breakdown:parks:huzhou:2025:annex-1:child+stock", severity, whole, "80"),
    ]


@pytest.mark.parametrize(("part", "severity"), [("15", Severity.AGREED), ("201", Severity.PROBLEM)])
def test_contained_measure_asks_for_no_more_than_the_whole(part: str, severity: Severity) -> None:
    cells = [said("stock", "200", Horizon.YEAR, year=2025), cell("parks", "huzhou", part)]

    (found,) = check_parts_within(plan(*cells, links=link(Relation.WITHIN, "stock", "parks")))

    assert (found.check, found.severity) == (Check.SHARE, severity)


def test_contained_measure_of_another_year_is_not_compared() -> None:
    cells = [said("stock", "10", Horizon.PLAN_END), cell("parks", "huzhou", "15", year=2027)]

    assert list(check_parts_within(plan(*cells, links=link(Relation.WITHIN, "stock", "parks")))) == []


@pytest.mark.parametrize(
    ("end", "severity"), [("14", Severity.PROBLEM), ("15", Severity.INFO), ("300", Severity.AGREED)]
)
def test_additions_stay_within_the_level_of_the_end(end: str, severity: Severity) -> None:
    cells = [cell("parks", "huzhou", "1"), cell("child", "huzhou", "14")]
    links = link(Relation.ADDITION, "stock", "parks", "child")

    (found,) = check_additions(plan(said("stock", end, Horizon.PLAN_END), *cells, links=links))

    assert results([found]) == [("horizon:stock:huzhou:2027:text-end:parks+child", severity, end, "15")]


def test_district_without_a_column_is_named() -> None:
    places = (("wuxing", "吴兴区"), ("nanxun", "南浔区"))

    found = list(check_columns(plan(cell("parks", "wuxing", "1"), places=places)))

    assert [(item.key, item.severity) for item in found] == [
        ("columns:annex-1:wuxing", Severity.AGREED),
        ("columns:annex-1:nanxun", Severity.INFO),
    ]


def test_plan_without_tables_has_nothing_to_check() -> None:
    assert check_plan(plan(said("parks", "100", Horizon.PLAN_END))) == []


def test_gravest_finding_comes_first_and_keys_are_unique() -> None:
    cells = [
        *(cell("land", "huzhou", "15"), cell("land", "wuxing", "15.1")),
        *(said("parks", "100", Horizon.PLAN_END), *YEARS),
        *(cell("stock", "wuxing", "1"), cell("stock", "huzhou", "1")),
    ]

    found = check_plan(plan(*cells))

    assert [item.severity for item in found] == [Severity.PROBLEM, Severity.INFO, Severity.AGREED]
    assert len({item.key for item in found}) == 3


def test_digest_follows_the_values_and_not_the_words() -> None:
    cells = [cell("land", "huzhou", "15"), cell("land", "wuxing", "15.1")]
    (found,) = check_district_sums(plan(*cells))
    (other,) = check_district_sums(plan(cells[0], replace(cells[1], text="15.2", value=Decimal("15.2"))))

    assert replace(found, message="另一种说法").digest == found.digest
    assert (other.key, other.digest == found.digest) == (found.key, False)
