"""Cycles, quarterly returns and figures with their revisions; the files they came from."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import HeldRole, Person, held_roles
from districts.models import Organisation
from indicators.models import DECIMAL, Indicator, Plan
from indicators.periods import Period
from returns import calendar_models, submissions  # noqa: F401 - Django looks for an app's models here
from returns.in_force import note_of_newer
from returns.papers import involved_in
from returns.states import SEALED_STATES, CycleState, FigureState


class Cycle(models.Model):
    """The collection of one quarter's figures for one plan.

    With a due date it closes at 24:00 Asia/Shanghai of that day; without one it stays open. Returns are taken
    from 0:00 of opens_on. Of the other dates people are reminded; confirming goes on until the freeze. Once
    freezes_on is over the clock freezes, if the plan's owner asked for that; publishing stays an act of people.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="cycles")
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度")
    state = models.CharField("状态", max_length=12, choices=CycleState.choices, default=CycleState.OPEN)
    opens_on = models.DateField("开始填报日期", null=True, blank=True)
    due_on = models.DateField("截止日期", null=True, blank=True)
    review_until = models.DateField("核定截止日期", null=True, blank=True)
    freezes_on = models.DateField("冻结日期", null=True, blank=True)
    publishes_on = models.DateField("发布日期", null=True, blank=True)
    opened_at = models.DateTimeField("按日历开放的时间", null=True, blank=True)
    objection_until = models.DateField("申诉截止日期", null=True, blank=True)
    is_demo = models.BooleanField("含演示数据", default=False)

    class Meta:
        ordering = ["plan", "-year", "-quarter"]
        verbose_name = "报告期"
        verbose_name_plural = "报告期"
        constraints = [
            models.UniqueConstraint(fields=["plan", "year", "quarter"], name="cycle_period"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="cycle_quarter"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="cycle_year"),
            models.CheckConstraint(  # a date that is not set precedes and follows any
                condition=(Q(opens_on__lte=F("due_on")) | Q(opens_on=None) | Q(due_on=None))
                & (Q(due_on__lte=F("review_until")) | Q(due_on=None) | Q(review_until=None))
                & (Q(review_until__lte=F("freezes_on")) | Q(review_until=None) | Q(freezes_on=None))
                & (Q(freezes_on__lte=F("publishes_on")) | Q(freezes_on=None) | Q(publishes_on=None)),
                name="cycle_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.short_name} {self.period.label}"

    @property
    def period(self) -> Period:
        """The report period."""
        return Period(self.year, self.quarter)

    @property
    def is_sealed(self) -> bool:
        """Whether nothing in it may change."""
        return self.state in SEALED_STATES

    def is_past_due(self, *, now: datetime.datetime | None = None) -> bool:
        """Whether 24:00 Asia/Shanghai of the due date has come."""
        if self.due_on is None:
            return False
        return timezone.localdate(now or timezone.now()) > self.due_on

    def is_before_opening(self, *, now: datetime.datetime | None = None) -> bool:
        """Whether 0:00 Asia/Shanghai of the opening date has not come yet."""
        if self.opens_on is None:
            return False
        return timezone.localdate(now or timezone.now()) < self.opens_on

    def is_past_review(self, *, now: datetime.datetime | None = None) -> bool:
        """Whether 24:00 Asia/Shanghai of the last day for confirming has come."""
        if self.review_until is None:
            return False
        return timezone.localdate(now or timezone.now()) > self.review_until

    def is_past_freeze(self, *, now: datetime.datetime | None = None) -> bool:
        """Whether 24:00 Asia/Shanghai of the planned day of freezing has come."""
        if self.freezes_on is None:
            return False
        return timezone.localdate(now or timezone.now()) > self.freezes_on

    def takes_objections(self, *, now: datetime.datetime | None = None) -> bool:
        """Whether its published boards can be objected to: until 24:00 Asia/Shanghai of the set day."""
        published = self.state in (CycleState.PUBLISHED, CycleState.CORRECTING)
        if not published or self.objection_until is None:
            return False
        return timezone.localdate(now or timezone.now()) <= self.objection_until


class LatePermission(models.Model):
    """One organisation may still report after the due date: dated, reasoned, recorded."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="late_permissions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    until = models.DateField("准许至")
    reason = models.TextField("理由")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["cycle", "organisation", "-until"]
        verbose_name = "迟报许可"
        verbose_name_plural = "迟报许可"

    def __str__(self) -> str:
        return f"{self.cycle} {self.organisation} 至{self.until}"


class CheckSetting(models.Model):
    """A check that a plan has switched off, or on again: how it stands now. Each change is in the trail.

    A check without a row is on. Which checks there are says returns.workbook.cross_checks.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="check_settings")
    code = models.CharField("核对", max_length=32)
    is_enabled = models.BooleanField("开启")
    reason = models.TextField("理由")
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("改动时间")

    class Meta:
        ordering = ["plan", "code"]
        verbose_name = "核对设置"
        verbose_name_plural = "核对设置"
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="check_once_in_plan")]

    def __str__(self) -> str:
        return f"{self.plan} {self.code}"


