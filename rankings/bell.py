"""The doorbell of recomputation: a row says what is due, and the message to Celery only rings."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from rankings.models import RebuildRequest
from rankings.services.requests import request_rebuild
from rankings.tasks import rebuild_board
from returns.models import Cycle


def request_and_ring(*, cycle: Cycle, reason: str) -> list[RebuildRequest]:
    """Write the recompute requests of a cycle in the transaction of the change; ring once it commits.

    A broker that cannot be reached is logged and changes nothing: the sweep finds the rows.
    """
    requests = request_rebuild(cycle=cycle, reason=reason)
    for request in requests:
        ring_on_commit(request.pk)
    return requests


def ring_on_commit(request_id: int) -> None:
    """Ring for a request when the transaction commits, once however many changes it holds.

    Loading a whole quarter changes figures a hundred times in one transaction. Where the bell that is
    found here belongs to a savepoint that is rolled back later, it is lost, and the sweep rings instead.
    """
    arguments = {"request_id": request_id}
    waiting = (bell for _, bell, *_ in transaction.get_connection().run_on_commit)
    if any(isinstance(bell, partial) and bell.keywords == arguments for bell in waiting):
        return
    transaction.on_commit(partial(rebuild_board.delay, **arguments), robust=True)
