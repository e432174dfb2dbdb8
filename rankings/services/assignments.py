"""By which scheme a plan is scored from a period on."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.services import record
from indicators.models import Plan
from indicators.periods import Period
from rankings.bell import request_and_ring
from rankings.models import Adjustment, RankingRun, SchemeAssignment, SchemeVersion
from rankings.rules import may_assign_scheme
from rankings.services.adjustments import limits_of, sums_of
from returns.models import Cycle
from returns.states import WrongState


@transaction.atomic
def assign_scheme(*, actor: User, plan: Plan, scheme: SchemeVersion, period: Period) -> SchemeAssignment:
    """Score the plan by the scheme from this period on, up to a later assignment if there is one.

    Raises PermissionDenied; WrongState where a period concerned has a sealed ranking of ours, or
    bonuses that the scheme would not allow.
    """
    if not may_assign_scheme(actor, plan_code=plan.code):
        raise PermissionDenied("只有这个方案的牵头办可以指定计分办法")
    if not plan.first_year <= period.year <= plan.last_year:
        raise WrongState(
            f"{plan.short_name}的年份是 {plan.first_year} 至 {plan.last_year} 年，没有{period.label}"
        )
    cycles = _cycles_concerned(plan, period)
    _refuse_sealed(cycles)
    _refuse_adjustments_beyond(cycles, scheme)
    assignment, created = SchemeAssignment.objects.get_or_create(
        plan=plan, from_year=period.year, from_quarter=period.quarter, defaults={"scheme": scheme}
    )
    before = None if created else str(assignment.scheme)
    if assignment.scheme_id != scheme.pk:
        assignment.scheme = scheme
        assignment.save(update_fields=["scheme"])
    for cycle in cycles:
        if RankingRun.objects.filter(cycle=cycle).exists():
            request_and_ring(cycle=cycle, reason=f"改用计分办法 {scheme}")
    record(
        actor=actor,
        verb="scheme.assigned",
        subject=assignment,
        plan_code=plan.code,
        period=str(period),
        changes={"scheme": [before, str(scheme)]},
    )
    return assignment


def _cycles_concerned(plan: Plan, period: Period) -> list[Cycle]:
    """The plan's cycles from the period on up to the next assignment, locked against freezing."""
    begun = Q(year__gt=period.year) | Q(year=period.year, quarter__gte=period.quarter)
    cycles = Cycle.objects.select_for_update(of=("self",)).select_related("plan").filter(begun, plan=plan)
    later = Q(from_year__gt=period.year) | Q(from_year=period.year, from_quarter__gt=period.quarter)
    following = (
        SchemeAssignment.objects.filter(later, plan=plan).order_by("from_year", "from_quarter").first()
    )
    if following is not None:
        before = Q(year__lt=following.from_year) | Q(
            year=following.from_year, quarter__lt=following.from_quarter
        )
        cycles = cycles.filter(before)
    return list(cycles.order_by("year", "quarter"))


def _refuse_sealed(cycles: list[Cycle]) -> None:
    sealed_ids = set(
        RankingRun.objects.filter(cycle__in=cycles, origin=RankingRun.Origin.COMPUTED)
        .exclude(status=RankingRun.Status.PRELIMINARY)
        .values_list("cycle", flat=True)
    )
    sealed = [cycle for cycle in cycles if cycle.pk in sealed_ids]
    if sealed:
        raise WrongState(
            f"{'、'.join(cycle.period.label for cycle in sealed)}的排名已经封存，计分办法不能再变；"
            f"最早可以从{sealed[-1].period.next.label}起改用"
        )


def _refuse_adjustments_beyond(cycles: list[Cycle], scheme: SchemeVersion) -> None:
    """A scheme with lower limits could not score bonuses that are there already."""
    limits = limits_of(scheme)
    found: dict[tuple[Cycle, str, str], list[Decimal]] = {}
    by_id = {cycle.pk: cycle for cycle in cycles}
    for item in Adjustment.objects.filter(cycle__in=cycles).select_related("organisation"):
        place = (by_id[item.cycle_id], item.get_board_display(), item.organisation.name)
        found.setdefault(place, []).append(item.points)
    for (cycle, board, name), points in found.items():
        bonus, deduction = sums_of(points)
        if bonus > limits.bonus or deduction > limits.deduction:
            raise WrongState(
                f"{cycle.period.label}{board}已给{name}加 {bonus} 分、扣 {deduction} 分，超过该办法的上限"
                f"（加 {limits.bonus}、扣 {limits.deduction}）；请先调整加扣分"
            )
