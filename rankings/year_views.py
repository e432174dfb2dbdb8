"""Pages that look over a board: the year's result, and what the districts come to for the whole city."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings import overviews
from rankings.models import Board
from rankings.rollup import city_rollup
from rankings.rules import may_see_board
from rankings.views import find_cycle
from rankings.year_results import year_result


@require_safe
@login_required
@exportable
def year_page(request: HttpRequest, plan: str, year: int, board: str) -> HttpResponse:
    """The year's result of a board. Quarters that the account may not see yet count as not there."""
    if board not in Board.values:
        raise Http404
    found = get_object_or_404(plans_visible_to(request.user), code=plan)
    result = year_result(
        plan=found,
        year=year,
        board=board,
        may_see=lambda cycle: may_see_board(request.user, cycle=cycle),
    )
    if result is None:
        raise Http404
    context = {
        "section": "boards",
        "plan": found,
        "board": board,
        "board_label": Board(board).label,
        "year": year,
        "years": found.cycles.order_by("year").values_list("year", flat=True).distinct(),
        "boards": Board.choices,
        "result": result,
        "demo_data": any(quarter.run.cycle.is_demo for quarter in result.quarters if quarter.run),
    }
    return render_page(request, "rankings/year.html", context)


@require_safe
@login_required
@exportable
def rollup_page(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """What the districts' figures come to for the city, with everybody who is missing named."""
    cycle = find_cycle(request, plan, period)
    if not may_see_board(request.user, cycle=cycle):
        raise PermissionDenied("全市汇总含各单位的数，冻结后才对填报单位开放")
    context = {
        "section": "boards",
        "plan": cycle.plan,
        "cycle": cycle,
        "rollup": city_rollup(cycle, overviews.runs_of(cycle)),
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "rankings/rollup.html", context)
