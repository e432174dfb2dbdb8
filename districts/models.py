"""Organisations: the city itself, its districts and zones, departments and whatever else is responsible."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q

from districts.names import fold_name

ALWAYS = datetime.date(1949, 10, 1)
"""Valid from the beginning: used where a document gives no date."""


class City(models.Model):
    """A prefecture city. Names and aliases of organisations are unique within one city."""

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64, unique=True)
    official_code = models.CharField("行政区划代码", max_length=12, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = "城市"
        verbose_name_plural = "城市"

    def __str__(self) -> str:
        return self.name


class OrganisationKind(models.TextChoices):
    """What an organisation is; boards rank organisations of like kinds."""

    CITY = "city", "全市"
    DISTRICT = "district", "区县"
    ZONE = "zone", "功能区"
    DEPARTMENT = "department", "市级部门"
    OFFICE = "office", "领导小组、专班"
    ENTERPRISE = "enterprise", "国有企业"
    GROUP = "group", "一类单位"
    PARK = "park", "园区"
    CLUSTER = "cluster", "核心区、协同区"
    OTHER = "other", "其他"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def valid_on(self, day: datetime.date) -> OrganisationQuerySet:
        """Those that exist on that day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def places(self) -> OrganisationQuerySet:
        """Those for which districts' figures are given: districts and zones, in official order."""
        return self.filter(kind__in=[OrganisationKind.DISTRICT, OrganisationKind.ZONE]).order_by("order")


class Organisation(models.Model):
    """Who reports, who is ranked, who leads. The city itself is one (kind `city`, named 全市)."""

    city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="organisations", verbose_name="城市"
    )
    code = models.SlugField("代码", max_length=48)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=50, blank=True)
    kind = models.CharField("类别", max_length=16, choices=OrganisationKind.choices)
    official_code = models.CharField("行政区划代码", max_length=12, blank=True)
    order = models.PositiveIntegerField("法定顺序", default=0)
    valid_from = models.DateField("自", default=ALWAYS)
    valid_to = models.DateField("至", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        verbose_name="承接单位",
    )
    note = models.TextField("说明", blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["city", "order", "code"]
        verbose_name = "组织机构"
        verbose_name_plural = "组织机构"
        constraints = [
            models.UniqueConstraint(fields=["city", "code"], name="organisation_code_in_city"),
            models.UniqueConstraint(
                fields=["city"], condition=Q(kind="city"), name="organisation_one_whole_city"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="organisation_valid_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_place(self) -> bool:
        """Whether districts' figures are given for it."""
        return self.kind in {OrganisationKind.DISTRICT, OrganisationKind.ZONE}


class NameKind(models.TextChoices):
    OFFICIAL = "official", "正式名称"
    SHORT = "short", "简称"
    LONG = "long", "全称"
    ALIAS = "alias", "别名"
    FORMER = "former", "曾用名"
    OCR = "ocr", "误写"


class OrganisationName(models.Model):
    """One way to write an organisation's name, with the dates in which it means this organisation."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    name = models.CharField("名称", max_length=100)
    folded = models.CharField("比对形式", max_length=100, editable=False)
    kind = models.CharField("类别", max_length=16, choices=NameKind.choices)
    valid_from = models.DateField("自", default=ALWAYS)
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        ordering = ["organisation", "id"]
        verbose_name = "名称与别名"
        verbose_name_plural = "名称与别名"
        constraints = [
            models.UniqueConstraint(fields=["city", "folded", "valid_from"], name="organisation_name_unique"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="organisation_name_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        self.folded = fold_name(self.name)
        super().save(*args, **kwargs)
