"""The owner's page of a period's bonuses and deductions."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.rules import sees_all_data
from districts.models import Organisation
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from rankings.models import Adjustment
from rankings.rules import may_adjust
from rankings.scheme_forms import AdjustmentForm
from rankings.services.adjustments import enter_adjustment, limits_of, withdraw_adjustment
from rankings.services.schemes import scheme_for
from rankings.views import find_cycle
from returns.models import Cycle
from returns.offices import reporting_organisations
from returns.overviews import cycles_visible_to
from returns.states import WrongState


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@exportable
def adjustment_list(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """A period's bonuses and deductions with reason and document; the owner enters more before sealing."""
    cycle = find_cycle(request, plan, period)
    if not sees_all_data(request.user, plan_code=cycle.plan.code):
        raise PermissionDenied("加扣分由牵头办登记；对本单位的加扣分见得分构成")
    owner = may_adjust(request.user, cycle=cycle)
    organisations = _rankable(cycle)
    form = AdjustmentForm(request.POST if request.method == "POST" else None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        try:
            adjustment = enter_adjustment(actor=cast("User", request.user), cycle=cycle, **form.cleaned_data)
        except WrongState as error:
            form.add_error(None, f"没有登记：{error}。")
        else:
            messages.success(request, f"已登记：{adjustment}。")
            return redirect("adjustment_list", plan, period)
    scheme = scheme_for(cycle)
    context = {
        "section": "boards",
        "plan": cycle.plan,
        "cycle": cycle,
        "owner": owner and not cycle.is_sealed,
        "form": form,
        "scheme": scheme,
        "limits": limits_of(scheme),
        "adjustments": Adjustment.objects.filter(cycle=cycle)
        .select_related("organisation", "entered_by__organisation")
        .order_by("board", "organisation__order", "id"),
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "rankings/adjustment_list.html", context, status=400 if form.errors else 200)


def _rankable(cycle: Cycle) -> QuerySet[Organisation]:
    """The organisations that some board of the plan ranks."""
    return reporting_organisations(cycle.plan)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back, with a reason."""
    visible = cycles_visible_to(request.user).values("pk")
    entries = Adjustment.objects.filter(cycle__in=visible).select_related("cycle__plan", "organisation")
    adjustment = get_object_or_404(entries, pk=pk)
    if not may_adjust(request.user, cycle=adjustment.cycle):
        raise PermissionDenied("只有牵头办可以撤销加扣分")
    cycle = adjustment.cycle
    try:
        withdraw_adjustment(
            actor=cast("User", request.user), adjustment=adjustment, reason=request.POST.get("reason", "")
        )
    except WrongState as error:
        messages.error(request, f"没有撤销：{error}。")
    else:
        messages.success(request, "已撤销。")
    return redirect("adjustment_list", cycle.plan.code, cycle.period)
