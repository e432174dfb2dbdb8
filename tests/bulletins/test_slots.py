"""Texts with slots: numbers come from facts, typed ones are refused."""

import pytest

from bulletins.slots import UnknownSlot, check_text, fill

FACTS = {"安吉县·总分": "108.56", "期间": "2025年二季度"}
NAMES = {"播种计划", "省级5A级园区"}


def test_fill_prints_the_facts() -> None:
    assert fill("{期间}安吉县{安吉县·总分}分", FACTS) == "2025年二季度安吉县108.56分"


def test_fill_names_an_unknown_fact() -> None:
    with pytest.raises(UnknownSlot, match="安吉县·名次"):
        fill("第{安吉县·名次}位", FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "安吉县{安吉县·总分}分，{期间}居前。",
        "请于2025年8月15日前整改，8月底前报送。",
        "按照《关于印发12条措施的通知》（湖政办发〔2025〕12号）要求落实。",
        "（一）抓紧补短。第二季度以来",
        "省级5A级园区建设加快",
        "1.要逐项分析原因",
    ],
)
def test_check_text_takes_slots_dates_titles_and_names(text: str) -> None:
    assert check_text(text, facts=FACTS, names=NAMES) == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("安吉县得120分", "120"),
        ("安吉县得１２０分", "１２０"),
        ("完成率达98.5%", "98.5%"),
        ("居全市第一位", "一位"),
        ("完成五项指标", "五项"),
        ("同比增长两倍", "两倍"),
        ("占百分之九十", "百分之九十"),
        ("总分{安吉县·总分}，其中加分2", "2"),
    ],
)
def test_check_text_refuses_a_figure_typed_by_hand(text: str, typed: str) -> None:
    problems = check_text(text, facts=FACTS, names=NAMES)

    assert len(problems) == 1
    assert f"“{typed}”是手工写的数" in problems[0]


def test_check_text_names_every_problem_at_once() -> None:
    problems = check_text("{没有}得3分，{残缺", facts=FACTS, names=NAMES)

    assert len(problems) == 3
    assert "没有" in problems[0]
    assert "花括号没有成对" in problems[1]
    assert "“3”" in problems[2]
