"""Pages of objections: filing one to one's own published score, and reading and answering them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import User
from accounts.rules import sees_any_data
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable, rows_per_page
from indicators.periods import Period
from rankings import overviews
from rankings.forms import AnswerForm, ObjectionForm
from rankings.models import Board, Objection
from rankings.rules import may_answer_objections, may_object
from rankings.services.objections import answer_objection, file_objection
from rankings.views import find_cycle
from returns.states import WrongState

PER_PAGE = 50
STATES = {
    "waiting": Objection.Outcome.WAITING,
    "accepted": Objection.Outcome.ACCEPTED,
    "rejected": Objection.Outcome.REJECTED,
}
"""What `?state=` may say."""


def _visible(request: HttpRequest) -> QuerySet[Objection]:
    return Objection.objects.visible_to(request.user).select_related(
        "run__cycle__plan", "entry__organisation", "line", "correction"
    )


@login_required
@exportable
def objection_list(request: HttpRequest) -> HttpResponse:
    """The objections that the account may see, newest first; `?state=` filters."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    found = _visible(request)
    state = request.GET.get("state", "")
    if state in STATES:
        found = found.filter(outcome=STATES[state])
    context = {
        "section": "boards",
        "page": Paginator(found, rows_per_page(request, PER_PAGE)).get_page(request.GET.get("page")),
        "state": state,
        "states": [(code, outcome.label) for code, outcome in STATES.items()],
    }
    return render_page(request, "rankings/objection_list.html", context)


@login_required
def objection_form(
    request: HttpRequest, plan: str, period: Period, board: str, organisation: str
) -> HttpResponse:
    """Object to one's own organisation's published score."""
    if board not in Board.values:
        raise Http404
    cycle = find_cycle(request, plan, period)
    published = overviews.runs_of(cycle).published(board)
    if not published:
        raise Http404
    entry = get_object_or_404(
        published[0].entries.select_related("organisation", "run__cycle__plan"),
        organisation__code=organisation,
    )
    if not may_object(request.user, plan_code=plan, organisation_id=entry.organisation_id):
        raise PermissionDenied("只能就本单位的得分和名次提出申诉")
    form = ObjectionForm(
        request.POST or None, entry=entry, initial={"line": request.GET.get("line", "") or None}
    )
    if request.method == "POST" and form.is_valid():
        try:
            objection = file_objection(
                actor=cast("User", request.user),
                entry=entry,
                line=form.cleaned_data["line"],
                text=form.cleaned_data["text"],
            )
        except WrongState as error:
            messages.error(request, f"没有提交：{error}。")
            return redirect("board", plan, period, board)
        messages.success(request, "申诉已提交，等待牵头办答复。")
        return redirect("objection", objection.pk)
    context = {
        "section": "boards",
        "cycle": cycle,
        "plan": cycle.plan,
        "board": board,
        "board_label": Board(board).label,
        "run": published[0],
        "entry": entry,
        "form": form,
        "is_open": cycle.takes_objections(),
        "demo_data": cycle.is_demo,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render_page(request, "rankings/objection_form.html", context, status=status)


@login_required
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection with its answer and the correction that followed; the owner answers here."""
    objection = get_object_or_404(_visible(request), pk=pk)
    cycle = objection.run.cycle
    answers = may_answer_objections(request.user, plan_code=cycle.plan.code)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        if not answers:
            raise PermissionDenied("只有牵头办可以答复申诉")
        if form.is_valid():
            accepted = form.cleaned_data["outcome"] == Objection.Outcome.ACCEPTED
            try:
                answer_objection(
                    actor=cast("User", request.user),
                    objection=objection,
                    accepted=accepted,
                    text=form.cleaned_data["answer"],
                )
            except WrongState as error:
                messages.error(request, f"没有办成：{error}。")
            else:
                messages.success(request, "已答复，并已启动更正。" if accepted else "已答复。")
            return redirect("objection", objection.pk)
    context = {
        "section": "boards",
        "objection": objection,
        "cycle": cycle,
        "plan": cycle.plan,
        "form": form if answers and objection.is_waiting else None,
        "demo_data": cycle.is_demo,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render_page(request, "rankings/objection.html", context, status=status)
