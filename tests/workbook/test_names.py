"""Names, units and periods as people write them."""

from datetime import date
from decimal import Decimal

import pytest

from returns.workbook.names import IndicatorNames, OrganisationNames, fold, split_label
from returns.workbook.periods import date_of, find_period, year_of
from returns.workbook.types import IndicatorTerm
from returns.workbook.units import factor, is_unit, parse_unit
from tests.workbook.builders import CLUSTER_INDICATORS, ORGANISATIONS, SOWING_INDICATORS

INDICATORS = IndicatorNames((*SOWING_INDICATORS, *CLUSTER_INDICATORS))
AREAS = OrganisationNames(ORGANISATIONS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("科技型产业园（专业园）", "S1"),
        ("科技型产业园 (专业园)（个）", "S1"),
        ("科技型产业园", "S1"),
        ("１．科技型产业园（专业园）数量（个）", "S1"),
        ("省级专精特新\n园区（含高星级\n小微企业园）（个）", "S2"),
        ("其中：未来产业 领域内企业（不少于 1/3）", "S4"),
        ("未来产业领域内企业", "S4"),
        ('新增"浙江制造"标准（项）', "C14"),
        ("‘浙江制造’标准", "C14"),
        ("新增省级服务型制造企业（平台）家（个）", "C51"),
        ("全市出让土地总量中工业用地比例不低于（%）", "C81"),
        ("单位 ＧＤＰ 能耗下降率（％）", "C16"),
        ("★规上工业亩均税收(万元/亩)", "C6"),
        ("规上工业亩均税收，万元/亩", "C6"),
        ("规上工业", None),
        ("腾出用地面积（不含南太湖新区）", None),
        ("", None),
    ],
)
def test_indicator_names(text, code) -> None:
    assert INDICATORS.find(text) == code


def test_alias_that_two_indicators_bear_belongs_to_neither() -> None:
    names = IndicatorNames(
        [
            IndicatorTerm(code="a", name="甲指标", names=("园区",)),
            IndicatorTerm(code="b", name="乙指标", names=("园区",)),
        ]
    )

    assert names.find("园区") is None
    assert names.find("甲指标") == "a"


def test_own_name_goes_before_anothers_alias() -> None:
    names = IndicatorNames(
        [IndicatorTerm(code="a", name="园区数", names=("园区",)), IndicatorTerm(code="b", name="园区")]
    )

    assert names.find("园区") == "b"


def test_nearest_names_are_told_best_first_and_not_when_nothing_is_near() -> None:
    assert INDICATORS.nearest("规上工业亩均税")[0] == "规上工业亩均税收"
    assert INDICATORS.nearest("wholly different") == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("吴 兴 区", "wuxing"),
        ("吴兴", "wuxing"),
        ("徳清县", "deqing"),
        ("湖州市吴兴区", "wuxing"),
        ("长合区管委会", "changhe"),
        ("南太湖新区管理委员会", "nantaihu"),
        ("安吉县人民政府", "anji"),
        ("（1）吴兴区", "wuxing"),
        ("吴兴区（含高新区）", "wuxing"),
        ("全 市", "huzhou"),
        ("全市合计", "huzhou"),
        ("湖州市", "huzhou"),
        ("全市（不含南太湖新区）", None),
        ("余杭区", None),
    ],
)
def test_organisation_names(text, code) -> None:
    assert AREAS.find(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("吴兴区经信局", "wuxing"),
        ("湖州市南太湖新区管委会", "nantaihu"),
        ("湖州市经信局", "jxj"),
        ("湖州市", "huzhou"),
        ("吴兴区、南浔区", None),
        ("某公司", None),
    ],
)
def test_organisation_within_a_sentence(text, code) -> None:
    assert AREAS.find_within(text) == code


def test_label_gives_name_and_unit() -> None:
    label = split_label("3.其中：腾出用地面积（万亩）")

    assert (label.text, label.unit, label.is_child) == ("腾出用地面积", "万亩", True)
    assert split_label("10亿元以上制造业项目（个）").text == "10亿元以上制造业项目"
    assert fold("“Ａ－b”（Ｃ）") == "abc"


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("万亩", "亩", "10000"),
        ("亩", "万亩", "0.0001"),
        ("家", "个", "1"),
        ("家（个）", "项", "1"),
        ("万人", "人", "10000"),
        ("％", "个百分点", "1"),
        ("亿元", "万元", "10000"),
        ("元/亩", "万元/亩", "0.0001"),
        ("兆瓦", "万千瓦", "0.1"),
        ("万吨标准煤", "万吨标煤", "1"),
        ("件/万人", "件/万人", "1"),
        ("公顷", "亩", "15"),
        ("亩", "家", None),
        ("%", "家", None),
        ("元", "美元", None),
        ("件", "件/万人", None),
    ],
)
def test_unit_factors(source, target, expected) -> None:
    assert factor(source=source, target=target) == (None if expected is None else Decimal(expected))


def test_what_is_a_unit() -> None:
    assert all(is_unit(text) for text in ("家", "万吨标煤", "万元/亩"))
    assert not any(is_unit(text) for text in ("含高星级小微企业园", "", "不少于1/3"))
    assert parse_unit("亿千瓦时") == (Decimal(10) ** 8, "千瓦时")


@pytest.mark.parametrize(
    ("text", "years", "quarters"),
    [
        ("2025年二季度", {2025}, {2}),
        ("2025年第3季度", {2025}, {3}),
        ("2025Q4", {2025}, {4}),
        ("2025-Q1", {2025}, {1}),
        ("二〇二五年前三季度", {2025}, {3}),
        ("2025年上半年", {2025}, {2}),
        ("2025年半年度", {2025}, {2}),
        ("2025年１—９月", {2025}, {3}),
        ("1至5月", set(), {2}),
        ("截至6月", set(), {2}),
        ("2025年6月底", {2025}, {2}),
        ("2023年全年完成情况", {2023}, {4}),
        ("2025年度", {2025}, set()),
        ("（2025—2027年）", set(), set()),
        ("湖政办发〔2025〕9号", set(), set()),
        ("2025年7月8日", set(), set()),
        ("2025-07-08", set(), set()),
        ("填报日期：2025年7月", set(), set()),
        ("完成值", set(), set()),
    ],
)
def test_periods(text, years, quarters) -> None:
    mention = find_period(text)

    assert (set(mention.years), set(mention.quarters)) == (years, quarters)


def test_months_that_do_not_begin_in_january_are_one_quarter_alone() -> None:
    assert find_period("4-6月").single == {2}
    assert find_period("1-6月").single == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-06-30", date(2025, 6, 30)),
        ("2025.6.30", date(2025, 6, 30)),
        ("2025年6月30日", date(2025, 6, 30)),
        ("20250630", date(2025, 6, 30)),
        ("截至2025/6/30", date(2025, 6, 30)),
        ("6月底", date(2025, 6, 30)),
        ("2025年12月", date(2025, 12, 31)),
        ("2025-02-30", None),
        ("6", None),
        ("尽快", None),
    ],
)
def test_dates(text, expected) -> None:
    assert date_of(text, year=2025) == expected


def test_years() -> None:
    assert [
        year_of(text) for text in ("2025", "2025 年", "２０２５年度", "2025.0", "二〇二五年", "25", "小计")
    ] == [
        2025,
        2025,
        2025,
        2025,
        2025,
        None,
        None,
    ]
