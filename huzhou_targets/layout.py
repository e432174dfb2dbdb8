"""The page and type of an official document, GB/T 9704-2012 clauses 5 to 7, for python-docx.

A4, head margin 37 mm, binding margin 28 mm, type area 156 mm × 225 mm, 22 lines of 28 characters,
body in 三号 仿宋. Fonts are named with fallbacks, none is shipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from huzhou_targets.office import to_pdf

RED = RGBColor(0xD0, 0x00, 0x00)
LINE = Pt(28.95)
"""225 mm in 22 lines."""
PAGE_HEIGHT = Pt(22 * 28.95)
"""Height of the type area."""
THREE = Pt(16)
"""三号."""
TWO = Pt(22)
"""二号."""
FOUR = Pt(14)
"""四号."""
FIVE = Pt(10.5)
"""五号."""
_SHORT = 8
"""Characters up to which the cells of a column are centred."""
SMALL_FIVE = Pt(9)
"""小五."""
CHARACTER = Pt(15.79)
"""156 mm in 28 characters."""

_LINE_PITCH = 579
_TIGHTER = -5
"""Twentieths of a point that each 16-point character gives up, so that 28 stand in 156 mm."""


@dataclass(frozen=True, kw_only=True)
class Font:
    """A typeface by the name Chinese offices know, and what may stand in where it is not installed."""

    name: str
    fallbacks: tuple[str, ...]


TITLE = Font(
    name="方正小标宋简体",
    fallbacks=("方正小标宋_GBK", "华文中宋", "STZhongsong", "Noto Serif CJK SC", "SimSun"),
)
BODY = Font(name="仿宋_GB2312", fallbacks=("仿宋", "FangSong", "华文仿宋", "STFangsong", "Noto Serif CJK SC"))
HEADING = Font(name="黑体", fallbacks=("SimHei", "华文黑体", "Noto Sans CJK SC"))
SUBHEADING = Font(name="楷体_GB2312", fallbacks=("楷体", "KaiTi", "华文楷体", "STKaiti", "Noto Serif CJK SC"))
SONG = Font(name="宋体", fallbacks=("SimSun", "华文宋体", "STSong", "Noto Serif CJK SC"))
FONTS = (TITLE, BODY, HEADING, SUBHEADING, SONG)


def as_pdf(data: bytes) -> bytes:
    """A .docx laid out with these fonts as PDF. Raises OfficeMissing."""
    return to_pdf(data, suffix=".docx", fallbacks={font.name: font.fallbacks for font in FONTS})


def set_up(document: Document) -> None:
    """Page, grid, base style, page numbers and the table of fonts with their fallbacks."""
    style = document.styles["Normal"]
    style.font.size = THREE
    style.font.name = BODY.name
    properties = style.element.get_or_add_rPr()
    _set_fonts(properties, BODY)
    _child(properties, "w:spacing").set(qn("w:val"), str(_TIGHTER))
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    spacing = style.paragraph_format
    spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    spacing.line_spacing = LINE
    spacing.space_before = spacing.space_after = Pt(0)
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    portrait(section)
    number_pages(section)
    _name_fallbacks(document)


def portrait(section: Section) -> None:
    """A4 upright with the margins of the standard."""
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance, section.header_distance = Mm(25), Mm(15)
    grid = _child(section._sectPr, "w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(_LINE_PITCH))


def one_page(section: Section) -> None:
    """Narrower margins and no line grid, for a sheet that must fit on one page."""
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.footer_distance = Mm(8)
    without_grid(section)


def without_grid(section: Section) -> None:
    """Lines as high as they say, not rounded up to the 22 of the page."""
    _child(section._sectPr, "w:docGrid").attrib.pop(qn("w:type"), None)


def landscape(section: Section) -> None:
    """A4 across for annex tables; the binding side stays at the top of the turned page."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(35), Mm(37)
    section.footer_distance = Mm(15)
    grid = _child(section._sectPr, "w:docGrid")
    grid.attrib.pop(qn("w:type"), None)
    grid.set(qn("w:linePitch"), "312")


