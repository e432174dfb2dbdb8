"""Input of the cycle page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from districts.models import Organisation

DATE = {"type": "date", "class": "form-control"}
BAD_DATE = {"invalid": "日期不对，请写成 2025-07-10 这样。"}


class DueDateForm(forms.Form):
    """The cycle's due date; empty lifts it."""

    due_on = forms.DateField(
        label="截止日期",
        required=False,
        help_text="当日 24:00（北京时间）截止；空着表示不限。",
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
        error_messages=BAD_DATE,
    )


class LatePermissionForm(forms.Form):
    """One organisation may report until a day, for a reason."""

    organisation = forms.ModelChoiceField(
        label="单位",
        queryset=Organisation.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "请选择准许迟报的单位。"},
    )
    until = forms.DateField(
        label="准许至",
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
        error_messages={**BAD_DATE, "required": "请填写准许至哪一天。"},
    )
    late_reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "准许迟报须写明理由。"},
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = organisations
