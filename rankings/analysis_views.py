"""Pages that ask of a board: why does an organisation stand there, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from huzhou_targets.http import query_of, render_page
from huzhou_targets.table_files import exportable
from indicators.periods import Period
from rankings import overviews, why
from rankings.computing import thaw
from rankings.models import Board, RankingRun, SchemeVersion
from rankings.overviews import CycleRuns
from rankings.rules import may_see_board
from rankings.selectors import is_rebuild_due
from rankings.views import charge_in, find_cycle
from rankings.what_if import (
    Changes,
    figure_inputs,
    indicator_names,
    read_changes,
    scheme_name,
    try_changes,
    weight_inputs,
)
from returns.models import Cycle


@dataclass(frozen=True, kw_only=True)
class Found:
    """A cycle, its runs, and the run that an address means."""

    cycle: Cycle
    runs: CycleRuns
    run: RankingRun
    number: str


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A figure changed at an organisation that the form does not show, and the trial without it."""

    name: str
    label: str
    typed: str
    without: str


def find_run(request: HttpRequest, plan: str, period: Period, board: str) -> Found:
    """The run that counts now or the published one in `?number=`; 404 where there is none of ours.

    A board that was computed elsewhere has no inputs that could be computed again.
    """
    if board not in Board.values:
        raise Http404
    cycle = find_cycle(request, plan, period)
    runs = overviews.runs_of(cycle)
    text = request.GET.get("number", "")
    number = int(text) if text.isascii() and text.isdigit() else None
    run = runs.current(board, number=number)
    if run is None or run.is_external:
        raise Http404
    return Found(cycle=cycle, runs=runs, run=run, number=text if number is not None else "")


@require_safe
@login_required
@exportable
def why_page(request: HttpRequest, plan: str, period: Period, board: str, organisation: str) -> HttpResponse:
    """Where an organisation loses points, its place among peers, and what lifts it one place.

    Peers and gaps are open to organisations only after the freeze: before it they would tell others'
    figures and help to tune one's own.
    """
    found = find_run(request, plan, period, board)
    entries, _ = overviews.visible_entries(request.user, found.run)
    entry = next((item for item in entries if item.organisation.code == organisation), None)
    if entry is None:
        raise Http404
    full = may_see_board(request.user, cycle=found.cycle)
    charge = charge_in(request, found.cycle.plan)
    losses = why.losses_of(entry.lines.all())
    standings = why.standings_of(entry, entries) if full else None
    gaps = why.gaps_of(found.run, entry, entries) if full else None
    if charge.codes is not None:
        names = {line.indicator for line in entry.lines.all() if charge.covers(line.indicator_code)}
        losses, standings, gaps = why.narrowed(losses, standings, gaps, names=names)
    context = {
        "section": "boards",
        "tab": "why",
        "charge": charge,
        "kept": query_of(number=found.number, leader=charge.asked),
        "plan": found.cycle.plan,
        "cycle": found.cycle,
        "board": board,
        "board_label": Board(board).label,
        "run": found.run,
        "number": found.number,
        "entry": entry,
        "entries": entries,
        "full": full,
        "losses": losses,
        "standings": standings,
        "gaps": gaps,
        "rebuild_due": not found.cycle.is_sealed and is_rebuild_due(found.cycle, board),
        "demo_data": found.cycle.is_demo,
    }
    return render_page(request, "rankings/why.html", context)


@require_safe
@login_required
@exportable
def what_if_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """测算: change figures, weights, the cap or the scheme and see the board it would give. Stores nothing."""
    found = find_run(request, plan, period, board)
    if not may_see_board(request.user, cycle=found.cycle):
        raise PermissionDenied("测算要用到各单位的数，冻结后才对填报单位开放")
    inputs = thaw(found.run.inputs)
    schemes = list(SchemeVersion.objects.order_by("code", "-version"))
    asked = {name: text for name, text in request.GET.dict().items() if name != "format"}
    changes = read_changes(asked, inputs=inputs, schemes=schemes)
    key = _shown_unit(request, [unit["key"] for unit in inputs["units"]])
    address = reverse("what_if", args=[plan, period, board])
    query = _canonical_query(changes, unit=key, number=found.number)
    if asked and asked != query:
        return redirect(f"{address}?{urlencode(query)}")
    present = (inputs["scheme"]["code"], inputs["scheme"]["version"])
    names = {unit["key"]: unit["name"] for unit in inputs["units"]}
    indicators = indicator_names(inputs)
    context = {
        "section": "boards",
        "plan": found.cycle.plan,
        "cycle": found.cycle,
        "board": board,
        "board_label": Board(board).label,
        "run": found.run,
        "number": found.number,
        "trial": try_changes(found.run, changes),
        "changes": changes,
        "units": list(names.items()),
        "key": key,
        "unit_name": names[key],
        "figures": figure_inputs(inputs, changes, key=key),
        "weights": weight_inputs(inputs, changes),
        "elsewhere": [
            Elsewhere(
                name=f"f.{unit}.{code}",
                label=f"{names[unit]}“{indicators[code]}”",
                typed=text,
                without=f"{address}?{urlencode({k: v for k, v in query.items() if k != f'f.{unit}.{code}'})}",
            )
            for (unit, code), text in changes.figures.items()
            if unit != key
        ],
        "schemes": [
            (scheme_name(scheme), str(scheme))
            for scheme in schemes
            if (scheme.code, scheme.version) != present
        ],
        "chosen_scheme": scheme_name(changes.scheme) if changes.scheme else "",
        "present_cap": inputs["scheme"]["parameters"].get("cap"),
        "demo_data": found.cycle.is_demo,
    }
    return render_page(request, "rankings/what_if.html", context)


def _canonical_query(changes: Changes, *, unit: str, number: str) -> dict[str, str]:
    """The address of a trial: only what is changed, the organisation shown, and the run's number."""
    query = {"unit": unit} | changes.as_query()
    return query | ({"number": number} if number else {})


def _shown_unit(request: HttpRequest, keys: list[str]) -> str:
    """The organisation whose figures the form shows: the wanted one, else one's own, else the first."""
    wanted = request.GET.get("unit", "")
    if wanted in keys:
        return wanted
    user = request.user
    own = user.organisation.code if isinstance(user, User) and user.organisation else ""
    return own if own in keys else keys[0]
