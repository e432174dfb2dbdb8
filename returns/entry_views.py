"""The typed return: one sheet for an organisation's quarter, which also works as a plain form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from districts.models import Organisation
from huzhou_targets.http import render_page
from indicators.periods import Period
from returns import overviews
from returns.entry_lines import EntryLine, city_figures_first, entry_lines, placed_problems
from returns.evidence_files import endings_of, names_of
from returns.forms import ReturnHeadForm, evidence_files, typed_entries
from returns.models import Cycle, FigureRevision
from returns.services.entry import Entered
from returns.services.evidence import enter_with_evidence
from returns.services.figures import FigureConflict
from returns.states import WRITABLE_STATES, FigureState, WrongState
from returns.views import choose_reporter, find_cycle, find_reporters, remember_own_organisation

_HANDED_IN = (FigureState.SUBMITTED, FigureState.VERIFIED)


@dataclass
class Attempt:
    """What came of sending the form: problems at cells, fields that somebody else changed, the status."""

    problems: list[dict[str, str | None]] = field(default_factory=list)
    conflicts: frozenset[str] = frozenset()
    refusal: str = ""
    status: int = 200


@login_required
def return_form(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """Type an organisation's figures of a quarter; the same reading, checks and storage as a file."""
    cycle = find_cycle(request, plan, period)
    reporters = find_reporters(request, cycle)
    reporter = choose_reporter(request, reporters)
    remember_own_organisation(cast("User", request.user), reporters)
    lines = entry_lines(cycle, reporter=reporter)
    head = ReturnHeadForm(request.POST or None, initial={"data_as_of": cycle.period.ends_on})
    attempt = Attempt()
    if request.method == "POST":
        sent = _send(request, cycle, reporter, lines, head)
        if sent is None:
            if "check" in request.POST:
                address = reverse("return_submit", args=[plan, period])
                return redirect(f"{address}?reporter={reporter.code}")
            return redirect(
                f"{request.path}?reporter={reporter.code}" if len(reporters) > 1 else request.path
            )
        attempt = sent
    context = {
        "section": "returns",
        "cycle": cycle,
        "plan": cycle.plan,
        "reporter": reporter,
        "reporters": reporters,
        "parts": city_figures_first(lines),
        "head": head,
        "typed": request.POST if request.method == "POST" else None,
        "problems": attempt.problems,
        "conflicts": attempt.conflicts,
        "refusal": attempt.refusal,
        "statuses": [item for item in FigureRevision.DataStatus.choices if item[0]],
        "writable": cycle.state in WRITABLE_STATES,
        "newest_sheet": overviews.newest_submission(cycle, reporter=reporter),
        "has_reported": any(line.figure is not None and line.figure.state in _HANDED_IN for line in lines),
        "demo_data": cycle.is_demo,
        "evidence_kinds": names_of(settings.EVIDENCE_KINDS),
        "evidence_endings": endings_of(settings.EVIDENCE_KINDS),
        "evidence_bytes": settings.EVIDENCE_MAX_BYTES,
    }
    return render_page(request, "returns/return_form.html", context, status=attempt.status)


def _send(
    request: HttpRequest, cycle: Cycle, reporter: Organisation, lines: list[EntryLine], head: ReturnHeadForm
) -> Attempt | None:
    """Save what was typed as drafts; None once it is done, else what keeps it out: all stays typed."""
    if not head.is_valid():
        return Attempt(status=422)
    try:
        entered = enter_with_evidence(
            actor=cast("User", request.user),
            cycle=cycle,
            reporter=reporter,
            entries=typed_entries(request.POST, lines, head=head),
            files=evidence_files(request.FILES, lines),
            source=FigureRevision.Source.FORM,
            reason=head.cleaned_data["reason"],
            submit=False,
        )
    except ValidationError as error:
        head.add_error(None, error)
        return Attempt(status=422)
    except FigureConflict as conflict:
        return Attempt(conflicts=frozenset(".".join(place) for place in conflict.places), status=409)
    except WrongState as error:
        return Attempt(refusal=str(error), status=409)
    if entered.saved is None:
        return Attempt(problems=placed_problems(entered.problems, lines), status=422)
    _tell(request, entered, is_checked_next="check" in request.POST)
    return None


def _tell(request: HttpRequest, entered: Entered, *, is_checked_next: bool) -> None:
    """Say what was saved; warnings only where the next page, which lists them, is not opened."""
    saved = entered.saved
    if saved is None:
        return
    messages.success(
        request, f"已存为草稿：新增 {saved.new} 项，改动 {saved.changed} 项，未变 {saved.unchanged} 项。"
    )
    for problem in entered.problems:
        if not is_checked_next:
            messages.warning(request, problem.message)
