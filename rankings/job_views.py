"""The page on which a plan's owner sees what is recomputed, asks for it, and retries what failed."""

from __future__ import annotations

from typing import cast

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from accounts.rules import Person, has_role, owns_plan
from huzhou_targets.http import render_page, safe_return_address
from huzhou_targets.table_files import exportable, rows_per_page
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from rankings.models import Board, RankingRun, RebuildRequest
from rankings.services.jobs import ask_for_rebuild, retry_request
from returns.models import Cycle
from returns.states import SEALED_STATES, WrongState

PAGE_SIZE = 50
SELECT = {"class": "form-select"}


class JobFilter(django_filters.FilterSet):
    """By plan, board and state, kept in the URL."""

    plan = django_filters.ModelChoiceFilter(
        label="方案",
        field_name="cycle__plan",
        queryset=Plan.objects.none(),
        to_field_name="code",
        empty_label="全部",
        widget=forms.Select(attrs=SELECT),
    )
    board = django_filters.ChoiceFilter(
        label="榜", choices=Board.choices, empty_label="全部", widget=forms.Select(attrs=SELECT)
    )
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=RebuildRequest.State.choices,
        empty_label="全部",
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = RebuildRequest
        fields = ["plan", "board", "state"]

    def __init__(self, *args, plans: QuerySet[Plan], **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.filters["plan"].queryset = plans


def _owned_plans(user: Person) -> QuerySet[Plan]:
    """The plans whose recomputations the account looks after; PermissionDenied for everybody else."""
    if not has_role(user, Role.OWNER):
        raise PermissionDenied("重算任务由牵头办查看")
    codes = plans_visible_to(user).order_by().values_list("code", flat=True)
    owned = [code for code in codes if owns_plan(user, plan_code=code)]
    return Plan.objects.filter(code__in=owned).order_by("order", "code")


@require_safe
@login_required
@exportable
def job_list(request: HttpRequest) -> HttpResponse:
    """Every recompute request of the account's plans, newest first."""
    plans = _owned_plans(request.user)
    newer = RebuildRequest.objects.filter(
        cycle=OuterRef("cycle"), board=OuterRef("board"), pk__gt=OuterRef("pk")
    )
    requests = (
        RebuildRequest.objects.filter(cycle__plan__in=plans)
        .select_related("cycle__plan")
        .annotate(is_superseded=Exists(newer))
        .order_by("-id")
    )
    found = JobFilter(request.GET, queryset=requests, plans=plans)
    cycles = (
        Cycle.objects.filter(plan__in=plans)
        .exclude(state__in=sorted(SEALED_STATES))
        .annotate(has_runs=Exists(RankingRun.objects.filter(cycle=OuterRef("pk"))))
        .order_by("-has_runs", "plan__order", "-year", "-quarter")
    )
    context = {
        "section": "boards",
        "filter": found,
        "page": Paginator(found.qs, rows_per_page(request, PAGE_SIZE)).get_page(request.GET.get("page")),
        "cycles": cycles.select_related("plan"),
    }
    return render_page(request, "rankings/job_list.html", context, fragment="rankings/_job_rows.html")


@require_POST
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for one period's boards to be recomputed."""
    plans = _owned_plans(request.user)
    wanted = request.POST.get("cycle", "")
    cycles = Cycle.objects.select_related("plan").filter(plan__in=plans)
    cycle = get_object_or_404(cycles, pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
    try:
        ask_for_rebuild(actor=cast("User", request.user), cycle=cycle)
    except WrongState as error:
        messages.error(request, f"没有办成：{error}。")
    else:
        messages.success(request, f"已要求重算 {cycle}，算完后各榜自动更新。")
    return redirect(safe_return_address(request, default="/jobs/"))


@require_POST
@login_required
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a failed recomputation again."""
    jobs = RebuildRequest.objects.select_related("cycle__plan")
    job = get_object_or_404(jobs.filter(cycle__plan__in=_owned_plans(request.user)), pk=pk)
    try:
        waiting = retry_request(actor=cast("User", request.user), request=job)
    except WrongState as error:
        messages.error(request, f"没有办成：{error}。")
    else:
        messages.success(request, f"已重新排队，新任务是第 {waiting.pk} 号。")
    return redirect("job_list")
