"""Input of the page of grants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Role, User
from districts.models import Organisation

SELECT = {"class": "form-select"}


class AccountField(forms.ModelChoiceField):
    """An account by its label."""

    def label_from_instance(self, obj: User) -> str:
        return obj.label


class GrantForm(forms.Form):
    """A role for an account, for one organisation and one plan or for all."""

    user = AccountField(
        label="账号",
        queryset=User.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": "请选择账号。"},
    )
    role = forms.ChoiceField(label="角色", choices=Role.choices, widget=forms.Select(attrs=SELECT))
    organisation = forms.ModelChoiceField(
        label="单位",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="不限单位",
        widget=forms.Select(attrs=SELECT),
    )
    plan_code = forms.ChoiceField(
        label="方案", required=False, choices=[("", "全部方案")], widget=forms.Select(attrs=SELECT)
    )

    def __init__(self, *args: Any, plans: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, queryset in (
            ("user", User.objects.filter(is_active=True).select_related("organisation").order_by("username")),
            ("organisation", Organisation.objects.order_by("order", "code")),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = queryset
        choices = self.fields["plan_code"]
        if isinstance(choices, forms.ChoiceField):
            choices.choices = [("", "全部方案"), *plans]

    def clean(self) -> dict[str, Any] | None:
        """Roles that speak for an organisation need one."""
        data = super().clean() or {}
        if data.get("role") in (Role.REPORTER, Role.REVIEWER, Role.VERIFIER) and not data.get("organisation"):
            self.add_error("organisation", "填报、审核、核定是代表一个单位办理的，请选择单位。")
        return data
