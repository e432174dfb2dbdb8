"""The plan owner's pages about filling in: which checks the plan wants, and all templates of a cycle at once."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.rules import owns_plan
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from returns.bundles import templates_zip
from returns.check_settings import checks_of
from returns.services.checks import switch_check
from returns.states import WrongState
from returns.submissions import SignedSheetSetting
from returns.views import find_cycle


@login_required
@exportable
def check_list(request: HttpRequest, plan: str) -> HttpResponse:
    """What is checked across the figures of a plan's returns; the plan's owner switches checks off and on."""
    found = get_object_or_404(plans_visible_to(request.user), code=plan)
    if request.method == "POST":
        enabled = request.POST.get("enabled") == "yes"
        try:
            setting = switch_check(
                actor=cast("User", request.user),
                plan=found,
                code=request.POST.get("code", ""),
                enabled=enabled,
                reason=request.POST.get("reason", ""),
            )
        except WrongState as error:
            messages.error(request, str(error))
        else:
            line = next(line for line in checks_of(found) if line.check.code == setting.code)
            messages.success(
                request, f"已{'开启' if enabled else '关闭'}“{line.check.name}”，从下一份填报起生效。"
            )
        return redirect("check_list", plan)
    context = {
        "section": "returns",
        "plan": found,
        "lines": checks_of(found),
        "owner": owns_plan(request.user, plan_code=found.code),
        "sheet_setting": SignedSheetSetting.objects.filter(plan=found)
        .select_related("changed_by__organisation")
        .first(),
    }
    return render_page(request, "returns/checks.html", context)


@require_GET
@login_required
def cycle_templates(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """One zip with the template of every organisation that has something to report in a cycle."""
    cycle = find_cycle(request, plan, period)
    if not owns_plan(request.user, plan_code=cycle.plan.code):
        raise PermissionDenied
    response = HttpResponse(templates_zip(cycle), content_type="application/zip")
    name = f"{cycle.plan.short_name}{cycle.period.label}填报模板.zip"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
