"""The big screen of a meeting room: boards in turn, refreshed by itself when a ranking changes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.rules import sees_any_data
from dashboards.history import runs_that_count
from dashboards.screen import newest_runs, slides_of, version_of
from huzhou_targets.http import render_page
from indicators.overviews import plans_visible_to

ROTATION = {"10": 10, "15": 15, "20": 20, "30": 30, "60": 60}
"""Seconds for which a board may stay on the screen; 15 unless `?seconds=` says otherwise."""


@require_safe
@login_required
def screen_page(request: HttpRequest) -> HttpResponse:
    """The newest board of each plan the account may see, one after another; `?plan=&board=` narrow it."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    plans = list(plans_visible_to(request.user))
    runs = newest_runs(
        runs_that_count(request.user, plans=plans),
        plan=request.GET.get("plan", ""),
        board=request.GET.get("board", ""),
    )
    context = {
        "slides": slides_of(runs),
        "plans": plans,
        "seconds": ROTATION.get(request.GET.get("seconds", ""), 15),
        "version": version_of(runs),
        "now": timezone.now(),
        "demo_data": any(run.cycle.is_demo for run in runs),
    }
    return render_page(request, "dashboards/screen.html", context)


@require_safe
@login_required
def screen_state(request: HttpRequest) -> HttpResponse:
    """The version of what the same address without `state/` shows; 304 where the browser has it already."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    plans = list(plans_visible_to(request.user))
    runs = newest_runs(
        runs_that_count(request.user, plans=plans),
        plan=request.GET.get("plan", ""),
        board=request.GET.get("board", ""),
    )
    version = version_of(runs)
    tag = f'"{version}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = JsonResponse({"version": version})
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response
