"""Schemes, recompute requests, sealed inputs, ranking runs with entries and lines."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import Person, held_roles
from districts.models import Organisation
from indicators.models import Plan
from indicators.periods import Period
from rankings.external import EXTERNAL_SCHEME
from returns.models import Cycle, Figure


class Board(models.TextChoices):
    """A board ranks organisations of like kinds."""

    DISTRICTS = "districts", "区县榜"
    DEPARTMENTS = "departments", "部门榜"
    PARKS = "parks", "园区榜"
    CLUSTERS = "clusters", "核心区协同区榜"


class SchemeVersion(models.Model):
    """A scoring scheme as data. One that is in use is never edited: a change is a new version."""

    code = models.SlugField("代码", max_length=48)
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("名称", max_length=100)
    parameters = models.JSONField("参数", encoder=DjangoJSONEncoder)
    rules_version = models.CharField("规则版本", max_length=8, default="1")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = "计分办法"
        verbose_name_plural = "计分办法"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="scheme_version")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class SchemeAssignment(models.Model):
    """From which period on a plan is scored by which scheme version."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="scheme_assignments")
    scheme = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="assignments")
    from_year = models.PositiveSmallIntegerField("自年份")
    from_quarter = models.PositiveSmallIntegerField("自季度", default=1)

    class Meta:
        ordering = ["plan", "-from_year", "-from_quarter"]
        verbose_name = "计分办法适用"
        verbose_name_plural = "计分办法适用"
        constraints = [
            models.UniqueConstraint(fields=["plan", "from_year", "from_quarter"], name="scheme_assignment"),
            models.CheckConstraint(
                condition=Q(from_quarter__gte=1, from_quarter__lte=4), name="scheme_assignment_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}：{self.scheme}，自{self.from_year}Q{self.from_quarter}"


class Adjustment(models.Model):
    """A bonus or deduction of one organisation in one period, with reason and document."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="adjustments")
    board = models.CharField("榜", max_length=12, choices=Board.choices, default=Board.DISTRICTS)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="adjustments")
    points = models.DecimalField("分", max_digits=5, decimal_places=2, help_text="正数加分，负数扣分。")
    reason = models.TextField("事由")
    document = models.CharField("依据", max_length=255, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["cycle", "organisation", "id"]
        verbose_name = "加扣分"
        verbose_name_plural = "加扣分"
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="adjustment_not_zero")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.points:+}"


class RebuildRequest(models.Model):
    """A due recomputation: written in the transaction of the change. The message to Celery only rings.

    Waiting requests of one board collapse into one; a running one is leased, so that a worker that
    dies loses nothing: the sweep hands the request out again once its lease has run out.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待计算"
        RUNNING = "running", "正在计算"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="rebuild_requests")
    board = models.CharField("榜", max_length=12, choices=Board.choices)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField("原因", max_length=200)
    requested_at = models.DateTimeField("提出时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.TextField("错误", blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "重算任务"
        verbose_name_plural = "重算任务"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "board"], condition=Q(state="waiting"), name="rebuild_one_waiting"
            ),
            models.UniqueConstraint(
                fields=["cycle", "board"], condition=Q(state="running"), name="rebuild_one_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.get_board_display()} {self.get_state_display()}"


class RankingRun(models.Model):
    """One computed ranking: preliminary (replaced when data change), frozen, or published (never changed).

    `inputs` is the canonical JSON from which it was computed; `input_digest` and `result_digest` are
    SHA-256; `digest` chains a published run to the one published before it. An external run was made
    in a spreadsheet: its inputs are the rows as they were imported, and it has no scheme of ours.
    """

    class Origin(models.TextChoices):
        COMPUTED = "computed", "系统计算"
        EXTERNAL = "external", "外部计算"

    class Status(models.TextChoices):
        PRELIMINARY = "preliminary", "预排名"
        FROZEN = "frozen", "已冻结"
        PUBLISHED = "published", "已发布"

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="runs")
    board = models.CharField("榜", max_length=12, choices=Board.choices)
    status = models.CharField("状态", max_length=12, choices=Status.choices)
    origin = models.CharField("来源", max_length=8, choices=Origin.choices, default=Origin.COMPUTED)
    number = models.PositiveSmallIntegerField("第几次发布", default=0, help_text="1 为首次，其后为更正。")
    scheme = models.ForeignKey(
        SchemeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    rules_version = models.CharField("规则版本", max_length=8)
    inputs = models.TextField("输入（规范 JSON）")
    input_digest = models.CharField(max_length=64)
    result_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True)
    chain_position = models.PositiveIntegerField("链上位置", null=True, blank=True, unique=True)
    operator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    operator_label = models.CharField("经办", max_length=150, blank=True)
    signed_by_label = models.CharField("签发", max_length=150, blank=True)
    reason = models.TextField("更正理由", blank=True)
    computed_at = models.DateTimeField("计算时间")
    sealed_at = models.DateTimeField("封存时间", null=True, blank=True)
    data_as_of = models.DateField("数据截至日", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "排名"
        verbose_name_plural = "排名"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "board"], condition=Q(status="preliminary"), name="run_one_preliminary"
            ),
            models.UniqueConstraint(
                fields=["cycle", "board"], condition=Q(status="frozen"), name="run_one_frozen"
            ),
            models.UniqueConstraint(
                fields=["cycle", "board", "number"], condition=Q(status="published"), name="run_number"
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | (Q(chain_position__isnull=False, number__gte=1) & ~Q(digest="")),
                name="run_published_is_chained",
            ),
            models.CheckConstraint(
                condition=Q(origin="computed", scheme__isnull=False)
                | Q(origin="external", scheme=None, status__in=["frozen", "published"]),
                name="run_has_scheme_unless_external",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.get_board_display()}（{self.get_status_display()}）"

    @property
    def is_external(self) -> bool:
        """Whether it was computed elsewhere and imported."""
        return self.origin == self.Origin.EXTERNAL

    @property
    def scheme_code(self) -> str:
        """What a ranking document names as its scheme: `quarterly-v1`, or `external`."""
        return f"{self.scheme.code}-v{self.scheme.version}" if self.scheme else EXTERNAL_SCHEME

    @property
    def scheme_title(self) -> str:
        """The scheme's title for people."""
        return self.scheme.title if self.scheme else "外部计算（不按本系统计分办法）"


