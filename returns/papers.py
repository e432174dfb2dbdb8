"""What stands beside a figure: evidence files and comments. Rows are added and never changed or deleted."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db import models
from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import Person, held_roles
from districts.models import OrganisationKind
from indicators.models import DECIMAL

ROLES_INVOLVED = (Role.REPORTER, Role.REVIEWER, Role.VERIFIER, Role.OWNER, Role.LEADER)


def involved_in(user: Person, *, prefix: str = "", roles: Collection[str] = ROLES_INVOLVED) -> Q:
    """Rows of figures whose evidence and comments the account reads.

    The reporting organisation (填报员, 单位审核), whoever verifies the figure, the plan's owner, leaders. Unlike
    the figure itself, its papers open to nobody else after the freeze. prefix leads to the figure, such as
    `figure__`; roles are those that count. The predicate that says the same of one figure is `returns.rules.may_read_papers`.
    """

    def of(**conditions: object) -> Q:
        return Q(**{f"{prefix}{key}": value for key, value in conditions.items()})

    condition = Q(pk__in=())
    for held in held_roles(user):
        own = held.organisation_id
        if held.role not in roles:
            continue
        if held.role in (Role.OWNER, Role.LEADER):
            rows = Q(pk__isnull=False)
        elif held.role in (Role.REPORTER, Role.REVIEWER) and own:
            rows = of(reporter=own)
        elif held.role == Role.VERIFIER and own:
            of_city = of(organisation__kind=OrganisationKind.CITY)
            rows = (of(indicator__lead=own) & ~of_city) | (
                of(indicator__data_source=own) & of_city & ~of(indicator__lead=own)
            )
        else:
            continue
        condition |= rows & of(cycle__plan__code=held.plan_code) if held.plan_code else rows
    return condition


Row = TypeVar("Row", bound=models.Model)


class PaperQuerySet(models.QuerySet[Row]):
    """Rows that belong to a figure."""

    def visible_to(self, user: Person) -> PaperQuerySet[Row]:
        """Papers of the figures in which the account is involved; each role counts for its own plan only."""
        return self.filter(involved_in(user, prefix="figure__"))


class Evidence(models.Model):
    """佐证材料: a file that supports a figure, kept as it came. Append-only (database triggers)."""

    figure = models.ForeignKey("returns.Figure", on_delete=models.PROTECT, related_name="evidence")
    revision_number = models.PositiveIntegerField("附于第几次填报")
    filename = models.CharField("文件名", max_length=255)
    kind = models.CharField("类型", max_length=8)
    content = models.FileField("文件", upload_to="evidence/%Y/%m/")
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("指纹", max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="上传账号")
    created_at = models.DateTimeField("上传时间")

    objects = PaperQuerySet["Evidence"].as_manager()

    class Meta:
        app_label = "returns"
        ordering = ["figure", "id"]
        verbose_name = "佐证材料"
        verbose_name_plural = "佐证材料"

    def __str__(self) -> str:
        return self.filename

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back; the row of the withdrawal should have been selected with it."""
        return hasattr(self, "withdrawal")


class EvidenceWithdrawal(models.Model):
    """Taking back a file, always with a reason. The file stays in the history. Append-only."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField("理由")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="撤回账号")
    created_at = models.DateTimeField("撤回时间")

    class Meta:
        app_label = "returns"
        ordering = ["id"]
        verbose_name = "佐证撤回"
        verbose_name_plural = "佐证撤回"

    def __str__(self) -> str:
        return f"撤回 {self.evidence}"


class Comment(models.Model):
    """批注: what somebody involved said of a figure, with its value at that time. Append-only."""

    figure = models.ForeignKey("returns.Figure", on_delete=models.PROTECT, related_name="comments")
    revision_number = models.PositiveIntegerField("当时是第几次填报")
    value = models.DecimalField("当时的数", null=True, blank=True, **DECIMAL)
    text = models.TextField("内容", max_length=2000)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="批注账号")
    created_at = models.DateTimeField("批注时间")

    objects = PaperQuerySet["Comment"].as_manager()

    class Meta:
        app_label = "returns"
        ordering = ["figure", "id"]
        verbose_name = "批注"
        verbose_name_plural = "批注"

    def __str__(self) -> str:
        return f"{self.figure} 批注"


class CommentsSeen(models.Model):
    """How far an account has read the comments of a figure: the newest one that was shown to it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    figure = models.ForeignKey("returns.Figure", on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="+", verbose_name="最后看到的"
    )

    class Meta:
        app_label = "returns"
        verbose_name = "已读批注"
        verbose_name_plural = "已读批注"
        constraints = [models.UniqueConstraint(fields=["user", "figure"], name="comments_seen_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.figure}"
