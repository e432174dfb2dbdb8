"""The page of 并行核对: an Excel board beside ours, each difference with both cells and its cause."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from rankings.comparing import Comparison
from rankings.comparing.types import CAUSE_NAMES
from rankings.forms import BoardFileForm
from rankings.models import Board
from rankings.rules import may_import_board, may_read_imports
from rankings.selectors import current_run
from rankings.services.comparison import compare_for, past_comparisons
from rankings.views import find_cycle
from returns.states import WrongState


@login_required
@exportable
def comparison_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Upload a board to compare (the owner), and read what earlier comparisons came to (leaders too)."""
    if board not in Board.values:
        raise Http404
    cycle = find_cycle(request, plan, period)
    if not may_read_imports(request.user, plan_code=plan):
        raise PermissionDenied
    run = current_run(cycle, board)
    if run is None or run.is_external:
        raise Http404
    owner = may_import_board(request.user, plan_code=plan)
    form = BoardFileForm(request.POST or None, request.FILES or None)
    comparison: Comparison | None = None
    if request.method == "POST":
        if not owner:
            raise PermissionDenied("只有牵头办可以上传 Excel 榜核对")
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                comparison = compare_for(
                    actor=cast("User", request.user), run=run, filename=file.name, data=file.read()
                )
            except WrongState as error:
                messages.error(request, f"没有核对：{error}。")
    context = {
        "section": "boards",
        "cycle": cycle,
        "plan": cycle.plan,
        "board": board,
        "board_label": Board(board).label,
        "run": run,
        "form": form if owner else None,
        "comparison": comparison,
        "filename": form.cleaned_data["file"].name if comparison is not None else "",
        "causes": [
            (CAUSE_NAMES[cause], count)
            for cause, count in (comparison.by_cause if comparison else {}).items()
        ],
        "past": [
            {
                **item,
                "causes": [
                    (CAUSE_NAMES[cause], item["causes"][cause])
                    for cause in CAUSE_NAMES
                    if cause in item["causes"]
                ],
            }
            for item in past_comparisons(cycle, board)
        ],
        "demo_data": cycle.is_demo,
    }
    status = 422 if (form.is_bound and form.errors) or (comparison and comparison.errors) else 200
    return render_page(request, "rankings/comparison.html", context, status=status)
