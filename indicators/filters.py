"""Filters of the pages of plans, kept in the URL."""

from __future__ import annotations

import django_filters
from django import forms

from indicators.models import FindingQuerySet, TargetFinding

SELECT = forms.Select(attrs={"class": "form-select"})
FOUND = "发现（不含一致、已消除）"


class FindingFilter(django_filters.FilterSet):
    """By state and by kind of check; without a state what agrees or is gone stays away."""

    state = django_filters.ChoiceFilter(
        label="状态",
        choices=TargetFinding.State.choices,
        empty_label=FOUND,
        method="filter_state",
        widget=SELECT,
    )
    kind = django_filters.ChoiceFilter(
        label="校核",
        choices=TargetFinding._meta.get_field("kind").choices,
        empty_label="全部",
        widget=SELECT,
    )

    class Meta:
        model = TargetFinding
        fields = ["state", "kind"]

    def filter_state(self, queryset: FindingQuerySet, name: str, value: str) -> FindingQuerySet:
        """Those in one state."""
        return queryset.in_state(value)

    def filter_queryset(self, queryset: FindingQuerySet) -> FindingQuerySet:
        """Everything found, unless a state is asked for."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.found()
