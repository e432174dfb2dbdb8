"""Freezing by the calendar: what the plan's owner could freeze by hand, once the planned day is over."""

from __future__ import annotations

import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from rankings.freezing import freeze_outlooks
from rankings.models import RankingRun
from rankings.services.sealing import freeze_cycle_by_clock
from returns.models import Cycle
from returns.services.cycles import lock_cycle
from returns.states import CycleState

log = structlog.get_logger(__name__)


def cycles_to_freeze(*, now: datetime.datetime | None = None) -> list[int]:
    """Ids of the closed cycles whose day of freezing is over, in plans that freeze by the clock. One query."""
    today = timezone.localdate(now or timezone.now())
    due = Cycle.objects.filter(
        state=CycleState.CLOSED, freezes_on__lt=today, plan__calendar_rule__freezes_by_clock=True
    )
    return list(due.order_by("id").values_list("id", flat=True))


@transaction.atomic
def freeze_by_calendar(cycle_id: int, *, now: datetime.datetime | None = None) -> list[RankingRun]:
    """Freeze a cycle at 24:00 Asia/Shanghai of its day, or later, as soon as nothing speaks against it.

    Safe to run twice. Where figures wait to be verified or a late return is permitted still, nothing happens:
    `FreezeOutlook.obstacles` tells the owner on 待办, who may freeze by hand. The trail says 系统 and 按日历冻结.
    """
    moment = now or timezone.now()
    cycle = lock_cycle(Cycle.objects.get(pk=cycle_id))  # no figure is stored or verified from here on
    if cycle.state != CycleState.CLOSED or not cycle.is_past_freeze(now=moment):
        return []
    outlook = freeze_outlooks([cycle], today=timezone.localdate(moment))[cycle.pk]
    if not outlook.by_clock:
        return []
    if outlook.obstacles:
        log.info("freeze_waits", cycle=cycle.pk, waiting=outlook.waiting)
        return []
    return freeze_cycle_by_clock(cycle=cycle, reason=f"冻结日期 {cycle.freezes_on} 已过，按日历冻结")
