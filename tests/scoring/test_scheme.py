"""Schemes are data: what they say is what counts, and every wrong parameter is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scoring import SCHEME_V1, Scheme, SchemeError


def problems_of(**changes: Any) -> tuple[str, ...]:
    with pytest.raises(SchemeError) as refused:
        Scheme.from_dict(SCHEME_V1 | changes)
    return refused.value.problems


def test_scheme_v1_is_json_able_and_survives_the_round_trip() -> None:
    again = json.loads(json.dumps(SCHEME_V1, ensure_ascii=False))

    assert again == SCHEME_V1
    assert Scheme.from_dict(again) == Scheme.from_dict(SCHEME_V1)


def test_scheme_v1_says_what_the_rules_say() -> None:
    scheme = Scheme.from_dict(SCHEME_V1)

    assert (scheme.code, scheme.version, scheme.title) == ("quarterly", 1, "季度晾晒 v1")
    assert str(scheme.cap) == "1.20"
    assert scheme.schedule == (250_000, 500_000, 750_000, 1_000_000)
    assert (str(scheme.green), str(scheme.yellow)) == ("1", "0.8")
    assert (scheme.bonus_limit, scheme.deduction_limit) == (500, 500)
    assert scheme.method.method.name == "attainment_capped"
    assert scheme.groups.threshold == 5


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cap": "0.99"}, "cap：不能小于 1，现在是 0.99"),
        ({"cap": 1.2}, 'cap：应为数字，并写成文本（例如 "1.20"），现在是 1.2'),
        ({"cap": True}, 'cap：应为数字，并写成文本（例如 "1.20"），现在是 True'),
        ({"cap": "一点二"}, 'cap：应为数字（例如 "1.20"），现在是“一点二”'),
        ({"version": 0}, "version：应为不小于 1 的整数，现在是 0"),
        ({"version": "1"}, "version：应为不小于 1 的整数，现在是 '1'"),
        ({"code": " "}, "code：应为非空文字，现在是 ' '"),
        ({"title": None}, "title：应为非空文字，现在是 None"),
        ({"schedule": ["0.25", "0.5", "1"]}, "schedule：应为四个季度的累计进度"),
        ({"schedule": ["0.5", "0.25", "0.75", "1"]}, "schedule：累计进度应逐季不减"),
        ({"schedule": ["-1", "0.25", "0.75", "1"]}, "schedule 第 1 季度：不能小于 0，现在是 -1"),
        ({"lights": {"green": "0.8", "yellow": "1"}}, "lights.yellow：黄灯线不能高于绿灯线"),
        ({"lights": {"green": "1"}}, "lights.yellow：应为数字"),
        ({"lights": "红"}, "lights：应为一组带名称的参数，现在是 '红'"),
        (
            {"groups": {"threshold": 0, "at_least": "甲", "below": "乙"}},
            "groups.threshold：应为不小于 1 的整数",
        ),
        ({"groups": {"threshold": 5, "at_least": "甲", "below": "甲"}}, "groups.below：两个组的名称不能相同"),
        ({"groups": None}, "groups：应为一组带名称的参数，现在是 None"),
        ({"late": "每天 1 分"}, "late：应为一组带名称的参数"),
        ({"bonus_limit": "-1"}, "bonus_limit：不能小于 0"),
        ({"deduction_limit": "5.001"}, "deduction_limit：最多保留 2 位小数，现在是 5.001"),
        ({"method": "掷骰子"}, "method：没有计分方法“掷骰子”，可用的有：attainment_capped"),
        ({"method": {"name": "attainment_capped", "upper": "1"}}, "method.upper：没有这个参数"),
        ({"method": {"name": "attainment_capped", "cap": "x"}}, "method.cap：应为数字"),
        ({"indicators": {"产业园": {"weight": "-1"}}}, "indicators.产业园.weight：不能小于 0"),
        ({"indicators": {"产业园": {"wieght": "1"}}}, "indicators.产业园.wieght：没有这个参数"),
        ({"indicators": {"产业园": {"method": "无"}}}, "indicators.产业园.method：没有计分方法“无”"),
        ({"colour": "red"}, "colour：没有这个参数，可用的有："),
    ],
)
def test_wrong_parameter_is_named(changes: dict[str, Any], problem: str) -> None:
    problems = problems_of(**changes)

    assert [found for found in problems if found.startswith(problem)] == list(problems)
    assert len(problems) == 1


def test_all_wrong_parameters_are_named_at_once() -> None:
    problems = problems_of(cap="0", title="", schedule=None, bonus_limit="x")

    assert [problem.split("：")[0] for problem in problems] == ["cap", "bonus_limit", "title", "schedule"]


def test_missing_parameters_are_named() -> None:
    with pytest.raises(SchemeError) as refused:
        Scheme.from_dict({key: value for key, value in SCHEME_V1.items() if key not in {"cap", "title"}})

    assert refused.value.problems == ("cap：缺少这个参数", "title：缺少这个参数")


def test_scheme_keeps_its_own_copy_of_the_data() -> None:
    data: dict[str, Any] = json.loads(json.dumps(SCHEME_V1))

    scheme = Scheme.from_dict(data)
    data["lights"]["green"] = "2"

    assert scheme.parameters == SCHEME_V1
