"""The register's filter, kept in the URL."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet

from districts.models import Organisation
from indicators.models import Plan
from parks.models import Park
from parks.selectors import ids_containing

SELECT = forms.Select(attrs={"class": "form-select"})


class ParkFilter(django_filters.FilterSet):
    """By plan, district, kind of operator, and words in name, operator or industry."""

    plan = django_filters.ModelChoiceFilter(
        label="方案", queryset=Plan.objects.none(), to_field_name="code", empty_label="全部", widget=SELECT
    )
    district = django_filters.ModelChoiceFilter(
        label="区县",
        queryset=Organisation.objects.none(),
        to_field_name="code",
        empty_label="全部",
        widget=SELECT,
    )
    ownership = django_filters.ChoiceFilter(
        label="运营机构性质",
        choices=[choice for choice in Park.Ownership.choices if choice[0]],
        empty_label="全部",
        null_label="（未填）",
        null_value="blank",
        method="filter_ownership",
        widget=SELECT,
    )
    q = django_filters.CharFilter(
        label="园区、产业或运营机构",
        method="filter_words",
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )

    class Meta:
        model = Park
        fields = ["plan", "district", "ownership", "q"]

    def __init__(self, *args, plans: QuerySet[Plan], **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.filters["plan"].queryset = plans.filter(parks__isnull=False).distinct()
        self.filters["district"].queryset = (
            Organisation.objects.filter(parks__isnull=False).distinct().order_by("order")
        )

    def filter_ownership(self, queryset: QuerySet[Park], name: str, value: str) -> QuerySet[Park]:
        """`blank` finds the parks for which the document leaves the cell empty."""
        return queryset.filter(ownership="" if value == "blank" else value)

    def filter_words(self, queryset: QuerySet[Park], name: str, value: str) -> QuerySet[Park]:
        """Words in the name, the operator or one of the leading industries."""
        return queryset.filter(pk__in=ids_containing(queryset, words=value))
