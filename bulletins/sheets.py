"""一区一单: one page for each organisation with its own lines, where points are lost and what would lift it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from bulletins.facts import date_in_words, movement_in_words, printed_name
from huzhou_targets import layout
from rankings.models import RankingEntry, RankingLine, RankingRun
from rankings.selectors import entries_with_lines
from rankings.tables import LIGHT_SIGNS
from rankings.why import Gaps, Losses, gaps_of, losses_of
from scoring import Reason

_LINE_HEADERS = ("指标", "目标", "应完成", "完成值", "达成率%", "得分", "失分", "亮灯")
_LINE_WIDTHS = (46, 15, 15, 15, 17, 19, 14, 15)
_GAP_HEADERS = ("指标", "现值", "达到多少进一位", "还差")
_GAP_WIDTHS = (76, 25, 32, 23)
_MOST_GAPS = 8
_COMPACT_FROM = 10
"""Lines of an organisation from which its tables are set in smaller type, to stay on one page."""
NOTHING = "—"


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
    _text(document, _state(run), size=layout.FIVE, centre=True)
    lines = list(entry.lines.all())
    losses = losses_of(lines)
    gaps = gaps_of(run, entry, everybody)
    compact = len(lines) >= _COMPACT_FROM
    _text(document, summary_of(entry, losses, gaps, everybody))
    lost = {loss.line.pk: loss.points for loss in losses.lost}
    layout.small_table(
        document,
        headers=_LINE_HEADERS,
        widths=_LINE_WIDTHS,
        rows=[_line_cells(line, lost.get(line.pk)) for line in lines],
        compact=compact,
    )
    if gaps.rows:
        _gap_part(document, gaps, compact=compact)
    _text(
        document,
        f"排名摘要 {run.digest or run.result_digest}；链上最新摘要 {chain or '（尚无）'}",
        size=layout.SMALL_FIVE,
    )


def _state(run: RankingRun) -> str:
    """What the numbers are worth: as of when, and whether they may still change."""
    day = f"数据截至{date_in_words(run.data_as_of)}" if run.data_as_of else "数据截至日未注明"
    published = run.status == RankingRun.Status.PUBLISHED
    return f"{day}　{f'正式结果（第{run.number}号）' if published else run.get_status_display()}"


def _line_cells(line: RankingLine, lost: Decimal | None) -> tuple[str, ...]:
    """A line of the organisation as printed; — stands for what there is not."""
    return (
        f"{line.indicator}（{line.unit}）" if line.unit else line.indicator,
        line.target_text or NOTHING,
        line.expected or NOTHING,
        line.value or (line.reason if line.reason == Reason.UNREPORTED else NOTHING),
        NOTHING if line.attainment is None else f"{line.attainment:.2f}",
        line.reason if line.score is None else f"{line.score:.2f}",
        NOTHING if lost is None else f"{lost:.2f}",
        LIGHT_SIGNS[line.light],
    )


def _gap_part(document: Document, gaps: Gaps, *, compact: bool) -> None:
    """What would lift the organisation one place: each line that can by itself, or the word that none can."""
    able = [row for row in gaps.rows if row.needed is not None]
    if not able:
        _text(document, "差距分析：任何一项单独提高都不能进一位，须几项同时提高。")
        return
    _text(document, "差距分析（其他单位和其他指标都不变，只提高这一项）：")
    layout.small_table(
        document,
        headers=_GAP_HEADERS,
        widths=_GAP_WIDTHS,
        rows=[
            (
                f"{row.indicator}（{row.unit}）" if row.unit else row.indicator,
                row.current or "未报送",
                row.needed or NOTHING,
                row.difference or NOTHING,
            )
            for row in able[:_MOST_GAPS]
        ],
        compact=compact,
    )
    unable = len(gaps.rows) - len(able)
    if unable:
        _text(document, f"其余{unable}项单独提高都不能进一位。", size=layout.FIVE)


def summary_of(entry: RankingEntry, losses: Losses, gaps: Gaps, everybody: Sequence[RankingEntry]) -> str:
    """Where the organisation stands and what costs it most, in sentences."""
    if entry.rank is None:
        return f"本期不参评：{entry.excluded}。"
    ranked = [item for item in everybody if item.rank is not None]
    shared = "并列" if sum(item.rank == entry.rank for item in ranked) > 1 else ""
    place = [f"总分{entry.total:.2f}分，在{len(ranked)}个参评单位中居{shared}第{entry.rank}位"]
    if entry.group_rank is not None and entry.group:
        place.append(f"在{entry.group}中居第{entry.group_rank}位")
    if moved := movement_in_words(entry.movement):
        place.append(moved)
    sentences = ["，".join(place)]
    if gaps.above and gaps.distance is not None:
        sentences.append(f"比前一位{gaps.above}低{gaps.distance:.2f}分")
    if losses.lost:
        first = losses.lost[0]
        name = printed_name(first.line.indicator)
        sentences.append(f"失分最多的是“{name}”，使总分少{first.points:.2f}分")
    else:
        sentences.append("计分的各项都没有失分")
    return "。".join(sentences) + "。"


def _text(document: Document, text: str, *, size: Pt = layout.FOUR, centre: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(size.pt * 1.5)
    paragraph.paragraph_format.space_before = Pt(4)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.write(paragraph, text, size=size)
