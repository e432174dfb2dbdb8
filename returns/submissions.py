"""报送单: what an organisation handed in at one moment, and the signed scans of it. Rows are added, never changed."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from accounts.models import User
from accounts.rules import Person
from indicators.models import Plan


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Sheets of returns."""

    def visible_to(self, user: Person) -> SubmissionQuerySet:
        """Sheets of returns in which the account is involved with a figure at least.

        That is the reporting organisation, whoever verifies one of its figures, the plan's owner, leaders;
        nobody else after the freeze either. Which lines of a sheet somebody reads is a second question:
        `returns.submission_sheets.readable_lines`.
        """
        figures = apps.get_model("returns", "Figure").objects.involving(user)
        return self.filter(quarterly_return__in=figures.values("quarterly_return"))


class Submission(models.Model):
    """One handing in of a return: its figures as they stood, sealed. Append-only (database triggers).

    contents is canonical JSON, digest its SHA-256, code the short form of the digest that is printed
    (`returns.submission_sheets` writes and reads all three).
    """

    quarterly_return = models.ForeignKey(
        "returns.QuarterlyReturn", on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveIntegerField("第几次报送")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="报送账号")
    office = models.CharField("报送岗位", max_length=150, help_text="报送时账号的单位和岗位")
    created_at = models.DateTimeField("报送时间")
    figure_count = models.PositiveIntegerField("指标数")
    contents = models.TextField("报送内容")
    digest = models.CharField("指纹", max_length=64)
    code = models.CharField("校验码", max_length=14, unique=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        app_label = "returns"
        ordering = ["-id"]
        verbose_name = "报送单"
        verbose_name_plural = "报送单"
        constraints = [
            models.UniqueConstraint(fields=["quarterly_return", "number"], name="submission_number"),
        ]

    def __str__(self) -> str:
        return f"{self.quarterly_return} 第{self.number}次报送"


class ScanQuerySet(models.QuerySet["SignedScan"]):
    """Signed scans."""

    def visible_to(self, user: Person) -> ScanQuerySet:
        """Scans of the sheets that the account may see."""
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class SignedScan(models.Model):
    """签字盖章的扫描件 of a sheet, kept as it came; a later one stands beside it. Append-only (database triggers)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="scans")
    filename = models.CharField("文件名", max_length=255)
    kind = models.CharField("类型", max_length=8)
    content = models.FileField("文件", upload_to="signed-sheets/%Y/%m/")
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("指纹", max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="上传账号")
    created_at = models.DateTimeField("上传时间")

    objects = ScanQuerySet.as_manager()

    class Meta:
        app_label = "returns"
        ordering = ["-id"]
        verbose_name = "报送单扫描件"
        verbose_name_plural = "报送单扫描件"

    def __str__(self) -> str:
        return self.filename


class SignedSheetSetting(models.Model):
    """Whether a plan wants the signed scan before it verifies. A plan without a row does not."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="signed_sheet_setting")
    is_required = models.BooleanField("核定前须有扫描件")
    reason = models.TextField("理由")
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("改动时间")

    class Meta:
        app_label = "returns"
        verbose_name = "报送单要求"
        verbose_name_plural = "报送单要求"

    def __str__(self) -> str:
        return f"{self.plan} {'须有' if self.is_required else '不要求'}扫描件"
