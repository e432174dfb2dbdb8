"""The register as a table that sorts by its headings."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huzhou_targets.templatetags.huzhou import NOTHING
from parks.models import Park

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


class ParkTable(tables.Table):
    """One row per park, figures as the document prints them."""

    number = tables.Column(verbose_name="序号", attrs=NUMBER)
    name = tables.Column(verbose_name="园区名称", attrs={"td": {"class": "text-cell"}})
    district = tables.Column(
        verbose_name="所属区县", order_by=("district__order", "number"), attrs={"td": {"class": "nowrap"}}
    )
    industries = tables.Column(
        verbose_name="主导产业", orderable=False, attrs={"td": {"class": "text-cell small"}}
    )
    operator = tables.Column(verbose_name="运营机构", attrs={"td": {"class": "text-cell small"}})
    ownership = tables.Column(verbose_name="性质", attrs={"td": {"class": "nowrap"}}, empty_values=())
    land_mu = tables.Column(verbose_name="占地面积（亩）", attrs=NUMBER, empty_values=())
    floor_area_m2 = tables.Column(verbose_name="建筑面积（m²）", attrs=NUMBER, empty_values=())
    enterprises = tables.Column(verbose_name="现有企业数（家）", attrs=NUMBER, empty_values=())

    class Meta:
        model = Park
        fields = (
            "number",
            "name",
            "district",
            "industries",
            "operator",
            "ownership",
            "land_mu",
            "floor_area_m2",
            "enterprises",
        )
        order_by = ("number",)
        default = NOTHING
        template_name = "includes/table.html"

    def render_name(self, record: Park) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("park", args=[record.plan.code, record.number]), record.name
        )

    def render_industries(self, value: list[str]) -> str:
        return "；".join(map(str, value))

    def render_ownership(self, record: Park) -> str:
        return record.get_ownership_display() if record.ownership else "（未填）"

    def render_land_mu(self, record: Park) -> str:
        return record.land_text or "（未填）"

    def render_floor_area_m2(self, record: Park) -> str:
        return record.floor_area_text or "（未填）"

    def render_enterprises(self, record: Park) -> str:
        return record.enterprises_text or "（未填）"
