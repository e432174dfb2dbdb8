"""Pages of 历史榜: uploading a past quarter's spreadsheet, looking at what was read, sealing it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings.forms import HistoricalBoardForm
from rankings.models import BoardImport, RankingRun
from rankings.rules import may_import_board, may_read_imports
from rankings.services.history import seal_board, upload_board
from returns.models import Cycle
from returns.states import CycleState, WrongState


def find_plan(request: HttpRequest, code: str) -> Plan:
    """The plan if the account may see it, else 404; refused unless it may read imports."""
    plan = get_object_or_404(plans_visible_to(request.user), code=code)
    if not may_read_imports(request.user, plan_code=plan.code):
        raise PermissionDenied
    return plan


@login_required
@exportable
def history_page(request: HttpRequest, plan: str) -> HttpResponse:
    """What was imported for a plan, newest first; the owner uploads another board here."""
    found = find_plan(request, plan)
    owner = may_import_board(request.user, plan_code=found.code)
    last_year = timezone.localdate().year - 1
    form = HistoricalBoardForm(request.POST or None, request.FILES or None, initial={"year": last_year})
    if request.method == "POST":
        if not owner:
            raise PermissionDenied("只有牵头办可以导入历史榜")
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                item = upload_board(
                    actor=cast("User", request.user),
                    plan=found,
                    period=Period(form.cleaned_data["year"], form.cleaned_data["quarter"]),
                    board=form.cleaned_data["board"],
                    filename=file.name,
                    data=file.read(),
                )
            except WrongState as error:
                messages.error(request, f"没有导入：{error}。")
                return redirect("board_history", found.code)
            return redirect("board_import", found.code, item.pk)
    context = {
        "section": "plans",
        "plan": found,
        "owner": owner,
        "form": form if owner else None,
        "imports": BoardImport.objects.filter(plan=found)
        .defer("rows")
        .select_related("run", "uploaded_by__organisation"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render_page(request, "rankings/history.html", context, status=status)


@login_required
def import_page(request: HttpRequest, plan: str, pk: int) -> HttpResponse:
    """What was read from an uploaded board, with every problem; the owner seals it here."""
    found = find_plan(request, plan)
    item = get_object_or_404(
        BoardImport.objects.select_related("plan", "run", "uploaded_by__organisation"), plan=found, pk=pk
    )
    owner = may_import_board(request.user, plan_code=found.code)
    if request.method == "POST":
        try:
            seal_board(
                actor=cast("User", request.user), item=item, reason=request.POST.get("reason", "")[:500]
            )
        except WrongState as error:
            messages.error(request, f"没有封存：{error}。")
            return redirect("board_import", found.code, item.pk)
        messages.success(request, "已封存，等待领导签发；签发后由牵头办发布。")
        return redirect("cycle", found.code, item.period)
    cycle = Cycle.objects.filter(plan=found, year=item.year, quarter=item.quarter).first()
    indicators = {line["code"]: line["indicator"] for unit in item.rows["units"] for line in unit["lines"]}
    context = {
        "section": "plans",
        "plan": found,
        "item": item,
        "owner": owner,
        "cycle": cycle,
        "indicators": list(indicators.values()),
        "rows": [
            (
                unit,
                [next((line for line in unit["lines"] if line["code"] == code), None) for code in indicators],
            )
            for unit in sorted(item.rows["units"], key=lambda unit: (unit["rank"] is None, unit["rank"] or 0))
        ],
        "is_correction": cycle is not None
        and cycle.state in (CycleState.PUBLISHED, CycleState.CORRECTING)
        and RankingRun.objects.filter(cycle=cycle, origin=RankingRun.Origin.EXTERNAL).exists(),
    }
    return render_page(request, "rankings/board_import.html", context)


@require_GET
@login_required
def import_file(request: HttpRequest, plan: str, pk: int) -> FileResponse:
    """The file as it came, always as a download."""
    item = get_object_or_404(BoardImport, plan=find_plan(request, plan), pk=pk)
    response = FileResponse(
        item.content.open("rb"),
        as_attachment=True,
        filename=item.filename,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
