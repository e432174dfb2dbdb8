"""Who is late, reminding them, and the notices that an account got."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from accounts.rules import owns_plan, sees_all_data
from districts.models import Organisation
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from reminders.channels import channel_label
from reminders.forms import ReminderSettingForm
from reminders.models import Reminder
from reminders.occasions import occasion_word
from reminders.selectors import REMINDED_STATES, late_lines, notices_of, recent_deliveries, setting_of
from reminders.services import mark_notices_read, remind_by_hand, resend_delivery, set_reminders
from returns.models import Cycle
from returns.states import WrongState
from returns.views import find_cycle

NOTICES_PER_PAGE = 30
SENT = "sent"
"""The part of the page that tells what went out; the others are the kinds of reminders."""
IDS_MAX = 200
TITLES = {Reminder.Kind.REPORTING: "未报齐的单位", Reminder.Kind.VERIFYING: "未核定完的单位"}


@login_required
@exportable
def late_list(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """Who has figures to report or to verify, and what reminders went out; the plan's owner sends more."""
    cycle = find_cycle(request, plan, period)
    if not sees_all_data(request.user, plan_code=cycle.plan.code):
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("action") == "remind":
        return _remind(request, cycle)
    if request.method == "POST" and request.POST.get("action") == "resend":
        return _resend(request, cycle)
    part = SENT if request.method == "POST" else request.GET.get("part", Reminder.Kind.REPORTING)
    context = {
        "section": "boards",
        "cycle": cycle,
        "plan": cycle.plan,
        "owner": owns_plan(request.user, plan_code=cycle.plan.code),
        "can_remind": cycle.state in REMINDED_STATES,
        "part": part,
        "demo_data": cycle.is_demo,
    }
    if part in Reminder.Kind.values:
        lines = late_lines(cycle, part)
        more = {
            "lines": lines,
            "title": TITLES[Reminder.Kind(part)],
        }
        return render_page(request, "reminders/late_list.html", {**context, **more})
    if part != SENT:
        raise Http404
    form = ReminderSettingForm(request.POST or None, initial=_initial(cycle))
    if request.method == "POST" and form.is_valid():
        return _set(request, cycle, form)
    rows = [
        (row, channel_label(row.channel), occasion_word(row.reminder.occasion))
        for row in recent_deliveries(cycle)
    ]
    return render_page(request, "reminders/sent_list.html", {**context, "deliveries": rows, "form": form})


def _initial(cycle: Cycle) -> dict[str, object]:
    setting = setting_of(cycle.plan)
    return {
        "is_enabled": setting.is_enabled,
        "days_before": "、".join(str(days) for days in setting.days_before),
        "on_the_day": setting.on_the_day,
        "daily_after": setting.daily_after,
    }


def _remind(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in Reminder.Kind.values:
        raise Http404
    chosen = Organisation.objects.filter(
        city=cycle.plan.city_id, pk__in=_numbers(request.POST.getlist("organisation"))
    )
    try:
        made = remind_by_hand(
            actor=cast("User", request.user),
            cycle=cycle,
            kind=kind,
            organisations=chosen.order_by("order", "code"),
            note=request.POST.get("note", "")[:200],
        )
    except WrongState as error:
        messages.error(request, f"没有发出：{error}。")
    else:
        names = "、".join(item.organisation.name for item in made)
        messages.success(request, f"已催 {names}，共 {len(made)} 个单位；结果见“已发的催报”。")
    return _back(cycle, kind)


def _resend(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    ids = _numbers([request.POST.get("delivery", "")])
    try:
        row = resend_delivery(actor=cast("User", request.user), cycle=cycle, delivery_id=ids[0] if ids else 0)
    except WrongState as error:
        messages.error(request, f"没有重发：{error}。")
    else:
        messages.success(request, f"发给{row.label}的催报几分钟内重发，结果见本页。")
    return _back(cycle, SENT)


def _set(request: HttpRequest, cycle: Cycle, form: ReminderSettingForm) -> HttpResponse:
    try:
        set_reminders(actor=cast("User", request.user), plan=cycle.plan, **form.cleaned_data)
    except WrongState as error:
        messages.error(request, f"没有保存：{error}。")
    else:
        messages.success(request, "催报设置已保存。")
    return _back(cycle, SENT)


def _back(cycle: Cycle, part: str) -> HttpResponse:
    address = reverse("late_list", args=[cycle.plan.code, cycle.period])
    return HttpResponseRedirect(f"{address}?part={part}")


def _numbers(texts: list[str]) -> list[int]:
    """The row numbers among what was sent; anything else cannot be a row."""
    return [int(text) for text in texts[:IDS_MAX] if text.isascii() and text.isdecimal() and len(text) < 18]


@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """The account's own notices, newest first; marking them as read."""
    user = cast("User", request.user)
    if request.method == "POST":
        mark_notices_read(user=user, notice_ids=_numbers(request.POST.getlist("notice")))
        return redirect("notice_list")
    page = Paginator(notices_of(user), NOTICES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "notices",
        "page": page,
        "demo_data": any(row.reminder.cycle.is_demo for row in page),
    }
    return render_page(request, "reminders/notice_list.html", context)