def number_pages(section: Section) -> None:
    """— 1 — in 四号 宋体, odd pages at the right, even ones at the left, one character from the edge."""
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        if side == WD_ALIGN_PARAGRAPH.RIGHT:
            paragraph.paragraph_format.right_indent = FOUR
        else:
            paragraph.paragraph_format.left_indent = FOUR
        write(paragraph, "— ", font=SONG, size=FOUR)
        _page_field(write(paragraph, "", font=SONG, size=FOUR))
        write(paragraph, " —", font=SONG, size=FOUR)


def unnumbered(section: Section) -> None:
    """No page number on the pages of this section."""
    for footer in (section.footer, section.even_page_footer):
        footer.is_linked_to_previous = False


def write(
    paragraph: Paragraph,
    text: str,
    *,
    font: Font = BODY,
    size: Pt = THREE,
    colour: RGBColor | None = None,
) -> Run:
    """Add text in a typeface, for Chinese and Latin characters alike."""
    run = paragraph.add_run(text)
    run.font.size = size
    run.font.name = font.name
    _set_fonts(run._element.get_or_add_rPr(), font)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def red_line(paragraph: Paragraph) -> None:
    """The red separating line across the type area, under the document's number."""
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "D00000")):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)


def small_table(
    document: Document,
    *,
    headers: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[Sequence[str]],
    millimetres: int = 156,
    compact: bool = False,
) -> None:
    """A ruled table in small type over the given width; its head is repeated on each page.

    A column of short words and numbers is centred, one with a longer text anywhere begins at the left.
    compact takes 小五 and closer lines, for a table that must share a page.
    """
    grid = document.add_table(rows=1 + len(rows), cols=len(headers))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    _narrow_margins(grid)
    whole = sum(widths)
    measured = [Mm(millimetres * width / whole) for width in widths]
    for column, width in zip(grid.columns, measured, strict=True):
        column.width = width
    short = [max((len(row[place]) for row in rows), default=0) <= _SHORT for place in range(len(headers))]
    size, line = (SMALL_FIVE, Pt(12)) if compact else (FIVE, Pt(15))
    cells = grid._cells
    for index, values in enumerate([headers, *rows]):
        for column, text in enumerate(values):
            cell = cells[index * len(headers) + column]
            cell.width = measured[column]
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = line
            centred = index == 0 or short[column]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
            write(paragraph, text, font=HEADING if index == 0 else SONG, size=size)
    repeat_header(grid)


def _narrow_margins(table: DocxTable) -> None:
    """One millimetre beside the text of a cell, so that 120.00 stands on one line of a narrow column."""
    margins = OxmlElement("w:tblCellMar")
    for name in ("left", "right"):
        side = OxmlElement(f"w:{name}")
        side.set(qn("w:w"), "57")
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addnext(margins)


def repeat_header(table: DocxTable) -> None:
    """Repeat the first row on each page and keep rows whole."""
    for index, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if index == 0:
            properties.append(OxmlElement("w:tblHeader"))


def rule_lines(table: DocxTable, *, thick: Sequence[str], thin: Sequence[str]) -> None:
    """Lines of a table: thick and thin ones by their OOXML names (top, bottom, insideH…)."""
    borders = OxmlElement("w:tblBorders")
    for name in ("top", "left", "bottom", "right", "insideH", "insideV"):
        element = OxmlElement(f"w:{name}")
        size = "8" if name in thick else "4"
        element.set(qn("w:val"), "single" if name in (*thick, *thin) else "nil")
        element.set(qn("w:sz"), size)
        element.set(qn("w:color"), "000000")
        borders.append(element)
    properties = table._tbl.tblPr
    for old in properties.findall(qn("w:tblBorders")):
        properties.remove(old)
    properties.append(borders)


def _set_fonts(properties: BaseOxmlElement, font: Font) -> None:
    fonts = _child(properties, "w:rFonts")
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), font.name)


def _child(parent: BaseOxmlElement, name: str) -> BaseOxmlElement:
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.append(found)
    return found


def _page_field(run: Run) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
        if kind in {"begin", "separate", "end"}:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:t" if kind else "w:instrText")
            element.text = text
        run._r.append(element)


def _name_fallbacks(document: Document) -> None:
    """word/fontTable.xml: each font with the names that may stand in for it."""
    rows = "".join(
        f'<w:font w:name="{escape(font.name)}"><w:altName w:val="{escape(";".join(font.fallbacks))}"/>'
        '<w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for font in FONTS
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="{namespace}">{rows}</w:fonts>'
    )
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = xml.encode()
