"""What a piece of waiting work is, whatever part of the product it comes from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """Kinds of waiting work, in the order in which the page shows them."""

    CORRECT = "correct"
    CONFIRM_UPLOAD = "confirm-upload"
    REPORT = "report"
    REVIEW = "review"
    VERIFY = "verify"
    COMMENT = "comment"
    SIGN = "sign"
    STEP = "step"
    ANSWER = "answer"
    OBJECT = "object"
    GRANT = "grant"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        """The heading under which people find it."""
        return LABELS[self]


URGENT_DAYS = 3

LABELS = {
    Work.CORRECT: "被退回，请改正",
    Work.CONFIRM_UPLOAD: "上传的文件等待确认",
    Work.REPORT: "需要填报",
    Work.REVIEW: "等待单位审核",
    Work.VERIFY: "等待核定",
    Work.COMMENT: "新批注",
    Work.SIGN: "等待签发",
    Work.STEP: "报告期等待下一步",
    Work.ANSWER: "申诉等待答复",
    Work.OBJECT: "可以提出申诉",
    Work.GRANT: "授权等待第二人批准",
    Work.NOTICE: "未读的催报提醒",
}


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One thing that waits for an account, with the place where it is done.

    due_on is the last day on which it can be done, until 24:00 Asia/Shanghai; days_left are the whole days
    until then, 0 on it and negative after it; both are None where no day is set. planned names the act that the
    calendar has for that day, where it is not the end of something: 冻结, 发布.
    """

    kind: Work
    subject: str
    text: str
    address: str
    due_on: datetime.date | None = None
    planned: str = ""
    is_demo: bool = False

    days_left: int | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether three days or fewer are left, or none."""
        return self.days_left is not None and self.days_left <= URGENT_DAYS

    @property
    def deadline(self) -> str:
        """The last day in words; empty where none is set."""
        if self.due_on is None or self.days_left is None:
            return ""
        if self.planned:
            return self._plan
        day = f"{self.due_on:%Y-%m-%d} 24:00 截止"
        if self.days_left < 0:
            return f"{day}，已过 {-self.days_left} 天"
        return f"{day}，今天是最后一天" if self.days_left == 0 else f"{day}，还有 {self.days_left} 天"

    @property
    def _plan(self) -> str:
        """The planned act and its day in words."""
        left = self.days_left or 0
        if left < 0:
            return f"应于 {self.due_on:%Y-%m-%d} {self.planned}，已过{self.planned}日 {-left} 天"
        return (
            f"计划 {self.due_on:%Y-%m-%d} {self.planned}，还有 {left} 天" if left else f"今天应{self.planned}"
        )


@dataclass(frozen=True, kw_only=True)
class WorkGroup:
    """All waiting work of one kind."""

    kind: Work
    items: tuple[WorkItem, ...]


def grouped(items: list[WorkItem]) -> list[WorkGroup]:
    """The items by kind in the order of the kinds; within a kind what is due first stands first."""
    ordered = sorted(items, key=lambda item: (item.due_on is None, item.due_on or datetime.date.max))
    groups = [
        WorkGroup(kind=kind, items=tuple(item for item in ordered if item.kind == kind)) for kind in Work
    ]
    return [group for group in groups if group.items]
