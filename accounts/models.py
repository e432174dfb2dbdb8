"""Accounts and grants: which office an account acts for, in which role, for which plan."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from districts.models import Organisation


class User(AbstractUser):
    """An account of an office. The product carries offices, never persons' names."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="所属单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accounts",
    )
    office = models.CharField("岗位", max_length=100, blank=True)
    must_change_password = models.BooleanField("须修改初始密码", default=False)
    is_demo = models.BooleanField("演示账号", default=False)
    password_changed_at = models.DateTimeField(
        "密码修改时间", null=True, blank=True, help_text="空表示开户以来没有修改过。"
    )

    class Meta(AbstractUser.Meta):
        verbose_name = "账号"
        verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.label

    @property
    def password_expired(self) -> bool:
        """Whether the password is older than PASSWORD_MAX_AGE_DAYS; never where that is 0."""
        if not settings.PASSWORD_MAX_AGE_DAYS:
            return False
        age = timezone.now() - (self.password_changed_at or self.date_joined)
        return age >= datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)

    @property
    def label(self) -> str:
        """How the account is named on pages and in the trail: 市经信局·核定（jxj）."""
        parts = [self.organisation.name if self.organisation else "", self.office]
        shown = "·".join(part for part in parts if part)
        return f"{shown}（{self.username}）" if shown else self.username


class Role(models.TextChoices):
    """What an account may do; each page and service asks the predicates built on these."""

    REPORTER = "reporter", "填报员"
    REVIEWER = "reviewer", "单位审核"
    VERIFIER = "verifier", "核定"
    OWNER = "owner", "牵头办"
    LEADER = "leader", "领导"
    AUDITOR = "auditor", "审计管理员"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"


ADMINISTRATORS = frozenset({Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN})
"""The three administrators (三员): separate from each other and from every role that sees data."""


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self) -> GrantQuerySet:
        """Approved, begun and not ended."""
        now = timezone.now()
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gt=now), approved_at__isnull=False, valid_from__lte=now
        )

    def waiting(self) -> GrantQuerySet:
        """Proposed, and neither approved nor rejected."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=timezone.now()), approved_at=None)


class Grant(models.Model):
    """A role of an account, for one organisation and one plan or for all plans.

    A grant takes two people: who proposed it and who approved it differ, unless the system made it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants",
        verbose_name="单位",
    )
    plan_code = models.SlugField("计划", max_length=48, blank=True, help_text="空表示全部计划。")
    proposed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    valid_from = models.DateTimeField("自", default=timezone.now)
    valid_to = models.DateTimeField("至", null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["user", "role", "id"]
        verbose_name = "授权"
        verbose_name_plural = "授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "plan_code"],
                condition=Q(valid_to=None, organisation__isnull=False),
                name="grant_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "plan_code"],
                condition=Q(valid_to=None, organisation=None),
                name="grant_once_everywhere",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | Q(approved_by=None) | ~Q(proposed_by=models.F("approved_by")),
                name="grant_takes_two",
            ),
        ]

    def __str__(self) -> str:
        where = self.organisation.name if self.organisation else "全部单位"
        return f"{self.user.username}：{self.get_role_display()}（{where}，{self.plan_code or '全部计划'}）"


class Contact(models.Model):
    """How an office is reached: telephone and e-mail of an office, never a person's name."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contacts", verbose_name="单位"
    )
    office = models.CharField("处室、岗位", max_length=100, help_text="只写处室或岗位，不写个人姓名。")
    phone = models.CharField("电话", max_length=32, blank=True)
    email = models.EmailField("电子邮箱", blank=True)

    class Meta:
        ordering = ["organisation", "office"]
        verbose_name = "联系方式"
        verbose_name_plural = "联系方式"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "office"], name="contact_office_once"),
            models.CheckConstraint(condition=~Q(phone="") | ~Q(email=""), name="contact_reaches_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}·{self.office}"

    @property
    def masked_phone(self) -> str:
        """For lists: the first three and the last two signs."""
        return (
            f"{self.phone[:3]}****{self.phone[-2:]}" if len(self.phone) > 6 else "****" if self.phone else ""
        )

    @property
    def masked_email(self) -> str:
        """For lists: the first sign of the name, and where it is."""
        name, at, domain = self.email.partition("@")
        return f"{name[:1]}***{at}{domain}" if self.email else ""
