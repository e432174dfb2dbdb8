"""一区一单: one page for each organisation with its own lines, where points are lost and what would lift it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from bulletins.facts import movement_in_words
from huzhou_targets import layout
from rankings.models import RankingEntry, RankingRun
from rankings.selectors import entries_with_lines
from rankings.tables import LIGHT_SIGNS
from rankings.why import Gaps, Losses, gaps_of, losses_of

_LINE_HEADERS = ("指标", "目标", "应完成", "完成值", "达成率%", "得分", "失分", "亮灯")
_LINE_WIDTHS = (32, 12, 10, 10, 11, 10, 8, 9)
_GAP_HEADERS = ("指标", "现值", "单靠此项进一位须达到", "还差")
_GAP_WIDTHS = (40, 18, 26, 16)
_MOST_GAPS = 8


def sheets_docx(run: RankingRun, entries: Sequence[RankingEntry], *, chain: str | None) -> bytes:
    """One page for each of the entries, which all belong to the run. Gaps come from the scoring core."""
    everybody = entries_with_lines(run)
    wanted = {entry.pk for entry in entries}
    document = docx.Document()
    layout.set_up(document)
    layout.one_page(document.sections[0])
    document.core_properties.title = f"{run.cycle}目标进展清单"
    document.core_properties.author = run.cycle.plan.owner.name
    document.core_properties.comments = ""
    chosen = [entry for entry in everybody if entry.pk in wanted]
    for number, entry in enumerate(chosen):
        title = document.add_paragraph()
        title.paragraph_format.page_break_before = number > 0
        _sheet(document, title, run, entry, everybody, chain=chain)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _sheet(
    document: Document,
    title: Paragraph,
    run: RankingRun,
    entry: RankingEntry,
    everybody: Sequence[RankingEntry],
    *,
    chain: str | None,
) -> None:
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.write(title, f"{entry.unit}目标进展清单", font=layout.TITLE, size=Pt(20))
    _text(
        document,
        f"{run.cycle.plan.short_name}　{run.cycle.period.label}　{run.get_board_display()}",
        centre=True,
    )
    losses = losses_of(entry.lines.all())
    gaps = gaps_of(run, entry, everybody)
    _text(document, _summary(entry, losses, gaps, count=len(everybody)))
    lost = {loss.line.pk: loss.points for loss in losses.lost}
    lines = list(entry.lines.all())
    layout.small_table(
        document,
        headers=_LINE_HEADERS,
        widths=_LINE_WIDTHS,
        rows=[
            (
                line.indicator,
                line.target_text,
                line.expected,
                line.value,
                "" if line.attainment is None else f"{line.attainment:.2f}",
                line.reason if line.score is None else f"{line.score:.2f}",
                f"{lost[line.pk]:.2f}" if line.pk in lost else "",
                LIGHT_SIGNS[line.light],
            )
            for line in lines
        ],
    )
    if gaps.rows:
        _text(document, "差距分析（其他单位和其他指标不变，由计分程序算出）：")
        layout.small_table(
            document,
            headers=_GAP_HEADERS,
            widths=_GAP_WIDTHS,
            rows=[
                (
                    f"{row.indicator}（{row.unit}）" if row.unit else row.indicator,
                    row.current or "未报送",
                    row.needed or "单靠此项不能",
                    row.difference or "",
                )
                for row in gaps.rows[:_MOST_GAPS]
            ],
        )
    _text(
        document,
        f"排名摘要 {run.digest or run.result_digest}；链上最新摘要 {chain or '（尚无）'}",
        size=layout.SMALL_FIVE,
    )


def _summary(entry: RankingEntry, losses: Losses, gaps: Gaps, *, count: int) -> str:
    if entry.rank is None:
        return f"本期不参评：{entry.excluded}。"
    parts = [f"总分{entry.total:.2f}分，在{count}个单位中居第{entry.rank}位"]
    if entry.group_rank is not None and entry.group:
        parts.append(f"{entry.group}第{entry.group_rank}位")
    if moved := movement_in_words(entry.movement):
        parts.append(moved)
    if losses.lost:
        first = losses.lost[0]
        parts.append(f"失分最多的是“{first.line.indicator}”，影响总分{first.points:.2f}分")
    if gaps.above and gaps.distance is not None:
        parts.append(f"与前一位{gaps.above}相差{gaps.distance:.2f}分")
    return "，".join(parts) + "。"


def _text(document: Document, text: str, *, size: Pt = layout.FOUR, centre: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(size.pt * 1.5)
    paragraph.paragraph_format.space_before = Pt(4)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.write(paragraph, text, size=size)