class BoardLock(models.Model):
    """One row per board of a cycle, locked while that board is computed: never two at once."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="board_locks")
    board = models.CharField(max_length=12, choices=Board.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "board"], name="board_lock_once")]

    def __str__(self) -> str:
        return f"{self.cycle} {self.board}"


class SignOff(models.Model):
    """A leader's sign-off of what is frozen: valid for exactly these inputs."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="sign_offs")
    input_digests = models.JSONField("签发时的输入摘要")
    leader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="签发")
    signed_at = models.DateTimeField("签发时间")

    class Meta:
        ordering = ["cycle", "-id"]
        verbose_name = "签发"
        verbose_name_plural = "签发"

    def __str__(self) -> str:
        return f"{self.cycle} {self.leader}"


class RankingEntry(models.Model):
    """One ranked organisation of a run, under the name it had then.

    late, grade and vetoed (names of indicators) are null where the scheme has no such rule.
    """

    run = models.ForeignKey(  # found by its index with the position
        RankingRun, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    position = models.PositiveSmallIntegerField("打印顺序")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="ranking_entries")
    unit = models.CharField("单位", max_length=100)
    group = models.CharField("组", max_length=50, blank=True)
    base = models.DecimalField("基础分", null=True, max_digits=7, decimal_places=2)
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2)
    deduction = models.DecimalField("扣分", max_digits=5, decimal_places=2)
    late = models.DecimalField("迟报扣分", null=True, max_digits=5, decimal_places=2)
    total = models.DecimalField("总分", null=True, max_digits=7, decimal_places=2)
    rank = models.PositiveSmallIntegerField("名次", null=True)
    group_rank = models.PositiveSmallIntegerField("组内名次", null=True)
    excluded = models.CharField("不参评原因", max_length=50, blank=True)
    grade = models.CharField("等次", max_length=50, null=True)
    vetoed = models.JSONField("未达标的否决性指标", null=True)
    previous_rank = models.PositiveSmallIntegerField("上期名次", null=True)
    last_year_rank = models.PositiveSmallIntegerField("上年同期名次", null=True)

    class Meta:
        ordering = ["run", "position"]
        verbose_name = "排名条目"
        verbose_name_plural = "排名条目"
        constraints = [
            models.UniqueConstraint(fields=["run", "organisation"], name="entry_once"),
            models.UniqueConstraint(fields=["run", "position"], name="entry_position"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.total}"

    @property
    def movement(self) -> int | None:
        """Places won (positive) or lost against the previous published quarter; None if unknown."""
        if self.rank is None or self.previous_rank is None:
            return None
        return self.previous_rank - self.rank


class RankingLine(models.Model):
    """One indicator's line of an entry. Exact decimals are canonical text, never recomputed in SQL."""

    entry = models.ForeignKey(  # found by its index with the position
        RankingEntry, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    indicator_code = models.CharField(max_length=64)
    indicator = models.CharField("指标", max_length=150)
    unit = models.CharField("单位", max_length=20, blank=True)
    target_text = models.CharField("目标原文", max_length=255, blank=True)
    target = models.CharField("目标值", max_length=40, blank=True)
    expected = models.CharField("应完成", max_length=40, blank=True)
    value = models.CharField("完成值", max_length=40, blank=True)
    baseline = models.CharField("基数", max_length=40, blank=True)
    attainment = models.DecimalField("序时达成率%", null=True, max_digits=20, decimal_places=2)
    completion = models.DecimalField("年度完成率%", null=True, max_digits=20, decimal_places=2)
    score = models.DecimalField("得分", null=True, max_digits=7, decimal_places=2)
    weight = models.CharField("分值", max_length=20)
    light = models.CharField("灯", max_length=8)
    reason = models.CharField("说明", max_length=50, blank=True)
    figure = models.ForeignKey(
        Figure, null=True, on_delete=models.PROTECT, related_name="ranking_lines", db_index=False
    )
    source_file = models.CharField("文件", max_length=255, blank=True)
    source_sheet = models.CharField("工作表", max_length=100, blank=True)
    source_cell = models.CharField("单元格", max_length=16, blank=True)
    detail = models.JSONField("构成", default=dict)

    class Meta:
        ordering = ["entry", "position"]
        verbose_name = "得分构成"
        verbose_name_plural = "得分构成"
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="line_position"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.score}"


class ChainHead(models.Model):
    """The one row that holds the newest digest of all published rankings; locked while publishing."""

    digest = models.CharField(max_length=64)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="chain_head_single_row")]

    def __str__(self) -> str:
        return self.digest


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: Person) -> ObjectionQuerySet:
        """Those of the organisations one acts for; all of a plan for its owner and leaders."""
        condition = Q(pk__in=())
        for held in held_roles(user):
            if held.role in (Role.OWNER, Role.LEADER):
                condition |= (
                    Q(run__cycle__plan__code=held.plan_code) if held.plan_code else Q(pk__isnull=False)
                )
            elif held.role in (Role.REPORTER, Role.REVIEWER, Role.VERIFIER) and held.organisation_id:
                own = Q(entry__organisation=held.organisation_id)
                condition |= own & Q(run__cycle__plan__code=held.plan_code) if held.plan_code else own
        return self.filter(condition)


