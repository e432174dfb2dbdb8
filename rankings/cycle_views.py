"""The page from which the plan's owner runs a quarter, and on which a leader signs it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import User
from accounts.rules import may_sign_off, owns_plan
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from rankings import overviews
from rankings.forms import DueDateForm, LatePermissionForm, ObjectionDayForm
from rankings.freezing import FreezeOutlook, freeze_outlooks
from rankings.models import RankingRun, SignOff
from rankings.services import sealing
from rankings.views import find_cycle
from returns.models import Cycle
from returns.offices import reporting_organisations
from returns.services.cycles import change_cycle_state, permit_late_return, set_due_date, set_objection_day
from returns.states import CycleState, WrongState

Act = Callable[[User, Cycle, str], object]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One button of the page."""

    code: str
    label: str
    done: str
    hint: str
    act: Act
    needs_reason: bool = False
    by_leader: bool = False


def _close(actor: User, cycle: Cycle, reason: str) -> object:
    return change_cycle_state(actor=actor, cycle=cycle, to=CycleState.CLOSED, reason=reason)


def _reopen(actor: User, cycle: Cycle, reason: str) -> object:
    return change_cycle_state(actor=actor, cycle=cycle, to=CycleState.OPEN, reason=reason)


STEPS = {
    step.code: step
    for step in (
        Step(
            code="close",
            label="截止填报",
            done="已截止填报",
            hint="截止后不再收新数，核定仍可继续。",
            act=_close,
        ),
        Step(
            code="reopen",
            label="重新开放填报",
            done="已重新开放填报",
            hint="",
            act=_reopen,
            needs_reason=True,
        ),
        Step(
            code="freeze",
            label="冻结",
            done="已冻结，排名已按核定数封存",
            hint="冻结后数据不可变动；没有核定的数按未报送计。",
            act=lambda actor, cycle, reason: sealing.freeze_cycle(actor=actor, cycle=cycle),
        ),
        Step(
            code="sign_off",
            label="签发",
            done="已签发，牵头办可以发布",
            hint="由领导签发；签发只对现在冻结的结果有效。",
            act=lambda actor, cycle, reason: sealing.sign_off_cycle(actor=actor, cycle=cycle),
            by_leader=True,
        ),
        Step(
            code="publish",
            label="发布",
            done="已发布",
            hint="须先经领导签发。",
            act=lambda actor, cycle, reason: sealing.publish_cycle(actor=actor, cycle=cycle),
        ),
        Step(
            code="correct",
            label="启动更正",
            done="已启动更正，可以改数和核定",
            hint="已发布的排名保持可读，更正另行编号。",
            act=lambda actor, cycle, reason: sealing.open_correction(actor=actor, cycle=cycle, reason=reason),
            needs_reason=True,
        ),
        Step(
            code="freeze_correction",
            label="冻结更正",
            done="更正已冻结，等待签发",
            hint="",
            act=lambda actor, cycle, reason: sealing.freeze_correction(
                actor=actor, cycle=cycle, reason=reason
            ),
            needs_reason=True,
        ),
        Step(
            code="publish_correction",
            label="发布更正",
            done="更正已发布",
            hint="须先经领导签发。",
            act=lambda actor, cycle, reason: sealing.publish_correction(actor=actor, cycle=cycle),
        ),
    )
}

STEPS_BY_STATE = {
    CycleState.OPEN: ("close",),
    CycleState.CLOSED: ("freeze", "reopen"),
    CycleState.FROZEN: ("sign_off", "publish"),
    CycleState.PUBLISHED: ("correct",),
    CycleState.CORRECTING: ("freeze_correction", "sign_off", "publish_correction"),
}
"""Which buttons a state shows; the services decide again whether the step is possible."""


@login_required
@exportable
def cycle_page(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """A quarter's state, who has reported, and the steps from collection to publication."""
    cycle = find_cycle(request, plan, period)
    owner = owns_plan(request.user, plan_code=cycle.plan.code)
    leader = may_sign_off(request.user, plan_code=cycle.plan.code)
    if not (owner or leader):
        raise PermissionDenied
    organisations = reporting_organisations(cycle.plan)
    due = DueDateForm(initial={"due_on": cycle.due_on})
    late = LatePermissionForm(organisations=organisations)
    objection_day = ObjectionDayForm(initial={"objection_until": cycle.objection_until})
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "due_date":
            due = DueDateForm(request.POST)
            if due.is_valid():
                return _answer(request, cycle, "截止日期已保存", lambda: _set_due(request, cycle, due))
        elif action == "objection_day":
            objection_day = ObjectionDayForm(request.POST)
            if objection_day.is_valid():
                return _answer(
                    request,
                    cycle,
                    "申诉截止日期已保存",
                    lambda: _set_objection_day(request, cycle, objection_day),
                )
        elif action == "late":
            late = LatePermissionForm(request.POST, organisations=organisations)
            if late.is_valid():
                return _answer(request, cycle, "已准许迟报", lambda: _permit(request, cycle, late))
        elif action in STEPS:
            step = STEPS[action]
            reason = request.POST.get("reason", "")
            actor = cast("User", request.user)
            return _answer(request, cycle, step.done, lambda: step.act(actor, cycle, reason))
    codes = STEPS_BY_STATE[CycleState(cycle.state)]
    runs = list(RankingRun.objects.filter(cycle=cycle).defer("inputs").select_related("scheme"))
    if any(run.is_external for run in runs):
        codes = tuple(code for code in codes if code != "freeze_correction")
    context = {
        "section": "boards",
        "cycle": cycle,
        "plan": cycle.plan,
        "owner": owner,
        "steps": [STEPS[code] for code in codes if (leader if STEPS[code].by_leader else owner)],
        "reporters": overviews.reporters_states(cycle),
        "runs": runs,
        "sign_offs": SignOff.objects.filter(cycle=cycle).select_related("leader__organisation"),
        "permissions": cycle.late_permissions.select_related("organisation", "granted_by__organisation"),
        "due": due,
        "late": late,
        "objection_day": objection_day,
        "objections": overviews.cycle_objections(request.user, cycle),
        "outlook": _outlook(cycle) if owner else None,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "rankings/cycle.html", context)


def _outlook(cycle: Cycle) -> FreezeOutlook | None:
    if cycle.state != CycleState.CLOSED:
        return None
    return freeze_outlooks([cycle], today=timezone.localdate())[cycle.pk]


def _set_due(request: HttpRequest, cycle: Cycle, form: DueDateForm) -> object:
    return set_due_date(actor=cast("User", request.user), cycle=cycle, due_on=form.cleaned_data["due_on"])


def _set_objection_day(request: HttpRequest, cycle: Cycle, form: ObjectionDayForm) -> object:
    return set_objection_day(
        actor=cast("User", request.user), cycle=cycle, until=form.cleaned_data["objection_until"]
    )


def _permit(request: HttpRequest, cycle: Cycle, form: LatePermissionForm) -> object:
    return permit_late_return(
        actor=cast("User", request.user),
        cycle=cycle,
        organisation=form.cleaned_data["organisation"],
        until=form.cleaned_data["until"],
        reason=form.cleaned_data["late_reason"],
    )


def _answer(request: HttpRequest, cycle: Cycle, done: str, act: Callable[[], object]) -> HttpResponse:
    """Carry out one step and come back with what came of it."""
    try:
        act()
    except WrongState as error:
        messages.error(request, f"没有办成：{error}。")
    else:
        messages.success(request, f"{done}。")
    return redirect("cycle", cycle.plan.code, cycle.period)
