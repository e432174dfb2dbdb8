"""Scheme versions: which one a period is scored by, and how a new one comes to be."""

from __future__ import annotations

from django.db.models import Q

from rankings.models import SchemeAssignment, SchemeVersion
from returns.models import Cycle
from scoring import SCHEME_V1, Scheme


def ensure_scheme_v1() -> SchemeVersion:
    """The shipped scheme 季度晾晒 v1 as a row; repeating changes nothing."""
    scheme, _ = SchemeVersion.objects.get_or_create(
        code=SCHEME_V1["code"],
        version=SCHEME_V1["version"],
        defaults={"title": SCHEME_V1["title"], "parameters": SCHEME_V1},
    )
    return scheme


def scheme_for(cycle: Cycle) -> SchemeVersion:
    """The scheme assigned to the plan from this or an earlier period on, else 季度晾晒 v1."""
    begun = Q(from_year__lt=cycle.year) | Q(from_year=cycle.year, from_quarter__lte=cycle.quarter)
    assignment = (
        SchemeAssignment.objects.filter(begun, plan=cycle.plan_id)
        .select_related("scheme")
        .order_by("-from_year", "-from_quarter")
        .first()
    )
    return assignment.scheme if assignment else ensure_scheme_v1()


def validated(scheme: SchemeVersion) -> Scheme:
    """The scheme's parameters, checked. Raises SchemeError naming every wrong one."""
    return Scheme.from_dict(scheme.parameters)
