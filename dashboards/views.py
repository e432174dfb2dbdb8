"""The leadership page: one board in one screen, every word a link to what is behind it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.rules import sees_any_data
from dashboards.history import runs_that_count
from dashboards.selectors import leadership
from dashboards.shown import find_shown, shared_context
from dashboards.tiles import tiles_of
from huzhou_targets.http import query_of, render_page
from huzhou_targets.table_files import exportable
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings.models import Board

TABS = {
    "overview": "overview",
    "lights": "picture_lights",
    "trend": "picture_trend",
    "ranks": "picture_ranks",
    "projection": "picture_projection",
}
"""The pages of a board's dashboard by the name that their switcher sends."""


@require_safe
@login_required
def overview_start(request: HttpRequest) -> HttpResponse:
    """Where `?plan=&period=&board=` of the switcher lead; without them the newest board one may see.

    The page from which one switches and its filters stay: `?tab=&group=&leader=&indicator=`.
    """
    if not sees_any_data(request.user):
        raise PermissionDenied
    wanted = request.GET.get("plan", "")
    plans = plans_visible_to(request.user)
    board = request.GET.get("board") or Board.DISTRICTS
    tab = request.GET.get("tab") or "overview"
    if board not in Board.values or tab not in TABS:
        raise Http404
    chosen = [get_object_or_404(plans, code=wanted)] if wanted else list(plans)
    runs = runs_that_count(request.user, plans=chosen)
    for plan in chosen:
        periods = runs.get((plan.pk, board), {})
        period = _chosen_period(request.GET.get("period", ""), plan, list(periods))
        if period is not None:
            kept = query_of(
                group=request.GET.get("group", ""),
                leader=request.GET.get("leader", ""),
                indicator=_known_indicator(plan, request.GET.get("indicator", "")),
            )
            return redirect(reverse(TABS[tab], args=[plan.code, period, board]) + kept)
    return render_page(request, "dashboards/nothing.html", {"section": "overview", "plans": chosen})


def _chosen_period(text: str, plan: Plan, periods: list[Period]) -> Period | None:
    """The wanted period where the plan has such a cycle, else the newest one that has a run."""
    try:
        wanted = Period.parse(text)
    except ValueError:
        wanted = None
    if wanted is not None and plan.cycles.filter(year=wanted.year, quarter=wanted.quarter).exists():
        return wanted
    return periods[-1] if periods else None


def _known_indicator(plan: Plan, code: str) -> str:
    """The code if the plan has such an indicator: another plan's stays behind when one switches."""
    return code if code and plan.indicators.filter(code=code).exists() else ""


@require_safe
@login_required
@exportable
def overview_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Who leads, who lags, why, since when, how certain: one board of a quarter.

    `?group=` narrows it to a group, `?leader=` to the indicators in the charge of one office.
    """
    shown = find_shown(request, plan, period, board)
    context = shared_context(request, shown, tab="overview")
    if shown.run is not None:
        page = leadership(shown.history, shown.run, group=shown.group, only=shown.charge.codes)
        tiled = board == Board.DISTRICTS
        context |= {"page": page, "tiles": tiles_of(shown.plan.city.code, page.rows) if tiled else None}
    return render_page(request, "dashboards/overview.html", context)
