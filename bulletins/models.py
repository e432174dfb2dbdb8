"""通报 and 简报 with their text, facts and sign-off; the sentence templates that a plan has edited."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import Person, held_roles, sees_any_data
from districts.models import City
from indicators.models import Plan
from rankings.models import RankingRun
from returns.models import Cycle


class Kind(models.TextChoices):
    """What kind of document leaves the house."""

    NOTICE = "notice", "通报"
    BRIEF = "brief", "简报"


class Wording(models.Model):
    """One version of the sentence templates of a plan's 通报: the newest counts, none is ever changed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="wordings")
    version = models.PositiveIntegerField("版本")
    templates = models.JSONField("句式", help_text="各部分的代码 → 句式。")
    front = models.PositiveSmallIntegerField("红榜取前几位", default=3)
    end = models.PositiveSmallIntegerField("黑榜取后几位", default=2)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["plan", "-version"]
        verbose_name = "通报句式"
        verbose_name_plural = "通报句式"
        constraints = [
            models.UniqueConstraint(fields=["plan", "version"], name="wording_version"),
            models.CheckConstraint(condition=Q(front__gte=1, end__gte=1), name="wording_counts_places"),
        ]

    def __str__(self) -> str:
        return f"{self.plan.short_name}通报句式 v{self.version}"


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, user: Person) -> BulletinQuerySet:
        """Issued ones for everybody who sees data; drafts for the plan's owner and the leaders."""
        if not sees_any_data(user):
            return self.none()
        condition = Q(state=Bulletin.State.ISSUED)
        for held in held_roles(user):
            if held.role in (Role.OWNER, Role.LEADER):
                own = Q(cycle__plan__code=held.plan_code) | Q(kind=Kind.BRIEF)
                condition |= own if held.plan_code else Q(pk__isnull=False)
        return self.filter(condition)


class Bulletin(models.Model):
    """A 通报 of a published quarter, or a 简报 over all plans of a city.

    Its text names numbers by slots; `facts` are the numbers as they stood in the sealed rankings when
    it was drafted, `tables` the annexes. `digest` is taken over all of that when a leader signs.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SIGNED = "signed", "已签发"
        ISSUED = "issued", "已印发"

    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="bulletins")
    cycle = models.ForeignKey(
        Cycle, null=True, blank=True, on_delete=models.PROTECT, related_name="bulletins"
    )
    runs = models.ManyToManyField(RankingRun, related_name="bulletins", verbose_name="所据排名")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("第几稿", default=1)
    title = models.CharField("标题", max_length=200)
    issuer = models.CharField("发文机关", max_length=100)
    recipients = models.CharField("主送机关", max_length=500)
    copies = models.CharField("抄送", max_length=500, blank=True)
    number_code = models.CharField("机关代字", max_length=20, blank=True)
    number_year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number_sequence = models.PositiveIntegerField("序号", null=True, blank=True)
    dated_on = models.DateField("成文日期", null=True, blank=True)
    sections = models.JSONField("正文", default=list)
    facts = models.JSONField("数据项", default=dict)
    tables = models.JSONField("附表", default=list, encoder=DjangoJSONEncoder)
    digest = models.CharField("签发时的摘要", max_length=64, blank=True)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("起草时间", auto_now_add=True)
    signed_by_label = models.CharField("签发", max_length=150, blank=True)
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "通报"
        verbose_name_plural = "通报"
        constraints = [
            models.UniqueConstraint(
                fields=["number_code", "number_year", "number_sequence"],
                condition=Q(number_sequence__isnull=False),
                name="bulletin_number_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (Q(signed_at__isnull=False) & ~Q(signed_by_label="") & ~Q(digest="")),
                name="bulletin_signed_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | Q(number_sequence__isnull=False, dated_on__isnull=False, issued_at__isnull=False),
                name="bulletin_issued_is_numbered",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """发文字号: 湖政办督〔2025〕12号; empty until it is issued."""
        if self.number_sequence is None:
            return ""
        return f"{self.number_code}〔{self.number_year}〕{self.number_sequence}号"

    @property
    def is_draft(self) -> bool:
        """Whether its text may still change."""
        return self.state == self.State.DRAFT
