"""Input of the cycle page, of objections, and of boards made in a spreadsheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from districts.models import Organisation
from rankings.models import Board, Objection, RankingEntry, RankingLine

DATE = {"type": "date", "class": "form-control"}
ACCEPTED = ".xlsx,.xls,.ods,.et,.csv"
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


class ObjectionDayForm(forms.Form):
    """Until which day a published quarter can be objected to; empty ends it."""

    objection_until = forms.DateField(
        label="申诉截止日期",
        required=False,
        help_text="当日 24:00（北京时间）截止；发布时默认为第 5 个工作日（只按周一至周五算），遇节假日请改；空着表示不再受理。",
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
        error_messages=BAD_DATE,
    )


class LineField(forms.ModelChoiceField):
    """A line of an entry, shown with its published score."""

    def label_from_instance(self, obj: RankingLine) -> str:
        score = "不计分" if obj.score is None else f"得分 {obj.score:.2f}"
        return f"{obj.indicator}（{score}）"


class ObjectionForm(forms.Form):
    """What is objected to, and why."""

    line = LineField(
        label="申诉事项",
        queryset=RankingLine.objects.none(),
        required=False,
        empty_label="总分和名次（整体）",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "所选指标不在本单位的得分里，请重新选择。"},
    )
    text = forms.CharField(
        label="申诉理由",
        max_length=2000,
        help_text="写明哪个数不对、正确的是多少、依据什么。提交后不能修改。",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 6}),
        error_messages={"required": "请写明申诉理由。", "max_length": "申诉理由不超过 2000 字。"},
    )

    def __init__(self, *args: Any, entry: RankingEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = RankingLine.objects.filter(entry=entry)


class AnswerForm(forms.Form):
    """The owner's answer to an objection."""

    outcome = forms.ChoiceField(
        label="结论",
        choices=[
            (Objection.Outcome.ACCEPTED.value, "成立：启动更正"),
            (Objection.Outcome.REJECTED.value, "不成立"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结论。"},
    )
    answer = forms.CharField(
        label="答复",
        max_length=2000,
        help_text="申诉单位和领导都能看到；提交后不能修改。",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 5}),
        error_messages={"required": "请写明答复。", "max_length": "答复不超过 2000 字。"},
    )


class BoardFileForm(forms.Form):
    """A spreadsheet that holds a board."""

    file = forms.FileField(
        label="Excel 榜",
        help_text="可用 .xlsx、.xls、.ods、.et、.csv；按表头识别，要有“单位”“名次”“总分”，各项得分可有可无。",
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ACCEPTED}),
        error_messages={
            "required": "还没有选择文件，请先选择 Excel 榜。",
            "empty": "这个文件是空的，请核对后重新选择。",
        },
    )

    def clean_file(self) -> UploadedFile:
        """Refuse a file above the limit before it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        limit = settings.UPLOAD_MAX_BYTES
        if (file.size or 0) > limit:
            raise forms.ValidationError(
                f"文件超过 {limit // (1024 * 1024)} MB，请删去图片和无关工作表后再上传。"
            )
        return file


class HistoricalBoardForm(BoardFileForm):
    """A past quarter's board: of which quarter, which board, and the file."""

    year = forms.IntegerField(
        label="年份",
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        error_messages={"required": "请填写年份，例如 2024。", "invalid": "年份不对，请写成 2024 这样。"},
    )
    quarter = forms.TypedChoiceField(
        label="季度",
        coerce=int,
        choices=[(1, "一季度"), (2, "二季度"), (3, "三季度"), (4, "四季度")],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    board = forms.ChoiceField(
        label="榜", choices=Board.choices, widget=forms.Select(attrs={"class": "form-select"})
    )

    field_order = ("year", "quarter", "board", "file")
