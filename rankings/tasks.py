"""Celery tasks: thin faces over the services. Each may run twice."""

from __future__ import annotations

from celery import shared_task

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
