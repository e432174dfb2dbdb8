"""Turning input about documents into clean values; services save them."""

from __future__ import annotations

import re

from django import forms

TEXT = {"class": "form-control"}
_CODE = re.compile(r"^[\u4e00-\u9fff]{2,12}$")


class HeaderForm(forms.Form):
    """What stands above the text. The number is given when the document is issued."""

    title = forms.CharField(label="标题", max_length=200, widget=forms.TextInput(attrs=TEXT))
    issuer = forms.CharField(label="发文机关", max_length=100, widget=forms.TextInput(attrs=TEXT))
    recipients = forms.CharField(label="主送机关", max_length=500, widget=forms.TextInput(attrs=TEXT))
    copies = forms.CharField(label="抄送", max_length=500, required=False, widget=forms.TextInput(attrs=TEXT))


class IssueForm(forms.Form):
    """发文字号 and 成文日期."""

    code = forms.CharField(
        label="机关代字",
        max_length=12,
        help_text="如 湖政办督，只写汉字。",
        widget=forms.TextInput(attrs=TEXT),
    )
    sequence = forms.IntegerField(
        label="序号", min_value=1, max_value=99999, help_text="不编虚位，不加“第”。"
    )
    dated_on = forms.DateField(
        label="成文日期", widget=forms.DateInput(format="%Y-%m-%d", attrs=TEXT | {"type": "date"})
    )

    def clean_code(self) -> str:
        """Chinese characters only, without brackets or year."""
        code: str = self.cleaned_data["code"].strip()
        if not _CODE.match(code):
            raise forms.ValidationError("机关代字只写 2 到 12 个汉字，如 湖政办督；年份和括号由系统加上")
        return code


class ReasonForm(forms.Form):
    """Why a signed text is taken back."""

    reason = forms.CharField(label="撤回的理由", max_length=500, widget=forms.TextInput(attrs=TEXT))


class PlacesForm(forms.Form):
    """How many places the lists take."""

    front = forms.IntegerField(
        label="红榜取每项指标前几位", min_value=1, max_value=20, widget=forms.NumberInput(attrs=TEXT)
    )
    end = forms.IntegerField(
        label="黑榜取每项指标后几位", min_value=1, max_value=20, widget=forms.NumberInput(attrs=TEXT)
    )
