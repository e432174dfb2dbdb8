"""An entry of the trail in words: for the auditor's page and for its export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone

from audit.models import AuditEntry
from audit.verbs import word_of

HEADERS = (
    *("记录号", "时间", "操作者", "来源地址", "动作", "动作代码", "对象类型", "对象编号", "对象"),
    *("计划", "报告期", "变化（旧→新）", "理由", "摘要"),
)


def shown_changes(changes: Any) -> list[str]:
    """Each change as `名称：旧 → 新`, or `名称：值` where only one value is known."""
    if not isinstance(changes, dict):
        return [_shown(changes)] if changes else []
    return [f"{key}：{_pair(value)}" for key, value in changes.items()]


def _pair(value: Any) -> str:
    if (
        isinstance(value, list)
        and len(value) == 2
        and not any(isinstance(item, (list, dict)) for item in value)
    ):
        return f"{_shown(value[0])} → {_shown(value[1])}"
    return _shown(value)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{key}：{_pair(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "、".join(_shown(item) for item in value)
    return str(value)


def entry_rows(entries: Iterable[AuditEntry]) -> Iterator[list[str]]:
    """The entries as rows of text under HEADERS."""
    for entry in entries:
        yield [
            str(entry.pk),
            f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}",
            entry.actor_label,
            entry.address,
            word_of(entry.verb),
            entry.verb,
            entry.subject_type,
            entry.subject_id,
            entry.subject_label,
            entry.plan_code,
            entry.period,
            "；".join(shown_changes(entry.changes)),
            entry.reason,
            entry.digest,
        ]
