"""The one road by which figures are stored: web form, file, API and command all end in `save_figures`."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, repeat

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.canonical import plain_decimal
from audit.services import Act, record, record_many
from districts.models import Organisation
from indicators.models import Indicator
from returns.models import Cycle, Figure, FigureRevision, QuarterlyReturn, UnitReviewSetting, Upload
from returns.rules import may_report_for
from returns.services.cycles import lock_cycle, require_reporting_open
from returns.services.storing import (
    UNSAID,
    NewRevision,
    Origin,
    Place,
    StoredFigure,
    StoredText,
    change_figures,
    hand_in_figures,
    insert_figures,
    insert_revisions,
    stored_figures,
    stored_texts,
)
from returns.services.submissions import write_sheet
from returns.signals import figures_changed
from returns.states import FigureState, Hand, WrongState, is_revised_with_reason, states_before
from returns.workbook.types import FigureRow


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a save came to: how many places were new, changed and unchanged; the figures concerned.

    Those that were there already come first, then the new ones, each in the order of their rows.
    waits_in_unit says that what was handed in waits for 单位审核 and is not reported yet.
    """

    new: int
    changed: int
    unchanged: int
    figure_ids: tuple[int, ...]
    waits_in_unit: bool = False


class FigureConflict(WrongState):
    """Somebody else changed figures since the revisions that a save is based on; `places` names them by codes."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        self.places = tuple(places)
        super().__init__(f"有 {len(self.places)} 项刚被别人改过，请刷新后对照两个数再存")


@transaction.atomic
def save_figures(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    rows: Sequence[FigureRow],
    warnings: Mapping[tuple[str, str], list[str]],
    source: str,
    upload: Upload | None = None,
    reason: str = "",
    submit: bool = True,
    bases: Mapping[tuple[str, str], int] | None = None,
) -> Saved:
    """Store located rows as figures of this reporter, all or none.

    rows carry values in the indicator's unit, at most one for each place. warnings are messages per place
    that travel with the figure to the reviewer. A row equal to what is stored makes no revision. With
    submit the figures are handed in (to the unit's reviewer where the plan wants one), else they stay drafts
    and what was handed in before stays in force. bases tell for places (indicator code, organisation code) on which revision the row is based, 0 where there was no figure; where another has
    come since and says something else, nothing is saved. Raises PermissionDenied, WrongState or
    FigureConflict.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    cycle = lock_cycle(cycle)
    require_reporting_open(cycle, organisation=reporter)
    batch = _Batch(
        actor=actor,
        cycle=cycle,
        reporter=reporter,
        source=source,
        upload=upload,
        reason=reason,
        state=state_handed_in(cycle) if submit else FigureState.DRAFT,
        bases=bases or {},
    )
    saved, acts = batch.store(rows, warnings)
    if acts:
        record_many(actor=actor, acts=acts)
    if acts and batch.state == FigureState.SUBMITTED:
        figures_changed.send(sender=Figure, cycle=cycle, reason=f"{reporter}填报")
    return saved


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a save does, in the order of its rows; figures that are handed in as they are come by id."""

    new: dict[Place, FigureRow] = field(default_factory=dict)
    changed: list[NewRevision] = field(default_factory=list)
    before: list[Decimal | None] = field(default_factory=list)
    handed_in: list[int] = field(default_factory=list)
    known: dict[Place, int] = field(default_factory=dict)
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether everything was stored already."""
        return not (self.new or self.changed or self.handed_in)


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """One save: what its rows have in common."""

    actor: User
    cycle: Cycle
    reporter: Organisation
    source: str
    upload: Upload | None
    reason: str
    state: FigureState
    bases: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def store(
        self, rows: Sequence[FigureRow], warnings: Mapping[tuple[str, str], list[str]]
    ) -> tuple[Saved, list[Act]]:
        """Store the rows; what came of them, and the audit entry."""
        changes = self._compare(rows)
        quarterly_return, _ = QuarterlyReturn.objects.get_or_create(
            cycle=self.cycle, organisation=self.reporter
        )
        now = timezone.now()
        is_reported = self.state == FigureState.SUBMITTED
        if is_reported:
            note_first_submission(quarterly_return, now)
        state = self.state.value
        submitted_at = now if is_reported else None
        ids = insert_figures(
            list(changes.new),
            (row.value for row in changes.new.values()),
            quarterly_return=quarterly_return,
            state=state,
            submitted_at=submitted_at,
        )
        change_figures(changes.changed, state=state, submitted_at=submitted_at)
        hand_in_figures(changes.handed_in, state=state, submitted_at=submitted_at)
        insert_revisions(
            chain(
                map(NewRevision, ids, repeat(1), changes.new.values()),
                changes.changed,
            ),
            origin=Origin(
                author=self.actor, source=self.source, upload=self.upload, reason=self.reason, at=now
            ),
            warnings=warnings,
        )
        sheet = ""
        if is_reported and not changes.is_empty:
            sheet = write_sheet(
                actor=self.actor,
                quarterly_return=quarterly_return,
                handed_in=[*ids, *(revision.figure_id for revision in changes.changed), *changes.handed_in],
                at=now,
            ).code  # not the whole sheet, whose text is large
        saved = Saved(
            new=len(changes.new),
            changed=len(changes.changed),
            unchanged=len(rows) - len(changes.new) - len(changes.changed),
            figure_ids=(*changes.known.values(), *ids),
            waits_in_unit=self.state == FigureState.UNIT_REVIEW,
        )
        acts = [] if changes.is_empty else [self._act(quarterly_return, changes, sheet)]
        return saved, acts

    def _compare(self, rows: Sequence[FigureRow]) -> _Changes:
        """Tell rows that are new, that change something and that say nothing new. Raises WrongState."""
        plan, city = self.cycle.plan_id, self.cycle.plan.city_id
        indicators = dict(Indicator.objects.filter(plan=plan).values_list("code", "id"))
        organisations = dict(Organisation.objects.filter(city=city).values_list("code", "id"))
        stored = stored_figures(cycle=self.cycle, reporter=self.reporter, lock=True)
        says_more = any(
            row.complete or row.data_as_of or row.data_status or row.progress or row.problems or row.measures
            for row in rows
        )
        texts = self._stored_texts() if stored and says_more else {}
        changes = _Changes()
        for row in rows:
            place = (indicators[row.indicator], organisations[row.organisation])
            figure = stored.get(place)
            if place in changes.known or place in changes.new:
                raise WrongState(f"同一处填了两次：{row.indicator}、{row.organisation}，请只保留一个")
            if figure is None:
                changes.new[place] = row
                continue
            changes.known[place] = figure.pk
            if not is_same(figure, texts.get(figure.pk, UNSAID), row):
                base = self.bases.get((row.indicator, row.organisation))
                if base is not None and base != figure.revision_number:
                    changes.conflicts.append((row.indicator, row.organisation))
                    continue
                self._require_reason(figure)
                changes.changed.append(NewRevision(figure.pk, figure.revision_number + 1, row))
                changes.before.append(figure.value)
            elif figure.state in HANDED_IN_AGAIN.get(self.state, ()):
                changes.handed_in.append(figure.pk)
        if changes.conflicts:
            raise FigureConflict(changes.conflicts)
        if changes.changed:
            texts = texts or self._stored_texts()
            changes.changed[:] = [
                revision._replace(row=_with_unsaid(revision.row, texts.get(revision.figure_id, UNSAID)))
                for revision in changes.changed
            ]
        return changes

    def _stored_texts(self) -> dict[int, StoredText]:
        return stored_texts(cycle=self.cycle, reporter=self.reporter)

    def _require_reason(self, figure: StoredFigure) -> None:
        """A confirmed figure is changed with a reason only; a file is its own, recorded one."""
        if is_revised_with_reason(figure.state) and self.upload is None and not self.reason.strip():
            named = Figure.objects.select_related("indicator", "organisation").get(pk=figure.pk)
            raise WrongState(f"“{named}”已经核定，修改须写明理由")

    def _act(self, quarterly_return: QuarterlyReturn, changes: _Changes, sheet: str) -> Act:
        """The one entry in the audit trail: every value, old and new, and the file's digest."""
        values: dict[str, list[str | None]] = {
            f"{row.indicator}/{row.organisation}": [None, plain_decimal(row.value)]
            for row in changes.new.values()
        }
        for revision, before in zip(changes.changed, changes.before, strict=True):
            row = revision.row
            values[f"{row.indicator}/{row.organisation}"] = [
                None if before is None else plain_decimal(before),
                plain_decimal(row.value),
            ]
        recorded: dict[str, object] = {"values": values}
        if changes.handed_in:
            recorded["submitted"] = sorted(changes.handed_in)
        if self.upload:
            recorded["file"] = {"name": self.upload.filename, "sha256": self.upload.sha256}
        if sheet:
            recorded["sheet"] = sheet
        return Act(
            verb=_VERBS[self.state],
            subject=quarterly_return,
            plan_code=self.cycle.plan.code,
            period=str(self.cycle.period),
            changes=recorded,
            reason=self.reason,
        )


_VERBS = {
    FigureState.DRAFT: "return.saved",
    FigureState.UNIT_REVIEW: "return.to-unit",
    FigureState.SUBMITTED: "return.submitted",
}

HANDED_IN_AGAIN = {
    target: states_before(target, hand=Hand.REPORTER)
    for target in (FigureState.UNIT_REVIEW, FigureState.SUBMITTED)
}
"""By the state that handing in gives: the states from which a figure takes it without a new value. What waits
for a unit review that the plan has given up is simply handed in."""


def state_handed_in(cycle: Cycle) -> FigureState:
    """The state that handing in gives in this plan: 待单位审核 where it wants a unit review. One query."""
    is_on = UnitReviewSetting.objects.filter(plan=cycle.plan_id, is_on=True).exists()
    return FigureState.UNIT_REVIEW if is_on else FigureState.SUBMITTED


def note_first_submission(quarterly_return: QuarterlyReturn, now: datetime.datetime) -> None:
    """Remember when the return was first handed in: a scheme with a late rule counts its days from this."""
    if quarterly_return.submitted_at is None:
        quarterly_return.submitted_at = now
        quarterly_return.save(update_fields=["submitted_at"])


def current_revisions(figures: Iterable[Figure]) -> dict[int, FigureRevision]:
    """The newest revision of each figure of one reporter in one cycle, by the figure's id. One query."""
    figures = list(figures)
    wanted = {figure.pk: figure.revision_number for figure in figures}
    if not figures:
        return {}
    rows = FigureRevision.objects.filter(
        figure__cycle=figures[0].cycle_id, figure__reporter=figures[0].reporter_id
    )
    return {row.figure_id: row for row in rows if wanted.get(row.figure_id) == row.number}


def is_same(figure: Figure | StoredFigure, said: FigureRevision | StoredText, row: FigureRow) -> bool:
    """Whether the row says nothing new. Where the file or form leaves a narrative out, the old one stands.

    said is the newest revision of the figure; UNSAID will do for a row without date and narrative.
    """
    return (
        figure.value == row.value
        and (row.data_as_of == said.data_as_of or (row.data_as_of is None and not row.complete))
        and (row.data_status == said.data_status or not (row.data_status or row.complete))
        and (row.progress == said.progress or not (row.progress or row.complete))
        and (row.problems == said.problems or not (row.problems or row.complete))
        and (row.measures == said.measures or not (row.measures or row.complete))
    )


def _with_unsaid(row: FigureRow, said: StoredText) -> FigureRow:
    """The row with the date, status and narrative said before where it leaves them blank without meaning it."""
    if row.complete:
        return row
    return row._replace(
        data_as_of=row.data_as_of or said.data_as_of,
        data_status=row.data_status or said.data_status,
        progress=row.progress or said.progress,
        problems=row.problems or said.problems,
        measures=row.measures or said.measures,
    )


@transaction.atomic
def submit_figures(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    seen: Mapping[int, int] | None = None,
    as_they_are: Collection[int] = (),
) -> int:
    """Hand in all drafts of this organisation, and figures sent back that are chosen to go as they are.

    seen are the drafts that the person was shown, with their revisions, by id; where they are others now
    nothing is handed in. Returns how many were. Raises PermissionDenied or WrongState.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    cycle = lock_cycle(cycle)
    require_reporting_open(cycle, organisation=reporter)
    chosen = Q(state=FigureState.DRAFT) | Q(state=FigureState.SENT_BACK, pk__in=as_they_are)
    drafts = list(
        Figure.objects.filter(chosen, cycle=cycle, reporter=reporter, value__isnull=False).select_for_update()
    )
    present = {item.pk: item.revision_number for item in drafts if item.state == FigureState.DRAFT}
    if seen is not None and seen != present:
        raise WrongState("这些草稿刚有改动（可能是别人或另一个窗口），没有报送；请核对下面的清单后再报送")
    if not drafts:
        return 0
    state, now = state_handed_in(cycle), timezone.now()
    is_reported = state == FigureState.SUBMITTED
    submitted = [figure.pk for figure in drafts]
    hand_in_figures(submitted, state=state, submitted_at=now if is_reported else None)
    quarterly_return = drafts[0].quarterly_return
    changes: dict[str, object] = {"submitted": submitted}
    if is_reported:
        note_first_submission(quarterly_return, now)
        sheet = write_sheet(actor=actor, quarterly_return=quarterly_return, handed_in=submitted, at=now)
        changes["sheet"] = sheet.code
    record(
        actor=actor,
        verb=_VERBS[state],
        subject=quarterly_return,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes=changes,
    )
    if is_reported:
        figures_changed.send(sender=Figure, cycle=cycle, reason=f"{reporter}报送")
    return len(drafts)


@transaction.atomic
def withdraw_figure(*, actor: User, figure: Figure, reason: str, seen: int | None = None) -> Figure:
    """Take a figure back: a revision without value, always with a reason. A blank cell never does this.

    It ends whatever of the figure was in force. seen is the number of the newest revision that the person was
    shown. Raises PermissionDenied, or WrongState also where there is nothing to withdraw or somebody wrote
    meanwhile.
    """
    if not may_report_for(actor, plan_code=figure.cycle.plan.code, organisation_id=figure.reporter_id):
        raise PermissionDenied(f"您没有以{figure.reporter}名义填报的权限")
    if not reason.strip():
        raise WrongState("撤回须写明理由")
    cycle = lock_cycle(figure.cycle)
    require_reporting_open(cycle, organisation=figure.reporter)
    figure = Figure.objects.select_for_update(of=("self",)).get(pk=figure.pk)
    if figure.value is None:
        raise WrongState("这一项现在没有数，不必撤回")
    if seen is not None and seen != figure.revision_number:
        raise WrongState("这个数刚有改动（可能是别人或另一个窗口），没有撤回；请核对现在的数后再撤回")
    counted = figure.submitted_value if figure.verified_value is None else figure.verified_value
    before, figure.value = figure.value, None
    figure.state, figure.submitted_at = FigureState.DRAFT, None
    figure.submitted_value = figure.submitted_revision = None
    figure.verified_value = figure.verified_at = figure.verified_by = figure.verified_revision = None
    figure.revision_number += 1
    figure.save()
    FigureRevision.objects.create(
        figure=figure,
        number=figure.revision_number,
        value=None,
        reason=reason.strip(),
        source=FigureRevision.Source.FORM,
        author=actor,
        created_at=timezone.now(),
    )
    record(
        actor=actor,
        verb="figure.withdrawn",
        subject=figure,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={
            "value": [plain_decimal(before), None],
            "in_force": [None if counted is None else plain_decimal(counted), None],
        },
        reason=reason.strip(),
    )
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"撤回{figure}")
    return figure
