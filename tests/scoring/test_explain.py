"""A score, a total and a scheme in one line of Chinese."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from scoring import SCHEME_V1, BoardInput, Direction, Kind, Reason, Scheme, score_board
from scoring.explain import REASONS, describe_scheme, explain_line, explain_total
from scoring.methods import METHODS
from scoring.types import GIVEN_REASONS
from tests.scoring.boards import V1, make_line, make_unit, worked_example

LOWER = {"direction": Direction.LOWER, "counted": False, "kind": Kind.RATE}
STOCK = {"kind": Kind.STOCK, "target": "160", "baseline": "140"}
FALLING = {"kind": Kind.STOCK, "target": "40", "baseline": "50", "direction": Direction.LOWER}
RATE = {"kind": Kind.RATE, "counted": False}


def explained(quarter: int = 2, scheme: Scheme = V1, **changes: Any) -> str:
    line = make_line(**changes)
    board = BoardInput(quarter=quarter, units=(make_unit("吴兴区", line),))
    (entry,) = score_board(board=board, scheme=scheme).entries
    return explain_line(line=line, result=entry.lines[0], scheme=scheme, quarter=quarter)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "7 ÷ (12 × 50%) = 116.67%，封顶 120 → 116.67 分"),
        ({"value": "60"}, "60 ÷ (12 × 50%) = 1000.00%，封顶 120 → 120.00 分"),
        ({"milestone_share": "0.65"}, "7 ÷ (12 × 65%) = 89.74%，封顶 120 → 89.74 分"),
        ({"milestone_share": "1"}, "7 ÷ 12 = 58.33%，封顶 120 → 58.33 分"),
        ({"milestone_amount": "8"}, "7 ÷ 8（时序节点） = 87.50%，封顶 120 → 87.50 分"),
        ({"kind": Kind.RATE, "target": "2.60", "value": "2.5"}, "2.5 ÷ 2.6 = 96.15%，封顶 120 → 96.15 分"),
        (STOCK | {"value": "152"}, "(152 − 140) ÷ ((160 − 140) × 50%) = 120.00%，封顶 120 → 120.00 分"),
        (
            STOCK | {"value": "138"},
            "(138 − 140) ÷ ((160 − 140) × 50%)，低于 0，按 0 计 = 0.00%，封顶 120 → 0.00 分",
        ),
        (
            STOCK | {"value": "152", "milestone_amount": "150"},
            "(152 − 140) ÷ (150 − 140) = 120.00%，封顶 120 → 120.00 分",
        ),
        (FALLING | {"value": "46"}, "(50 − 46) ÷ ((50 − 40) × 50%) = 80.00%，封顶 120 → 80.00 分"),
        (LOWER | {"target": "1", "value": "1.25"}, "1 ÷ 1.25 = 80.00%，封顶 120 → 80.00 分"),
        (
            LOWER | {"target": "1", "value": "-0.5"},
            "越低越好，完成值 -0.5 不大于 0，按封顶计 = 120.00%，封顶 120 → 120.00 分",
        ),
        (RATE | {"target": "-5", "value": "-6"}, "1 + (-6 − (-5)) ÷ |-5| = 80.00%，封顶 120 → 80.00 分"),
        (
            RATE | {"target": "-5", "value": "-12"},
            "1 + (-12 − (-5)) ÷ |-5|，低于 0，按 0 计 = 0.00%，封顶 120 → 0.00 分",
        ),
        (LOWER | {"target": "-5", "value": "-4"}, "1 + (-5 − (-4)) ÷ |-5| = 80.00%，封顶 120 → 80.00 分"),
        ({"value": None}, "未报送，计 0.00 分"),
        ({"value": "0"}, "0 ÷ (12 × 50%) = 0.00%，封顶 120 → 0.00 分"),
        ({"target": "0"}, "零目标，不计分：本年度目标为 0，没有任务"),
        ({"milestone_share": "0"}, "未到节点，不计分：按时序节点，本期末还没有应完成的任务"),
        ({"due": False}, "未到节点，不计分：方案期末目标，只在最后一个季度计分"),
        ({"target": "1", "value": "0"}, "未到节点，不计分：本期末应达 0.5，不足 1 个，还没有也不计"),
        ({"target": None}, "未设置，不计分：文件没有设置目标"),
        ({"excluded": Reason.MERGED}, "合并考核，不计分：与其他单位合并考核，在合并的一方计分"),
    ],
)
def test_line_is_explained_in_published_numbers(changes: dict[str, Any], text: str) -> None:
    assert explained(**changes) == text


def test_fourth_quarter_needs_no_share() -> None:
    assert explained(4) == "7 ÷ 12 = 58.33%，封顶 120 → 58.33 分"


def test_other_methods_are_named() -> None:
    scheme = Scheme.from_dict(SCHEME_V1 | {"method": "rank_step"})

    assert explained(scheme=scheme) == "7 ÷ (12 × 50%) = 116.67%，按争先进位计分 → 100.00 分"


def test_points_of_a_substitute_are_named_as_such() -> None:
    rule = {"开工": {"substitute": {"indicator": "竣工", "points": "80"}}}
    scheme = Scheme.from_dict(SCHEME_V1 | {"indicators": rule})
    missed, met = make_line(indicator="开工", value="3"), make_line(indicator="竣工", value="7")

    board = BoardInput(quarter=2, units=(make_unit("甲", missed, met),))
    (entry,) = score_board(board=board, scheme=scheme).entries

    text = explain_line(line=missed, result=entry.lines[0], scheme=scheme, quarter=2)
    assert text == "3 ÷ (12 × 50%) = 50.00%，封顶 120；未完成，替代指标已完成 → 80.00 分"


def test_every_given_reason_has_words() -> None:
    assert set(REASONS) == set(GIVEN_REASONS)


def test_total_is_explained_from_the_published_scores() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    texts = {entry.key: explain_total(entry=entry) for entry in result.entries}

    assert texts["吴兴区"] == "(116.67 + 91.67 + 110.00 + 105.45 + 95.00) ÷ 5 = 103.76 分"
    assert texts["长合区"] == "(100.00 + 100.00 + 94.29) ÷ 3 = 98.10 分"


def test_total_with_weights_bonus_and_deduction_is_explained() -> None:
    unit = make_unit(
        "甲",
        make_line(indicator="一", weight="25"),
        make_line(indicator="二", weight="12.5", value="6"),
        bonuses=(Decimal("1.5"),),
        deductions=(Decimal(1),),
    )

    (entry,) = score_board(board=BoardInput(quarter=2, units=(unit,)), scheme=V1).entries

    text = "(116.67 × 25 + 100.00 × 12.5) ÷ 37.5 = 111.11；111.11 + 加分 1.50 − 扣分 1.00 = 111.61 分"
    assert explain_total(entry=entry) == text


def test_total_that_deductions_take_below_zero_is_explained() -> None:
    unit = make_unit("甲", make_line(value="0.12"), deductions=(Decimal(5),))

    (entry,) = score_board(board=BoardInput(quarter=2, units=(unit,)), scheme=V1).entries

    assert explain_total(entry=entry) == "(2.00) ÷ 1 = 2.00；2.00 − 扣分 5.00，低于 0，按 0 计 = 0.00 分"


def test_unit_without_a_total_is_explained() -> None:
    board = BoardInput(quarter=2, units=(make_unit("甲", make_line(target="0")),))

    (entry,) = score_board(board=board, scheme=V1).entries

    assert explain_total(entry=entry) == "没有计分的指标，不参评"


def test_scheme_v1_is_described_from_its_data() -> None:
    sections = {section.title: section.sentences for section in describe_scheme(V1)}

    assert list(sections) == ["应达值", "序时达成率", "得分", "总分", "名次", "亮灯"]
    assert (
        sections["应达值"][0] == "新增类（流量）指标：全年目标 × 时序进度，一至四季度为 25%、50%、75%、100%。"
    )
    assert sections["得分"] == (
        "达成率计分（封顶）：得分 = 100 × min(达成率, 封顶)（封顶：120%，依据：序时达成率）。",
    )
    assert sections["总分"][1] == "加分合计最多 5.00 分，扣分合计最多 5.00 分；总分不低于 0。"
    assert sections["名次"][1] == "部门按计分指标的数量分组：5 项及以上为五项及以上组，其余为五项以下组。"
    assert sections["亮灯"][2] == "黄：序时达成率不低于 80%。"


def test_options_of_a_scheme_are_described() -> None:
    scheme = Scheme.from_dict(
        SCHEME_V1
        | {
            "method": {"name": "rank_points", "points": ["100", "95"]},
            "late": {"per_day": "1", "most": "3", "unreported_from": 4},
            "veto": "last",
            "grades": [
                {"at": "90", "name": "优秀"},
                {"at": "60", "name": "合格"},
                {"at": "0", "name": "不合格"},
            ],
            "indicators": {
                "能耗": {
                    "veto": True,
                    "weight": "40",
                    "method": {"name": "bands", "bands": [{"at": "0.9", "points": "90"}]},
                },
                "开工": {"weight": ["1", "1", "0", "0"], "substitute": {"indicator": "竣工", "points": "80"}},
            },
        }
    )

    sections = {section.title: section.sentences for section in describe_scheme(scheme)}

    assert sections["得分"] == (
        "位次赋分：按名次取固定得分，并列同分（依据：序时达成率，各名次得分：第 1 名 100 分、第 2 名 95 分）。",
        (
            "“能耗”：分档计分：按达到的最高一档得分，未达最低档得 0 分；超过最高档每满一步另加分"
            "（依据：全年完成率，各档：达到 90% 得 90 分）。"
        ),
        "“能耗”的分值：40。",
        "“开工”的分值：一至四季度 1、1、0、0。",
        "“开工”未完成而“竣工”完成的，得 80.00 分。",
        "比较的对象：同组已报送的单位。",
    )
    assert "迟报每天扣 1.00 分，最多扣 3.00 分；迟报 4 天及以上按未报送计。" in sections["总分"]
    assert sections["名次"][3:] == (
        "否决性指标（能耗）未达标的：排在未被否决的单位之后。",
        "等次：90.00 分及以上为优秀，60.00 分及以上为合格，其余为不合格。",
    )


@pytest.mark.parametrize("name", list(METHODS))
def test_every_method_can_be_described(name: str) -> None:
    required = {
        "rank_points": {"points": ["100"]},
        "two_point": {"low": "-1", "high": "12.5"},
        "bands": {"bands": [{"at": "1", "points": "100"}]},
        "deduct_missing": {"points": "0.1"},
        "against_mean": {"segments": [{"width": "10", "points": "5"}]},
        "combined": {"parts": [{"weight": "4", "method": "rank_step"}]},
    }
    scheme = Scheme.from_dict(SCHEME_V1 | {"method": {"name": name} | required.get(name, {})})

    sentence = next(section for section in describe_scheme(scheme) if section.title == "得分").sentences[0]

    assert sentence.startswith(f"{METHODS[name].title}：得分") or METHODS[name].formula in sentence
