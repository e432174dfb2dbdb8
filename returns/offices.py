"""Who reports in a plan, and which of them have nobody for 单位审核."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Grant, Role
from districts.models import Organisation, OrganisationKind
from indicators.models import Plan


def reporting_organisations(plan: Plan) -> QuerySet[Organisation]:
    """Who has anything to report for the plan: the places that have targets and the units that lead indicators."""
    concerned = Q(targets__indicator__plan=plan) | Q(led_indicators__plan=plan)
    return (
        Organisation.objects.filter(concerned)
        .exclude(kind=OrganisationKind.CITY)
        .distinct()
        .order_by("order", "code")
    )


def offices_without_reviewer(plan: Plan) -> list[Organisation]:
    """Organisations that have something to report in the plan and no account for 单位审核. Two queries.

    A grant in force for the organisation, or for all, in this plan or in all.
    """
    grants = Grant.objects.in_force().filter(
        role=Role.REVIEWER, plan_code__in=("", plan.code), user__is_active=True
    )
    reviewed = set(grants.values_list("organisation_id", flat=True))
    if None in reviewed:
        return []
    return list(reporting_organisations(plan).exclude(pk__in=reviewed))
