"""The page of a plan's 领导分工: for everybody who sees the plan to read, for its owner to enter."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.rules import owns_plan
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.leaders import LeadersRefused, assign_leaders
from indicators.views import find_plan

FIELD = "office-"
BASIS_MAX = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@exportable
def leaders_page(request: HttpRequest, plan: str) -> HttpResponse:
    """Each indicator with the office in charge of it; the owner sets them all at once."""
    found = find_plan(request, plan)
    problems: dict[str, str] = {}
    if request.method == "POST":
        typed = {
            key.removeprefix(FIELD): str(value)
            for key, value in request.POST.items()
            if key.startswith(FIELD)
        }
        try:
            changed = assign_leaders(
                actor=cast("User", request.user),
                plan=found,
                offices=typed,
                basis=request.POST.get("basis", "")[:BASIS_MAX],
            )
        except LeadersRefused as refused:
            problems = refused.problems
        else:
            messages.success(request, f"已保存，{changed} 项有变动。" if changed else "没有变动。")
            return redirect("leaders", found.code)
    indicators = list(found.indicators.select_related("lead", "leader_assignment"))
    rows = []
    for indicator in indicators:
        present = getattr(indicator, "leader_assignment", None)
        office = present.office if present else ""
        rows.append((indicator, present, request.POST.get(f"{FIELD}{indicator.code}", office)))
    context = {
        "section": "plans",
        "plan": found,
        "tab": "leaders",
        "tables": found.tables.filter(is_text=False),
        "rows": rows,
        "offices": sorted({present.office for _, present, _ in rows if present}),
        "basis": request.POST.get("basis", ""),
        "problems": problems,
        "owner": owns_plan(request.user, plan_code=found.code),
    }
    return render_page(request, "indicators/leaders.html", context, status=422 if problems else 200)
