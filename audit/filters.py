"""The trail's filter, kept in the URL; the export takes the same."""

from __future__ import annotations

import datetime
import json

import django_filters
from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from audit.models import AuditEntry
from audit.verbs import GROUPS

SELECT = forms.Select(attrs={"class": "form-select"})
SEARCH = {"class": "form-control", "type": "search"}
GROUP = "group:"


def _verb_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (group, [(f"{GROUP}{group}", f"{group}（全部）"), *verbs.items()]) for group, verbs in GROUPS.items()
    ]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d")


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


class TrailFilter(django_filters.FilterSet):
    """By who, when, what was done, to what, and words in changes and reasons."""

    who = django_filters.CharFilter(
        label="操作者（账号或单位）",
        field_name="actor_label",
        lookup_expr="icontains",
        widget=forms.TextInput(attrs=SEARCH),
    )
    since = django_filters.DateFilter(label="自", method="filter_since", widget=_day())
    until = django_filters.DateFilter(label="至（含当日）", method="filter_until", widget=_day())
    verb = django_filters.ChoiceFilter(
        label="动作", choices=_verb_choices, empty_label="全部", method="filter_verb", widget=SELECT
    )
    subject = django_filters.CharFilter(
        label="对象", method="filter_subject", widget=forms.TextInput(attrs=SEARCH)
    )
    q = django_filters.CharFilter(
        label="变化、理由、地址中的文字", method="filter_words", widget=forms.TextInput(attrs=SEARCH)
    )

    class Meta:
        model = AuditEntry
        fields = ["who", "since", "until", "verb", "subject", "q"]

    def filter_since(
        self, queryset: QuerySet[AuditEntry], name: str, value: datetime.date
    ) -> QuerySet[AuditEntry]:
        """From 0:00 of that day, Asia/Shanghai."""
        return queryset.filter(at__gte=_midnight(value))

    def filter_until(
        self, queryset: QuerySet[AuditEntry], name: str, value: datetime.date
    ) -> QuerySet[AuditEntry]:
        """Up to 24:00 of that day, Asia/Shanghai."""
        return queryset.filter(at__lt=_midnight(value + datetime.timedelta(days=1)))

    def filter_verb(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """One verb, or all verbs of a group."""
        group = value.removeprefix(GROUP)
        verbs = list(GROUPS[group]) if value != group else [value]
        return queryset.filter(verb__in=verbs)

    def filter_subject(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """Words in what it was done to, its plan or period; `returns.figure 12` finds that row exactly."""
        kind, _, number = value.strip().partition(" ")
        found = Q(subject_label__icontains=value) | Q(plan_code=value) | Q(period__iexact=value)
        if number:
            found |= Q(subject_type=kind, subject_id=number.strip())
        return queryset.filter(found)

    def filter_words(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """Words in the changes, the reason or the address."""
        escaped = json.dumps(value)[1:-1]  # SQLite keeps JSON's Chinese characters as \\u escapes
        return queryset.annotate(changes_text=Cast("changes", TextField())).filter(
            Q(changes_text__icontains=value)
            | Q(changes_text__icontains=escaped)
            | Q(reason__icontains=value)
            | Q(address__icontains=value)
        )
