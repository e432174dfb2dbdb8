"""Reminders: when a plan sends them, what was sent to whom, and how each delivery went."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from districts.models import Organisation
from indicators.models import Plan
from returns.models import Cycle

BELL = "bell"
"""Code of the channel inside the application: its deliveries are the notices that an account reads."""


def default_days() -> list[int]:
    """Five days and one day before the deadline."""
    return [5, 1]


class ReminderSetting(models.Model):
    """When a plan's reminders go out by themselves. A plan without a row has the defaults."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="reminder_setting")
    is_enabled = models.BooleanField("自动催报", default=True)
    days_before = models.JSONField("提前天数", default=default_days)
    on_the_day = models.BooleanField("截止当天", default=True)
    daily_after = models.BooleanField("逾期每天", default=True)

    class Meta:
        verbose_name = "催报设置"
        verbose_name_plural = "催报设置"

    def __str__(self) -> str:
        return f"{self.plan} 催报设置"


class Reminder(models.Model):
    """One message to one organisation about one cycle. occasion says why now; the same never goes twice."""

    class Kind(models.TextChoices):
        REPORTING = "reporting", "催报"
        VERIFYING = "verifying", "催核定"

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="reminders")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="reminders", verbose_name="单位"
    )
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    occasion = models.CharField("时点", max_length=40)
    open_figures = models.PositiveIntegerField("未办指标数")
    subject = models.CharField("标题", max_length=200)
    text = models.TextField("正文")
    address = models.CharField("页面", max_length=300)
    created_at = models.DateTimeField("时间", default=timezone.now)
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = "催报"
        verbose_name_plural = "催报"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "organisation", "kind", "occasion"], name="reminder_once_per_occasion"
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    """One reminder on its way to one recipient through one channel. user is set inside the application only.

    claimed_at is when the present attempt began; an attempt that never came back leaves the result unknown.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENDING = "sending", "正在发送"
        SENT = "sent", "已发"
        FAILED = "failed", "没有发出"
        UNKNOWN = "unknown", "发送结果不明"

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField("方式", max_length=20)
    recipient = models.CharField("收件方", max_length=64, help_text="渠道自己的编号，例如 contact:7。")
    label = models.CharField("收件方名称", max_length=200, help_text="号码和地址已遮盖。")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="reminder_deliveries"
    )
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    next_attempt_at = models.DateTimeField("下次发送", default=timezone.now)
    claimed_at = models.DateTimeField("开始发送", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    error = models.CharField("没有发出的原因", max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "催报发送"
        verbose_name_plural = "催报发送"
        constraints = [
            models.UniqueConstraint(
                fields=["reminder", "channel", "recipient"], name="delivery_once_per_recipient"
            )
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_sending"),
            models.Index(fields=["user", "-id"], condition=Q(channel=BELL), name="delivery_notices"),
        ]

    def __str__(self) -> str:
        return f"{self.reminder} → {self.label}"

    @property
    def can_be_resent(self) -> bool:
        """Whether only a person can send it once more."""
        return self.state in (self.State.FAILED, self.State.UNKNOWN)
