"""Writes to a plan's calendar: its rule, exceptions to the holidays, and what falls due by the clock."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from indicators.models import Plan
from returns.calendar_models import CalendarRule, DayException
from returns.calendars import proposal_for
from returns.models import Cycle
from returns.services.cycles import change_cycle_state_by_clock, lock_cycle, set_cycle_dates
from returns.states import CycleState, WrongState

RULE_FIELDS = ("opens_day", "due_day", "review_days", "freeze_days", "publish_days", "freezes_by_clock")


def _require_owner(actor: User, plan: Plan) -> None:
    if not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以维护报送日历")


def accept_proposal(*, actor: User, cycle: Cycle) -> Cycle:
    """Set the dates of a period as its plan's rule proposes them. Only the plan's owner may.

    Raises PermissionDenied, WrongState, or NoWorkingDay.
    """
    _require_owner(actor, cycle.plan)
    return set_cycle_dates(actor=actor, cycle=cycle, dates=proposal_for(cycle), reason="按日历规则的建议设定")


@transaction.atomic
def set_calendar_rule(
    *,
    actor: User,
    plan: Plan,
    opens_day: int,
    due_day: int,
    review_days: int,
    freeze_days: int,
    publish_days: int,
    freezes_by_clock: bool,
) -> CalendarRule:
    """Change what dates are proposed from; dates that are set already stay. Only the plan's owner may.

    Days of the month are 1..28, the others working days. freezes_by_clock holds for every period of the plan that
    has a day of freezing. Raises PermissionDenied or WrongState.
    """
    _require_owner(actor, plan)
    if not 1 <= opens_day <= due_day <= 28:
        raise WrongState("开始填报和报送截止须在 1 日至 28 日之间，并且开始不晚于截止")
    rule, _ = CalendarRule.objects.select_for_update().get_or_create(plan=plan)
    before = {name: getattr(rule, name) for name in RULE_FIELDS}
    after = {
        "opens_day": opens_day,
        "due_day": due_day,
        "review_days": review_days,
        "freeze_days": freeze_days,
        "publish_days": publish_days,
        "freezes_by_clock": freezes_by_clock,
    }
    changes = {name: [before[name], after[name]] for name in RULE_FIELDS if before[name] != after[name]}
    if changes:
        for name in changes:
            setattr(rule, name, after[name])
        rule.save(update_fields=list(changes))
        record(actor=actor, verb="calendar.rule-set", subject=rule, plan_code=plan.code, changes=changes)
    return rule


@transaction.atomic
def add_day_exception(
    *, actor: User, plan: Plan, day: datetime.date, is_working_day: bool, reason: str
) -> DayException:
    """Say that a day of the plan's city is off or worked, with the notice's document number.

    Dates that are set already stay. Raises PermissionDenied, or WrongState without reason or for a known day.
    """
    _require_owner(actor, plan)
    if not reason.strip():
        raise WrongState("请写明依据，例如放假通知的文号")
    word = "上班" if is_working_day else "放假"
    exception, created = DayException.objects.get_or_create(
        city=plan.city,
        day=day,
        defaults={"is_working_day": is_working_day, "reason": reason.strip(), "entered_by": actor},
    )
    if not created:
        raise WrongState(f"{exception}已经登记过（依据：{exception.reason}），要改请先删除")
    record(
        actor=actor,
        verb="calendar.day-added",
        subject=exception,
        plan_code=plan.code,
        changes={"day": day.isoformat(), "work": word},
        reason=reason.strip(),
    )
    return exception


@transaction.atomic
def remove_day_exception(*, actor: User, plan: Plan, pk: int) -> None:
    """Take an exception back; the known holidays hold again. Raises PermissionDenied or WrongState."""
    _require_owner(actor, plan)
    exception = DayException.objects.select_for_update().filter(city=plan.city_id, pk=pk).first()
    if exception is None:
        raise WrongState("这一天的登记已经删除，请刷新页面")
    record(
        actor=actor,
        verb="calendar.day-removed",
        subject=exception,
        plan_code=plan.code,
        changes={"day": exception.day.isoformat(), "work": "上班" if exception.is_working_day else "放假"},
        reason=exception.reason,
    )
    exception.delete()


def run_calendar(*, now: datetime.datetime | None = None) -> tuple[int, int]:
    """Note the cycles whose opening has come and close those whose due date is over; how many of each.

    Safe to run twice. Cycles without dates are left alone. Each is its own transaction.
    """
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    opening = Cycle.objects.filter(state=CycleState.OPEN, opened_at=None, opens_on__lte=today)
    closing = Cycle.objects.filter(state=CycleState.OPEN, due_on__lt=today)
    opened = sum(_open_by_calendar(cycle, moment) for cycle in opening)
    closed = sum(_close_by_calendar(cycle, moment) for cycle in closing)
    return opened, closed


@transaction.atomic
def _open_by_calendar(cycle: Cycle, now: datetime.datetime) -> bool:
    cycle = lock_cycle(cycle)
    if cycle.opened_at is not None or cycle.opens_on is None or cycle.is_before_opening(now=now):
        return False
    cycle.opened_at = now
    cycle.save(update_fields=["opened_at"])
    record(
        actor=None,
        verb="cycle.opened-by-calendar",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"opens_on": cycle.opens_on.isoformat()},
    )
    return True


@transaction.atomic
def _close_by_calendar(cycle: Cycle, now: datetime.datetime) -> bool:
    cycle = lock_cycle(cycle)
    if cycle.state != CycleState.OPEN or not cycle.is_past_due(now=now):
        return False
    reason = f"报送截止日期 {cycle.due_on} 已过，按日历截止"
    change_cycle_state_by_clock(cycle=cycle, to=CycleState.CLOSED, reason=reason)
    return True
