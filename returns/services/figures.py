"""The one road by which figures are stored: web form, file, API and command all end in `save_figures`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import plain_decimal
from audit.services import Act, record, record_many
from districts.models import Organisation
from indicators.models import Indicator
from returns.models import Cycle, Figure, FigureRevision, QuarterlyReturn, Upload
from returns.rules import may_report_for
from returns.services.cycles import lock_cycle, require_reporting_open
from returns.signals import figures_changed
from returns.states import FigureState, WrongState
from returns.workbook.types import FigureRow


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a save came to: how many places were new, changed and unchanged; the figures concerned."""

    new: int
    changed: int
    unchanged: int
    figure_ids: tuple[int, ...]


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
) -> Saved:
    """Store located rows as figures of this reporter, all or none.

    rows carry values in the indicator's unit. warnings are messages per place that travel with the
    figure to the reviewer. A row equal to what is stored makes no revision. With submit the figures
    are handed in, else they stay drafts. Raises PermissionDenied or WrongState.
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
        submit=submit,
    )
    saved, acts = batch.store(rows, warnings)
    if acts:
        record_many(actor=actor, acts=acts)
        figures_changed.send(sender=Figure, cycle=cycle, reason=f"{reporter}填报")
    return saved


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """One save: what its rows have in common."""

    actor: User
    cycle: Cycle
    reporter: Organisation
    source: str
    upload: Upload | None
    reason: str
    submit: bool

    def store(
        self, rows: Sequence[FigureRow], warnings: Mapping[tuple[str, str], list[str]]
    ) -> tuple[Saved, list[Act]]:
        indicators = {item.code: item for item in Indicator.objects.filter(plan=self.cycle.plan_id)}
        organisations = {
            item.code: item for item in Organisation.objects.filter(city=self.cycle.plan.city_id)
        }
        existing = {
            (item.indicator_id, item.organisation_id): item
            for item in Figure.objects.filter(cycle=self.cycle, reporter=self.reporter)
            .select_related("indicator", "organisation")
            .select_for_update(of=("self",))
        }
        current = current_revisions(existing.values())
        quarterly_return, _ = QuarterlyReturn.objects.get_or_create(
            cycle=self.cycle, organisation=self.reporter
        )
        now = timezone.now()
        if self.submit:
            _note_first_submission(quarterly_return, now)
        new: list[tuple[Figure, FigureRow]] = []
        changed: list[tuple[Figure, FigureRow, Decimal | None]] = []
        advanced: list[Figure] = []
        unchanged = 0
        touched: list[Figure] = []
        for row in rows:
            indicator, organisation = indicators[row.indicator], organisations[row.organisation]
            figure = existing.get((indicator.pk, organisation.pk))
            if figure is None:
                figure = Figure(
                    quarterly_return=quarterly_return,
                    cycle=self.cycle,
                    indicator=indicator,
                    organisation=organisation,
                    reporter=self.reporter,
                )
                self._set(figure, row, now)
                new.append((figure, row))
            elif is_same(figure, current[figure.pk], row):
                unchanged += 1
                if self.submit and figure.state in (FigureState.DRAFT, FigureState.SENT_BACK):
                    figure.state, figure.submitted_at = FigureState.SUBMITTED, now
                    advanced.append(figure)
            else:
                self._require_reason(figure)
                before = figure.value
                figure.revision_number += 1
                self._set(figure, row, now)
                changed.append((figure, row, before))
            touched.append(figure)
        Figure.objects.bulk_create([figure for figure, _ in new], batch_size=2000)
        Figure.objects.bulk_update(
            [figure for figure, _, _ in changed] + advanced,
            ["state", "value", "revision_number", "submitted_at", "review_reason"],
            batch_size=500,
        )
        FigureRevision.objects.bulk_create(
            [
                self._revision(figure, row, now, warnings.get((row.indicator, row.organisation), []))
                for figure, row in [*new, *((figure, row) for figure, row, _ in changed)]
            ],
            batch_size=2000,
        )
        acts = self._acts(quarterly_return, new, changed, advanced)
        ids = tuple(figure.pk for figure in touched)
        return Saved(new=len(new), changed=len(changed), unchanged=unchanged, figure_ids=ids), acts

    def _require_reason(self, figure: Figure) -> None:
        """A confirmed figure is changed with a reason only; a file is its own, recorded one."""
        if figure.state == FigureState.VERIFIED and self.upload is None and not self.reason.strip():
            raise WrongState(f"“{figure}”已经核定，修改须写明理由")

    def _set(self, figure: Figure, row: FigureRow, now: datetime.datetime) -> None:
        figure.value = row.value
        figure.state = FigureState.SUBMITTED if self.submit else FigureState.DRAFT
        figure.submitted_at = now if self.submit else None
        figure.review_reason = ""

    def _revision(
        self, figure: Figure, row: FigureRow, now: datetime.datetime, warnings: list[str]
    ) -> FigureRevision:
        return FigureRevision(
            figure=figure,
            number=figure.revision_number,
            value=row.value,
            raw_text=row.raw[:255],
            data_as_of=row.data_as_of,
            progress=row.progress,
            problems=row.problems,
            measures=row.measures,
            warnings=warnings,
            reason=self.reason,
            source=self.source,
            upload=self.upload,
            sheet=(row.sheet or "")[:100],
            cell=row.cell or "",
            author=self.actor,
            created_at=now,
        )

    def _acts(
        self,
        quarterly_return: QuarterlyReturn,
        new: list[tuple[Figure, FigureRow]],
        changed: list[tuple[Figure, FigureRow, Decimal | None]],
        advanced: list[Figure],
    ) -> list[Act]:
        if not (new or changed or advanced):
            return []
        values = {
            f"{figure.indicator.code}/{figure.organisation.code}": [None, plain_decimal(row.value)]
            for figure, row in new
        }
        values |= {
            f"{figure.indicator.code}/{figure.organisation.code}": [
                None if before is None else plain_decimal(before),
                plain_decimal(row.value),
            ]
            for figure, row, before in changed
        }
        changes: dict[str, object] = {"values": values}
        if advanced:
            changes["submitted"] = sorted(figure.pk for figure in advanced)
        if self.upload:
            changes["file"] = {"name": self.upload.filename, "sha256": self.upload.sha256}
        return [
            Act(
                verb="return.submitted" if self.submit else "return.saved",
                subject=quarterly_return,
                plan_code=self.cycle.plan.code,
                period=str(self.cycle.period),
                changes=changes,
                reason=self.reason,
            )
        ]


def _note_first_submission(quarterly_return: QuarterlyReturn, now: datetime.datetime) -> None:
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


def is_same(figure: Figure, revision: FigureRevision, row: FigureRow) -> bool:
    """Whether the row says nothing new. Where the file or form leaves a narrative out, the old one stands."""
    return (
        figure.value == row.value
        and (row.data_as_of is None or row.data_as_of == revision.data_as_of)
        and all(
            not said or said == stored
            for said, stored in (
                (row.progress, revision.progress),
                (row.problems, revision.problems),
                (row.measures, revision.measures),
            )
        )
    )


@transaction.atomic
def submit_figures(*, actor: User, cycle: Cycle, reporter: Organisation) -> int:
    """Hand in all drafts of this organisation. Returns how many. Raises PermissionDenied or WrongState."""
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    cycle = lock_cycle(cycle)
    require_reporting_open(cycle, organisation=reporter)
    drafts = list(
        Figure.objects.filter(
            cycle=cycle, reporter=reporter, state=FigureState.DRAFT, value__isnull=False
        ).select_for_update()
    )
    now = timezone.now()
    for figure in drafts:
        figure.state, figure.submitted_at = FigureState.SUBMITTED, now
    Figure.objects.bulk_update(drafts, ["state", "submitted_at"], batch_size=500)
    if drafts:
        _note_first_submission(drafts[0].quarterly_return, now)
        record(
            actor=actor,
            verb="return.submitted",
            subject=drafts[0].quarterly_return,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"submitted": [figure.pk for figure in drafts]},
        )
        figures_changed.send(sender=Figure, cycle=cycle, reason=f"{reporter}报送")
    return len(drafts)


@transaction.atomic
def withdraw_figure(*, actor: User, figure: Figure, reason: str) -> Figure:
    """Take a figure back: a revision without value, always with a reason. A blank cell never does this.

    Raises PermissionDenied or WrongState.
    """
    if not may_report_for(actor, plan_code=figure.cycle.plan.code, organisation_id=figure.reporter_id):
        raise PermissionDenied(f"您没有以{figure.reporter}名义填报的权限")
    if not reason.strip():
        raise WrongState("撤回须写明理由")
    cycle = lock_cycle(figure.cycle)
    require_reporting_open(cycle, organisation=figure.reporter)
    figure = Figure.objects.select_for_update(of=("self",)).get(pk=figure.pk)
    before, figure.value = figure.value, None
    figure.state, figure.submitted_at = FigureState.DRAFT, None
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
        changes={"value": [None if before is None else plain_decimal(before), None]},
        reason=reason.strip(),
    )
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"撤回{figure}")
    return figure
