"""报送单 as a document of A4 pages to print, sign and stamp; `huzhou_targets/layout.py` makes it PDF."""

from __future__ import annotations

from io import BytesIO

import docx
from django.utils import timezone
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from huzhou_targets import layout
from returns.submission_sheets import Sheet

_HEADERS = ("序号", "指标", "单位名称", "计量单位", "报送数", "数据截至日", "数据状态")
_WIDTHS = (11, 44, 24, 20, 22, 24, 20)
_TYPE_AREA = 172
"""Millimetres between the margins of 19 mm."""


def sheet_docx(sheet: Sheet, *, code: str, is_demo: bool) -> bytes:
    """The sheet as .docx. What this handing in brought is marked with ● before its figure."""
    document = docx.Document()
    layout.set_up(document)
    section = document.sections[0]
    layout.one_page(section)
    section.left_margin = section.right_margin = Mm(19)
    document.core_properties.title = f"{sheet.organisation_name}{sheet.period_name}报送单"
    document.core_properties.author = sheet.organisation_name
    document.core_properties.comments = ""
    title = _paragraph(document, centre=True)
    layout.write(title, f"{sheet.plan_name}{sheet.period_name}报送单", font=layout.TITLE, size=Pt(20))
    if is_demo:
        _text(document, "演示数据：完成值均为虚构，不代表任何单位的实际情况", centre=True)
    at = timezone.localtime(sheet.at)
    _text(
        document,
        f"报送单位：{sheet.organisation_name}　　第 {sheet.number} 次报送　　共 {len(sheet.lines)} 项",
    )
    _text(document, f"报送时间：{at:%Y-%m-%d %H:%M}　　报送账号：{sheet.office}")
    layout.small_table(
        document,
        headers=_HEADERS,
        widths=_WIDTHS,
        rows=[
            (
                str(number),
                line.indicator_name,
                line.organisation_name,
                line.unit,
                f"● {line.value}" if line.is_new else line.value,
                f"{line.data_as_of:%Y-%m-%d}" if line.data_as_of else "未注明",
                line.data_status_word or "未注明",
            )
            for number, line in enumerate(sheet.lines, start=1)
        ],
        millimetres=_TYPE_AREA,
    )
    _text(document, "● 为本次新报或改报的数；其余为此前已报送、仍然有效的数。")
    check = _paragraph(document)
    layout.write(check, "校验码：", size=layout.FOUR)
    layout.write(check, code, font=layout.HEADING, size=layout.FOUR)
    _text(document, "在系统“报送单”页输入校验码，可以查验本单的数是否与库中一致、报送以后有无变动。")
    _text(document, "单位负责人（签字）：　　　　　　　　　　填报人（签字）：", before=18)
    _text(document, "单位（盖章）：　　　　　　　　　　　　　日期：　　　　年　　月　　日", before=18)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _paragraph(document: Document, *, centre: bool = False, before: int = 4) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(22)
    paragraph.paragraph_format.space_before = Pt(before)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _text(document: Document, text: str, *, centre: bool = False, before: int = 4) -> None:
    layout.write(_paragraph(document, centre=centre, before=before), text, size=Pt(12))
