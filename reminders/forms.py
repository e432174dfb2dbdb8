"""Input of the list of who is late: the plan's setting."""

from __future__ import annotations

import re

from django import forms

from reminders.services import DAYS_BEFORE_MAX

DAYS_MAX = 6


class ReminderSettingForm(forms.Form):
    """When reminders go out."""

    is_enabled = forms.BooleanField(label="自动催报", required=False)
    days_before = forms.CharField(
        label="截止前几天",
        required=False,
        max_length=40,
        help_text="用顿号或逗号隔开，例如 5、1；空着表示截止前不催。",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    on_the_day = forms.BooleanField(label="截止当天催", required=False)
    daily_after = forms.BooleanField(label="逾期后每天催，直到报送或冻结", required=False)

    def clean_days_before(self) -> list[int]:
        """The numbers, each once."""
        parts = [part for part in re.split(r"[、，,\s]+", self.cleaned_data["days_before"]) if part]
        if any(not re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
            raise forms.ValidationError("请只写天数，用顿号或逗号隔开，例如 5、1。")
        days = sorted({int(part) for part in parts}, reverse=True)
        if any(not 1 <= day <= DAYS_BEFORE_MAX for day in days) or len(days) > DAYS_MAX:
            raise forms.ValidationError(
                f"天数须在 1 到 {DAYS_BEFORE_MAX} 之间，最多写 {DAYS_MAX} 个，请改正。"
            )
        return days