class UnitReviewSetting(models.Model):
    """Whether a plan asks for 单位审核 before a figure counts as reported: how it stands now.

    A plan without a row has none. Each change is in the trail.
    """

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="unit_review_setting")
    is_on = models.BooleanField("须经单位审核")
    reason = models.TextField("理由")
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("改动时间")

    class Meta:
        verbose_name = "单位审核设置"
        verbose_name_plural = "单位审核设置"

    def __str__(self) -> str:
        return f"{self.plan} {'须经单位审核' if self.is_on else '不经单位审核'}"


DATA_ENTRY_ROLES = (Role.REPORTER, Role.REVIEWER, Role.VERIFIER)


def _of_plan(held: HeldRole) -> Q:
    """Rows of the plan that a role is held for; all rows where it is held for every plan."""
    return Q(cycle__plan__code=held.plan_code) if held.plan_code else Q(pk__isnull=False)


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: Person) -> UploadQuerySet:
        """Uploads of the organisations one acts for; all of them for the plan's owner and leaders.

        Each role counts for its own plan only.
        """
        condition = Q(pk__in=())
        for held in held_roles(user):
            if held.role in (Role.OWNER, Role.LEADER):
                condition |= _of_plan(held)
            elif held.role in DATA_ENTRY_ROLES and held.organisation_id:
                rows = Q(organisation=held.organisation_id)
                if held.role == Role.VERIFIER:
                    rows |= Q(revisions__figure__indicator__lead=held.organisation_id)
                    rows |= Q(revisions__figure__indicator__data_source=held.organisation_id)
                condition |= rows & _of_plan(held)
        return self.filter(condition).distinct()


