"""单位审核: a colleague of the reporter passes figures on or returns them, where the plan asks for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from indicators.models import Plan
from returns.authorship import own_work
from returns.models import Cycle, Figure, ReviewNote, UnitReviewSetting
from returns.rules import may_review_in_unit
from returns.services.cycles import lock_cycle, require_reporting_open
from returns.services.figures import note_first_submission
from returns.services.review import SendBack, lock_figures, own_figure, return_to_reporters
from returns.services.storing import hand_in_figures
from returns.services.submissions import write_sheet
from returns.signals import figures_changed
from returns.states import FIGURE_CHANGES, SEALED_STATES, FigureState, Hand, WrongState, find_change
from returns.workbook.types import Problem


@transaction.atomic
def switch_unit_review(*, actor: User, plan: Plan, is_on: bool, reason: str) -> UnitReviewSetting:
    """Ask for 单位审核 in a plan, or no longer, from the next hand-in on. Only the plan's owner may.

    Figures that wait in their units then stay where they are: passing them still works. Raises
    PermissionDenied, or WrongState for a missing reason or a setting that stands so already.
    """
    if not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以决定是否须经单位审核")
    if not reason.strip():
        raise WrongState("开启或关闭单位审核须写明理由")
    # so that two clicks come one after the other
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    before = UnitReviewSetting.objects.filter(plan=plan, is_on=True).exists()
    if before == is_on:
        raise WrongState(f"单位审核已经是{'开启' if is_on else '关闭'}的，没有改动")
    setting, _ = UnitReviewSetting.objects.update_or_create(
        plan=plan,
        defaults={
            "is_on": is_on,
            "reason": reason.strip(),
            "changed_by": actor,
            "changed_at": timezone.now(),
        },
    )
    record(
        actor=actor,
        verb="plan.unit-review-on" if is_on else "plan.unit-review-off",
        subject=setting,
        plan_code=plan.code,
        changes={"is_on": [before, is_on]},
        reason=reason.strip(),
    )
    return setting


@transaction.atomic
def pass_figures(*, actor: User, cycle: Cycle, figure_ids: Collection[int]) -> list[Problem]:
    """Pass figures on, so that they are handed in, one or many, all or none.

    Reporting must be open, because only now they are reported. Returns a problem for each figure in which
    this very account had a part (nothing is stored then). Raises PermissionDenied or WrongState.
    """
    cycle = lock_cycle(cycle)
    figures = _lock_own(actor, cycle, figure_ids)
    for figure in figures:
        find_change(FIGURE_CHANGES, source=figure.state, target=FigureState.SUBMITTED, hand=Hand.UNIT)
    for reporter in {figure.reporter for figure in figures}:
        require_reporting_open(cycle, organisation=reporter)
    own = own_work(actor, figures, hand=Hand.UNIT)
    problems = [own_figure(figure, hand=Hand.UNIT) for figure in figures if figure.pk in own]
    if not problems and figures:
        _store_passes(actor, cycle, figures)
    return problems


@transaction.atomic
def return_figures(*, actor: User, cycle: Cycle, returned: Sequence[SendBack]) -> list[Problem]:
    """Return figures to their reporters, one or many, all or none, each with its reason.

    Returns a problem for each figure without a reason (nothing is stored then). Raises PermissionDenied,
    or WrongState when sealed or where a figure's state does not allow it.
    """
    cycle = lock_cycle(cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再退回")
    figures = _lock_own(actor, cycle, {item.figure_id for item in returned})
    return return_to_reporters(actor, cycle, figures, returned=returned, hand=Hand.UNIT)


def _lock_own(actor: User, cycle: Cycle, figure_ids: Collection[int]) -> list[Figure]:
    figures = lock_figures(cycle, set(figure_ids))
    for figure in figures:
        if not may_review_in_unit(actor, figure):
            raise PermissionDenied(f"您不能审核“{figure}”：只有{figure.reporter}的单位审核账号可以")
    return figures


def _store_passes(actor: User, cycle: Cycle, figures: Sequence[Figure]) -> None:
    now = timezone.now()
    hand_in_figures([figure.pk for figure in figures], state=FigureState.SUBMITTED, submitted_at=now)
    ReviewNote.objects.bulk_create(
        [
            ReviewNote(
                figure=figure,
                revision_number=figure.revision_number,
                state=FigureState.SUBMITTED,
                hand=Hand.UNIT,
                reviewer=actor,
                created_at=now,
            )
            for figure in figures
        ],
        batch_size=2000,
    )
    for quarterly_return in {figure.quarterly_return for figure in figures}:
        note_first_submission(quarterly_return, now)
        passed = [figure.pk for figure in figures if figure.quarterly_return_id == quarterly_return.pk]
        sheet = write_sheet(actor=actor, quarterly_return=quarterly_return, handed_in=passed, at=now)
        record(
            actor=actor,
            verb="figure.unit-passed",
            subject=quarterly_return,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"submitted": passed, "sheet": sheet.code},
        )
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"{actor.label}单位审核")
