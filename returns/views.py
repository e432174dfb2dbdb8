"""Pages for handing in returns: lists, the typed form, templates, and where a figure came from."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from accounts.models import Role, User
from accounts.rules import has_role
from districts.models import Organisation
from huzhou_targets.http import render_page, workbook_response
from indicators.periods import Period
from returns import overviews
from returns.bundles import template_for, template_name
from returns.disagreements import disagreements
from returns.forms import ReturnHeadForm, typed_entries
from returns.models import Cycle, FigureRevision
from returns.services.entry import enter_figures
from returns.states import WRITABLE_STATES, WrongState


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


@login_required
def return_list(request: HttpRequest) -> HttpResponse:
    """What one's organisations have to report, by plan and quarter."""
    if not has_role(request.user, Role.REPORTER):
        raise PermissionDenied
    progress = overviews.reporting_progress(request.user)
    context = {"section": "returns", "progress": progress, "writable": WRITABLE_STATES}
    return render_page(request, "returns/return_list.html", context)


@login_required
def return_form(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """Type an organisation's figures of a quarter; the same reading, checks and storage as a file."""
    cycle = find_cycle(request, plan, period)
    reporters = find_reporters(request, cycle)
    reporter = choose_reporter(request, reporters)
    lines = overviews.form_lines(cycle, reporter=reporter)
    as_of = next((line.revision.data_as_of for line in lines if line.revision), None)
    head = ReturnHeadForm(request.POST or None, initial={"data_as_of": as_of or cycle.period.ends_on})
    problems: list[dict[str, str | None]] = []
    status = 200
    if request.method == "POST" and head.is_valid():
        submit = "submit" in request.POST
        try:
            entered = enter_figures(
                actor=cast("User", request.user),
                cycle=cycle,
                reporter=reporter,
                entries=typed_entries(request.POST, lines, head=head),
                source=FigureRevision.Source.FORM,
                reason=head.cleaned_data["reason"],
                submit=submit,
            )
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("return_form", plan, period)
        if entered.saved is not None:
            saved = entered.saved
            done = "已报送" if submit else "已存为草稿"
            messages.success(
                request, f"{done}：新增 {saved.new} 项，改动 {saved.changed} 项，未变 {saved.unchanged} 项。"
            )
            for problem in entered.problems:
                messages.warning(request, problem.message)
            return redirect("return_form", plan, period)
        problems, status = overviews.placed_problems(entered.problems, lines), 422
    context = {
        "section": "returns",
        "cycle": cycle,
        "plan": cycle.plan,
        "reporter": reporter,
        "reporters": reporters,
        "parts": overviews.city_figures_first(lines),
        "head": head,
        "typed": request.POST if request.method == "POST" else None,
        "problems": problems,
        "writable": cycle.state in WRITABLE_STATES,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/return_form.html", context, status=status)


@require_GET
@login_required
def return_template(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """The template for one organisation's return, with plan, period and organisation inside."""
    cycle = find_cycle(request, plan, period)
    reporter = choose_reporter(request, find_reporters(request, cycle))
    return workbook_response(template_for(cycle, reporter), filename=template_name(cycle, reporter))


@login_required
def figure_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a figure came from: every value it had, its file, sheet and cell, who, when, who confirmed it."""
    figure = get_object_or_404(overviews.figure_with_history(request.user), pk=pk)
    context = {
        "section": "boards",
        "figure": figure,
        "differs": disagreements([figure]).get(figure.pk, []),
        "cycle": figure.cycle,
        "plan": figure.cycle.plan,
        "demo_data": figure.cycle.is_demo,
        "readable_uploads": set(
            overviews.uploads_visible_to(request.user)
            .filter(revisions__figure=figure)
            .values_list("pk", flat=True)
        ),
    }
    return render_page(request, "returns/figure.html", context)
