"""Writes to cycles: opening, closing, late permission; and what must hold before anybody reports."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from districts.models import Organisation
from indicators.models import Plan
from returns.calendars import DATE_FIELDS, DATE_LABELS, CycleDates, dates_of
from returns.models import Cycle, LatePermission
from returns.states import CYCLE_CHANGES, SEALED_STATES, CycleState, WrongState, find_change
from returns.workdays import WorkCalendar


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
    if cycle.is_before_opening():
        raise WrongState(f"{cycle.period.label}自 {cycle.opens_on} 0:00 起填报，现在还没有开始")
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
    return _move_cycle(actor=actor, cycle=cycle, to=to, reason=reason)


@transaction.atomic
def change_cycle_state_by_clock(*, cycle: Cycle, to: str, reason: str) -> Cycle:
    """Move a cycle on because a day of its calendar is over; the reason names the day. Raises WrongState.

    For the tasks of the clock alone, which ask first whether the owner wants it: no account acts here.
    """
    return _move_cycle(actor=None, cycle=cycle, to=to, reason=reason)


def _move_cycle(*, actor: User | None, cycle: Cycle, to: str, reason: str) -> Cycle:
    cycle = lock_cycle(cycle)
    change = find_change(CYCLE_CHANGES, source=cycle.state, target=to)
    if change.needs_reason and not reason.strip():
        raise WrongState(f"{change.label}须写明理由")
    if to == CycleState.OPEN and cycle.is_past_due():
        raise WrongState(f"报送截止日期（{cycle.due_on}）已过，请先改截止日期，再重新开放")
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
    with transaction.atomic():
        cycle = lock_cycle(cycle)  # so that the other dates are those of this moment
        return set_cycle_dates(actor=actor, cycle=cycle, dates=replace(dates_of(cycle), due_on=due_on))


def set_cycle_dates(*, actor: User, cycle: Cycle, dates: CycleDates, reason: str = "") -> Cycle:
    """Set the calendar of one period; what stays as it is, is not recorded. Only the plan's owner may.

    Raises PermissionDenied, or WrongState for a sealed cycle and for dates in the wrong order.
    """
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以设定截止日期和日历")
    misplaced = dates.misplaced()
    if misplaced:
        earlier, later = misplaced
        raise WrongState(
            f"{DATE_LABELS[earlier]}（{getattr(dates, earlier)}）晚于{DATE_LABELS[later]}"
            f"（{getattr(dates, later)}），请改其中一个"
        )
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if cycle.state in SEALED_STATES:
            raise WrongState(f"{cycle.period.label}已冻结，不能再改截止日期和日历")
        before = dates_of(cycle)
        changed = [name for name in DATE_FIELDS if getattr(before, name) != getattr(dates, name)]
        if not changed:
            return cycle
        for name in changed:
            setattr(cycle, name, getattr(dates, name))
        if "opens_on" in changed:
            cycle.opened_at = None
        cycle.save(update_fields=[*changed, "opened_at"])
        record(
            actor=actor,
            verb="cycle.due-date-set" if changed == ["due_on"] else "cycle.calendar-set",
            subject=cycle,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={name: [_iso(getattr(before, name)), _iso(getattr(dates, name))] for name in changed},
            reason=reason.strip(),
        )
    return cycle


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


OBJECTION_WORKING_DAYS = 5
"""How long a published board can be objected to, unless the owner sets another day."""


def default_objection_day(published_on: datetime.date, *, calendar: WorkCalendar) -> datetime.date:
    """The fifth working day after publication; the calendar knows public holidays and the owner's exceptions."""
    return calendar.after(published_on, OBJECTION_WORKING_DAYS)


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
