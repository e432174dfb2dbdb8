"""Policy documents, plans, indicators and yearly targets, with the documents' own text."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from districts.models import ALWAYS, City, Organisation
from indicators.check_values import CHECK_NAMES, RELATION_NAMES, SEVERITY_NAMES, Severity

DECIMAL: dict[str, Any] = {"max_digits": 21, "decimal_places": 6}
"""Every amount: at most 15 significant digits and 6 decimals, which both databases keep exactly."""


class PolicyDocument(models.Model):
    """What sets or changes targets: number, issuer, date, status."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", "现行有效"
        DRAFT = "draft", "征求意见稿"
        REPEALED = "repealed", "已废止"

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="documents")
    code = models.SlugField("代码", max_length=48, unique=True)
    title = models.CharField("标题", max_length=255)
    number = models.CharField("发文字号", max_length=64, blank=True)
    issuer = models.CharField("发文机关", max_length=100, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    status = models.CharField("状态", max_length=16, choices=Status.choices)
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = "政策文件"
        verbose_name_plural = "政策文件"

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）" if self.number else self.title


class Plan(models.Model):
    """An action plan: the years it covers, who owns its cycle, what its indicators are."""

    document = models.ForeignKey(PolicyDocument, on_delete=models.PROTECT, related_name="plans")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="plans")
    code = models.SlugField("代码", max_length=48, unique=True)
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("简称", max_length=50)
    names = models.JSONField("其他写法", default=list, help_text="标题中可能出现的写法，用于核对填报文件。")
    first_year = models.PositiveSmallIntegerField("起始年")
    last_year = models.PositiveSmallIntegerField("终止年")
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="owned_plans", verbose_name="牵头办"
    )
    order = models.PositiveSmallIntegerField("顺序", default=0)
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = "行动方案"
        verbose_name_plural = "行动方案"
        constraints = [
            models.CheckConstraint(condition=Q(last_year__gte=F("first_year")), name="plan_years_in_order"),
        ]

    def __str__(self) -> str:
        return self.short_name


