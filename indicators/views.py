"""Pages of plans: the list, one plan, its tables as printed, its tasks, its indicators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.rules import sees_any_data
from huzhou_targets.http import render_page
from indicators import overviews
from indicators.models import Plan


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
