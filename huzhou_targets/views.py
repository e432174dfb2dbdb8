"""Pages that belong to no app alone: home and help."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Role
from accounts.rules import has_role, sees_any_data
from huzhou_targets.administration import administrator_tasks
from huzhou_targets.http import render_page
from huzhou_targets.manual import read_manual
from indicators.overviews import plans_visible_to
from rankings.models import Board
from rankings.overviews import quarters_by_year, waiting_objections
from rankings.rules import objecting_organisations
from returns.overviews import (
    cycles_visible_to,
    cycles_with_waiting,
    reporting_progress,
)
from returns.states import WRITABLE_STATES, CycleState


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """A leader's home is the leadership page; everybody else's the boards and what waits for the account."""
    if has_role(request.user, Role.LEADER) and not has_role(request.user, Role.OWNER):
        return redirect("overview_start")
    return all_boards(request)


@login_required
def all_boards(request: HttpRequest) -> HttpResponse:
    """Plans with their quarters, and what waits for this account."""
    user = request.user
    if not sees_any_data(user):
        return render_page(request, "home_administrator.html", {"tasks": administrator_tasks(user)})
    plans = list(plans_visible_to(user))
    cycles = list(cycles_visible_to(user).order_by("year", "quarter"))
    by_plan = quarters_by_year(cycles)
    context = {
        "section": "boards",
        "plans": [(plan, by_plan.get(plan.pk, {})) for plan in plans],
        "sent_back": [
            item
            for item in (reporting_progress(user) if has_role(user, Role.REPORTER) else [])
            if (item.sent_back or item.drafts) and item.cycle.state in WRITABLE_STATES
        ],
        "waiting": cycles_with_waiting(user) if has_role(user, Role.VERIFIER, Role.OWNER) else [],
        "steps_due": [
            cycle
            for cycle in cycles
            if has_role(user, Role.OWNER, Role.LEADER, plan_code=cycle.plan.code)
            and cycle.state in (CycleState.CLOSED, CycleState.FROZEN, CycleState.CORRECTING)
        ],
        "objections": waiting_objections(user, cycles),
        "objection_windows": [
            cycle
            for cycle in cycles
            if cycle.takes_objections() and objecting_organisations(user, plan_code=cycle.plan.code)
        ],
        "demo_data": any(cycle.is_demo for cycle in cycles),
        "default_board": Board.DISTRICTS,
    }
    return render_page(request, "home.html", context)


def help_page(request: HttpRequest) -> HttpResponse:
    """What the signs mean and how each kind of user works; open to everybody."""
    return render_page(request, "help.html", {"section": "help"})


def manual_page(request: HttpRequest) -> HttpResponse:
    """The manual for each kind of user; open to everybody."""
    return render_page(request, "manual.html", {"section": "help", "manual": read_manual()})
