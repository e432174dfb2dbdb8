"""What rankings do when the apps below announce a change."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from districts.models import City
from indicators.periods import Period
from indicators.signals import reference_entered
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
        _ring_on_commit(request.pk)


@receiver(reference_entered, dispatch_uid="rankings.request_rebuild_for_reference")
def request_rebuild_for_reference(*, city: City, period: Period, **kwargs: Any) -> None:
    """A reference value resolves targets of its quarter: all unsealed cycles of that quarter are due."""
    cycles = Cycle.objects.filter(plan__city=city, year=period.year, quarter=period.quarter)
    for cycle in cycles.select_related("plan"):
        request_rebuild_of_cycle(cycle=cycle, reason="录入参照值")


def _ring_on_commit(request_id: int) -> None:
    """Ring for a request when the transaction commits, once however many changes it holds.

    Loading a whole quarter changes figures a hundred times in one transaction. Where the bell that is
    found here belongs to a savepoint that is rolled back later, it is lost, and the sweep rings instead.
    """
    arguments = {"request_id": request_id}
    waiting = (bell for _, bell, *_ in transaction.get_connection().run_on_commit)
    if any(isinstance(bell, partial) and bell.keywords == arguments for bell in waiting):
        return
    transaction.on_commit(partial(rebuild_board.delay, **arguments), robust=True)
