"""Pages of plans: the list, one plan, its tables as printed, its tasks, its indicators."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.rules import owns_plan, sees_any_data
from huzhou_targets.http import render_page, safe_return_address
from huzhou_targets.table_files import exportable
from indicators import overviews
from indicators.check_values import CHECK_NAMES, CHECK_QUESTIONS
from indicators.filters import FindingFilter
from indicators.forms import ExplanationForm
from indicators.models import Plan, TargetFinding
from indicators.selectors import finding_counts
from indicators.services import NothingToExplain, check_targets, explain_finding


def find_plan(request: HttpRequest, code: str) -> Plan:
    """The plan of this code if the account may see it, else 404."""
    return get_object_or_404(overviews.plans_visible_to(request.user), code=code)


@login_required
def plan_list(request: HttpRequest) -> HttpResponse:
    """All plans that the account may see."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    plans = overviews.plans_with_counts(request.user).prefetch_related("tables")
    return render_page(request, "indicators/plan_list.html", {"section": "plans", "plans": plans})


@login_required
@exportable
def plan_page(request: HttpRequest, plan: str) -> HttpResponse:
    """One plan: its document, its tables, and the targets that only the text states."""
    found = find_plan(request, plan)
    context = {
        "section": "plans",
        "plan": found,
        "tab": "plan",
        "tables": found.tables.filter(is_text=False),
        "text_targets": overviews.text_targets(found),
    }
    return render_page(request, "indicators/plan.html", context)


@login_required
@exportable
def table_page(request: HttpRequest, plan: str, table: str) -> HttpResponse:
    """One table of the plan's document, drawn like the document's own."""
    found = find_plan(request, plan)
    tables = list(found.tables.filter(is_text=False))
    chosen = next((item for item in tables if item.code == table), None)
    if chosen is None:
        raise Http404
    context = {
        "section": "plans",
        "plan": found,
        "tab": chosen.code,
        "tables": tables,
        "table": chosen,
        "grid": overviews.table_grid(chosen, on=timezone.localdate()),
    }
    return render_page(request, "indicators/target_table.html", context)


@login_required
@exportable
def task_list(request: HttpRequest, plan: str) -> HttpResponse:
    """The plan's tasks with their responsible units; `?q=` filters."""
    found = find_plan(request, plan)
    words = request.GET.get("q", "").strip()
    context = {
        "section": "plans",
        "plan": found,
        "tab": "tasks",
        "tables": found.tables.filter(is_text=False),
        "words": words,
        "tasks": overviews.filter_tasks(overviews.tasks_with_units(found), words=words),
    }
    return render_page(request, "indicators/task_list.html", context, fragment="indicators/_tasks.html")


@login_required
@exportable
def indicator_list(request: HttpRequest, plan: str) -> HttpResponse:
    """What each indicator means: kind, direction, frequency, lead, source of data, milestones, notes."""
    found = find_plan(request, plan)
    indicators = found.indicators.select_related("lead", "data_source", "parent").prefetch_related(
        "milestones", "names"
    )
    context = {
        "section": "plans",
        "plan": found,
        "tab": "indicators",
        "tables": found.tables.filter(is_text=False),
        "indicators": indicators,
    }
    return render_page(request, "indicators/indicator_list.html", context)


@login_required
@exportable
def check_page(request: HttpRequest, plan: str) -> HttpResponse:
    """目标校核: what was found as of the last check; `?state=` and `?kind=` filter, the owner explains."""
    found = find_plan(request, plan)
    stored = found.target_findings.select_related("indicator", "organisation", "explained_by__organisation")
    context = {
        "section": "plans",
        "plan": found,
        "tab": "checks",
        "tables": found.tables.filter(is_text=False),
        "filter": FindingFilter(request.GET, queryset=stored),
        "counts": _counts_in_words(found),
        "checks": [(CHECK_NAMES[check], question) for check, question in CHECK_QUESTIONS.items()],
        "owner": owns_plan(request.user, plan_code=found.code),
        "document": str(found.document),
    }
    return render_page(request, "indicators/checks.html", context, fragment="indicators/_check_rows.html")


def _counts_in_words(plan: Plan) -> list[tuple[str, str, int]]:
    """State, its word, and how many findings are in it."""
    counts = finding_counts(plan)
    return [(state.value, str(state.label), counts[state]) for state in TargetFinding.State]


@login_required
@require_POST
def recheck_targets(request: HttpRequest, plan: str) -> HttpResponse:
    """The owner has the plan's targets checked again."""
    found = find_plan(request, plan)
    count = check_targets(plan=found, actor=cast("User", request.user))
    if count.is_nothing:
        messages.success(request, "已重新校核，结果没有变化。")
    else:
        messages.success(
            request,
            f"已重新校核：新增 {count.created} 条，变动 {count.changed} 条，消除 {count.cleared} 条，"
            f"须重新说明 {count.reopened} 条。",
        )
    return redirect("target_checks", found.code)


@login_required
@require_POST
def explain_check(request: HttpRequest, plan: str, finding: int) -> HttpResponse:
    """The owner says why the documents are so."""
    found = find_plan(request, plan)
    item = get_object_or_404(found.target_findings, pk=finding)
    form = ExplanationForm(request.POST)
    back = safe_return_address(request, default=reverse("target_checks", args=[found.code]))
    if not form.is_valid():
        messages.error(request, "".join(str(error) for error in form.errors["reason"]))
        return redirect(back)
    try:
        explain_finding(actor=cast("User", request.user), finding=item, reason=form.cleaned_data["reason"])
    except NothingToExplain as problem:
        messages.error(request, f"没有保存：{problem}。")
    else:
        messages.success(request, "说明已保存；核对的内容变动时须重新说明。")
    return redirect(back)
