"""The download of a ranking's 算法复核表."""

from __future__ import annotations

import io

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from indicators.periods import Period
from rankings.models import Board, RankingRun
from rankings.recalculation import NotRecalculable, recalculation_workbook
from rankings.rules import may_see_board
from rankings.selectors import current_run
from rankings.views import find_cycle
from returns.models import Cycle

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@login_required
def recalculation_file(request: HttpRequest, plan: str, period: Period, board: str) -> FileResponse:
    """The workbook of the run that counts now, or of the published one in `?number=`.

    It shows everybody's figures and ranks, so it is open to those who may see the whole board.
    """
    if board not in Board.values:
        raise Http404
    cycle = find_cycle(request, plan, period)
    if not may_see_board(request.user, cycle=cycle):
        raise PermissionDenied("复核表含各单位的数和名次，冻结后才能下载")
    run = _wanted_run(cycle, board, request.GET.get("number", ""))
    if run is None:
        raise Http404
    try:
        content = recalculation_workbook(run)
    except NotRecalculable as error:
        raise Http404(str(error)) from error
    response = FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=f"{cycle.plan.short_name}{cycle.period.label}{Board(board).label}算法复核表.xlsx",
        content_type=XLSX,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _wanted_run(cycle: Cycle, board: str, number: str) -> RankingRun | None:
    """The published run of that number; without a number the one that counts now."""
    if not (number.isascii() and number.isdigit()):
        return current_run(cycle, board)
    published = RankingRun.objects.filter(cycle=cycle, board=board, status=RankingRun.Status.PUBLISHED)
    return published.select_related("cycle__plan", "scheme").filter(number=int(number)).first()
