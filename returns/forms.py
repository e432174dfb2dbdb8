"""Input of the pages of returns: a file, a filter, the fields of a typed return."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.datastructures import MultiValueDict

from districts.models import Organisation
from returns.entry_lines import EntryLine
from returns.models import FigureRevision
from returns.services.batches import BATCH_BYTES, BATCH_FILES
from returns.services.entry import Entry

ACCEPTED = ".xlsx,.xlsm,.xls,.ods,.et,.csv,.zip"


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files of one input, at most BATCH_FILES and together at most BATCH_BYTES."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file by itself; none at all is the field's own error."""
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > BATCH_FILES:
            raise forms.ValidationError(
                f"一次最多上传 {BATCH_FILES} 个文件，选了 {len(files)} 个；请分几次上传。"
            )
        total = sum(file.size or 0 for file in files if file)
        if total > BATCH_BYTES:
            raise forms.ValidationError(
                f"一次上传的文件合计 {filesizeformat(total)}，超过 {filesizeformat(BATCH_BYTES)} 的上限；请分几次上传。"
            )
        clean_one = super().clean
        return [clean_one(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    """Workbooks and the organisation in whose name they are handed in."""

    reporter = forms.ModelChoiceField(
        label="填报单位",
        queryset=Organisation.objects.none(),
        to_field_name="code",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    file = ManyFilesField(
        label="填报文件",
        help_text=(
            "可用 .xlsx、.xls、.ods、.et、.csv，可以一次选几个，或选装着它们的 .zip"
            f"（最多 {BATCH_FILES} 个）；不必改动版式，系统按表头识别。"
        ),
        widget=ManyFilesInput(attrs={"class": "form-control", "accept": ACCEPTED}),
        error_messages={
            "required": "还没有选择文件，请先选择要上传的填报表。",
        },
        allow_empty_file=True,  # the reader says what is wrong with it, and the upload is on record
    )

    def __init__(self, *args: Any, reporters: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reporter"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = Organisation.objects.filter(pk__in=[item.pk for item in reporters])
        field.empty_label = None
        if reporters:
            self.initial.setdefault("reporter", reporters[0].code)
        if len(reporters) == 1:
            field.widget = forms.HiddenInput()


class ReturnHeadForm(forms.Form):
    """What concerns all figures of a typed return."""

    data_as_of = forms.DateField(
        label="数据截至日",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
        error_messages={"invalid": "日期不对，请写成 2025-06-30 这样。"},
    )
    reason = forms.CharField(
        label="修改理由",
        required=False,
        max_length=500,
        help_text="改动已报送或已核定的数时填写",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


MINE, THEIRS = "mine", "theirs"
"""What one chooses for a figure that somebody else changed meanwhile."""


def evidence_files(
    files: MultiValueDict[str, UploadedFile], lines: Sequence[EntryLine]
) -> dict[tuple[str, str], list[UploadedFile]]:
    """The evidence files given with a typed return, by the codes of the line at which they were chosen."""
    chosen = {line: files.getlist(f"evidence-{line.field}") for line in lines}
    return {(line.indicator.code, line.organisation.code): given for line, given in chosen.items() if given}


def typed_entries(data: QueryDict, lines: Sequence[EntryLine], *, head: ReturnHeadForm) -> list[Entry]:
    """The typed figures of these lines. A line's own date precedes the head's, which is for new figures. What the form does not show is not taken from the request.

    Lines for which the writer chose the other's figure are left out. Raises forms.ValidationError for a
    line's date that is none.
    """
    return [
        _typed_entry(data, line, head=head) for line in lines if data.get(f"choice-{line.field}") != THEIRS
    ]


def _typed_entry(data: QueryDict, line: EntryLine, *, head: ReturnHeadForm) -> Entry:
    field = line.field
    base = data.get(f"base-{field}", "")
    date = _typed_date(data.get(f"date-{field}", ""), line)
    if date is None and (line.revision is None or f"date-{field}" not in data):
        date = head.cleaned_data["data_as_of"]
    status = data.get(f"status-{field}", "")
    return Entry(
        indicator=line.indicator.code,
        organisation=line.organisation.code,
        text=data.get(field, ""),
        data_as_of=date,
        data_status=status if status in FigureRevision.DataStatus.values else "",
        progress=data.get(f"progress-{field}", "").strip(),
        problems=data.get(f"problems-{field}", "").strip(),
        measures=data.get(f"measures-{field}", "").strip(),
        base=int(base) if base.isdecimal() else None,
        complete=f"progress-{field}" in data,
    )


def _typed_date(text: str, line: EntryLine) -> datetime.date | None:
    message = f"“{line.target}”的数据截至日不对，请写成 2025-06-30 这样。"
    field = forms.DateField(required=False, error_messages={"invalid": message})
    found: datetime.date | None = field.clean(text)
    return found
