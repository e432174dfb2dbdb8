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

KEYS = {
    "username": "账号",
    "user": "账号",
    "organisation": "单位",
    "office": "岗位",
    "role": "角色",
    "is_demo": "演示",
    "value": "数值",
    "values": "数值",
    "state": "状态",
    "due_on": "截止日期",
    "opens_on": "开始填报",
    "review_until": "核定截止",
    "freezes_on": "冻结",
    "publishes_on": "发布",
    "opens_day": "开始日",
    "due_day": "截止日",
    "review_days": "核定工作日数",
    "freeze_days": "冻结工作日数",
    "publish_days": "发布工作日数",
    "limit": "失败上限",
    "number": "编号",
    "boards": "榜单",
    "freezes_by_clock": "到日自动冻结",
    "day": "日期",
    "occasion": "时点",
    "recipients": "收件数",
    "is_enabled": "自动催报",
    "days_before": "提前天数",
    "on_the_day": "截止当天",
    "daily_after": "逾期每天",
    "work": "放假或上班",
    "until": "截至",
    "points": "分数",
    "digest": "摘要",
    "filename": "文件",
    "sha256": "文件指纹",
    "figures": "指标数",
    "entries": "条数",
    "filter": "筛选",
    "fields": "字段",
    "codes": "恢复码数",
    "sessions": "登录数",
    "address": "来源地址",
    "since": "登录时间",
    "method": "方式",
    "path": "地址",
    "short_name": "简称",
    "order": "顺序",
    "note": "说明",
}
"""Keys of changes in Chinese; others, such as an indicator's code, are shown as they are."""


def shown_changes(changes: Any) -> list[str]:
    """Each change as `名称：旧 → 新`, or `名称：值` where only one value is known."""
    if not isinstance(changes, dict):
        return [_shown(changes)] if changes else []
    return [f"{KEYS.get(key, key)}：{_pair(value)}" for key, value in changes.items()]


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
