"""When a reminder is due: pure, in days of Asia/Shanghai. The occasion's code names it once and for all."""

from __future__ import annotations

import datetime
from collections.abc import Sequence


def occasion_on(
    today: datetime.date,
    *,
    deadline: datetime.date,
    days_before: Sequence[int],
    on_the_day: bool,
    daily_after: bool,
) -> str | None:
    """The code of the reminder that should have gone out by this day, or None before the first and between rules.

    A day on which nothing ran is made up for: with 5 and 1 days before, the third day still gives the reminder of
    the fifth. Codes bear the deadline, so that a moved deadline is reminded of anew.
    """
    left = (deadline - today).days
    if left > 0:
        begun = [days for days in days_before if days >= left]
        return f"{deadline}:before-{min(begun)}" if begun else None
    if left == 0:
        return f"{deadline}:due" if on_the_day else None
    return f"{deadline}:after-{-left}" if daily_after else None


def occasion_by_hand(today: datetime.date) -> str:
    """The code of a reminder that the plan's owner sends: at most one a day for each organisation."""
    return f"{today}:by-hand"


def occasion_word(code: str) -> str:
    """An occasion for people: 截止前 5 天. The day of one by hand is its own date."""
    _, _, what = code.partition(":")
    name, _, days = what.partition("-")
    if name == "before":
        return f"截止前 {days} 天"
    if name == "after":
        return f"逾期第 {days} 天"
    return {"due": "截止当天", "by": "人工"}.get(name, code)
