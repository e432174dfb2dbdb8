"""What rankings do when the apps below announce a change."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from rankings.services.requests import request_rebuild
from rankings.tasks import rebuild_board
from returns.models import Cycle
from returns.signals import figures_changed


@receiver(figures_changed, dispatch_uid="rankings.request_rebuild")
def request_rebuild_of_cycle(*, cycle: Cycle, reason: str, **kwargs: Any) -> None:
    """Write the recompute requests in the transaction of the change and ring once it is committed.

    A broker that cannot be reached is logged and changes nothing: the sweep finds the rows.
    """
    for request in request_rebuild(cycle=cycle, reason=reason):
        transaction.on_commit(partial(rebuild_board.delay, request_id=request.pk), robust=True)
