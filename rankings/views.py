"""Pages of boards: the ranking, and one organisation's lines with every step to its score."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.models import Role
from accounts.rules import has_role
from huzhou_targets.http import query_of, render_page
from huzhou_targets.table_files import exportable
from indicators.leaders import Charge, charge_of
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings import overviews
from rankings.models import Board, RankingRun
from rankings.overviews import CycleRuns
from rankings.selectors import is_rebuild_due
from returns.models import Cycle
from returns.overviews import cycles_visible_to
from returns.rules import may_see_board

NOTICE = "rebuild-notice"
"""Id of the element that asks whether a recomputation is done."""


def find_cycle(request: HttpRequest, plan: str, period: Period) -> Cycle:
    """The cycle of this plan and period if the account may see the plan, else 404."""
    cycles = cycles_visible_to(request.user)
    return get_object_or_404(cycles, plan__code=plan, year=period.year, quarter=period.quarter)


def _answer_poll(request: HttpRequest, cycle: Cycle, board: str) -> HttpResponse | None:
    """What the notice 正在重新计算 gets when it asks again: nothing yet, or the word to reload the page."""
    if request.headers.get("HX-Trigger") != NOTICE:
        return None
    due = not cycle.is_sealed and is_rebuild_due(cycle, board)
    return HttpResponse(status=204) if due else HttpResponse(headers={"HX-Refresh": "true"})


def _number(request: HttpRequest) -> int | None:
    """The number of a published run in `?number=`; None for the one that counts now."""
    text = request.GET.get("number", "")
    return int(text) if text.isascii() and text.isdigit() else None


def charge_in(request: HttpRequest, plan: Plan) -> Charge:
    """What `?leader=` narrows a page to; everything, without a query, where the address names nobody."""
    asked = request.GET.get("leader", "")
    return charge_of(plan, asked) if asked else Charge(offices=(), asked="", codes=None)


@login_required
def switch_board(request: HttpRequest) -> HttpResponse:
    """Where the switcher leads: a plain form that names plan, period and board."""
    plan = get_object_or_404(plans_visible_to(request.user), code=request.GET.get("plan", ""))
    board = request.GET.get("board", Board.DISTRICTS)
    wanted = request.GET.get("period", "")
    periods = {str(period): period for period in overviews.period_choices(plan)}
    if not periods or board not in Board.values:
        raise Http404
    period = periods.get(wanted) or next(iter(periods.values()))
    kept = query_of(group=request.GET.get("group", ""), leader=request.GET.get("leader", ""))
    return redirect(reverse("board", args=[plan.code, period, board]) + kept)


@login_required
@exportable
def board_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """A plan's board of a quarter; group, order and whose indicators are shown in the URL."""
    if board not in Board.values:
        raise Http404
    cycle = find_cycle(request, plan, period)
    if (answer := _answer_poll(request, cycle, board)) is not None:
        return answer
    number = _number(request)
    runs = overviews.runs_of(cycle)
    run = runs.current(board, number=number)
    if run is None and number is not None:
        raise Http404
    context = _shared_context(request, cycle, board, run, runs)
    context["periods"] = overviews.period_choices(cycle.plan)
    group, sort = request.GET.get("group", ""), request.GET.get("sort", "")
    if run is not None:
        table = overviews.board_table(request.user, run, group=group, sort=sort, only=context["charge"].codes)
        context |= {
            "table": table,
            "group": group if group in table.groups else "",
            "unknown_group": group if group not in table.groups else "",
            "sort": sort,
            "chart": overviews.totals_chart(table) if context["full"] else None,
        }
    return render_page(request, "rankings/board.html", context, fragment="rankings/_board_results.html")


def _shared_context(
    request: HttpRequest, cycle: Cycle, board: str, run: RankingRun | None, runs: CycleRuns
) -> dict[str, Any]:
    """What a board and its organisations' pages show alike: status, digests, switcher, other boards."""
    plan = cycle.plan
    charge = charge_in(request, plan)
    return {
        "section": "boards",
        "cycle": cycle,
        "plan": plan,
        "board": board,
        "board_label": Board(board).label,
        "run": run,
        "runs": runs.published(board),
        "boards": runs.boards,
        "charge": charge,
        "kept": query_of(number=request.GET.get("number", ""), leader=charge.asked),
        "rebuild_due": not cycle.is_sealed and is_rebuild_due(cycle, board),
        "full": may_see_board(request.user, cycle=cycle),
        "objections": overviews.objection_panel(request.user, cycle, board),
        "runs_cycle": has_role(request.user, Role.OWNER, Role.LEADER, plan_code=plan.code),
        "demo_data": cycle.is_demo,
    }


@login_required
@exportable
def entry_page(
    request: HttpRequest, plan: str, period: Period, board: str, organisation: str
) -> HttpResponse:
    """One organisation on a board: each line from the target's text to its score, and its source."""
    if board not in Board.values:
        raise Http404
    cycle = find_cycle(request, plan, period)
    if (answer := _answer_poll(request, cycle, board)) is not None:
        return answer
    runs = overviews.runs_of(cycle)
    run = runs.current(board, number=_number(request))
    if run is None:
        raise Http404
    entries, _ = overviews.visible_entries(request.user, run)
    entry = next((item for item in entries if item.organisation.code == organisation), None)
    if entry is None:
        raise Http404
    context = _shared_context(request, cycle, board, run, runs)
    explained = overviews.explain_entry(entry, run)
    shown = [item for item in explained.lines if context["charge"].covers(item.line.indicator_code)]
    context |= {"entry": entry, "explained": explained, "shown_lines": shown, "entries": entries}
    return render_page(request, "rankings/entry.html", context)