class Upload(models.Model):
    """A file that somebody handed in: kept as it came, with what the reader found in it."""

    class State(models.TextChoices):
        RECEIVED = "received", "排队中"
        READING = "reading", "正在读取"
        CHECKING = "checking", "正在校验"
        STORED = "stored", "已入库"
        UNCHANGED = "unchanged", "与已有数据相同"
        REFUSED = "refused", "已退回"
        CHECKED = "checked", "等待确认"
        DISCARDED = "discarded", "已放弃，未入库"

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="uploads")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads"
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    filename = models.CharField("文件名", max_length=255)
    content = models.FileField("文件", upload_to="uploads/%Y/%m/")
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("指纹", max_length=64, db_index=True)
    state = models.CharField("结果", max_length=12, choices=State.choices, default=State.RECEIVED)
    layouts = models.JSONField("表式", default=list)
    problems = models.JSONField("校验结果", default=list)
    figure_count = models.PositiveIntegerField("指标数", default=0)
    batch = models.UUIDField("同批上传", null=True, blank=True, db_index=True)
    preview = models.JSONField(
        "预览", default=dict, blank=True, help_text="检查时的新增、改动、未变项数和当时的版本指纹。"
    )
    lease_until = models.DateTimeField("读取最迟至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("读取次数", default=0)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "上传文件"
        verbose_name_plural = "上传文件"

    def __str__(self) -> str:
        return f"{self.filename}（{self.uploaded_at:%Y-%m-%d %H:%M}）"

    @property
    def is_in_progress(self) -> bool:
        """Whether the file is queued or being read and checked."""
        return self.state in (self.State.RECEIVED, self.State.READING, self.State.CHECKING)

    @property
    def errors(self) -> list[dict[str, str]]:
        """The problems that kept the file out."""
        return [problem for problem in self.problems if problem["level"] == "error"]

    @property
    def warnings(self) -> list[dict[str, str]]:
        """The problems that travel with the figures to the reviewer."""
        return [problem for problem in self.problems if problem["level"] == "warning"]


class QuarterlyReturn(models.Model):
    """季报: what one organisation hands in for one plan and period. Its state follows from its figures'."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="returns")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="returns")
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(
        "首次报送时间", null=True, blank=True, help_text="以后修改、退回再报都不改变它。"
    )

    class Meta:
        ordering = ["cycle", "organisation"]
        verbose_name = "季报"
        verbose_name_plural = "季报"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "organisation"], name="return_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.cycle}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, user: Person) -> FigureQuerySet:
        """One's own organisation's figures, those one verifies, and after the freeze everybody's verified ones.

        What was written over a verified figure and never handed in is not shown with it
        (`returns.rules.readable_until`). Leaders and the plan's owner see all; the three administrators see none. Each role counts for its
        own plan only.
        """
        condition = Q(pk__in=())
        for held in held_roles(user):
            if held.role in (Role.OWNER, Role.LEADER):
                condition |= _of_plan(held)
            elif held.role in DATA_ENTRY_ROLES and held.organisation_id:
                own = held.organisation_id
                rows = Q(reporter=own) | Q(organisation=own)
                rows |= Q(cycle__state__in=sorted(SEALED_STATES), verified_revision__isnull=False)
                if held.role == Role.VERIFIER:
                    rows |= Q(indicator__lead=own) | Q(indicator__data_source=own)
                condition |= rows & _of_plan(held)
        return self.filter(condition)

    def involving(self, user: Person) -> FigureQuerySet:
        """Figures whose evidence and comments the account reads: fewer than it may see after the freeze."""
        return self.filter(involved_in(user))

    def waiting_in_unit_of(self, user: Person) -> FigureQuerySet:
        """Figures that wait for 单位审核 in an organisation that the account reviews for."""
        condition = Q(pk__in=())
        for held in held_roles(user):
            if held.role == Role.REVIEWER:
                own = Q(reporter=held.organisation_id) if held.organisation_id else Q()
                condition |= own & _of_plan(held)
        return self.filter(condition, state=FigureState.UNIT_REVIEW)


class Figure(models.Model):
    """One number's place: indicator × organisation × period × who reports it.

    Several may exist for one place, the district's own and the lead department's. The row holds the
    newest value and its state; every value it ever had is a FigureRevision.

    submitted_value and submitted_revision are what was handed in and stays in force while a newer value is
    written (returns.in_force); both are None before that, after a withdrawal and after a verifier's sending
    back. submitted_at is the moment of the last handing in, and survives a sending back.
    """

    quarterly_return = models.ForeignKey(QuarterlyReturn, on_delete=models.PROTECT, related_name="figures")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="figures")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="figures")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="figures", verbose_name="统计对象"
    )
    reporter = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="reported_figures", verbose_name="填报单位"
    )
    state = models.CharField("状态", max_length=12, choices=FigureState.choices)
    value = models.DecimalField("填报数", null=True, **DECIMAL)
    submitted_value = models.DecimalField("报送数", null=True, blank=True, **DECIMAL)
    verified_value = models.DecimalField("核定数", null=True, blank=True, **DECIMAL)
    revision_number = models.PositiveIntegerField("第几次填报", default=1)
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    submitted_revision = models.PositiveIntegerField("报送的是第几次填报", null=True, blank=True)
    verified_at = models.DateTimeField("核定时间", null=True, blank=True)
    verified_revision = models.PositiveIntegerField("核定的是第几次填报", null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    review_reason = models.TextField("审核意见", blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "indicator", "organisation", "reporter"]
        verbose_name = "指标数据"
        verbose_name_plural = "指标数据"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "indicator", "organisation", "reporter"], name="figure_place"
            ),
            models.CheckConstraint(
                condition=~Q(state=FigureState.VERIFIED)
                | Q(verified_value__isnull=False, verified_at__isnull=False, verified_by__isnull=False),
                name="figure_verified_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(submitted_value=None, submitted_revision=None)
                | Q(submitted_value__isnull=False, submitted_revision__isnull=False),
                name="figure_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state=FigureState.SUBMITTED)
                | Q(submitted_revision__isnull=False, submitted_revision=F("revision_number")),
                name="figure_submitted_is_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.indicator}"

    @property
    def discussed(self) -> tuple[int, Decimal | None]:
        """Revision and value that reporter and verifier both see: what waits for verification, else what is
        verified, else the newest, which nobody but the reporter has."""
        if self.waits_for_verifier and self.submitted_revision is not None:
            return self.submitted_revision, self.submitted_value
        if self.verified_revision is not None:
            return self.verified_revision, self.verified_value
        return self.revision_number, self.value

    @property
    def waits_for_verifier(self) -> bool:
        """Whether what was handed in last is not verified yet, also while something newer is written."""
        if self.submitted_revision is None:
            return False
        return self.verified_revision is None or self.verified_revision < self.submitted_revision

    @property
    def is_settled(self) -> bool:
        """Whether it is verified and nothing was handed in since: its evidence stays."""
        return self.verified_revision is not None and not self.waits_for_verifier

    @property
    def is_in_force(self) -> bool:
        """Whether a value counts that was handed in or verified: only an act with a reason ends that."""
        return self.submitted_revision is not None or self.verified_revision is not None

    @property
    def is_being_revised(self) -> bool:
        """Whether something newer than what was handed in is written, which counts only once handed in."""
        return self.submitted_revision is not None and self.submitted_revision < self.revision_number

    @property
    def in_force_note(self) -> str:
        """For people: which value counts while a newer one waits. Blank where none does."""
        return note_of_newer(
            state=self.state,
            newest=self.value,
            number=self.revision_number,
            submitted=(self.submitted_value, self.submitted_revision),
            verified=(self.verified_value, self.verified_revision),
        )


class FigureRevision(models.Model):
    """One value that a figure had: who, when, from where. Append-only (database triggers)."""

    class Source(models.TextChoices):
        FORM = "form", "网页填报"
        API = "api", "接口"
        FILE = "file", "Excel 文件"

    class DataStatus(models.TextChoices):
        FLASH = "flash", "快报"
        ESTIMATE = "estimate", "预计"
        FINAL = "final", "核定"
        UNSAID = "", "（未注明）"

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField("第几次")
    value = models.DecimalField("数值", null=True, **DECIMAL)
    raw_text = models.CharField("单元格原文", max_length=255, blank=True)
    data_as_of = models.DateField("数据截至日", null=True, blank=True)
    data_status = models.CharField("数据状态", max_length=8, choices=DataStatus.choices, blank=True)
    progress = models.TextField("进展", blank=True)
    problems = models.TextField("问题", blank=True)
    measures = models.TextField("举措", blank=True)
    warnings = models.JSONField("提示", default=list)
    reason = models.TextField("修改理由", blank=True)
    source = models.CharField("来源", max_length=8, choices=Source.choices)
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    sheet = models.CharField("工作表", max_length=100, blank=True)
    cell = models.CharField("单元格", max_length=16, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="填报账号")
    created_at = models.DateTimeField("填报时间")

    class Meta:
        ordering = ["figure", "-number"]
        verbose_name = "填报记录"
        verbose_name_plural = "填报记录"
        constraints = [
            models.UniqueConstraint(fields=["figure", "number"], name="figure_revision_number"),
            models.CheckConstraint(
                condition=~Q(source="file") | Q(upload__isnull=False), name="file_revision_has_upload"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} 第{self.number}次"


class ReviewNote(models.Model):
    """What a reviewer did with a figure: verified (perhaps with another value) or sent back. Append-only."""

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="review_notes")
    revision_number = models.PositiveIntegerField("针对第几次填报")
    state = models.CharField("结果", max_length=12, choices=FigureState.choices)
    value = models.DecimalField("核定数", null=True, blank=True, **DECIMAL)
    hand = models.CharField(
        "谁审核", max_length=8, choices=[("unit", "单位审核"), ("verifier", "核定")], default="verifier"
    )
    reason = models.TextField("意见", blank=True)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="审核账号")
    created_at = models.DateTimeField("审核时间")

    class Meta:
        ordering = ["figure", "-id"]
        verbose_name = "审核记录"
        verbose_name_plural = "审核记录"

    def __str__(self) -> str:
        return f"{self.figure} {self.get_state_display()}"
