"""When a reminder is due, day by day, and its words."""

from __future__ import annotations

import datetime

import pytest

from reminders.occasions import occasion_on, occasion_word
from reminders.wording import Content, first_items, reporting_text, verifying_text

DUE = datetime.date(2025, 7, 10)
CONTENT = Content(
    plan="播种计划",
    period="2025年二季度",
    organisation="吴兴区",
    deadline=DUE,
    permitted_until=None,
    items=["园区数", "企业数"],
    address="https://mubiao.example/returns/sowing-2025/2025Q2/form/",
)


@pytest.mark.parametrize(
    ("left", "code"),
    [
        (6, None),
        (5, "2025-07-10:before-5"),
        (2, "2025-07-10:before-5"),  # nothing ran on the fifth day: it is made up for
        (1, "2025-07-10:before-1"),
        (0, "2025-07-10:due"),
        (-1, "2025-07-10:after-1"),
        (-40, "2025-07-10:after-40"),
    ],
)
def test_each_day_has_its_occasion(left: int, code: str | None) -> None:
    today = DUE - datetime.timedelta(days=left)

    assert occasion_on(today, deadline=DUE, days_before=[5, 1], on_the_day=True, daily_after=True) == code


@pytest.mark.parametrize("left", [3, 0, -1])
def test_what_is_switched_off_has_no_occasion(left: int) -> None:
    today = DUE - datetime.timedelta(days=left)

    assert occasion_on(today, deadline=DUE, days_before=[], on_the_day=False, daily_after=False) is None


def test_occasions_have_words() -> None:
    codes = ("2025-07-10:before-5", "2025-07-10:due", "2025-07-10:after-3", "2025-07-09:by-hand")

    assert [occasion_word(code) for code in codes] == [
        "截止前 5 天",
        "截止当天",
        "逾期第 3 天",
        "人工",
    ]


def test_text_says_plan_period_unit_deadline_items_and_page() -> None:
    text = reporting_text(CONTENT, today=datetime.date(2025, 7, 5))

    assert text == (
        "吴兴区：\n"
        "播种计划 2025年二季度的数据报送截止时间为 2025年7月10日 24:00（北京时间），还有 5 天。\n"
        "还未报送 2 项：园区数、企业数。\n"
        "填报页面：https://mubiao.example/returns/sowing-2025/2025Q2/form/\n"
        "本系统为非涉密系统，请勿回复涉密内容。"
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [(10, "今天截止"), (11, "已逾期 1 天"), (11, "请向牵头办申请迟报许可")],
)
def test_text_counts_the_days(day: int, said: str) -> None:
    assert said in reporting_text(CONTENT, today=datetime.date(2025, 7, day))


def test_verifiers_are_told_what_waits() -> None:
    text = verifying_text(CONTENT, today=DUE)

    assert "核定截止时间为 2025年7月10日 24:00（北京时间），今天截止" in text
    assert "还未核定 2 项：园区数、企业数" in text


def test_long_lists_show_the_first_five() -> None:
    assert first_items(list("甲乙丙丁戊己庚")) == "7 项：甲、乙、丙、丁、戊等"
