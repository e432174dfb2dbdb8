"""Input on the pages of plans."""

from __future__ import annotations

from django import forms


class ExplanationForm(forms.Form):
    """Why the documents are as they are."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        error_messages={
            "required": "没有写理由，请写明为什么文件是这样写的。",
            "max_length": "理由太长，请不超过 500 字。",
        },
    )
