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
    "name": "文件名",
    "file": "文件",
    "size": "字节数",
    "sheet": "校验码",
    "scan": "扫描件编号",
    "submitted": "报送的数（编号）",
    "errors": "错误数",
    "problems": "问题数",
    "evidence": "佐证编号",
    "comment": "批注编号",
    "board": "榜",
    "unit": "单位",
    "indicator": "指标",
    "objection_until": "申诉截止",
    "is_on": "单位审核",
    "required": "须有扫描件",
    "source": "来源",
    "runs": "排名摘要",
    "inputs": "数据摘要",
    "digests": "发布摘要",
    "created": "新增",
    "updated": "更新",
    "removed": "删除",
    "changed": "改动",
    "cleared": "消除",
    "reopened": "须重新说明",
    "version": "版本",
    "scheme": "计分办法",
    "parameters": "参数",
    "explanation": "说明",
    "templates": "句式",
    "reason": "理由",
    "outcome": "结论",
    "check": "核对项",
    "enabled": "开启",
    "status": "状态",
    "districts": "区县榜",
    "departments": "部门榜",
    "parks": "园区榜",
    "clusters": "核心区协同区榜",
}
"""Keys of changes in Chinese; others, such as an indicator's code, are shown as they are."""

WORDS = {
    "open": "填报中",
    "closed": "已截止",
    "frozen": "已冻结",
    "published": "已发布",
    "correcting": "更正中",
    "draft": "草稿",
    "unit_review": "待单位审核",
    "submitted": "已报送",
    "verified": "已核定",
    "sent_back": "已退回",
    "reporter": "填报员",
    "reviewer": "单位审核",
    "verifier": "核定",
    "owner": "牵头办",
    "leader": "领导",
    "auditor": "审计管理员",
    "sysadmin": "系统管理员",
    "secadmin": "安全管理员",
    "districts": "区县榜",
    "departments": "部门榜",
    "parks": "园区榜",
    "clusters": "核心区协同区榜",
}
"""Stored words of the keys in SPOKEN; a user's name or a sentence may look like one of them and is left alone."""

SPOKEN = {"state", "role", "board"}


def shown_changes(changes: Any) -> list[str]:
    """Each change as `名称：旧 → 新`, or `名称：值` where only one value is known."""
    if not isinstance(changes, dict):
        return [_shown(changes)] if changes else []
    return [f"{KEYS.get(key, key)}：{_said(key, value)}" for key, value in changes.items()]


def _said(key: str, value: Any) -> str:
    """A change's value, in the house's words where it is one of a few."""
    if key in SPOKEN and isinstance(value, str):
        return WORDS.get(value, value)
    if key in SPOKEN and isinstance(value, list):
        return _pair([WORDS.get(item, item) if isinstance(item, str) else item for item in value])
    return _pair(value)


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
        return "；".join(f"{KEYS.get(key, key)}：{_pair(item)}" for key, item in value.items())
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
