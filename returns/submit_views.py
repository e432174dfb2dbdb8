"""The page before handing in: what goes, what is missing and why that is allowed, and what changed."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.models import User
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from returns.handing_in import handing_in_of
from returns.overviews import newest_submission
from returns.services.figures import state_handed_in, submit_figures
from returns.states import WRITABLE_STATES, FigureState, WrongState
from returns.views import choose_reporter, find_cycle, find_reporters, remember_own_organisation


@login_required
@exportable
def return_submit(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """Hand in an organisation's drafts of a quarter after having seen what goes and what is missing."""
    cycle = find_cycle(request, plan, period)
    reporters = find_reporters(request, cycle)
    reporter = choose_reporter(request, reporters)
    remember_own_organisation(cast("User", request.user), reporters)
    refusal = ""
    to_unit = state_handed_in(cycle) == FigureState.UNIT_REVIEW
    if request.method == "POST":
        try:
            amount = submit_figures(
                actor=cast("User", request.user),
                cycle=cycle,
                reporter=reporter,
                seen=_seen(request.POST),
                as_they_are=[
                    int(item)
                    for item in request.POST.getlist("as_it_is")
                    if item.isascii() and item.isdecimal()
                ],
            )
        except WrongState as error:
            refusal = str(error)
        else:
            _tell(request, amount, to_unit=to_unit)
            return redirect(f"{request.path}?reporter={reporter.code}")
    submission = handing_in_of(cycle, reporter=reporter)
    context = {
        "section": "returns",
        "cycle": cycle,
        "plan": cycle.plan,
        "reporter": reporter,
        "reporters": reporters,
        "submission": submission,
        "newest_sheet": None if submission.drafts else newest_submission(cycle, reporter=reporter),
        "to_unit": to_unit,
        "refusal": refusal,
        "writable": cycle.state in WRITABLE_STATES,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/return_submit.html", context, status=409 if refusal else 200)


def _seen(data: QueryDict) -> dict[int, int]:
    """The drafts that the page listed, as `id:revision`; what is not of this form is nobody's draft."""
    pairs = (item.partition(":") for item in data.getlist("draft"))
    return {
        int(pk): int(number)
        for pk, _, number in pairs
        if pk.isdecimal() and number.isdecimal() and (pk + number).isascii()
    }


def _tell(request: HttpRequest, amount: int, *, to_unit: bool) -> None:
    if not amount:
        messages.info(request, "没有可报送的数，没有改动。")
    elif to_unit:
        messages.success(request, f"已交本单位审核：{amount} 项，审核通过才算报送。")
    else:
        messages.success(request, f"已报送：{amount} 项，等待核定。")
