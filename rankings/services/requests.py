"""Recompute requests: the durable rows that say what is due. The message to Celery is only a doorbell.

A request is written in the transaction of the change; a worker claims it by a conditional update with
a lease, computes, and marks it done in the transaction that stores the run. What a killed worker held
comes back when its lease runs out; a request still waiting is rung again by the sweep.
"""

from __future__ import annotations

import datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from rankings.inputs import boards_of, gather
from rankings.models import Board, RankingRun, RebuildRequest
from rankings.services.runs import build_ranking
from returns.models import Cycle
from returns.states import SEALED_STATES

MAX_ATTEMPTS = 5

log = structlog.get_logger(__name__)


def request_rebuild(*, cycle: Cycle, reason: str) -> list[RebuildRequest]:
    """Ask for all boards of a cycle to be recomputed; waiting requests of a board collapse into one."""
    if cycle.state in SEALED_STATES:
        return []
    return [
        request_board(cycle=cycle, board=board, reason=reason)
        for board in (Board.DISTRICTS, Board.DEPARTMENTS, Board.PARKS, Board.CLUSTERS)
    ]


def request_board(*, cycle: Cycle, board: str, reason: str) -> RebuildRequest:
    """The waiting request of one board, made or touched.

    Touching locks the row until our transaction ends, so that a worker cannot claim the request and
    compute without seeing our change.
    """
    now = timezone.now()
    waiting = RebuildRequest.objects.filter(cycle=cycle, board=board, state=RebuildRequest.State.WAITING)
    if not waiting.update(requested_at=now):
        try:
            with transaction.atomic():
                return RebuildRequest.objects.create(
                    cycle=cycle, board=board, reason=reason[:200], requested_at=now
                )
        except IntegrityError:
            waiting.update(requested_at=now)  # somebody else asked at the same moment
    return waiting.get()


def run_request(request_id: int) -> RankingRun | None:
    """Claim a request and compute its board. Nothing happens if somebody else has it or it is done."""
    request = _claim(request_id)
    if request is None:
        return None
    try:
        with transaction.atomic():
            run = build_ranking(cycle=request.cycle, board=request.board)
            RebuildRequest.objects.filter(pk=request.pk).update(
                state=RebuildRequest.State.DONE, finished_at=timezone.now(), lease_until=None, error=""
            )
    except Exception as error:  # whatever went wrong is kept on the row, shown to the owner and retried
        log.exception("rebuild_failed", request=request.pk, cycle=str(request.cycle), board=request.board)
        _give_back(request, error=f"{type(error).__name__}: {error}"[:2000])
        return None
    return run


def _claim(request_id: int) -> RebuildRequest | None:
    now = timezone.now()
    try:
        with transaction.atomic():
            claimed = RebuildRequest.objects.filter(pk=request_id, state=RebuildRequest.State.WAITING).update(
                state=RebuildRequest.State.RUNNING,
                started_at=now,
                lease_until=now + datetime.timedelta(seconds=settings.REBUILD_LEASE_SECONDS),
                attempts=F("attempts") + 1,
            )
    except IntegrityError:
        return None  # another worker is computing this board; the sweep will ring again
    if not claimed:
        return None
    return RebuildRequest.objects.select_related("cycle__plan").get(pk=request_id)


def _give_back(request: RebuildRequest, *, error: str) -> None:
    """Return a request that failed or was abandoned: to wait again, or to rest as failed."""
    with transaction.atomic():
        waiting = RebuildRequest.objects.filter(
            cycle=request.cycle_id, board=request.board, state=RebuildRequest.State.WAITING
        ).exists()
        given_up = request.attempts >= MAX_ATTEMPTS
        state = RebuildRequest.State.FAILED if given_up or waiting else RebuildRequest.State.WAITING
        RebuildRequest.objects.filter(pk=request.pk, state=RebuildRequest.State.RUNNING).update(
            state=state,
            lease_until=None,
            finished_at=timezone.now() if state == RebuildRequest.State.FAILED else None,
            error=error if not waiting else f"{error}（已由新的任务接替）",
        )


def sweep_requests() -> list[int]:
    """Take back what dead workers held and return the ids of all waiting requests, oldest first."""
    abandoned = RebuildRequest.objects.filter(
        state=RebuildRequest.State.RUNNING, lease_until__lt=timezone.now()
    )
    for request in abandoned:
        _give_back(request, error="计算中断：处理进程没有完成，已重新排队")
    return list(
        RebuildRequest.objects.filter(state=RebuildRequest.State.WAITING)
        .order_by("id")
        .values_list("id", flat=True)
    )


def run_due_requests() -> int:
    """Compute everything that is due, here and now; returns how many boards were computed."""
    return sum(1 for request_id in sweep_requests() if run_request(request_id) is not None)


def rebuild_all_boards(*, cycle: Cycle) -> list[RankingRun]:
    """Compute all boards of a cycle that have anybody to rank, in this process."""
    boards = boards_of(gather(cycle, verified_only=False))
    runs = [build_ranking(cycle=cycle, board=board) for board in boards]
    return [run for run in runs if run is not None]
