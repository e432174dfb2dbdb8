"""The calendar of a plan: everybody of the plan reads it, the plan's owner sets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import User
from accounts.rules import owns_plan
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from returns.calendar_forms import CalendarRuleForm, CycleDatesForm, DayExceptionForm
from returns.calendar_models import DayException
from returns.calendars import DATE_FIELDS, calendar_lines, calendar_years, dates_of, proposal_for, rule_of
from returns.models import Cycle
from returns.services.calendar import (
    accept_proposal,
    add_day_exception,
    remove_day_exception,
    set_calendar_rule,
)
from returns.services.cycles import set_cycle_dates
from returns.states import WrongState
from returns.views import find_cycle
from returns.workdays import NoWorkingDay, knows_year, special_days


@login_required
@exportable
def calendar_page(request: HttpRequest, plan: str) -> HttpResponse:
    """The periods of a year with their dates, what the rule proposes, late permissions, and days off."""
    found = get_object_or_404(plans_visible_to(request.user), code=plan)
    rule = CalendarRuleForm(instance=rule_of(found))
    exception = DayExceptionForm()
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "rule":
            rule = CalendarRuleForm(request.POST, instance=rule_of(found))
            if rule.is_valid():
                return _answer(request, found, "日历规则已保存", lambda: _set_rule(request, found, rule))
        elif action == "add_day":
            exception = DayExceptionForm(request.POST)
            if exception.is_valid():
                return _answer(request, found, "已登记", lambda: _add_day(request, found, exception))
        else:
            return _answer(request, found, *_simple_act(request, found, action))
    years = calendar_years(found)
    context = {
        "section": "plans",
        "plan": found,
        "owner": owns_plan(request.user, plan_code=found.code),
        "years": years,
        "rule": rule,
        "exception": exception,
        "exceptions": DayException.objects.filter(city=found.city_id).select_related(
            "entered_by__organisation"
        ),
        **_year_context(request, found, _chosen_year(request, years)),
    }
    return render_page(request, "returns/calendar.html", context)


def _year_context(request: HttpRequest, plan: Plan, year: int) -> dict[str, object]:
    """The lines of a year; where no working day can be found, the message in their place."""
    # the last period's dates lie in the following year
    known = {
        "year": year,
        "unknown_years": [item for item in (year, year + 1) if not knows_year(item)],
        "special_days": special_days(year) + [day for day in special_days(year + 1) if day.day.month < 3],
    }
    try:
        lines = calendar_lines(plan, year=year, user=request.user)
    except NoWorkingDay as error:
        return {**known, "lines": [], "trouble": str(error)}
    return {**known, "lines": lines, "has_permissions": any(line.permissions for line in lines)}


def _chosen_year(request: HttpRequest, years: list[int]) -> int:
    if not years:
        raise Http404
    wanted = request.GET.get("year", "")
    return int(wanted) if wanted in {str(year) for year in years} else years[0]


def _simple_act(request: HttpRequest, plan: Plan, action: str) -> tuple[str, Callable[[], object]]:
    """What a button without a form does, and what is said when it is done."""
    actor = cast("User", request.user)
    if action == "accept":
        cycles = Cycle.objects.select_related("plan")
        cycle = get_object_or_404(cycles, plan=plan, pk=_number(request.POST.get("cycle", "")))
        return f"{cycle.period.label}已按建议设定", lambda: accept_proposal(actor=actor, cycle=cycle)
    if action == "remove_day":
        pk = _number(request.POST.get("exception", ""))
        return "已删除", lambda: remove_day_exception(actor=actor, plan=plan, pk=pk)
    raise Http404


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _set_rule(request: HttpRequest, plan: Plan, form: CalendarRuleForm) -> object:
    return set_calendar_rule(actor=cast("User", request.user), plan=plan, **form.cleaned_data)


def _add_day(request: HttpRequest, plan: Plan, form: DayExceptionForm) -> object:
    return add_day_exception(
        actor=cast("User", request.user),
        plan=plan,
        day=form.cleaned_data["day"],
        is_working_day=form.cleaned_data["is_working_day"],
        reason=form.cleaned_data["day_reason"],
    )


def _answer(request: HttpRequest, plan: Plan, done: str, act: Callable[[], object]) -> HttpResponse:
    """Carry out one act and come back to the calendar with what came of it."""
    try:
        act()
    except (WrongState, NoWorkingDay) as error:
        messages.error(request, f"没有办成：{error}。")
    else:
        messages.success(request, f"{done}。")
    year = request.POST.get("year", "")
    response = redirect("calendar", plan.code)
    if year.isdecimal():
        response["Location"] += f"?year={int(year)}"
    return response


@login_required
def cycle_dates(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """The owner's form for the dates of one period, filled with what is set, else with the proposal."""
    cycle = find_cycle(request, plan, period)
    if not owns_plan(request.user, plan_code=cycle.plan.code):
        raise PermissionDenied
    dates = dates_of(cycle)
    proposed = _proposal_or_none(cycle)
    is_set = any(getattr(dates, name) for name in DATE_FIELDS)
    shown = dates if is_set or proposed is None else proposed
    form = CycleDatesForm(request.POST or None, initial={name: getattr(shown, name) for name in DATE_FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            set_cycle_dates(
                actor=cast("User", request.user),
                cycle=cycle,
                dates=form.dates(),
                reason=form.cleaned_data["reason"],
            )
        except WrongState as error:
            messages.error(request, f"没有办成：{error}。")
        else:
            messages.success(request, f"{cycle.period.label}的日历已保存。")
            return redirect("calendar", cycle.plan.code)
    context = {
        "section": "plans",
        "plan": cycle.plan,
        "cycle": cycle,
        "form": form,
        "is_set": is_set,
        "proposed": proposed,
    }
    return render_page(request, "returns/cycle_dates.html", context)


def _proposal_or_none(cycle: Cycle) -> object | None:
    try:
        return proposal_for(cycle)
    except NoWorkingDay:
        return None
