"""The .docx: the page of GB/T 9704-2012, and every number in it from the sealed ranking."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn

from bulletins.annexes import annexes_xlsx
from bulletins.document import KEPT_WHOLE_MAX, Part, official_docx
from bulletins.drafting import official, published_runs
from bulletins.models import Bulletin
from bulletins.sheets import sheets_docx, summary_of
from huzhou_targets.layout import as_pdf
from rankings.models import RankingEntry, RankingLine
from rankings.selectors import ranking_document
from rankings.why import Gaps, Loss, Losses
from tests.bulletins.numbers import numbers_in_text, numbers_of_ranking
from tests.factories import World

CHAIN = "c" * 64


@pytest.fixture
def document(notice: Bulletin) -> docx.document.Document:
    return docx.Document(BytesIO(official_docx(official(notice, chain=CHAIN))))


def texts(document: docx.document.Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]


def test_the_page_is_that_of_the_standard(document: docx.document.Document) -> None:
    first = document.sections[0]

    assert [round(first.page_width.mm), round(first.page_height.mm)] == [210, 297]
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert document.settings.odd_and_even_pages_header_footer
    assert document.styles["Normal"].font.name == "仿宋_GB2312"
    assert document.styles["Normal"].font.size.pt == 16
    assert round(document.styles["Normal"].paragraph_format.line_spacing.pt * 22 / 72 * 25.4) == 225


def test_annexes_lie_across_and_repeat_their_head(document: docx.document.Document) -> None:
    annexes = document.sections[1:-1]

    assert {section.orientation for section in annexes} == {WD_ORIENT.LANDSCAPE}
    heads = [bool(table.rows[0]._tr.findall(".//" + qn("w:tblHeader"))) for table in document.tables]
    assert heads == [True] * (len(document.tables) - 1) + [False]


def test_imprint_stands_at_the_foot_of_an_even_page_of_its_own(document: docx.document.Document) -> None:
    last, imprint = document.sections[-1], document.tables[-1]

    assert (last.start_type, last.orientation) == (WD_SECTION.EVEN_PAGE, WD_ORIENT.PORTRAIT)
    assert [item.text for item in last.even_page_footer.paragraphs] == [""]
    assert imprint.rows[-1].cells[1].text == "（印发日期待定）"


def test_parts_stand_in_the_order_of_the_standard(document: docx.document.Document, notice: Bulletin) -> None:
    lines = texts(document)

    order = [
        "送审稿",
        notice.issuer,
        "（文号待定）",
        "各区县人民政府，市府各部门：",
        "一、总体情况",
        "二、分指标情况",
        "三、红榜和黑榜",
        "四、存在问题",
        "五、下一步要求",
    ]
    assert [line for line in lines if line in order][: len(order)] == order
    assert any(line.startswith("附件：1.") for line in lines)
    assert any(CHAIN in line for line in lines)


@pytest.mark.parametrize(("length", "is_kept"), [(KEPT_WHOLE_MAX, True), (KEPT_WHOLE_MAX + 1, False)])
def test_signature_keeps_with_its_date_and_with_the_last_paragraph_unless_that_is_long(
    notice: Bulletin, length: int, is_kept: bool
) -> None:
    content = official(notice, chain=CHAIN)
    last = Part(number="一", heading="末段", paragraphs=("长" * length,))
    long = replace(content, parts=(last,))

    written = docx.Document(BytesIO(official_docx(long))).paragraphs
    closing = next(item for item in written if item.text == "长" * length)
    signature = [item for item in written if item.text == content.issuer][-1]

    assert bool(closing.paragraph_format.keep_with_next) is is_kept
    assert signature.paragraph_format.keep_with_next is True


def test_every_number_is_in_the_sealed_ranking(
    document: docx.document.Document, notice: Bulletin, world: World
) -> None:
    known = numbers_of_ranking([ranking_document(run) for run in published_runs(world.cycle)])
    body = [line for line in texts(document) if not line.startswith("数据取自")]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]

    found = numbers_in_text("\n".join([*body, *cells]))

    assert found <= known
    assert {"110.84", "97.50", "116.67"} <= found


def test_a_number_that_is_not_in_the_ranking_would_be_found(notice: Bulletin, world: World) -> None:
    known = numbers_of_ranking([ranking_document(run) for run in published_runs(world.cycle)])

    assert numbers_in_text("吴兴区110.85分") - known == {"110.85"}


def test_annexes_as_a_workbook_hold_the_same_cells(
    document: docx.document.Document, notice: Bulletin
) -> None:
    content = official(notice, chain=CHAIN)

    book = openpyxl.load_workbook(BytesIO(annexes_xlsx(content.tables, title="标题", note="注")))

    printed = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    sheet = book["附件1"]
    rows = [
        [cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=3, max_row=2 + len(printed))
    ]
    assert rows == printed


def test_a_sheet_of_its_own_for_each_organisation(world: World) -> None:
    run = published_runs(world.cycle)[0]
    entry = run.entries.get(unit="南浔区")

    data = sheets_docx(run, [entry], chain=CHAIN)

    lines = texts(docx.Document(BytesIO(data)))
    assert lines[0] == "南浔区目标进展清单"
    assert lines[2] == "数据截至日未注明　正式结果（第1号）"
    assert lines[3].startswith("总分97.50分，在3个参评单位中居第3位")
    assert "使总分少2.50分" in lines[3]
    assert not any("吴兴区目标" in line for line in lines)


def test_sentences_of_a_sheet_leave_out_a_parts_place_in_the_table() -> None:
    line = RankingLine(indicator="其中：未来产业企业", score=Decimal("90.00"))
    lost = Loss(line=line, missing=Decimal("10.00"), points=Decimal("2.50"))
    entry = RankingEntry(unit="甲区", rank=2, total=Decimal("97.50"))
    losses = Losses(lost=(lost,), gained=(), total_lost=Decimal("2.50"), total_gained=Decimal("0.00"))
    gaps = Gaps(rows=(), above="乙区", distance=Decimal("0.50"), with_group=False)

    text = summary_of(
        entry, losses, gaps, [RankingEntry(rank=1), entry, RankingEntry(rank=2), RankingEntry()]
    )

    assert text == (
        "总分97.50分，在3个参评单位中居并列第2位。比前一位乙区低0.50分。"
        "失分最多的是“未来产业企业”，使总分少2.50分。"
    )


def test_the_pdf_says_the_same(notice: Bulletin) -> None:
    data = official_docx(official(notice, chain=CHAIN))

    pdf = as_pdf(data)

    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) >= 3
