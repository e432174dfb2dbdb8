"""Reads for the page before handing in: what is handed in, what is not, and why that is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from districts.models import Organisation
from indicators.models import Target
from returns.models import Cycle, Figure, FigureRevision
from returns.resubmissions import Resubmission, resubmission_of, review_columns, revisions_to_compare
from returns.selectors import ASSESSED_KINDS
from returns.standing import Standing, standings_of
from returns.states import FigureState
from returns.unreported import targets_to_report

NOT_SCORED = "grey"
"""The light of a line that the scheme does not score this quarter."""

STILL_OWED = "可以先报其余各项；到截止还没有报的，按未报送计 0 分、亮红灯"


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """A figure that this submission hands in, or that was sent back: with its warnings and what changed."""

    figure: Figure
    revision: FigureRevision
    target_text: str
    change: Resubmission | None


@dataclass(frozen=True, kw_only=True)
class Open:
    """A place without a figure: why that is allowed. is_owed says that the figure is expected in this quarter."""

    target: Target
    why: str
    is_owed: bool


@dataclass(frozen=True, kw_only=True)
class HandingIn:
    """All that handing in would do now: drafts go, figures sent back only if chosen, the rest stays.

    reported counts what is handed in or confirmed and in force, also beside a newer draft, in_unit what waits for 单位审核.
    """

    drafts: tuple[HandedIn, ...]
    sent_back: tuple[HandedIn, ...]
    owed: tuple[Open, ...]
    not_due: tuple[Open, ...]
    reported: int
    in_unit: int

    @property
    def is_resubmission(self) -> bool:
        """Whether figures are handed in again."""
        return any(item.change for item in self.drafts)


def handing_in_of(cycle: Cycle, *, reporter: Organisation) -> HandingIn:
    """What this organisation would hand in now. Seven queries, whatever the number of places."""
    targets = {_place(item): item for item in targets_to_report(cycle, reporter=reporter)}
    rows = (
        Figure.objects.filter(Q(reporter=reporter) | Q(indicator__lead=reporter), cycle=cycle)
        .select_related("indicator", "organisation")
        .annotate(**review_columns())
        .order_by("organisation__order", "indicator__order")
    )
    own = [figure for figure in rows if figure.reporter_id == reporter.pk]
    by_others = {
        _place(item)
        for item in rows
        if item.reporter_id != reporter.pk and item.submitted_revision is not None
    }
    waiting = [
        figure
        for figure in own
        if figure.state in (FigureState.DRAFT, FigureState.SENT_BACK) and figure.value is not None
    ]
    revisions = revisions_to_compare(waiting)
    shown = [
        HandedIn(
            figure=figure,
            revision=revisions[figure.pk][figure.revision_number],
            target_text=targets[_place(figure)].text if _place(figure) in targets else "",
            change=resubmission_of(figure, revisions, newest=figure.revision_number),
        )
        for figure in waiting
    ]
    values = {_place(item): item.value for item in own if item.value is not None}
    standings = standings_of(cycle, targets=list(targets.values()), values=values)
    still_open = [
        _open(target, standings.get(place), reporter=reporter, is_reported_by_other=place in by_others)
        for place, target in targets.items()
        if place not in values
    ]
    return HandingIn(
        drafts=tuple(item for item in shown if item.figure.state == FigureState.DRAFT),
        sent_back=tuple(item for item in shown if item.figure.state == FigureState.SENT_BACK),
        owed=tuple(item for item in still_open if item.is_owed),
        not_due=tuple(item for item in still_open if not item.is_owed),
        reported=sum(figure.submitted_revision is not None for figure in own),
        in_unit=sum(figure.state == FigureState.UNIT_REVIEW for figure in own),
    )


def _place(row: Figure | Target) -> tuple[int, int]:
    return row.indicator_id, row.organisation_id


def _open(
    target: Target, standing: Standing | None, *, reporter: Organisation, is_reported_by_other: bool
) -> Open:
    """Why a place may stay without a figure, by the rules that the form, 待办 and the rankings go by."""
    if target.kind not in ASSESSED_KINDS:
        return Open(target=target, why=f"目标为“{target.get_kind_display()}”，不用报", is_owed=False)
    if standing is not None and standing.light == NOT_SCORED:
        return Open(target=target, why=f"本季不计分（{standing.reason}），可以不报", is_owed=False)
    if target.organisation_id != reporter.pk and is_reported_by_other:
        return Open(target=target, why=f"{target.organisation.name}已报，本单位可以不报", is_owed=False)
    return Open(target=target, why=STILL_OWED, is_owed=True)
