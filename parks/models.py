"""The register of industrial parks (首批标志性科技型产业园培育清单)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from districts.models import Organisation
from indicators.models import DECIMAL, Plan


class Park(models.Model):
    """One park of a plan's list. What the document leaves blank stays blank; its own text is kept."""

    class Ownership(models.TextChoices):
        STATE = "state", "国有"
        PRIVATE = "private", "民营"
        OTHER = "other", "其他"
        BLANK = "", "（未填）"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="parks")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("园区名称", max_length=100)
    district = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parks",
        verbose_name="所属区县",
    )
    district_text = models.CharField("所属区县原文", max_length=50, blank=True)
    industries = models.JSONField("主导产业", default=list)
    operator = models.CharField("运营机构", max_length=100, blank=True)
    ownership = models.CharField("运营机构性质", max_length=8, choices=Ownership.choices, blank=True)
    land_mu = models.DecimalField("占地面积（亩）", null=True, blank=True, **DECIMAL)
    land_text = models.CharField("占地面积原文", max_length=50, blank=True)
    floor_area_m2 = models.DecimalField("建筑面积（m²）", null=True, blank=True, **DECIMAL)
    floor_area_text = models.CharField("建筑面积原文", max_length=50, blank=True)
    enterprises = models.PositiveIntegerField("现有企业数（家）", null=True, blank=True)
    enterprises_text = models.CharField("现有企业数原文", max_length=50, blank=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = ["plan", "number"]
        verbose_name = "产业园"
        verbose_name_plural = "产业园"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="park_number_in_plan"),
            models.CheckConstraint(
                condition=(Q(land_mu=None) | Q(land_mu__gte=0))
                & (Q(floor_area_m2=None) | Q(floor_area_m2__gte=0)),
                name="park_areas_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name
