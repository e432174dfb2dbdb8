"""The text of a reminder, in Chinese: what, until when, what is open (the first items and their number), where."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_ITEMS = 5


@dataclass(frozen=True, kw_only=True)
class Content:
    """What one reminder says. deadline is the last day, which ends at 24:00; None where none is set.

    permitted_until is the day until which a late return is permitted, address the page where one acts.
    """

    plan: str
    period: str
    organisation: str
    deadline: datetime.date | None
    permitted_until: datetime.date | None
    items: Sequence[str]
    address: str
    note: str = ""


def first_items(items: Sequence[str]) -> str:
    """`3 项：甲、乙、丙`, or the first five and 等 where there are more."""
    shown = "、".join(items[:FIRST_ITEMS])
    return f"{len(items)} 项：{shown}{'等' if len(items) > FIRST_ITEMS else ''}"


def reporting_subject(content: Content) -> str:
    """The line of a list or of a mail."""
    return (
        f"【催报】{content.plan} {content.period}：{content.organisation}还有 {len(content.items)} 项未报送"
    )


def verifying_subject(content: Content) -> str:
    """The line of a list or of a mail."""
    return (
        f"【催核定】{content.plan} {content.period}：{content.organisation}还有 {len(content.items)} 项待核定"
    )


def reporting_text(content: Content, *, today: datetime.date) -> str:
    """The message to those who report and review for an organisation."""
    lines = [
        f"{content.organisation}：",
        f"{content.plan} {content.period}的数据{_until('报送', content.deadline, today)}",
        f"还未报送 {first_items(content.items)}。",
    ]
    if content.permitted_until is not None:
        lines.append(f"已准许贵单位迟报至 {_day(content.permitted_until)} 24:00。")
    elif content.deadline is not None and today > content.deadline:
        lines.append("截止后不再收数，确需补报的请向牵头办申请迟报许可。")
    lines.append(f"填报页面：{content.address}")
    return "\n".join([*lines, *_end(content)])


def verifying_text(content: Content, *, today: datetime.date) -> str:
    """The message to those who verify."""
    lines = [
        f"{content.organisation}：",
        f"{content.plan} {content.period}的数据{_until('核定', content.deadline, today)}",
        f"还未核定 {first_items(content.items)}。没有核定的数冻结后按未报送计。",
        f"核定页面：{content.address}",
    ]
    return "\n".join([*lines, *_end(content)])


def _end(content: Content) -> list[str]:
    note = [f"牵头办说明：{content.note}"] if content.note else []
    return [*note, "本系统为非涉密系统，请勿回复涉密内容。"]


def _until(what: str, deadline: datetime.date | None, today: datetime.date) -> str:
    if deadline is None:
        return f"{what}没有设截止日期，请尽快办理。"
    left = (deadline - today).days
    when = f"还有 {left} 天" if left > 0 else "今天截止" if left == 0 else f"已逾期 {-left} 天"
    return f"{what}截止时间为 {_day(deadline)} 24:00（北京时间），{when}。"


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
