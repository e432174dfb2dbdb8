"""Sentence templates: what the office may write, and what is refused with the reason."""

import pytest

from bulletins.drafting import prefixed
from bulletins.facts import Limits, Narrative, gather, numeral, printed_name
from bulletins.slots import Slot, check_text
from bulletins.wording import BRIEF, NOTICE, WordingError, check_template, compose


def test_the_house_templates_are_valid() -> None:
    assert [check_template(section.template) for section in (*NOTICE, *BRIEF)] == [None] * 7


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("{% include 'settings.py' %}", "include"),
        ("{% load huzhou %}", "load"),
        ("{{ 计划|ljust:99999999 }}", "ljust"),
        ("{% for 家 in 黑榜 %}{{ 家.名称 }}", "语法错误"),
        ("字" * 8001, "最多 8000 字"),
    ],
)
def test_check_template_says_what_cannot_be_used(template: str, word: str) -> None:
    problem = check_template(template)

    assert problem is not None
    assert word in problem


def test_compose_prints_numbers_as_slots_and_drops_empty_lines() -> None:
    text = compose(
        "甲{{ 数 }}分\n\n  {% if 无.some %}不写{% endif %}\n乙",
        {"数": Slot("甲·总分", "3"), "无": Slot("无", "0")},
    )

    assert text == "甲{甲·总分}分\n乙"


def test_compose_refuses_a_bad_template() -> None:
    with pytest.raises(WordingError, match="语法错误"):
        compose("{% if %}", {})


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numeral(number: int, words: str) -> None:
    assert numeral(number) == words


def test_gather_tells_problems_only_of_lines_behind_the_schedule() -> None:
    line = {
        "indicator": "园区",
        "target_text": "2",
        "expected": "1",
        "value": "1",
        "attainment": "100.00",
        "completion": "50.00",
        "score": "100.00",
        "light": "green",
        "reason": None,
    }
    behind = line | {"indicator": "企业", "attainment": "50.00", "light": "red"}
    entry = {
        "unit": "甲",
        "group": None,
        "excluded": None,
        "total": "75.00",
        "rank": 1,
        "group_rank": None,
        "lines": [line, behind],
    }

    gathered = gather(
        document={"entries": [entry]},
        plan="计划",
        period="2025年二季度",
        board="区县榜",
        data_as_of=None,
        movements={"甲": -2},
        narratives=[
            Narrative(unit="甲", indicator="园区", problems="不写。", measures=""),
            Narrative(unit="甲", indicator="企业", problems="用地{紧}张。", measures="盘活存量"),
        ],
        limits=Limits(),
    )

    assert [item["问题"].value for item in gathered.context["问题"]] == ["用地（紧）张"]
    assert gathered.facts["甲·位次变化"] == "较上期下降2位"
    assert gathered.facts["达序时占比"] == "50.00%"
    assert gathered.context["未说明"] == []


@pytest.mark.parametrize(
    ("ahead", "behind", "says"),
    [
        ("2", "1", "3个单位计分，2个达到或超过序时进度，1个落后于序时进度。"),
        ("3", "0", "3个单位计分，均达到或超过序时进度。"),
        ("0", "3", "3个单位计分，均落后于序时进度。"),
    ],
)
def test_indicator_sentence_says_all_instead_of_nought(ahead: str, behind: str, says: str) -> None:
    template = next(section.template for section in NOTICE if section.key == "indicators")
    row = {
        "序": "（一）",
        "名称": "园区",
        "参评": Slot("计", "3"),
        "达序时": Slot("达", ahead),
        "滞后": Slot("滞", behind),
    }

    text = compose(template, {"指标": [row]})

    written = text.replace("{计}", "3").replace("{达}", ahead).replace("{滞}", behind)
    assert written == f"（一）园区。{says}"


@pytest.mark.parametrize(
    ("units", "says"),
    [
        (["甲"], "功能区组只有一个单位参评：甲{甲·总分}分。"),
        (["甲", "乙"], "功能区组得分由高到低依次为：甲{甲·总分}分，乙{乙·总分}分。"),
    ],
)
def test_group_of_one_is_not_put_in_an_order(units: list[str], says: str) -> None:
    members = [{"名称": name, "总分": Slot(f"{name}·总分", "90.00")} for name in units]

    text = compose(
        NOTICE[0].template,
        {"计分项次": Slot("计分项次", "0"), "各组": [{"名称": "功能区组", "单位": members}]},
    )

    assert text.splitlines()[1:] == [says]
    assert "其中" not in text
    assert (
        check_text(text, facts=dict.fromkeys(["计分项次", *(f"{name}·总分" for name in units)], ""), names=())
        == []
    )


def test_brief_names_all_that_share_a_place_and_no_last_where_all_are_first() -> None:
    def says(*ranks: int) -> str:
        units = [
            {"unit": f"单位{place}", "group": None, "excluded": None, "total": "90.00", "rank": rank}
            | {"group_rank": None, "lines": []}
            for place, rank in enumerate(ranks)
        ]
        gathered = gather(
            document={"entries": units},
            plan="计划",
            period="2025年二季度",
            board="区县榜",
            data_as_of=None,
            movements={},
            narratives=[],
            limits=Limits(),
        )
        plan = prefixed(gathered, "甲计划", {}) | {"序": "（一）", "名称": "甲计划"}
        return compose(BRIEF[0].template, {"方案": [plan]}).rpartition("项次。")[2]

    assert says(1, 2, 2).startswith("居首的是单位0（")
    assert "居末的是单位1、单位2（" in says(1, 2, 2)
    assert says(1, 1) == "单位0、单位1得{甲计划·单位0·总分}分，不分先后。"


def test_name_within_a_sentence_leaves_out_its_place_in_a_table() -> None:
    assert printed_name("其中：未来产业领域内企业") == "未来产业领域内企业"
    assert printed_name("专精特新企业") == "专精特新企业"


def test_brief_names_a_few_indicators_and_says_that_there_are_more() -> None:
    names = ["园区", "企业", "其中：小微", "能耗"]
    lines = [
        {
            "indicator": name,
            "target_text": "2",
            "expected": "1",
            "value": "0",
            "attainment": "50.00",
            "completion": "25.00",
            "score": "50.00",
            "light": "red",
            "reason": None,
        }
        for name in names
    ]
    entry = {
        "unit": "甲",
        "group": None,
        "excluded": None,
        "total": "50.00",
        "rank": 1,
        "group_rank": None,
        "lines": lines,
    }

    gathered = gather(
        document={"entries": [entry]},
        plan="计划",
        period="2025年二季度",
        board="区县榜",
        data_as_of=None,
        movements={},
        narratives=[],
        limits=Limits(),
    )

    assert [item["主要指标"] for item in gathered.context["黑榜"]] == ["“园区”“企业”“小微”等"]
