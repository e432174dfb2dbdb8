"""How a quarter stands before its freeze: whether the clock freezes it, and what the clock waits for. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from returns.calendar_models import CalendarRule
from returns.models import Cycle, Figure, LatePermission
from returns.states import FigureState


@dataclass(frozen=True, kw_only=True)
class FreezeOutlook:
    """What speaks against freezing a closed quarter now. People may freeze all the same, the clock waits.

    waiting are the figures that were handed in and that nobody has verified or sent back: a freeze would count
    them as unreported, without a fault of those who reported. permitted_until is the last day of a late return
    that is permitted and still ahead, None where there is none.
    """

    by_clock: bool
    waiting: int
    permitted_until: datetime.date | None

    @property
    def obstacles(self) -> list[str]:
        """In words, each with what would put it right; empty where nothing speaks against freezing."""
        found = []
        if self.waiting:
            found.append(f"还有 {self.waiting} 项已报送、等待核定，请催核定部门核定或退回")
        if self.permitted_until:
            found.append(f"有单位准许迟报至 {self.permitted_until} 24:00")
        return found


def freeze_outlooks(cycles: Iterable[Cycle], *, today: datetime.date) -> dict[int, FreezeOutlook]:
    """The outlook of each cycle by its id. One query, whatever their number."""
    waiting = Figure.objects.filter(cycle=OuterRef("pk"), state=FigureState.SUBMITTED)
    permissions = LatePermission.objects.filter(cycle=OuterRef("pk"), until__gte=today)
    counted = waiting.order_by().values("cycle").annotate(amount=Count("pk")).values("amount")
    rows = Cycle.objects.filter(pk__in=[cycle.pk for cycle in cycles]).annotate(
        waiting=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        permitted_until=Subquery(permissions.order_by("-until").values("until")[:1]),
        by_clock=Exists(CalendarRule.objects.filter(plan=OuterRef("plan"), freezes_by_clock=True)),
    )
    return {
        pk: FreezeOutlook(by_clock=by_clock, waiting=waiting, permitted_until=permitted_until)
        for pk, by_clock, waiting, permitted_until in rows.values_list(
            "pk", "by_clock", "waiting", "permitted_until"
        )
    }
