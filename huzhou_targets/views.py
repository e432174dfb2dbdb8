"""Pages that belong to no app alone: the list of boards, and help."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.rules import sees_any_data
from huzhou_targets.http import render_page
from huzhou_targets.manual import read_manual
from huzhou_targets.table_files import exportable
from indicators.overviews import plans_visible_to
from rankings.models import Board
from rankings.overviews import quarters_by_year
from returns.overviews import (
    cycles_visible_to,
)


@login_required
@exportable
def all_boards(request: HttpRequest) -> HttpResponse:
    """Every plan that the account may see, with its quarters."""
    user = request.user
    if not sees_any_data(user):
        return redirect("worklist")
    plans = list(plans_visible_to(user))
    cycles = list(cycles_visible_to(user).order_by("year", "quarter"))
    by_plan = quarters_by_year(cycles)
    context = {
        "section": "boards",
        "plans": [(plan, by_plan.get(plan.pk, {})) for plan in plans],
        "demo_data": any(cycle.is_demo for cycle in cycles),
        "default_board": Board.DISTRICTS,
    }
    return render_page(request, "all_boards.html", context)


def help_page(request: HttpRequest) -> HttpResponse:
    """What the signs mean and how each kind of user works; open to everybody."""
    return render_page(request, "help.html", {"section": "help"})


def manual_page(request: HttpRequest) -> HttpResponse:
    """The manual for each kind of user; open to everybody."""
    return render_page(request, "manual.html", {"section": "help", "manual": read_manual()})
