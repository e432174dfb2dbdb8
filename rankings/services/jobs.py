"""What the plan's owner may do with recompute requests: ask for one, try a failed one again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from audit.services import record
from rankings.bell import request_and_ring, ring_on_commit
from rankings.models import RebuildRequest
from rankings.rules import may_rebuild
from rankings.services.requests import request_board
from returns.models import Cycle
from returns.services.cycles import lock_cycle
from returns.states import SEALED_STATES, WrongState


@transaction.atomic
def ask_for_rebuild(*, actor: User, cycle: Cycle) -> list[RebuildRequest]:
    """Ask for all boards of a cycle to be recomputed. Raises PermissionDenied or WrongState."""
    if not may_rebuild(actor, cycle=cycle):
        raise PermissionDenied("只有牵头办可以要求重算")
    cycle = lock_cycle(cycle)
    _require_unsealed(cycle)
    requests = request_and_ring(cycle=cycle, reason=f"{actor.label}要求重算")
    record(
        actor=actor,
        verb="ranking.rebuild-asked",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
    )
    return requests


@transaction.atomic
def retry_request(*, actor: User, request: RebuildRequest) -> RebuildRequest:
    """Try the board of a failed request again; the failed one stays as it is.

    Raises PermissionDenied; WrongState if it did not fail or the period is sealed.
    """
    cycle = request.cycle
    if not may_rebuild(actor, cycle=cycle):
        raise PermissionDenied("只有牵头办可以重试")
    cycle = lock_cycle(cycle)
    _require_unsealed(cycle)
    if request.state != RebuildRequest.State.FAILED:
        raise WrongState(f"这个任务{request.get_state_display()}，不需要重试")
    waiting = request_board(cycle=cycle, board=request.board, reason=f"重试第 {request.pk} 号任务")
    ring_on_commit(waiting.pk)
    record(
        actor=actor,
        verb="ranking.rebuild-retried",
        subject=request,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
    )
    return waiting


def _require_unsealed(cycle: Cycle) -> None:
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，排名不再重算")
