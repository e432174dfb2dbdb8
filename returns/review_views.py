"""Pages for confirming figures: the cycles that hold some, and one cycle's figures."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.models import Role, User
from accounts.rules import has_role
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from returns import overviews
from returns.authorship import own_work
from returns.discussions import unseen_comments
from returns.models import Cycle, Figure
from returns.overviews import ReviewLine
from returns.services.review import SendBack, Verification, send_back_figures, verify_figures
from returns.states import WRITABLE_STATES, Hand, WrongState
from returns.ticking import chosen_figures, ticking_of
from returns.views import find_cycle
from returns.workbook.types import Problem


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
        "unseen": unseen_comments(request.user),
    }
    return render_page(request, "returns/review_list.html", context)


@login_required
@exportable
def review_cycle(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """One cycle's figures: confirm the chosen ones, or send them back, each with its reason."""
    require_reviewer(request)
    cycle = find_cycle(request, plan, period)
    shown = request.GET.get("state", "waiting")
    shown = shown if shown in overviews.SHOWN else "waiting"
    lines = overviews.review_lines(request.user, cycle, shown=shown)
    own = own_work(request.user, [line.figure for line in lines], hand=Hand.VERIFIER)
    ticking = ticking_of(request, lines, own=own)
    refusals: list[str] = []
    if request.method == "POST":
        refusals = _act(request, cycle, lines)
        if not refusals:
            return redirect(ticking.untick_address)
    context = {
        "section": "review",
        "cycle": cycle,
        "plan": cycle.plan,
        "ticking": ticking,
        "shown": shown,
        "writable": cycle.state in WRITABLE_STATES,
        "refusals": refusals,
        "shared_reason": request.POST.get("reason", ""),
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/review.html", context, status=422 if refusals else 200)


def _act(request: HttpRequest, cycle: Cycle, lines: list[ReviewLine]) -> list[str]:
    """Carry out what the buttons ask for, all or none; what stood in the way, nothing where it is done."""
    figures, refusals = chosen_figures(request, lines, acts="核定或退回")
    if refusals:
        return refusals
    acts = {"verify": _verify, "send_back": _send_back}
    act = acts.get(request.POST.get("action", ""))
    if act is None:
        return ["没有说明是核定还是退回，请点表下面的按钮。"]
    try:
        return act(request, cycle, figures)
    except WrongState as error:
        return [f"没有办理任何一项：{error}。"]


def _verify(request: HttpRequest, cycle: Cycle, figures: list[Figure]) -> list[str]:
    verifications = []
    for figure in figures:
        text = request.POST.get(f"value-{figure.pk}", "").strip()
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            return [f"“{figure}”的核定数“{text}”不是数字，请只填数字后重试。没有核定任何一项。"]
        reason = request.POST.get(f"reason-{figure.pk}", "").strip()
        seen = _seen(request.POST, figure)
        verifications.append(Verification(figure_id=figure.pk, value=value, reason=reason, seen=seen))
    problems = verify_figures(actor=cast("User", request.user), cycle=cycle, verifications=verifications)
    if not problems:
        messages.success(request, f"已核定 {len(verifications)} 项，排名将自动重算。")
    return _told(problems, "没有核定任何一项。")


def _seen(data: QueryDict, figure: Figure) -> int | None:
    """The number of the revision that the page showed, None where it does not say."""
    number = data.get(f"revision-{figure.pk}", "")
    return int(number) if number.isascii() and number.isdecimal() else None


def _send_back(request: HttpRequest, cycle: Cycle, figures: list[Figure]) -> list[str]:
    """A line's own reason goes before the one written for all chosen ones."""
    shared = request.POST.get("reason", "")
    returned = [
        SendBack(
            figure_id=figure.pk,
            reason=request.POST.get(f"reason-{figure.pk}", "").strip() or shared,
            seen=_seen(request.POST, figure),
        )
        for figure in figures
    ]
    problems = send_back_figures(actor=cast("User", request.user), cycle=cycle, returned=returned)
    if not problems:
        messages.success(request, f"已退回 {len(returned)} 项，填报单位会看到各自的理由。")
    return _told(problems, "没有退回任何一项。")


def _told(problems: list[Problem], outcome: str) -> list[str]:
    return [*(problem.message for problem in problems), outcome] if problems else []