class Objection(models.Model):
    """申诉: what an organisation objects to in a published ranking, and the owner's answer.

    The objection is never changed and the answer is given once (database triggers); `correction` is the
    published correction that followed an accepted one.
    """

    class Outcome(models.TextChoices):
        WAITING = "", "待答复"
        ACCEPTED = "accepted", "成立"
        REJECTED = "rejected", "不成立"

    run = models.ForeignKey(RankingRun, on_delete=models.PROTECT, related_name="objections")
    entry = models.ForeignKey(RankingEntry, on_delete=models.PROTECT, related_name="objections")
    line = models.ForeignKey(
        RankingLine, null=True, blank=True, on_delete=models.PROTECT, related_name="objections"
    )
    text = models.TextField("申诉理由")
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="申诉账号")
    filed_by_label = models.CharField("申诉人", max_length=150)
    filed_at = models.DateTimeField("申诉时间")
    outcome = models.CharField("结论", max_length=8, choices=Outcome.choices, blank=True, default="")
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_by_label = models.CharField("答复人", max_length=150, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    correction = models.ForeignKey(
        RankingRun, null=True, blank=True, on_delete=models.PROTECT, related_name="settled_objections"
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "申诉"
        verbose_name_plural = "申诉"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_at=None, answered_by=None)
                | (
                    Q(outcome__in=["accepted", "rejected"], answered_at__isnull=False)
                    & Q(answered_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="objection_answer_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(correction=None) | Q(outcome="accepted"), name="objection_correction_follows"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(outcome="", line=None), name="objection_one_waiting_for_entry"
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(outcome="", line__isnull=False),
                name="objection_one_waiting_for_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry.unit}申诉：{self.subject}"

    @property
    def subject(self) -> str:
        """What is objected to: one indicator, or the whole entry."""
        return self.line.indicator if self.line else "总分和名次"

    @property
    def is_waiting(self) -> bool:
        """Whether the owner has not answered yet."""
        return self.outcome == self.Outcome.WAITING


class BoardImport(models.Model):
    """A board made in a spreadsheet, as it was uploaded: looked at first, then sealed as an external run.

    `rows` is what was read, `problems` what is wrong or worth knowing; the file is kept as it came.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="board_imports")
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度")
    board = models.CharField("榜", max_length=12, choices=Board.choices)
    filename = models.CharField("文件名", max_length=255)
    content = models.FileField("文件", upload_to="boards/%Y/%m/")
    sha256 = models.CharField("指纹", max_length=64)
    rows = models.JSONField("读出的榜", default=dict)
    problems = models.JSONField("校验结果", default=list)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    run = models.ForeignKey(
        RankingRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="board_imports"
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = "历史榜导入"
        verbose_name_plural = "历史榜导入"
        constraints = [
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="board_import_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.plan.short_name} {self.period.label} {self.get_board_display()}：{self.filename}"

    @property
    def period(self) -> Period:
        """The report period that the board is of."""
        return Period(self.year, self.quarter)

    @property
    def errors(self) -> list[dict[str, str]]:
        """The problems for which it cannot be sealed."""
        return [problem for problem in self.problems if problem["level"] == "error"]