class DocumentTable(models.Model):
    """A table of a document that states targets; or its running text (`is_text`)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tables")
    code = models.SlugField("代码", max_length=48)
    annex = models.CharField("附件", max_length=50)
    title = models.CharField("标题", max_length=200)
    layout = models.CharField("表式", max_length=1, blank=True, help_text="B、C、D，见填报表式。")
    is_text = models.BooleanField("正文", default=False)
    columns = models.JSONField("表头", default=list)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = ["plan", "order"]
        verbose_name = "文件表格"
        verbose_name_plural = "文件表格"
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="document_table_code")]

    def __str__(self) -> str:
        return f"{self.annex} {self.title}".strip()


class IndicatorKind(models.TextChoices):
    FLOW = "flow", "增量（本年累计）"
    STOCK = "stock", "存量（期末数）"
    RATE = "rate", "比率"


class Direction(models.TextChoices):
    HIGHER = "higher", "越高越好"
    LOWER = "lower", "越低越好"


class Frequency(models.TextChoices):
    QUARTERLY = "quarterly", "每季"
    HALF_YEAR = "half_year", "半年"
    ANNUAL = "annual", "年度"


FIGURE_QUARTERS = {
    Frequency.QUARTERLY: (1, 2, 3, 4),
    Frequency.HALF_YEAR: (2, 4),
    Frequency.ANNUAL: (4,),
}
"""Quarters at whose end a figure of that frequency comes into being."""


class Indicator(models.Model):
    """What is measured. Belongs to one plan; figures are never shared between plans."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="indicators")
    code = models.SlugField("代码", max_length=64)
    name = models.CharField("指标名称", max_length=150)
    short_name = models.CharField("简称", max_length=30, blank=True)
    unit = models.CharField("计量单位", max_length=20)
    category = models.CharField("类别", max_length=50, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    kind = models.CharField("性质", max_length=8, choices=IndicatorKind.choices)
    direction = models.CharField("方向", max_length=8, choices=Direction.choices, default=Direction.HIGHER)
    additive = models.BooleanField("区县可加总", default=False)
    decimals = models.PositiveSmallIntegerField(
        "小数位数", default=0, help_text="0 表示计数（个、家、项）。", validators=[MaxValueValidator(6)]
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name="其中：属于",
    )
    min_share_numerator = models.PositiveSmallIntegerField("占比下限分子", null=True, blank=True)
    min_share_denominator = models.PositiveSmallIntegerField("占比下限分母", null=True, blank=True)
    frequency = models.CharField(
        "频度", max_length=12, choices=Frequency.choices, default=Frequency.QUARTERLY
    )
    lag_quarters = models.PositiveSmallIntegerField("滞后季数", default=0)
    lead = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="led_indicators", verbose_name="牵头单位"
    )
    data_source = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sourced_indicators",
        verbose_name="数据来源单位",
    )
    weight = models.DecimalField(
        "分值", default=1, validators=[MinValueValidator(0)], max_digits=9, decimal_places=4
    )
    note = models.TextField("口径与说明", blank=True)

    class Meta:
        ordering = ["plan", "order"]
        verbose_name = "指标"
        verbose_name_plural = "指标"
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="indicator_code_in_plan"),
            models.UniqueConstraint(fields=["plan", "name"], name="indicator_name_in_plan"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="indicator_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(min_share_numerator=None, min_share_denominator=None)
                | Q(min_share_numerator__gt=0, min_share_denominator__gt=0, parent__isnull=False),
                name="indicator_share_has_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted(self) -> bool:
        """A counted thing has no decimals (个、家、项)."""
        return self.decimals == 0

    def figure_can_exist(self, quarter: int) -> bool:
        """Whether a figure of this year can exist in that quarter's return (else 本期无数据)."""
        return quarter - self.lag_quarters in FIGURE_QUARTERS[Frequency(self.frequency)]


class IndicatorName(models.Model):
    """Another wording of an indicator: the other table's, a return's, a former one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="names")
    name = models.CharField("名称", max_length=150)
    folded = models.CharField("比对形式", max_length=150)
    valid_from = models.DateField("自", default=ALWAYS)
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        ordering = ["indicator", "id"]
        verbose_name = "指标别名"
        verbose_name_plural = "指标别名"
        constraints = [
            models.UniqueConstraint(fields=["plan", "folded", "valid_from"], name="indicator_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Responsibility(models.Model):
    """A unit responsible for an indicator; the first in the document is the lead (列第一的为牵头单位)."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="responsibilities")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="responsibilities")
    order = models.PositiveSmallIntegerField("顺序", help_text="1 为牵头，其余为配合。")

    class Meta:
        ordering = ["indicator", "order"]
        verbose_name = "指标责任单位"
        verbose_name_plural = "指标责任单位"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "order"], name="responsibility_order"),
            models.UniqueConstraint(fields=["indicator", "organisation"], name="responsibility_once"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.organisation}"


class Milestone(models.Model):
    """What of a target is due by a quarter's end: a share of it, or an amount in its unit."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="milestones")
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True, help_text="空表示每年。")
    quarter = models.PositiveSmallIntegerField("季度")
    share = models.DecimalField("应完成份额", null=True, blank=True, max_digits=7, decimal_places=6)
    amount = models.DecimalField("应完成量", null=True, blank=True, **DECIMAL)
    note = models.TextField("依据", blank=True)

    class Meta:
        ordering = ["indicator", "year", "quarter"]
        verbose_name = "时序节点"
        verbose_name_plural = "时序节点"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "quarter"], condition=Q(year=None), name="milestone_every_year"
            ),
            models.UniqueConstraint(
                fields=["indicator", "year", "quarter"],
                condition=Q(year__isnull=False),
                name="milestone_of_year",
            ),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="milestone_quarter"),
            models.CheckConstraint(
                condition=Q(share__isnull=False, amount=None) | Q(share=None, amount__isnull=False),
                name="milestone_share_or_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.quarter}季度"


class TargetKind(models.TextChoices):
    """What a target's text means (DOMAIN section 3)."""

    AT_LEAST = "at_least", "不低于"
    ABOVE = "above", "超过"
    AT_MOST = "at_most", "不超过"
    BELOW = "below", "低于"
    ZERO = "zero", "零目标"
    RELATIVE = "relative", "相对参照值"
    PROVINCIAL = "provincial", "完成省定目标"
    PENDING = "pending", "待下达"
    JOINT = "joint", "合并目标"
    MERGED = "merged", "合并考核"
    NOT_ASSESSED = "not_assessed", "不考核"
    TOTAL_DASH = "total_dash", "不累加"
    UNSET = "unset", "未设置"
    TEXT = "text", "文字目标"


