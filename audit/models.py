"""Who did what, when, from where, and what it changed: append-only, one digest chain."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act of a person or of the system. Never updated, never deleted (database triggers).

    `digest` is the SHA-256 of the entry's own content together with the digest of the entry
    before it, so a removed or altered row breaks the chain from there on.
    """

    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作账号",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空表示系统自动执行。",
    )
    actor_label = models.CharField("操作者", max_length=150)
    address = models.CharField("来源地址", max_length=64, blank=True)
    verb = models.CharField("动作", max_length=64, db_index=True)
    subject_type = models.CharField("对象类型", max_length=64)
    subject_id = models.CharField("对象编号", max_length=64)
    subject_label = models.CharField("对象", max_length=255)
    plan_code = models.CharField("计划", max_length=64, blank=True)
    period = models.CharField("报告期", max_length=8, blank=True)
    changes = models.JSONField("变化（旧→新）", default=dict)
    reason = models.TextField("理由", blank=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.subject_label}"


class AuditHead(models.Model):
    """The one row that holds the chain's newest digest; locked while an entry is appended."""

    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="audit_head_single_row")]

    def __str__(self) -> str:
        return self.digest
