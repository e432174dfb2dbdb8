"""What stands beside the demo's figures: evidence files made here, comments, corrections that wait, one of them in 单位审核.

All by the services that serve people, in the names of demo accounts. What is there already stays.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import docx
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from accounts.models import User
from indicators.models import Plan
from returns.models import Cycle, Figure, FigureRevision, UnitReviewSetting
from returns.services.comments import write_comment
from returns.services.entry import Entry, enter_figures
from returns.services.evidence import attach_evidence
from returns.services.review import send_back_figure
from returns.services.unit_review import switch_unit_review
from returns.states import CycleState, FigureState

PERIOD = {"cycle__plan__code": "sowing-2025", "cycle__year": 2025, "cycle__quarter": 3}
"""The demo's open quarter of the plan that most people look at."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One figure's evidence and what was said of it: pairs of an account and its words, in order."""

    reporter: str
    indicator: str
    filename: str
    lines: Sequence[Sequence[str]]
    said: Sequence[tuple[str, str]] = ()

    @property
    def data(self) -> bytes:
        """The file, by the ending of its name: a sheet of the lines, or a page with a paragraph for each."""
        return _sheet(self.lines) if self.filename.endswith(".xlsx") else _page(self.lines)


PAPERS = (
    Paper(
        reporter="wuxing",
        indicator="industry-parks",
        filename="科技型产业园名单（演示数据）.xlsx",
        lines=(
            ("序号", "园区", "认定情况"),
            *((str(number), f"演示园区{number}", "演示数据，不是真实园区") for number in range(1, 11)),
        ),
        said=(
            ("jxj", "名单里的第 10 个园区是三季度新认定的吗？请补认定文号。"),
            ("wuxing", "是三季度新认定的，文号待区里印发后补传。"),
        ),
    ),
    Paper(
        reporter="deqing",
        indicator="specialised-enterprises",
        filename="专精特新企业增减情况说明（演示数据）.docx",
        lines=(
            ("专精特新企业增减情况说明（演示数据）",),
            ("本说明为演示数据：本季末保有 217 家，按有效期内的认定名单统计。",),
        ),
        said=(("jxj", "四季度有一批到期复核，请提前排查可能减少的企业。"),),
    ),
    Paper(
        reporter="anji",
        indicator="innovative-enterprises",
        filename="引进培育企业名单（演示数据）.xlsx",
        lines=(
            ("序号", "企业", "引进或培育"),
            *((str(number), f"演示企业{number}", "演示数据，不是真实企业") for number in range(1, 162)),
        ),
    ),
)

CORRECTION = Paper(
    reporter="nanxun",
    indicator="specialised-enterprises",
    filename="专精特新企业名单（演示数据）.xlsx",
    lines=(
        ("序号", "企业", "认定情况"),
        *((str(number), f"演示企业{number}", "演示数据，不是真实企业") for number in range(1, 135)),
    ),
    said=(("nanxun", "名单已补传，共 134 家，与所报一致。"),),
)
"""A figure that was sent back, explained and handed in anew: it waits for its verifier."""

IN_UNIT = Entry(
    indicator="specialised-enterprises",
    organisation="wuxing",
    text="157",
    data_as_of=datetime.date(2025, 9, 30),
    progress="按省厅公布的有效期内名单统计，四季度有 3 家到期复核（演示数据）。",
)
"""What 吴兴区 adds to a confirmed figure; it waits for its own reviewer, the confirmed value stays in force."""


def add_demo_papers(people: Mapping[str, User]) -> None:
    """Evidence, comments, the correction; each figure only while nothing stands beside it."""
    for paper in PAPERS:
        figure = _bare_figure(paper)
        if figure is not None:
            _attach_and_say(paper, figure, people)
    figure = _bare_figure(CORRECTION)
    if figure is not None and figure.state == FigureState.SUBMITTED:
        send_back_figure(actor=people["jxj"], figure=figure, reason="请附企业名单，并写明本季增减")
        _attach_and_say(CORRECTION, figure, people)
        _hand_in_again(figure, people[CORRECTION.reporter])


def _bare_figure(paper: Paper) -> Figure | None:
    return (
        Figure.objects.filter(
            reporter__code=paper.reporter,
            organisation__code=paper.reporter,
            indicator__code=paper.indicator,
            cycle__state=CycleState.OPEN,
            cycle__is_demo=True,
            evidence=None,
            comments=None,
            **PERIOD,
        )
        .select_related("indicator", "organisation", "reporter", "cycle__plan")
        .first()
    )


def _attach_and_say(paper: Paper, figure: Figure, people: Mapping[str, User]) -> None:
    file = SimpleUploadedFile(paper.filename, paper.data)
    attached = attach_evidence(actor=people[paper.reporter], figure=figure, files=[file])
    if attached.problems:
        raise ValueError("；".join(problem.message for problem in attached.problems))
    for account, words in paper.said:
        write_comment(actor=people[account], figure=figure, text=words)


def _hand_in_again(figure: Figure, reporter: User) -> None:
    """The same number with another word on its progress, as a person would type it into the form."""
    present = FigureRevision.objects.get(figure=figure, number=figure.revision_number)
    entry = Entry(
        indicator=figure.indicator.code,
        organisation=figure.organisation.code,
        text=present.raw_text,
        data_as_of=present.data_as_of,
        data_status=present.data_status,
        progress="本季净增按认定名单核对，名单已附（演示数据）。",
        problems=present.problems,
        measures=present.measures,
    )
    _enter([entry], figure.cycle, reporter)


def _enter(entries: Sequence[Entry], cycle: Cycle, reporter: User, *, reason: str = "") -> None:
    office = reporter.organisation
    if office is None:
        raise ValueError(f"{reporter.username} belongs to no organisation")
    entered = enter_figures(
        actor=reporter,
        cycle=cycle,
        reporter=office,
        entries=entries,
        source=FigureRevision.Source.FORM,
        reason=reason,
        submit=True,
    )
    if entered.saved is None:
        raise ValueError("；".join(problem.message for problem in entered.problems))


def let_a_correction_wait_in_unit(people: Mapping[str, User]) -> None:
    """Hand one correction in while the plan asks for 单位审核, then give that up again, once.

    So its reviewer has something to do, and everybody else hands in without it, as is the default.
    """
    plan = Plan.objects.get(code="sowing-2025")
    cycle = Cycle.objects.get(plan=plan, year=2025, quarter=3)
    if (
        not cycle.is_demo
        or cycle.state != CycleState.OPEN
        or UnitReviewSetting.objects.filter(plan=plan).exists()
    ):
        return
    owner = people["owner"]
    switch_unit_review(actor=owner, plan=plan, is_on=True, reason="演示：请一个单位先审核再报送")
    _enter([IN_UNIT], cycle, people["wuxing"], reason="补写进展，数没有变")
    switch_unit_review(actor=owner, plan=plan, is_on=False, reason="演示：平时不要求；已在等的照常审核")


def _sheet(lines: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    for line in lines:
        sheet.append([int(cell) if cell.isdecimal() else cell for cell in line])
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 28
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _page(lines: Sequence[Sequence[str]]) -> bytes:
    document = docx.Document()
    for (text,) in lines:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