NUMERIC_KINDS = frozenset(
    {TargetKind.AT_LEAST, TargetKind.ABOVE, TargetKind.AT_MOST, TargetKind.BELOW, TargetKind.JOINT}
)
"""Kinds whose value scores. A relative or provincial target scores once it is resolved."""


class TargetQuerySet(models.QuerySet["Target"]):
    def in_force_on(self, day: datetime.date) -> TargetQuerySet:
        """The version of each target that holds on that day: the newest that has begun.

        Each target's newest version is looked up by the index of its place. Where PostgreSQL may join the targets
        with later versions instead and has no statistics yet, it compares every target with every other one.
        """
        newest = (
            self.model.objects.filter(
                indicator=models.OuterRef("indicator"),
                organisation=models.OuterRef("organisation"),
                year=models.OuterRef("year"),
                table=models.OuterRef("table"),
                effective_from__lte=day,
            )
            .order_by("-version")
            .values("version")[:1]
        )
        return self.filter(version=models.Subquery(newest))

    def tabled(self) -> TargetQuerySet:
        """Those that stand in a document's table, in the table's order."""
        return self.filter(table__is_text=False).order_by(
            "table__order", "row_order", "column_order", "version", "pk"
        )


class Target(models.Model):
    """One cell of a document: indicator × organisation × year × document table, in dated versions.

    `value` is in the target's own `unit`; `unit_factor` converts it to the indicator's unit
    (1 万亩 = 10000 亩), so a line is always shown in the document's own unit.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField("年份")
    table = models.ForeignKey(DocumentTable, on_delete=models.PROTECT, related_name="targets")
    version = models.PositiveSmallIntegerField("版本", default=1)
    effective_from = models.DateField("生效日期", default=ALWAYS)
    document = models.ForeignKey(
        PolicyDocument, on_delete=models.PROTECT, related_name="targets", verbose_name="依据文件"
    )
    text = models.CharField("文件原文", max_length=255, blank=True)
    kind = models.CharField("目标类型", max_length=16, choices=TargetKind.choices)
    value = models.DecimalField("目标值", null=True, blank=True, **DECIMAL)
    unit = models.CharField("单位", max_length=20)
    unit_factor = models.DecimalField("换算系数", default=1, max_digits=15, decimal_places=6)
    joint_with = models.ManyToManyField(
        Organisation, blank=True, related_name="joint_targets", verbose_name="合并考核的单位"
    )
    reference = models.SlugField("参照指标", max_length=48, blank=True)
    offset = models.DecimalField("高于参照值", null=True, blank=True, **DECIMAL)
    is_scored = models.BooleanField("用于计分", default=True)
    is_plan_end = models.BooleanField(
        "期末目标", default=False, help_text="从计划起始累计，只在最后一季计分。"
    )
    row = models.CharField("行", max_length=150)
    column = models.CharField("列", max_length=100)
    row_order = models.PositiveSmallIntegerField(default=0)
    column_order = models.PositiveSmallIntegerField(default=0)
    clause = models.CharField("条款", max_length=150, blank=True)
    note = models.TextField("说明", blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["table", "row_order", "column_order", "version"]
        verbose_name = "年度目标"
        verbose_name_plural = "年度目标"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "organisation", "year", "table", "version"], name="target_place"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="target_version"),
            models.CheckConstraint(condition=Q(unit_factor__gt=0), name="target_unit_factor"),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(NUMERIC_KINDS)) | Q(value__isnull=False),
                name="target_numeric_has_value",
            ),
        ]
        indexes = [models.Index(fields=["year", "organisation"], name="target_year_organisation")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation} {self.year}年：{self.text}"


class TableTotal(models.Model):
    """A 小计 or 合计 cell of a document's table: kept as printed, used for checking, never a target."""

    table = models.ForeignKey(DocumentTable, on_delete=models.CASCADE, related_name="totals")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="totals")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("原文", max_length=50)
    value = models.DecimalField("数值", null=True, blank=True, **DECIMAL)
    row = models.CharField("行", max_length=150)
    column = models.CharField("列", max_length=100)
    row_order = models.PositiveSmallIntegerField(default=0)
    column_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["table", "row_order", "column_order"]
        verbose_name = "小计与合计"
        verbose_name_plural = "小计与合计"
        constraints = [
            models.UniqueConstraint(fields=["table", "indicator", "organisation"], name="table_total_place"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.column}：{self.text}"


class Baseline(models.Model):
    """A stock's level at the end of the year before: only with it are gains counted."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="baselines")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="baselines")
    year = models.PositiveSmallIntegerField("年份", help_text="用于哪一年的考核。")
    value = models.DecimalField("基数", **DECIMAL)
    source = models.CharField("来源", max_length=255)

    class Meta:
        ordering = ["indicator", "organisation", "year"]
        verbose_name = "基数"
        verbose_name_plural = "基数"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "organisation", "year"], name="baseline_place"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation} {self.year}"


class ReferenceValue(models.Model):
    """The value of a reference series (e.g. `gdp_growth`) for one quarter: resolves relative targets."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="reference_values")
    series = models.SlugField("参照指标", max_length=48)
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度")
    value = models.DecimalField("数值", **DECIMAL)
    source = models.CharField("来源", max_length=255)

    class Meta:
        ordering = ["city", "series", "year", "quarter"]
        verbose_name = "参照值"
        verbose_name_plural = "参照值"
        constraints = [
            models.UniqueConstraint(
                fields=["city", "series", "year", "quarter"], name="reference_value_place"
            ),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="reference_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}Q{self.quarter}"


class Task(models.Model):
    """A 重点任务 or 保障措施 of a plan, with its responsible units in the document's order."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    code = models.SlugField("代码", max_length=48)
    part = models.CharField("部分", max_length=100)
    section = models.CharField("章节", max_length=200, blank=True)
    number = models.CharField("序号", max_length=20)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容")
    responsible_text = models.CharField("责任单位原文", max_length=500, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        ordering = ["plan", "order"]
        verbose_name = "任务"
        verbose_name_plural = "任务"
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="task_code_in_plan")]

    def __str__(self) -> str:
        return f"{self.number}{self.title}"


class TaskResponsibility(models.Model):
    """A unit responsible for a task; order 1 is the lead."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="responsibilities")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="task_responsibilities"
    )
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        ordering = ["task", "order"]
        verbose_name = "任务责任单位"
        verbose_name_plural = "任务责任单位"
        constraints = [
            models.UniqueConstraint(fields=["task", "order"], name="task_responsibility_order"),
            models.UniqueConstraint(fields=["task", "organisation"], name="task_responsibility_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task}：{self.organisation}"


class IndicatorLink(models.Model):
    """Two indicators that belong together although the document names them differently.

    Read by 目标校核 only: `part` is the same as `whole`, a part of it, contained in it, or adds to it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="indicator_links")
    relation = models.CharField(
        "关系", max_length=16, choices=[(item.value, name) for item, name in RELATION_NAMES.items()]
    )
    whole = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="+", verbose_name="总项或正文所写"
    )
    part = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="+", verbose_name="其中项或对照项"
    )
    note = models.CharField("依据", max_length=255)

    class Meta:
        ordering = ["plan", "id"]
        verbose_name = "校核对照关系"
        verbose_name_plural = "校核对照关系"
        constraints = [
            models.UniqueConstraint(fields=["relation", "whole", "part"], name="indicator_link_once"),
            models.CheckConstraint(condition=~Q(whole=F("part")), name="indicator_link_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.whole}—{self.part}"


class FindingQuerySet(models.QuerySet["TargetFinding"]):
    def found(self) -> FindingQuerySet:
        """What does not agree, as of the last check."""
        return self.filter(is_current=True).exclude(severity=Severity.AGREED)

    def in_state(self, state: str) -> FindingQuerySet:
        """Those whose `state` it is; the same rules as the property, in the database."""
        if state == TargetFinding.State.CLEARED:
            return self.filter(is_current=False)
        if state == TargetFinding.State.AGREED:
            return self.filter(is_current=True, severity=Severity.AGREED)
        found = self.found()
        unexplained = found.exclude(explained_digest=F("digest"))
        if state == TargetFinding.State.EXPLAINED:
            return found.filter(explained_digest=F("digest"))
        if state == TargetFinding.State.REOPENED:
            return unexplained.exclude(explained_digest="")
        if state == TargetFinding.State.FOR_INFORMATION:
            return unexplained.filter(explained_digest="", severity=Severity.INFO)
        return unexplained.filter(explained_digest="").exclude(severity=Severity.INFO)


class TargetFinding(models.Model):
    """One comparison of 目标校核 with its result, as of the last check; explained by the plan's owner.

    `key` names what is compared and stays when values change; `digest` is that of the values. An
    explanation holds for the digest that it was given for: other values reopen the finding.
    """

    class State(models.TextChoices):
        OPEN = "open", "待说明"
        REOPENED = "reopened", "内容已变，须重新说明"
        EXPLAINED = "explained", "已说明"
        FOR_INFORMATION = "info", "供参考"
        AGREED = "agreed", "一致"
        CLEARED = "cleared", "已消除"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="target_findings")
    key = models.CharField("标识", max_length=200)
    kind = models.CharField(
        "校核", max_length=16, choices=[(item.value, name) for item, name in CHECK_NAMES.items()]
    )
    severity = models.CharField(
        "结果", max_length=8, choices=[(item.value, name) for item, name in SEVERITY_NAMES.items()]
    )
    indicator = models.ForeignKey(
        Indicator, null=True, blank=True, on_delete=models.CASCADE, related_name="target_findings"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    message = models.TextField("说的是什么")
    stated = models.JSONField("文件所写", default=dict)
    against = models.JSONField("与之核对", default=dict)
    digest = models.CharField("内容摘要", max_length=64)
    order = models.PositiveIntegerField("顺序", default=0)
    is_current = models.BooleanField("仍然存在", default=True)
    changed_at = models.DateTimeField("内容变动时间")
    explanation = models.TextField("说明", blank=True)
    explained_digest = models.CharField("说明所针对的内容", max_length=64, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    explained_at = models.DateTimeField("说明时间", null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "order"]
        verbose_name = "目标校核结果"
        verbose_name_plural = "目标校核结果"
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="target_finding_key"),
            models.CheckConstraint(
                condition=Q(explanation="", explained_digest="", explained_by=None, explained_at=None)
                | (
                    ~Q(explanation="")
                    & ~Q(explained_digest="")
                    & Q(explained_by__isnull=False, explained_at__isnull=False)
                ),
                name="target_finding_explained_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.indicator or ''}：{self.message}"

    @property
    def state(self) -> TargetFinding.State:
        """Where the finding stands, from what was found and what was explained."""
        if not self.is_current:
            return self.State.CLEARED
        if self.severity == Severity.AGREED:
            return self.State.AGREED
        if self.explained_digest:
            same = self.explained_digest == self.digest
            return self.State.EXPLAINED if same else self.State.REOPENED
        return self.State.FOR_INFORMATION if self.severity == Severity.INFO else self.State.OPEN

    @property
    def asks_for_explanation(self) -> bool:
        """Whether somebody may say why the documents are so: not where both sides agree."""
        return self.state not in {self.State.AGREED, self.State.CLEARED}


class LeaderAssignment(models.Model):
    """Which leader's office has an indicator in its charge (分管领导). An office, never a person."""

    indicator = models.OneToOneField(
        Indicator, on_delete=models.CASCADE, related_name="leader_assignment", verbose_name="指标"
    )
    office = models.CharField("分管领导（职务）", max_length=40)
    basis = models.CharField("依据", max_length=200)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["indicator"]
        verbose_name = "领导分工"
        verbose_name_plural = "领导分工"
        constraints = [
            models.CheckConstraint(condition=~Q(office="") & ~Q(basis=""), name="leader_assignment_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.office}"
