"""Every kind of target text that the three documents use, and what cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicators.target_text import KINDS, ParsedTarget, parse_target_text, unit_factor

ENERGY_ROW = ("4.5（含 南太湖新区）", "4.8", "5.2", "7.6", "6.3", "/", "完成省定目标")
PENDING_ROW = ("", "", "", "", "", "", "待省下达任务指标后再分解")


@pytest.mark.parametrize(
    ("text", "unit", "kind", "comparator", "value"),
    [
        ("12", "个", "at_least", "ge", "12"),
        ("1.5", "个百分点", "at_least", "ge", "1.5"),
        ("18.56", "件", "at_least", "ge", "18.56"),
        ("１２", "个", "at_least", "ge", "12"),
        ("1,240", "家", "at_least", "ge", "1240"),
        ("2 个以上", "个", "at_least", "ge", "2"),
        ("100个以上", "个", "at_least", "ge", "100"),
        ("100%", "%", "at_least", "ge", "100"),
        ("12.5％", "%", "at_least", "ge", "12.5"),
        ("1 个百分点", "%", "at_least", "ge", "1"),
        ("不低于 40%", "%", "at_least", "ge", "40"),
        ("不少于 800 亿元", "亿元", "at_least", "ge", "800"),
        ("突破 200 亿元", "亿元", "at_least", "ge", "200"),
        ("力争达到80%以上", "%", "at_least", "ge", "80"),
        ("超 40", "%", "above", "gt", "40"),
        ("超过40%", "%", "above", "gt", "40"),
        ("超1200家", "家", "above", "gt", "1200"),
        ("累计超 1200家", "家", "above", "gt", "1200"),
        ("均超 300 个", "个", "above", "gt", "300"),
        ("高于 5%", "%", "above", "gt", "5"),
        ("1%以下", "%", "at_most", "le", "1"),
        ("不超过 50 家", "家", "at_most", "le", "50"),
        ("控制在3%以内", "%", "at_most", "le", "3"),
        ("低于0.52", "吨标煤", "below", "lt", "0.52"),
        ("提高到60.5%以上", "%", "at_least", "ge", "60.5"),
        ("力争100%全覆盖", "%", "at_least", "ge", "100"),
        ("15 家（个）以上", "家", "at_least", "ge", "15"),
        ("28 万元/人以上", "万元/人", "at_least", "ge", "28"),
        ("-5", "%", "at_least", "ge", "-5"),
        ("0", "个", "zero", "ge", "0"),
        ("0.0", "%", "zero", "ge", "0"),
        ("5", "项", "at_least", "ge", "5"),
        ("5个", "项", "at_least", "ge", "5"),
    ],
)
def test_number_is_read_with_its_comparator(
    text: str, unit: str, kind: str, comparator: str, value: str
) -> None:
    parsed = parse_target_text(text, unit=unit)

    assert (parsed.kind, parsed.comparator, parsed.value, parsed.problem) == (
        kind,
        comparator,
        Decimal(value),
        None,
    )
    assert parsed.strict == (comparator in {"gt", "lt"})


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1", "万亩", "1"),
        ("1 万亩", "万亩", "1"),
        ("1 万亩", "亩", "10000"),
        ("10000 亩", "万亩", "1"),
        ("1500", "亩", "1500"),
        ("4.6 万人", "万人", "4.6"),
        ("4.6 万人", "人", "46000"),
        ("3万", "亩", "30000"),
        ("1.5亿元", "万元", "15000"),
        ("1.2亿元", "亿元", "1.2"),
    ],
)
def test_scale_in_the_text_is_converted_exactly(text: str, unit: str, value: str) -> None:
    parsed = parse_target_text(text, unit=unit)

    assert parsed == ParsedTarget("at_least", comparator="ge", value=Decimal(value))
    assert str(parsed.value) == value


def test_bare_number_where_lower_is_better_is_the_most_allowed() -> None:
    parsed = parse_target_text("5", unit="%", lower_is_better=True)

    assert parsed == ParsedTarget("at_most", comparator="le", value=Decimal(5))


def test_zero_where_lower_is_better_is_a_bound_and_not_the_absence_of_a_task() -> None:
    parsed = parse_target_text("0", unit="起", lower_is_better=True)

    assert parsed == ParsedTarget("at_most", comparator="le", value=Decimal(0))


def test_about_keeps_the_number_and_says_so() -> None:
    parsed = parse_target_text("25 项左右", unit="项")

    assert parsed == ParsedTarget("at_least", comparator="about", value=Decimal(25))


def test_fraction_stays_exact() -> None:
    assert parse_target_text("2/3 以上", unit="") == ParsedTarget(
        "at_least", comparator="ge", fraction=(2, 3)
    )
    assert parse_target_text("不少于 1/3", unit="") == ParsedTarget(
        "at_least", comparator="ge", fraction=(1, 3)
    )


@pytest.mark.parametrize(
    ("text", "commitment"),
    [
        ("力争 80 家", "力争"),
        ("确保100%", "确保"),
        ("争取 15 项", "争取"),
        ("累计力争 12 个以上", "力争"),
        ("12", ""),
    ],
)
def test_commitment_word_is_kept_beside_the_number(text: str, commitment: str) -> None:
    parsed = parse_target_text(text, unit="" if "%" in text else "个")

    assert (parsed.commitment, parsed.problem) == (commitment, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "高于 GDP 增速 1 个百分点",
            ParsedTarget("relative", comparator="ge", reference="gdp_growth", offset=Decimal(1)),
        ),
        (
            "高于面上1个百分点",
            ParsedTarget("relative", comparator="ge", reference="overall_growth", offset=Decimal(1)),
        ),
        (
            "高于面上",
            ParsedTarget(
                "relative", comparator="gt", strict=True, reference="overall_growth", offset=Decimal(0)
            ),
        ),
        (
            "超过全省平均水平",
            ParsedTarget(
                "relative", comparator="gt", strict=True, reference="province_average", offset=Decimal(0)
            ),
        ),
        (
            "不低于全省平均",
            ParsedTarget("relative", comparator="ge", reference="province_average", offset=Decimal(0)),
        ),
        (
            "低于全国平均0.5个百分点",
            ParsedTarget("relative", comparator="le", reference="全国平均", offset=Decimal("-0.5")),
        ),
    ],
)
def test_relative_target_names_its_series_and_distance(text: str, expected: ParsedTarget) -> None:
    assert parse_target_text(text, unit="%") == expected


def test_provincial_target_waits_for_the_province() -> None:
    assert parse_target_text("完成省定目标", unit="%") == ParsedTarget("provincial", comparator="ge")
    assert parse_target_text("确保完成省定目标", unit="%").commitment == "确保"


def test_joint_target_is_read_on_its_holder_and_merged_on_the_other() -> None:
    holder = parse_target_text(ENERGY_ROW[0], unit="%", row_texts=ENERGY_ROW, organisation_names=("吴兴",))
    other = parse_target_text(
        "/", unit="%", row_texts=ENERGY_ROW, organisation_names=("南太湖新区", "南太湖")
    )

    assert holder == ParsedTarget("joint", comparator="ge", value=Decimal("4.5"), joint_with=("南太湖新区",))
    assert other == ParsedTarget("merged")


@pytest.mark.parametrize("names", [(), ("长合区",)])
def test_slash_of_another_place_is_not_assessed(names: tuple[str, ...]) -> None:
    parsed = parse_target_text("/", unit="%", row_texts=ENERGY_ROW, organisation_names=names)

    assert parsed == ParsedTarget("not_assessed")


def test_slash_without_neighbours_is_not_assessed_in_both_widths() -> None:
    assert parse_target_text("/", unit="%") == ParsedTarget("not_assessed")
    assert parse_target_text("／", unit="%") == ParsedTarget("not_assessed")


def test_pending_text_and_the_blanks_beside_it() -> None:
    assert parse_target_text(PENDING_ROW[-1], unit="项") == ParsedTarget("pending")
    assert parse_target_text("待省下达 任务指标 后再分解", unit="家") == ParsedTarget("pending")
    assert parse_target_text("", unit="项", row_texts=PENDING_ROW) == ParsedTarget("pending")


@pytest.mark.parametrize("text", ["", " ", "\u3000"])
def test_blank_is_unset_and_never_zero(text: str) -> None:
    assert parse_target_text(text, unit="个", row_texts=("1", "0")) == ParsedTarget("unset")


@pytest.mark.parametrize("text", ["-", "—", "－", "_", " - "])
def test_dash_is_not_added_over_years(text: str) -> None:
    assert parse_target_text(text, unit="个") == ParsedTarget("total_dash")


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("1—2 个", "个", "是一个范围，请写明确的数"),
        ("3-5", "个", "是一个范围，请写明确的数"),
        ("120%以上、高于省均", "%", "一格里有几个条件或几个数，请分开填写"),
        ("1 2", "个", "数字中间有空格，请核对原文后去掉空格"),
        ("114259. 41", "亩", "数字中间有空格，请核对原文后去掉空格"),
        ("12家", "亩", "单位与指标的单位“亩”不一致，请改成同一单位"),
        ("4.5（不含 南太湖新区）", "%", "括号里的说明只认得“（含某区）”，请把其余说明移到备注"),
        (
            "全覆盖",
            "%",
            "读不出一个明确的数，作为文字目标保留；要计分请写成“12”“2个以上”“超40”这样",
        ),
        (
            "约300",
            "个",
            "读不出一个明确的数，作为文字目标保留；要计分请写成“12”“2个以上”“超40”这样",
        ),
    ],
)
def test_what_cannot_be_read_says_why_and_keeps_the_text(text: str, unit: str, why: str) -> None:
    assert parse_target_text(text, unit=unit) == ParsedTarget("text", problem=f"目标“{text}”：{why}")


def test_kinds_are_the_fourteen_codes() -> None:
    assert len(set(KINDS)) == 14


@pytest.mark.parametrize(
    ("unit", "wanted", "factor"),
    [("万亩", "亩", "10000"), ("亩", "万亩", "0.0001"), ("亿元", "万元", "10000"), ("家", "个", "1")],
)
def test_factor_between_units_of_one_thing_is_exact(unit: str, wanted: str, factor: str) -> None:
    assert str(unit_factor(unit=unit, wanted=wanted)) == factor


def test_units_of_different_things_have_no_factor() -> None:
    assert unit_factor(unit="亩", wanted="家") is None
