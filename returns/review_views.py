"""Pages for confirming figures: the cycles that hold some, and one cycle's figures."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Role, User
from accounts.rules import has_role
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from returns import overviews
from returns.models import Cycle, Figure
from returns.overviews import ReviewLine
from returns.services.review import Verification, send_back_figure, verify_figures
from returns.states import WRITABLE_STATES, FigureState, WrongState
from returns.views import find_cycle

SHOWN_STATES = {
    "waiting": (FigureState.SUBMITTED,),
    "verified": (FigureState.VERIFIED,),
    "sent_back": (FigureState.SENT_BACK,),
}


def require_reviewer(request: HttpRequest) -> None:
    """Refuse accounts that confirm nothing."""
    if not has_role(request.user, Role.VERIFIER, Role.OWNER):
        raise PermissionDenied


@login_required
@exportable
def review_list(request: HttpRequest) -> HttpResponse:
    """Cycles with figures under one's care, and how many wait."""
    require_reviewer(request)
    waiting = {item.cycle.pk: item.waiting for item in overviews.cycles_with_waiting(request.user)}
    context = {
        "section": "review",
        "cycles": overviews.reviewed_cycles(request.user),
        "waiting": waiting,
    }
    return render_page(request, "returns/review_list.html", context)


@login_required
@exportable
def review_cycle(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """One cycle's figures: confirm the chosen ones, or send them back with a reason."""
    require_reviewer(request)
    cycle = find_cycle(request, plan, period)
    shown = request.GET.get("state", "waiting")
    lines = overviews.review_lines(
        request.user, cycle, states=SHOWN_STATES.get(shown, SHOWN_STATES["waiting"])
    )
    if request.method == "POST":
        return _act(request, cycle, lines)
    context = {
        "section": "review",
        "cycle": cycle,
        "plan": cycle.plan,
        "lines": lines,
        "shown": shown if shown in SHOWN_STATES else "waiting",
        "writable": cycle.state in WRITABLE_STATES,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/review.html", context)


def _act(request: HttpRequest, cycle: Cycle, lines: list[ReviewLine]) -> HttpResponse:
    """Carry out what the buttons ask for and come back to the list with the outcome."""
    chosen = set(request.POST.getlist("figure"))
    figures = [line.figure for line in lines if str(line.figure.pk) in chosen]
    if not figures:
        messages.error(request, "还没有勾选任何一项，请先勾选要核定或退回的数。")
    elif request.POST.get("action") == "verify":
        _verify(request, cycle, figures)
    elif request.POST.get("action") == "send_back":
        _send_back(request, figures)
    return redirect(request.get_full_path())


def _verify(request: HttpRequest, cycle: Cycle, figures: list[Figure]) -> None:
    verifications = []
    for figure in figures:
        text = request.POST.get(f"value-{figure.pk}", "").strip()
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            messages.error(
                request, f"“{figure}”的核定数“{text}”不是数字，请只填数字后重试。没有核定任何一项。"
            )
            return
        verifications.append(
            Verification(
                figure_id=figure.pk, value=value, reason=request.POST.get(f"reason-{figure.pk}", "").strip()
            )
        )
    try:
        problems = verify_figures(actor=cast("User", request.user), cycle=cycle, verifications=verifications)
    except WrongState as error:
        messages.error(request, str(error))
        return
    for problem in problems:
        messages.error(request, problem.message)
    if not problems:
        messages.success(request, f"已核定 {len(verifications)} 项，排名将自动重算。")


def _send_back(request: HttpRequest, figures: list[Figure]) -> None:
    done = 0
    for figure in figures:
        reason = request.POST.get(f"reason-{figure.pk}", "") or request.POST.get("reason", "")
        try:
            send_back_figure(actor=cast("User", request.user), figure=figure, reason=reason)
        except WrongState as error:
            messages.error(request, f"“{figure}”没有退回：{error}。")
        else:
            done += 1
    if done:
        messages.success(request, f"已退回 {done} 项，填报单位会看到理由。")
