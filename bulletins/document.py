"""An official document as .docx: head, title, body, annexes and imprint in the order of GB/T 9704-2012."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from bulletins.annexes import Table
from bulletins.facts import date_in_words
from huzhou_targets import layout

_SUBHEADED = re.compile(r"^(（[一二三四五六七八九十]+）[^。]*。)(.*)$")
_BREAKS = re.compile(r"季度|方案|计划|年度|情况|》")
_TITLE_CHARACTERS = 20
"""二号 characters on a line of 156 mm."""
KEPT_WHOLE_MAX = 280
"""Characters (ten lines) up to which the last paragraph stays whole on the page of the signature; a longer one
may run on to that page, else it would push the date of signature to a page of its own."""
_IMPRINT_LINE = Pt(24)
_IMPRINT_CHARACTERS = 28
"""四号 characters on a line of the imprint, one character in from either side."""
_IMPRINT_ROOM = Pt(14)
"""What its ruling and the closing paragraph take."""
_MARK_SIZES = ((9, 46), (12, 36), (18, 24), (99, 18))
"""Longest issuer's name and the size in points at which it fits on one line."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section of the body: its number (一, 二…), its heading, and paragraphs."""

    number: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Official:
    """Everything that is printed. number and dated_on are missing until the document is issued."""

    issuer: str
    number: str
    title: str
    recipients: str
    parts: tuple[Part, ...]
    dated_on: datetime.date | None
    copies: str
    tables: tuple[Table, ...]
    note: str
    mark: str = ""
    """Printed above the head of what is not final: 送审稿, 预排名."""
    opening: str = ""


def official_docx(content: Official) -> bytes:
    """The document as .docx bytes."""
    document = docx.Document()
    layout.set_up(document)
    document.core_properties.title = content.title
    document.core_properties.author = content.issuer
    document.core_properties.comments = ""
    _head(document, content)
    _body(document, content)
    _close(document, content)
    _annexes(document, content)
    _imprint(document, content)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _head(document: Document, content: Official) -> None:
    """版头: mark, issuer in red, number, red line; then the title."""
    if content.mark:
        layout.write(document.add_paragraph(), content.mark, font=layout.HEADING)
    issuer = document.add_paragraph()
    issuer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    issuer.paragraph_format.space_before = Mm(18)
    size = next(points for longest, points in _MARK_SIZES if len(content.issuer) <= longest)
    issuer.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    layout.write(issuer, content.issuer, font=layout.TITLE, size=Pt(size), colour=layout.RED)
    document.add_paragraph()
    number = document.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.write(number, content.number or "（文号待定）")
    layout.red_line(number)
    document.add_paragraph()
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(34)
    layout.write(title, _broken(content.title), font=layout.TITLE, size=layout.TWO)
    document.add_paragraph()


def _broken(title: str) -> str:
    """A title too long for one line broken near its middle, after a word that can end a line."""
    if len(title) <= _TITLE_CHARACTERS:
        return title
    ends = [match.end() for match in _BREAKS.finditer(title) if match.end() < len(title)]
    middle = len(title) * 0.6
    place = min(ends, key=lambda end: abs(end - middle), default=round(middle))
    return f"{title[:place]}\n{title[place:]}"


def _body(document: Document, content: Official) -> None:
    recipients = document.add_paragraph()
    layout.write(recipients, f"{content.recipients.rstrip('：:')}：")
    if content.opening:
        _indented(document, content.opening)
    for part in content.parts:
        heading = _indented(document, "")
        heading.paragraph_format.keep_with_next = True
        layout.write(heading, f"{part.number}、{part.heading}", font=layout.HEADING)
        for text in part.paragraphs:
            _indented(document, text)


