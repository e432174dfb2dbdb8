"""Writes to what targets are resolved by: the values of reference series."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.rules import owns_plan
from audit.canonical import plain_decimal
from audit.services import record
from districts.models import City
from indicators.models import Plan, ReferenceValue
from indicators.periods import Period
from indicators.signals import reference_entered


@transaction.atomic
def enter_reference_value(
    *, actor: User, city: City, series: str, period: Period, value: Decimal, source: str
) -> ReferenceValue:
    """Enter a quarter's value of a series such as `gdp_growth`, in per cent: relative targets of that
    quarter are scored from then on (DOMAIN section 3). The same value again changes nothing.

    Sealed periods keep the value they were sealed with. Raises PermissionDenied unless the actor owns a
    plan of the city.
    """
    plans = Plan.objects.filter(city=city).values_list("code", flat=True)
    if not any(owns_plan(actor, plan_code=code) for code in plans):
        raise PermissionDenied("只有牵头办可以录入参照值")
    place: dict[str, Any] = {"city": city, "series": series, "year": period.year, "quarter": period.quarter}
    present = ReferenceValue.objects.select_for_update().filter(**place).first()
    if present is not None and (present.value, present.source) == (value, source):
        return present
    before = None if present is None else plain_decimal(present.value)
    reference, _ = ReferenceValue.objects.update_or_create(
        **place, defaults={"value": value, "source": source}
    )
    record(
        actor=actor,
        verb="reference-value.entered",
        subject=reference,
        period=str(period),
        changes={"value": [before, plain_decimal(value)], "source": source},
    )
    reference_entered.send(sender=ReferenceValue, city=city, period=period)
    return reference
