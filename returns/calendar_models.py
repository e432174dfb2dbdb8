"""What the calendar of a plan is made from: its rule, and days that differ from the known holidays."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import User
from districts.models import City
from indicators.models import Plan


class CalendarRule(models.Model):
    """From what the dates of a plan's periods are proposed. A plan without a row has the defaults.

    The month meant is the one after the quarter; working days are counted by returns.workdays.
    """

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="calendar_rule")
    opens_day = models.PositiveSmallIntegerField(
        "开始填报：季后首月几日", default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    due_day = models.PositiveSmallIntegerField(
        "报送截止：季后首月几日", default=10, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    review_days = models.PositiveSmallIntegerField(
        "部门核定：截止后几个工作日", default=5, validators=[MaxValueValidator(60)]
    )
    freeze_days = models.PositiveSmallIntegerField(
        "冻结：核定后几个工作日", default=1, validators=[MaxValueValidator(60)]
    )
    publish_days = models.PositiveSmallIntegerField(
        "发布：冻结后几个工作日", default=3, validators=[MaxValueValidator(60)]
    )
    freezes_by_clock = models.BooleanField("到冻结日 24:00 自动冻结", default=False)

    class Meta:
        verbose_name = "日历规则"
        verbose_name_plural = "日历规则"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_day__gte=1, opens_day__lte=28, due_day__gte=1, due_day__lte=28),
                name="calendar_rule_days",
                violation_error_message="开始和截止须在 1 日至 28 日之间。",
            ),
            models.CheckConstraint(
                condition=Q(opens_day__lte=models.F("due_day")),
                name="calendar_rule_order",
                violation_error_message="开始填报不能晚于报送截止。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} 日历规则"


class DayException(models.Model):
    """A day off or a working day of a city that the known holidays do not have, with the notice that says so."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="day_exceptions")
    day = models.DateField("日期")
    is_working_day = models.BooleanField("上班")
    reason = models.CharField("依据", max_length=200, help_text="通知的文号，如“国办发明电〔2024〕12号”。")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        ordering = ["city", "day"]
        verbose_name = "放假和上班的例外"
        verbose_name_plural = "放假和上班的例外"
        constraints = [models.UniqueConstraint(fields=["city", "day"], name="day_exception_once")]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working_day else '放假'}"