def _indented(document: Document, text: str) -> Paragraph:
    """A paragraph with its first line two characters in; what is headed （一）…。 begins in 楷体."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(2 * layout.CHARACTER.pt)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    match = _SUBHEADED.match(text)
    if match:
        layout.write(paragraph, match[1], font=layout.SUBHEADING)
        text = match[2]
    if text:
        layout.write(paragraph, text)
    return paragraph


def _close(document: Document, content: Official) -> None:
    """附件说明, 发文机关署名 and 成文日期; some text stands on the page of the signature."""
    closing = len(document.paragraphs) - 1
    if content.tables:
        document.add_paragraph()
        for number, table in enumerate(content.tables, start=1):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = Pt(6.5 * layout.CHARACTER.pt)
            paragraph.paragraph_format.first_line_indent = Pt(
                (-4.5 if number == 1 else -1.5) * layout.CHARACTER.pt
            )
            head = "附件：" if number == 1 else ""
            layout.write(paragraph, f"{head}{number}.{table.title}")
    document.add_paragraph()
    document.add_paragraph()
    for text, indent in (
        (content.issuer, 2),
        (date_in_words(content.dated_on) if content.dated_on else "（成文日期待定）", 4),
    ):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(indent * layout.CHARACTER.pt)
        layout.write(paragraph, text)
    if len(document.paragraphs[closing].text) > KEPT_WHOLE_MAX:
        closing += 1
    for paragraph in document.paragraphs[closing:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _annexes(document: Document, content: Official) -> None:
    for number, table in enumerate(content.tables, start=1):
        section = document.add_section(WD_SECTION.NEW_PAGE)
        layout.landscape(section)
        mark = document.add_paragraph()
        layout.write(mark, f"附件{number}", font=layout.HEADING)
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        layout.write(title, table.title, font=layout.TITLE, size=Pt(18))
        layout.small_table(
            document, headers=table.headers, widths=table.widths, rows=table.rows, millimetres=225
        )
        if table.note:
            _small(document, f"注：{table.note}")
        if content.note and number == len(content.tables):
            _small(document, content.note)


def _small(document: Document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(14)
    layout.write(paragraph, text, font=layout.SONG, size=layout.SMALL_FIVE)


def _imprint(document: Document, content: Official) -> None:
    """版记: who gets a copy, who printed it and when, between lines at the foot of the last even page.

    Clause 7.4: it is the last thing on the document's last page, after the annexes; that page, which may
    follow a blank one, bears no page number.
    """
    section = document.add_section(WD_SECTION.EVEN_PAGE)
    layout.portrait(section)
    layout.unnumbered(section)
    layout.without_grid(section)
    rows: Sequence[tuple[str, str]] = (
        [(f"抄送：{content.copies.rstrip('。')}。", "")] if content.copies else []
    )
    day = f"{date_in_words(content.dated_on)}印发" if content.dated_on else "（印发日期待定）"
    rows = [*rows, (content.issuer, day)]
    heights = [_IMPRINT_LINE.pt * ceil(len(left) / _IMPRINT_CHARACTERS) for left, _ in rows]
    above = layout.PAGE_HEIGHT.pt - sum(heights) - _IMPRINT_ROOM.pt
    lines = int(above // layout.LINE.pt)
    for _ in range(lines - 1):
        document.add_paragraph()
    document.add_paragraph().paragraph_format.line_spacing = Pt(above - (lines - 1) * layout.LINE.pt)
    table = document.add_table(rows=len(rows), cols=2)
    layout.rule_lines(table, thick=("top", "bottom"), thin=("insideH",))
    for row, (left, right) in zip(table.rows, rows, strict=True):
        cells = row.cells
        if not right:
            cells[0].merge(cells[1])
        paragraph = cells[0].paragraphs[0]
        paragraph.paragraph_format.left_indent = layout.FOUR
        _imprint_text(paragraph, left)
        if right:
            paragraph = cells[1].paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _imprint_text(paragraph, right)
    # A word processor wants a paragraph after a table; it must not open another page.
    document.add_paragraph().paragraph_format.line_spacing = Pt(1)


def _imprint_text(paragraph: Paragraph, text: str) -> None:
    paragraph.paragraph_format.line_spacing = _IMPRINT_LINE
    paragraph.paragraph_format.right_indent = layout.FOUR
    layout.write(paragraph, text, size=layout.FOUR)
