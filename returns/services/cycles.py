"""Writes to cycles: opening, closing, late permission; and what must hold before anybody reports."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from districts.models import Organisation
from indicators.models import Plan
from returns.models import Cycle, LatePermission
from returns.states import CYCLE_CHANGES, SEALED_STATES, CycleState, WrongState, find_change


def open_cycle(
    *, plan: Plan, year: int, quarter: int, due_on: datetime.date | None = None, actor: User | None = None
) -> Cycle:
    """The cycle of a plan's quarter, opened if it does not exist yet. Repeating changes nothing."""
    with transaction.atomic():
        cycle, created = Cycle.objects.get_or_create(
            plan=plan, year=year, quarter=quarter, defaults={"due_on": due_on}
        )
        if created:
            record(
                actor=actor, verb="cycle.opened", subject=cycle, plan_code=plan.code, period=str(cycle.period)
            )
    return cycle


def lock_cycle(cycle: Cycle) -> Cycle:
    """The cycle's row, locked until the transaction ends, so that saving and freezing exclude each other."""
    return Cycle.objects.select_for_update(of=("self",)).select_related("plan").get(pk=cycle.pk)


def require_reporting_open(cycle: Cycle, *, organisation: Organisation) -> None:
    """Raise WrongState, with a message for people, unless this organisation may report now."""
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，数据不可变动；如确有错误，请向牵头办申请更正")
    if cycle.state == CycleState.CORRECTING:
        return
    closed = cycle.state == CycleState.CLOSED or cycle.is_past_due()
    if closed and not _has_late_permission(cycle, organisation):
        due = f"（{cycle.due_on}）" if cycle.due_on else ""
        raise WrongState(f"{cycle.period.label}填报已截止{due}；确需补报的，请向牵头办申请迟报许可")


def _has_late_permission(cycle: Cycle, organisation: Organisation) -> bool:
    today = timezone.localdate()
    return LatePermission.objects.filter(cycle=cycle, organisation=organisation, until__gte=today).exists()


@transaction.atomic
def change_cycle_state(*, actor: User, cycle: Cycle, to: str, reason: str = "") -> Cycle:
    """Move a cycle on: close, reopen, freeze, publish, correct. Only the plan's owner does.

    Freezing and publishing are done by rankings.services, which calls this in its own transaction.
    Raises PermissionDenied or WrongState.
    """
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以改变报告期的状态")
    cycle = lock_cycle(cycle)
    change = find_change(CYCLE_CHANGES, source=cycle.state, target=to)
    if change.needs_reason and not reason.strip():
        raise WrongState(f"{change.label}须写明理由")
    before, cycle.state = cycle.state, to
    cycle.save(update_fields=["state"])
    record(
        actor=actor,
        verb=change.verb,
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"state": [before, to]},
        reason=reason.strip(),
    )
    return cycle


def set_due_date(*, actor: User, cycle: Cycle, due_on: datetime.date | None) -> Cycle:
    """Set or lift a cycle's due date (24:00 Asia/Shanghai of that day). Only the plan's owner may."""
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以设定截止日期")
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if cycle.state in SEALED_STATES:
            raise WrongState(f"{cycle.period.label}已冻结，不能再改截止日期")
        before, cycle.due_on = cycle.due_on, due_on
        cycle.save(update_fields=["due_on"])
        record(
            actor=actor,
            verb="cycle.due-date-set",
            subject=cycle,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"due_on": [before and before.isoformat(), due_on and due_on.isoformat()]},
        )
    return cycle


OBJECTION_WORKING_DAYS = 5
"""How long a published board can be objected to, unless the owner sets another day."""


def default_objection_day(published_on: datetime.date) -> datetime.date:
    """The fifth working day after publication, Monday to Friday; public holidays are the owner's to add."""
    day, left = published_on, OBJECTION_WORKING_DAYS
    while left:
        day += datetime.timedelta(days=1)
        left -= day.weekday() < 5
    return day


def set_objection_day(*, actor: User, cycle: Cycle, until: datetime.date | None) -> Cycle:
    """Set until which day (24:00 Asia/Shanghai) a published cycle can be objected to; None ends it at once.

    Only the plan's owner may. Raises PermissionDenied or WrongState.
    """
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以设定申诉期限")
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if cycle.state not in (CycleState.PUBLISHED, CycleState.CORRECTING):
            raise WrongState(f"{cycle.period.label}还没有发布，发布后才有申诉期")
        before, cycle.objection_until = cycle.objection_until, until
        cycle.save(update_fields=["objection_until"])
        record(
            actor=actor,
            verb="cycle.objection-day-set",
            subject=cycle,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"objection_until": [before and before.isoformat(), until and until.isoformat()]},
        )
    return cycle


def permit_late_return(
    *, actor: User, cycle: Cycle, organisation: Organisation, until: datetime.date, reason: str
) -> LatePermission:
    """Let one organisation report after the due date: dated, reasoned, recorded."""
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以准许迟报")
    if not reason.strip():
        raise WrongState("准许迟报须写明理由")
    with transaction.atomic():
        permission = LatePermission.objects.create(
            cycle=cycle, organisation=organisation, until=until, reason=reason.strip(), granted_by=actor
        )
        record(
            actor=actor,
            verb="cycle.late-return-permitted",
            subject=permission,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"organisation": organisation.code, "until": until.isoformat()},
            reason=reason.strip(),
        )
    return permission
