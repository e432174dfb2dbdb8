"""Input of the pages of schemes and of bonuses and deductions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from districts.models import Organisation
from indicators.models import Plan
from indicators.periods import Period
from rankings.models import Board
from rankings.services.schemes import read_parameters
from scoring import SchemeError

SELECT = {"class": "form-select"}
INPUT = {"class": "form-control"}


class SchemeForm(forms.Form):
    """The parameters of a new version, as JSON; every problem of the JSON or the scheme at once."""

    parameters = forms.CharField(
        label="参数（JSON）",
        widget=forms.Textarea(attrs={"class": "form-control digest", "rows": 28, "spellcheck": "false"}),
        error_messages={"required": "请填写参数。"},
        help_text='数字写成带引号的文本，例如 "1.20"；版本号由系统编。',
    )

    def clean_parameters(self) -> dict[str, Any]:
        """The parameters as data; the service checks what they say."""
        try:
            return read_parameters(self.cleaned_data["parameters"])
        except SchemeError as error:
            raise ValidationError(list(error.problems)) from error


class AssignForm(forms.Form):
    """Which plan, from which period on."""

    plan = forms.ModelChoiceField(
        label="方案",
        queryset=Plan.objects.none(),
        to_field_name="code",
        empty_label="请选择",
        widget=forms.Select(attrs=SELECT),
        error_messages={
            "required": "请选择方案。",
            "invalid_choice": "没有这个方案，或本账号不是它的牵头办。",
        },
    )
    period = forms.CharField(
        label="自报告期",
        max_length=6,
        widget=forms.TextInput(attrs={**INPUT, "placeholder": "2025Q3"}),
        help_text="写成 2025Q3 这样；从这一期起改用。",
        error_messages={"required": "请填写从哪一期起改用。"},
    )

    def __init__(self, *args: Any, plans: QuerySet[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["plan"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = plans

    def clean_period(self) -> Period:
        """The period, or a message that says how it is written."""
        try:
            return Period.parse(self.cleaned_data["period"])
        except ValueError as error:
            raise ValidationError(f"{error}。") from error


class AdjustmentForm(forms.Form):
    """Points for one organisation on one board, with reason and document."""

    board = forms.ChoiceField(
        label="榜", choices=Board.choices, widget=forms.Select(attrs=SELECT), initial=Board.DISTRICTS
    )
    organisation = forms.ModelChoiceField(
        label="单位",
        queryset=Organisation.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": "请选择单位。"},
    )
    points = forms.DecimalField(
        label="分",
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={**INPUT, "step": "0.01"}),
        help_text="正数加分，负数扣分，最多两位小数。",
        error_messages={
            "required": "请填写分数。",
            "invalid": "应为数字，例如 1.5 或 -2。",
            "max_decimal_places": "最多两位小数。",
            "max_digits": "分数太大。",
            "max_whole_digits": "分数太大。",
        },
    )
    reason = forms.CharField(
        label="事由",
        max_length=500,
        widget=forms.TextInput(attrs=INPUT),
        error_messages={"required": "请写明事由。"},
    )
    document = forms.CharField(
        label="依据文件",
        max_length=255,
        widget=forms.TextInput(attrs=INPUT),
        help_text="文号或文件名称。",
        error_messages={"required": "请写明依据文件。"},
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = organisations

    def clean_points(self) -> Decimal:
        """Anything but nothing."""
        points: Decimal = self.cleaned_data["points"]
        if not points:
            raise ValidationError("加扣分不能是 0。")
        return points
