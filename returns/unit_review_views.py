"""Pages of 单位审核: what waits in one's own organisation, and whether a plan asks for it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Role, User
from accounts.rules import has_role, owns_plan
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from returns import overviews
from returns.authorship import own_work
from returns.models import Cycle, UnitReviewSetting
from returns.offices import offices_without_reviewer
from returns.overviews import ReviewLine
from returns.services.review import SendBack
from returns.services.unit_review import pass_figures, return_figures, switch_unit_review
from returns.states import WRITABLE_STATES, Hand, WrongState
from returns.ticking import chosen_figures, ticking_of
from returns.views import find_cycle, remember_own_organisation


@login_required
@exportable
def unit_review_list(request: HttpRequest) -> HttpResponse:
    """Cycles in which figures of one's own organisation wait for 单位审核."""
    if not has_role(request.user, Role.REVIEWER):
        raise PermissionDenied
    context = {"section": "unit-review", "waiting": overviews.cycles_with_unit_review(request.user)}
    return render_page(request, "returns/unit_review_list.html", context)


@login_required
@exportable
def unit_review(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """One cycle's figures of one's own organisation: pass the chosen ones or return them, each with its reason."""
    if not has_role(request.user, Role.REVIEWER):
        raise PermissionDenied
    cycle = find_cycle(request, plan, period)
    lines = overviews.unit_review_lines(request.user, cycle)
    remember_own_organisation(cast("User", request.user), [line.figure.organisation for line in lines])
    own = own_work(request.user, [line.figure for line in lines], hand=Hand.UNIT)
    ticking = ticking_of(request, lines, own=own)
    refusals: list[str] = []
    if request.method == "POST":
        refusals = _act(request, cycle, lines)
        if not refusals:
            return redirect(ticking.untick_address)
    context = {
        "section": "unit-review",
        "cycle": cycle,
        "plan": cycle.plan,
        "ticking": ticking,
        "refusals": refusals,
        "shared_reason": request.POST.get("reason", ""),
        "writable": cycle.state in WRITABLE_STATES,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/unit_review.html", context, status=422 if refusals else 200)


def _act(request: HttpRequest, cycle: Cycle, waiting: list[ReviewLine]) -> list[str]:
    """Carry out what the button asks for, all or none; what stood in the way, nothing where it is done."""
    figures, refusals = chosen_figures(request, waiting, acts="通过或退回")
    if refusals:
        return refusals
    actor = cast("User", request.user)
    action = request.POST.get("action")
    try:
        if action == "pass":
            problems = pass_figures(actor=actor, cycle=cycle, figure_ids=[figure.pk for figure in figures])
            done = f"已通过 {len(figures)} 项，即已报送，等待核定。"
        elif action == "return":
            shared = request.POST.get("reason", "")
            returned = [
                SendBack(
                    figure_id=figure.pk,
                    reason=request.POST.get(f"reason-{figure.pk}", "").strip() or shared,
                )
                for figure in figures
            ]
            problems = return_figures(actor=actor, cycle=cycle, returned=returned)
            done = f"已退回 {len(figures)} 项，填报员会看到各自的理由。"
        else:
            return ["没有说明是通过还是退回，请点表下面的按钮。"]
    except WrongState as error:
        return [f"没有办理任何一项：{error}。"]
    if problems:
        return [*(problem.message for problem in problems), "没有办理任何一项。"]
    messages.success(request, done)
    return []


@login_required
def unit_review_setting(request: HttpRequest, plan: str) -> HttpResponse:
    """Whether a plan asks for 单位审核; the plan's owner decides, with a reason."""
    found = get_object_or_404(plans_visible_to(request.user), code=plan)
    if request.method == "POST":
        is_on = request.POST.get("enabled") == "yes"
        try:
            switch_unit_review(
                actor=cast("User", request.user),
                plan=found,
                is_on=is_on,
                reason=request.POST.get("reason", ""),
            )
        except WrongState as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已{'开启' if is_on else '关闭'}单位审核，从下一次报送起生效。")
        return redirect("unit_review_setting", plan)
    setting = UnitReviewSetting.objects.filter(plan=found).select_related("changed_by__organisation").first()
    owner = owns_plan(request.user, plan_code=found.code)
    context = {
        "section": "returns",
        "plan": found,
        "setting": setting,
        "is_on": setting is not None and setting.is_on,
        "owner": owner,
        "without_reviewer": offices_without_reviewer(found) if owner else [],
    }
    return render_page(request, "returns/unit_review_setting.html", context)
