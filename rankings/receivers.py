"""What rankings do when the apps below announce a change."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from districts.models import City
from indicators.periods import Period
from indicators.signals import reference_entered
from rankings.bell import request_and_ring
from returns.models import Cycle
from returns.signals import figures_changed


@receiver(figures_changed, dispatch_uid="rankings.request_rebuild")
def request_rebuild_of_cycle(*, cycle: Cycle, reason: str, **kwargs: Any) -> None:
    """Figures changed: all boards of their cycle are due."""
    request_and_ring(cycle=cycle, reason=reason)


@receiver(reference_entered, dispatch_uid="rankings.request_rebuild_for_reference")
def request_rebuild_for_reference(*, city: City, period: Period, **kwargs: Any) -> None:
    """A reference value resolves targets of its quarter: all unsealed cycles of that quarter are due."""
    cycles = Cycle.objects.filter(plan__city=city, year=period.year, quarter=period.quarter)
    for cycle in cycles.select_related("plan"):
        request_and_ring(cycle=cycle, reason="录入参照值")
