"""The leadership page: one board in one screen, every word a link to what is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.rules import has_role, sees_any_data
from dashboards.history import BoardHistory, board_history, runs_that_count
from dashboards.selectors import leadership
from dashboards.tiles import tiles_of
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.leaders import offices_of
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings.models import Board, RankingRun
from rankings.rules import may_see_board
from rankings.selectors import is_rebuild_due
from returns.models import Cycle


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an address of a board's dashboard means: the plans of the account, the board, its run if any."""

    plans: list[Plan]
    plan: Plan
    cycle: Cycle
    cycles: list[Cycle]
    board: str
    history: BoardHistory

    @property
    def run(self) -> RankingRun | None:
        """The run that counts in the period."""
        return self.history.run(self.cycle.period)


def find_shown(request: HttpRequest, plan: str, period: Period, board: str) -> Shown:
    """The board of an address. 404 where plan, period or board are not there for this account.

    Refused before the freeze, since ranks and others' figures are open only afterwards. Four queries.
    """
    if board not in Board.values:
        raise Http404
    plans = list(plans_visible_to(request.user))
    found = next((item for item in plans if item.code == plan), None)
    if found is None:
        raise Http404
    cycles = list(found.cycles.order_by("-year", "-quarter"))
    cycle = next((item for item in cycles if item.period == period), None)
    if cycle is None:
        raise Http404
    for item in cycles:
        item.plan = found
    if not may_see_board(request.user, cycle=cycle):
        raise PermissionDenied("名次和其他单位的数在冻结后公开；冻结前请在“晾晒榜”看本单位自己的得分")
    history = board_history(request.user, plan=found, board=board)
    return Shown(plans=plans, plan=found, cycle=cycle, cycles=cycles, board=board, history=history)


def shared_context(request: HttpRequest, shown: Shown, *, tab: str) -> dict[str, Any]:
    """What all pages of a board's dashboard show: head, switcher, tabs, state of the data."""
    cycle = shown.cycle
    return {
        "section": "overview",
        "tab": tab,
        "plan": shown.plan,
        "plans": shown.plans,
        "cycle": cycle,
        "cycles": shown.cycles,
        "board": shown.board,
        "board_label": Board(shown.board).label,
        "boards": Board.choices,
        "run": shown.run,
        "rebuild_due": not cycle.is_sealed and is_rebuild_due(cycle, shown.board),
        "runs_cycle": has_role(request.user, Role.OWNER, Role.LEADER, plan_code=shown.plan.code),
        "demo_data": cycle.is_demo,
    }


@require_safe
@login_required
def overview_start(request: HttpRequest) -> HttpResponse:
    """Where `?plan=&period=&board=` of the switcher lead; without them the newest board one may see."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    wanted = request.GET.get("plan", "")
    plans = plans_visible_to(request.user)
    board = request.GET.get("board") or Board.DISTRICTS
    if board not in Board.values:
        raise Http404
    chosen = [get_object_or_404(plans, code=wanted)] if wanted else list(plans)
    runs = runs_that_count(request.user, plans=chosen)
    for plan in chosen:
        periods = runs.get((plan.pk, board), {})
        period = _chosen_period(request.GET.get("period", ""), plan, list(periods))
        if period is not None:
            kept = {name: request.GET[name] for name in ("group", "leader") if request.GET.get(name)}
            query = f"?{urlencode(kept)}" if kept else ""
            return redirect(reverse("overview", args=[plan.code, period, board]) + query)
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


@require_safe
@login_required
@exportable
def overview_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Who leads, who lags, why, since when, how certain: one board of a quarter.

    `?group=` narrows it to a group, `?leader=` to the indicators in the charge of one office.
    """
    shown = find_shown(request, plan, period, board)
    context = shared_context(request, shown, tab="overview")
    run = shown.run
    if run is not None:
        group = request.GET.get("group", "")
        leader = request.GET.get("leader", "")
        offices = offices_of(shown.plan)
        own = [code for code, office in offices.items() if office == leader]
        page = leadership(shown.history, run, group=group, only=own or None)
        context |= {
            "page": page,
            "leaders": list(dict.fromkeys(offices.values())),
            "leader": leader if own else "",
            "unknown_leader": leader if not own else "",
            "group": group if group in page.groups else "",
            "tiles": tiles_of(shown.plan.city.code, page.rows) if board == Board.DISTRICTS else None,
        }
    return render_page(request, "dashboards/overview.html", context)
