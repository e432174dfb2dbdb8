"""Writes: making reminders by the clock or by hand, delivering them with limits, marking them as read.

A reminder and its deliveries are rows, made once for each occasion (a unique constraint). Celery only rings: each
delivery is a task of its own, claimed by a conditional update, so that one that fails stops no other.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import Act, record, record_many
from districts.models import Organisation
from indicators.models import Plan
from reminders.channels import Message, NotDelivered, ResultUnknown, channels
from reminders.models import BELL, Delivery, Reminder, ReminderSetting
from reminders.occasions import occasion_by_hand, occasion_on
from reminders.selectors import (
    REMINDED_STATES,
    audience_of,
    open_figures,
    permissions_in_force,
    setting_of,
)
from reminders.wording import (
    Content,
    reporting_subject,
    reporting_text,
    verifying_subject,
    verifying_text,
)
from returns.models import Cycle
from returns.states import WrongState

MAX_ATTEMPTS = 5
FIRST_PAUSE = datetime.timedelta(minutes=5)
"""Doubled after every attempt: 5, 10, 20, 40 minutes."""
SENDING_LIMIT = datetime.timedelta(minutes=10)
"""Longer than any attempt: the mail server has EMAIL_TIMEOUT seconds for each answer."""
DAYS_BEFORE_MAX = 30

log = structlog.get_logger(__name__)


def set_reminders(
    *,
    actor: User,
    plan: Plan,
    is_enabled: bool,
    days_before: Collection[int],
    on_the_day: bool,
    daily_after: bool,
) -> ReminderSetting:
    """Say when a plan's reminders go out. Only the plan's owner may. Raises PermissionDenied or WrongState."""
    if not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以改催报设置")
    if any(not 1 <= days <= DAYS_BEFORE_MAX for days in days_before):
        raise WrongState(f"提前天数须在 1 到 {DAYS_BEFORE_MAX} 之间")
    after = {
        "is_enabled": is_enabled,
        "days_before": sorted(set(days_before), reverse=True),
        "on_the_day": on_the_day,
        "daily_after": daily_after,
    }
    with transaction.atomic():
        setting, _ = ReminderSetting.objects.select_for_update().get_or_create(plan=plan)
        before = {name: getattr(setting, name) for name in after}
        changed = [name for name in after if before[name] != after[name]]
        for name in changed:
            setattr(setting, name, after[name])
        if changed:
            setting.save(update_fields=changed)
            record(
                actor=actor,
                verb="reminder.setting-changed",
                subject=setting,
                plan_code=plan.code,
                changes={name: [_shown(before[name]), _shown(after[name])] for name in changed},
            )
    return setting


def _shown(value: object) -> object:
    return "、".join(map(str, value)) if isinstance(value, list) else value


def cycles_to_remind(*, now: datetime.datetime | None = None) -> list[int]:
    """Ids of the cycles in which reminders may be due; none before REMINDER_HOUR in Asia/Shanghai. One query.

    Cycles without due date and frozen ones are left out.
    """
    if timezone.localtime(now or timezone.now()).hour < settings.REMINDER_HOUR:
        return []
    cycles = Cycle.objects.filter(state__in=REMINDED_STATES, due_on__isnull=False)
    return list(cycles.order_by("id").values_list("id", flat=True))


def send_due_reminders(cycle_id: int, *, now: datetime.datetime | None = None) -> list[Reminder]:
    """Make the reminders of a cycle that are due by now.

    Safe to run twice: what went out once for an occasion does not go again. A cycle that is not open yet, and a
    plan that has switched reminders off, are left alone.
    """
    moment = timezone.localtime(now or timezone.now())
    cycle = Cycle.objects.select_related("plan").get(pk=cycle_id)
    if cycle.is_before_opening(now=moment) or not setting_of(cycle.plan).is_enabled:
        return []
    return [
        reminder
        for kind in Reminder.Kind
        for reminder in _remind_cycle(cycle, kind=kind, today=moment.date())
    ]


def _remind_cycle(cycle: Cycle, *, kind: str, today: datetime.date) -> list[Reminder]:
    is_reporting = kind == Reminder.Kind.REPORTING
    deadline = cycle.due_on if is_reporting else cycle.review_until
    permissions = permissions_in_force(cycle, today=today) if is_reporting else {}
    setting = setting_of(cycle.plan)
    occasions = {
        day: occasion_on(
            today,
            deadline=day,
            days_before=setting.days_before,
            on_the_day=setting.on_the_day,
            daily_after=setting.daily_after,
        )
        for day in {deadline, *permissions.values()}
        if day is not None
    }
    if not any(occasions.values()):
        return []
    open_by = open_figures(cycle, kind)
    made = []
    for organisation in Organisation.objects.filter(pk__in=open_by).order_by("order", "code"):
        permitted = permissions.get(organisation.pk)
        last = max(day for day in (deadline, permitted) if day is not None) if deadline or permitted else None
        occasion = occasions.get(last) if last is not None else None
        if occasion is None:
            continue
        reminder = _make_reminder(
            cycle=cycle,
            kind=kind,
            organisation=organisation,
            occasion=occasion,
            items=open_by[organisation.pk],
            permitted_until=permitted,
            today=today,
        )
        if reminder is not None:
            made.append(reminder)
    return made


def remind_by_hand(
    *, actor: User, cycle: Cycle, kind: str, organisations: Iterable[Organisation], note: str = ""
) -> list[Reminder]:
    """Remind chosen organisations now, each at most once a day. Only the plan's owner may.

    Those that have nothing open are left out. Raises PermissionDenied, or WrongState when nothing is to be sent.
    """
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以催报")
    if cycle.state not in REMINDED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不再催报")
    chosen = list(organisations)
    if not chosen:
        raise WrongState("还没有选择单位，请先勾选要催的单位")
    today = timezone.localdate()
    open_by = open_figures(cycle, kind)
    permissions = permissions_in_force(cycle, today=today) if kind == Reminder.Kind.REPORTING else {}
    made = []
    for organisation in chosen:
        if organisation.pk not in open_by:
            continue
        reminder = _make_reminder(
            cycle=cycle,
            kind=kind,
            organisation=organisation,
            occasion=occasion_by_hand(today),
            items=open_by[organisation.pk],
            permitted_until=permissions.get(organisation.pk),
            today=today,
            actor=actor,
            note=note.strip(),
        )
        if reminder is not None:
            made.append(reminder)
    if not made:
        names = "、".join(item.name for item in chosen)
        raise WrongState(f"{names}今天已经催过，或者已经没有未办的数，没有再发")
    return made


def _make_reminder(
    *,
    cycle: Cycle,
    kind: str,
    organisation: Organisation,
    occasion: str,
    items: Sequence[str],
    permitted_until: datetime.date | None,
    today: datetime.date,
    actor: User | None = None,
    note: str = "",
) -> Reminder | None:
    """The reminder of this occasion with its deliveries, in one transaction; None where it was made before."""
    is_reporting = kind == Reminder.Kind.REPORTING
    page = reverse(
        "return_form" if is_reporting else "review_cycle", args=[cycle.plan.code, str(cycle.period)]
    )
    content = Content(
        plan=cycle.plan.short_name,
        period=cycle.period.label,
        organisation=organisation.name,
        deadline=cycle.due_on if is_reporting else cycle.review_until,
        permitted_until=permitted_until,
        items=items,
        address=f"{settings.SITE_ADDRESS}{page}",
        note=note,
    )
    with transaction.atomic():
        reminder, created = Reminder.objects.get_or_create(
            cycle=cycle,
            organisation=organisation,
            kind=kind,
            occasion=occasion,
            defaults={
                "open_figures": len(items),
                "subject": (reporting_subject if is_reporting else verifying_subject)(content),
                "text": (reporting_text if is_reporting else verifying_text)(content, today=today),
                "address": page,
                "sent_by": actor,
            },
        )
        if not created:
            return None
        deliveries = _make_deliveries(reminder, cycle.plan)
        act = Act(
            verb="reminder.sent-by-hand" if actor else "reminder.sent",
            subject=reminder,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={
                "organisation": organisation.code,
                "occasion": occasion,
                "figures": len(items),
                "recipients": len(deliveries),
            },
            reason=note,
        )
        record_many(actor=actor, acts=[act])
    return reminder


def _make_deliveries(reminder: Reminder, plan: Plan) -> list[Delivery]:
    """One row for each recipient. Notices inside the application have arrived with their row."""
    now = timezone.now()
    users = audience_of(reminder.organisation, plan=plan, kind=reminder.kind)
    return Delivery.objects.bulk_create(
        Delivery(
            reminder=reminder,
            channel=channel.code,
            recipient=recipient.key,
            label=recipient.label[:200],
            user_id=recipient.user_id,
            state=Delivery.State.SENT if channel.code == BELL else Delivery.State.WAITING,
            sent_at=now if channel.code == BELL else None,
            next_attempt_at=now,
        )
        for channel in channels()
        for recipient in channel.recipients(reminder.organisation, users)
    )


def due_deliveries(*, now: datetime.datetime | None = None) -> list[int]:
    """Ids of the deliveries whose next attempt has come, after settling those that never came back.

    An attempt that began SENDING_LIMIT ago and was not noted was broken off: its result is unknown, and only a
    person sends it again (`resend_delivery`).
    """
    moment = now or timezone.now()
    lost = Delivery.objects.filter(state=Delivery.State.SENDING, claimed_at__lte=moment - SENDING_LIMIT)
    lost.update(state=Delivery.State.UNKNOWN, error="发送程序中途停止，可能已经发出")
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_attempt_at__lte=moment)
    return list(waiting.order_by("id").values_list("id", flat=True))


def deliver(delivery_id: int, *, now: datetime.datetime | None = None) -> bool:
    """Try one delivery; whether it went out. What was certainly not taken is tried again, five times in all.

    The row is claimed before anything is sent and never sent twice by itself: whatever else breaks an attempt off
    leaves it as 正在发送, which becomes 发送结果不明.
    """
    moment = now or timezone.now()
    row = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING).first()
    if row is None:
        return False
    claimed = Delivery.objects.filter(
        pk=row.pk, state=Delivery.State.WAITING, attempts=row.attempts, next_attempt_at__lte=moment
    ).update(state=Delivery.State.SENDING, attempts=F("attempts") + 1, claimed_at=moment)
    if not claimed:
        return False
    attempt = Delivery.objects.filter(pk=row.pk, attempts=row.attempts + 1, claimed_at=moment)
    try:
        _send(row)
    except NotDelivered as error:
        log.warning("reminder_not_delivered", delivery=row.pk, attempts=row.attempts + 1, error=str(error))
        given_up = row.attempts + 1 >= MAX_ATTEMPTS
        attempt.update(
            error=str(error)[:200],
            state=Delivery.State.FAILED if given_up else Delivery.State.WAITING,
            next_attempt_at=moment + FIRST_PAUSE * 2**row.attempts,
        )
        return False
    except ResultUnknown as error:
        log.warning("reminder_result_unknown", delivery=row.pk, attempts=row.attempts + 1, error=str(error))
        attempt.update(error=str(error)[:200], state=Delivery.State.UNKNOWN)
        return False
    attempt.update(state=Delivery.State.SENT, sent_at=moment, error="")
    return True


def resend_delivery(*, actor: User, cycle: Cycle, delivery_id: int) -> Delivery:
    """Let a delivery of the cycle that failed or whose result is unknown go out once more. Only the owner may.

    Raises PermissionDenied, or WrongState where there is nothing to send again.
    """
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以重发催报")
    if cycle.state not in REMINDED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不再催报")
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("reminder")
        row = rows.filter(pk=delivery_id, reminder__cycle=cycle).first()
        if row is None or not row.can_be_resent:
            raise WrongState("这一条现在不需要重发，请刷新页面")
        before, row.state = row.state, Delivery.State.WAITING
        row.attempts, row.next_attempt_at, row.error = 0, timezone.now(), ""
        row.save(update_fields=["state", "attempts", "next_attempt_at", "error"])
        record(
            actor=actor,
            verb="reminder.resent",
            subject=row,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"state": [before, row.state]},
        )
    return row


def _send(row: Delivery) -> None:
    channel = next((item for item in channels() if item.code == row.channel), None)
    if channel is None:
        raise NotDelivered(f"已经停用这种发送方式（{row.channel}）")
    reminder = row.reminder
    address = f"{settings.SITE_ADDRESS}{reminder.address}"
    channel.send(row.recipient, Message(subject=reminder.subject, text=reminder.text, address=address))


def mark_notices_read(*, user: User, notice_ids: Collection[int]) -> int:
    """Mark an account's own notices as read; how many were. Others' are left alone."""
    rows = Delivery.objects.filter(user=user, channel=BELL, read_at=None, pk__in=notice_ids)
    return rows.update(read_at=timezone.now())
