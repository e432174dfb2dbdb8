"""Input of the calendar pages: the dates of a period, the plan's rule, a day that is off or worked."""

from __future__ import annotations

from typing import Any

from django import forms

from returns.calendar_models import CalendarRule
from returns.calendars import DATE_FIELDS, DATE_LABELS, CycleDates

DATE = {"type": "date", "class": "form-control"}
BAD_DATE = {"invalid": "日期不对，请写成 2025-07-10 这样。"}
HELP = {
    "opens_on": "当日 0:00（北京时间）起收数；空着表示随时可填。",
    "due_on": "当日 24:00（北京时间）截止；空着表示不限。",
    "review_until": "部门核定到当日 24:00；以后仍可核定，直到冻结。",
    "freezes_on": "计划冻结的日期。由牵头办冻结；日历规则里开启自动冻结的，当日 24:00 由系统冻结。",
    "publishes_on": "计划发布的日期；发布须先经领导签发。",
}


class CycleDatesForm(forms.Form):
    """The five dates of a period; each may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DATE_FIELDS:
            self.fields[name] = forms.DateField(
                label=DATE_LABELS[name],
                required=False,
                help_text=HELP[name],
                widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
                error_messages=BAD_DATE,
            )
        self.fields["reason"] = forms.CharField(
            label="说明",
            required=False,
            max_length=500,
            help_text="例如调整的原因，记入审计记录。",
            widget=forms.TextInput(attrs={"class": "form-control"}),
        )

    def dates(self) -> CycleDates:
        """The typed dates, once the form is valid."""
        return CycleDates(**{name: self.cleaned_data[name] for name in DATE_FIELDS})


class CalendarRuleForm(forms.ModelForm):
    """The plan's rule; saving is the service's."""

    class Meta:
        model = CalendarRule
        fields = ("opens_day", "due_day", "review_days", "freeze_days", "publish_days", "freezes_by_clock")
        widgets = {
            **{name: forms.NumberInput(attrs={"class": "form-control"}) for name in fields},
            "freezes_by_clock": forms.CheckboxInput(attrs={"class": "form-check-input"}),
        }


class DayExceptionForm(forms.Form):
    """A day that is off or worked against the known holidays."""

    day = forms.DateField(
        label="日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
        error_messages={**BAD_DATE, "required": "请填写日期。"},
    )
    is_working_day = forms.TypedChoiceField(
        label="这一天",
        choices=[("no", "放假"), ("yes", "上班")],
        coerce=lambda text: text == "yes",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "请选择放假还是上班。", "invalid_choice": "请选择放假还是上班。"},
    )
    day_reason = forms.CharField(
        label="依据",
        max_length=200,
        help_text="通知的文号，如“国办发明电〔2024〕12号”。",
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "请写明依据，例如放假通知的文号。"},
    )
