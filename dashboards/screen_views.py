"""The big screen of a meeting room: boards in turn, refreshed by itself when a ranking changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.rules import sees_any_data
from dashboards.history import runs_that_count
from dashboards.screen import Programme, newest_runs, programme_of, slides_of, version_of
from huzhou_targets.http import query_of, render_page
from indicators.leaders import charges_of
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from rankings.models import Board, RankingRun

ROTATION = {"10": 10, "15": 15, "20": 20, "30": 30, "60": 60}
"""Seconds for which a board may stay on the screen; 15 unless `?seconds=` says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of the screen means."""

    plans: list[Plan]
    programme: Programme
    runs: list[RankingRun]

    @property
    def version(self) -> str:
        """Changes with what is shown."""
        return version_of(self.runs, codes=self.programme.codes)


def _asked(request: HttpRequest) -> Asked:
    """The plans and runs of `?plan=&board=&leader=`; 404 for a plan or board that is not there. Three queries."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    plans = list(plans_visible_to(request.user))
    code, board = request.GET.get("plan", ""), request.GET.get("board", "")
    if (code and code not in {plan.code for plan in plans}) or (board and board not in Board.values):
        raise Http404("大屏的地址里的方案或榜不存在，请从“总览”重新打开大屏")
    leader = request.GET.get("leader", "").strip()
    wanted = [plan for plan in plans if code in ("", plan.code)]
    charges = charges_of(wanted, leader) if leader else {}
    programme = programme_of(wanted, charges, asked=leader)
    found = runs_that_count(request.user, plans=programme.plans)
    return Asked(plans=plans, programme=programme, runs=newest_runs(found, board=board))


@require_safe
@login_required
def screen_page(request: HttpRequest) -> HttpResponse:
    """The newest board of each plan the account may see, one after another.

    `?plan=&board=` narrow it, `?leader=` to the indicators in the charge of one office.
    """
    asked = _asked(request)
    seconds = request.GET.get("seconds") or "15"
    if seconds not in ROTATION:
        raise Http404(f"每屏停留的秒数只能是 {'、'.join(ROTATION)}")
    context = {
        "slides": slides_of(asked.runs, codes=asked.programme.codes),
        "programme": asked.programme,
        "kept_leader": query_of(leader=asked.programme.leader),
        "plans": asked.plans,
        "seconds": ROTATION[seconds],
        "version": asked.version,
        "now": timezone.now(),
        "demo_data": any(run.cycle.is_demo for run in asked.runs),
    }
    return render_page(request, "dashboards/screen.html", context)


@require_safe
@login_required
def screen_state(request: HttpRequest) -> HttpResponse:
    """The version of what the same address without `state/` shows; 304 where the browser has it already."""
    version = _asked(request).version
    tag = f'"{version}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = JsonResponse({"version": version})
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response
