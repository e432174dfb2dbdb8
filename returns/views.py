"""Pages for handing in returns: what one has to report, and templates."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Role, User
from accounts.rules import has_role
from districts.models import Organisation
from huzhou_targets.http import render_page, workbook_response
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from returns import overviews
from returns.bundles import template_for, template_name
from returns.discussions import unseen_comments
from returns.models import Cycle
from returns.states import WRITABLE_STATES


def find_cycle(request: HttpRequest, plan: str, period: Period) -> Cycle:
    """The cycle of this plan and period if the account may see the plan, else 404."""
    cycles = overviews.cycles_visible_to(request.user)
    return get_object_or_404(cycles, plan__code=plan, year=period.year, quarter=period.quarter)


def find_reporters(request: HttpRequest, cycle: Cycle) -> list[Organisation]:
    """The organisations for which the account may report here; refused where there is none."""
    reporters = overviews.reporters_of(request.user, plan_code=cycle.plan.code)
    if not reporters:
        raise PermissionDenied
    return reporters


def choose_reporter(request: HttpRequest, reporters: list[Organisation]) -> Organisation:
    """The organisation named by `?reporter=`, else the account's own."""
    wanted = request.POST.get("reporter") or request.GET.get("reporter")
    return next((item for item in reporters if item.code == wanted), reporters[0])


def remember_own_organisation(user: User, reporters: list[Organisation]) -> None:
    """Spare the page's head a query: the account's own organisation has been read among the reporters."""
    for organisation in reporters:
        if organisation.pk == user.organisation_id:
            user.organisation = organisation


@login_required
@exportable
def return_list(request: HttpRequest) -> HttpResponse:
    """What one's organisations have to report, by plan and quarter."""
    if not has_role(request.user, Role.REPORTER):
        raise PermissionDenied
    progress = overviews.reporting_progress(request.user)
    context = {
        "section": "returns",
        "plans": overviews.progress_by_plan(progress, today=timezone.localdate()),
        "writable": WRITABLE_STATES,
        "unseen": unseen_comments(request.user),
    }
    return render_page(request, "returns/return_list.html", context)


@require_GET
@login_required
def return_template(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """The template for one organisation's return, with plan, period and organisation inside."""
    cycle = find_cycle(request, plan, period)
    reporter = choose_reporter(request, find_reporters(request, cycle))
    return workbook_response(template_for(cycle, reporter), filename=template_name(cycle, reporter))
