"""Celery tasks: thin faces over the services. Each may run twice."""

from __future__ import annotations

from celery import shared_task

from rankings.services.calendar import cycles_to_freeze, freeze_by_calendar
from rankings.services.requests import run_request, sweep_requests


@shared_task(name="rankings.rebuild")
def rebuild_board(*, request_id: int) -> None:
    """Compute the board that a recompute request asks for."""
    run_request(request_id)


@shared_task(name="rankings.sweep_rebuild_requests")
def sweep_rebuild_requests() -> None:
    """Ring again for every request that still waits, after taking back what dead workers held."""
    for request_id in sweep_requests():
        rebuild_board.delay(request_id=request_id)


@shared_task(name="rankings.follow_calendar")
def follow_calendar() -> None:
    """Ring for every cycle whose day of freezing is over."""
    for cycle_id in cycles_to_freeze():
        freeze_due_cycle.delay(cycle_id=cycle_id)


@shared_task(name="rankings.freeze_by_calendar")
def freeze_due_cycle(*, cycle_id: int) -> None:
    """Freeze one cycle by its calendar; each is a task of its own, so that one that fails stops no other."""
    freeze_by_calendar(cycle_id)
