"""Pictures of a board, each with its table beneath: lights, trend, ranks over time, year-end projection."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboards import pictures
from dashboards.history import lines_of_runs
from dashboards.shown import Shown, find_shown, shared_context
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.models import Direction, Indicator
from indicators.periods import Period
from rankings.models import RankingLine
from rankings.overviews import columns_of


@require_safe
@login_required
@exportable
def lights_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Organisations × indicators with their lights; `?group=` and `?leader=` narrow either side."""
    shown = find_shown(request, plan, period, board)
    context = shared_context(request, shown, tab="lights")
    if shown.run is not None:
        lines = {
            entry: [line for line in own if shown.charge.covers(line.indicator_code)]
            for entry, own in lines_of_runs([shown.run]).items()
        }
        entries = [entry for entry in shown.entries if lines.get(entry.pk) or shown.charge.codes is None]
        columns = columns_of(shown.plan, (lines.get(entry.pk, ()) for entry in entries))
        rows = []
        for entry in entries:
            by_code = {line.indicator_code: line for line in lines.get(entry.pk, ())}
            rows.append((entry, [by_code.get(column.code) for column in columns]))
        context |= {"columns": columns, "rows": rows, "chart": pictures.lights_chart(columns, rows)}
    return render_page(request, "dashboards/lights.html", context)


def _with_indicator(
    request: HttpRequest, shown: Shown, *, tab: str
) -> tuple[dict[str, Any], Indicator | None]:
    """The context with the indicators of the board's lines, and the one in `?indicator=` or else the first.

    Only those in the leader's charge where the address names one. An indicator asked for that is not among
    them is said on the page. One query beside the shared ones.
    """
    context = shared_context(request, shown, tab=tab)
    on_board = _indicators_on_board(shown)
    indicators = [item for item in on_board if shown.charge.covers(item.code)]
    wanted = request.GET.get("indicator", "")
    chosen = next((item for item in indicators if item.code == wanted), None)
    if wanted and indicators and chosen is None:
        names = {item.code: item.name for item in on_board}
        context["unknown_indicator"] = names.get(wanted, wanted)
    chosen = chosen or next(iter(indicators), None)
    return context | {"indicators": indicators, "indicator": chosen}, chosen


def _indicators_on_board(shown: Shown) -> list[Indicator]:
    """The indicators of the board's lines in the plan's order. One query."""
    if shown.run is None:
        return []
    codes = RankingLine.objects.filter(entry__run=shown.run).values("indicator_code")
    found = Indicator.objects.filter(plan=shown.plan, code__in=codes)
    return list(found.select_related("lead").order_by("order"))


@require_safe
@login_required
@exportable
def trend_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """One indicator over the quarters against what was due, one small picture for each organisation."""
    shown = find_shown(request, plan, period, board)
    context, indicator = _with_indicator(request, shown, tab="trend")
    if indicator is not None:
        found = pictures.trends(shown.history, period, indicator=indicator.code, group=shown.group)
        context |= {
            "trends": found,
            "chart": pictures.trend_chart(
                found, unit=indicator.unit, lower_is_better=indicator.direction == Direction.LOWER
            ),
        }
    return render_page(request, "dashboards/trend.html", context)


@require_safe
@login_required
@exportable
def ranks_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Each organisation's rank over the quarters, within the group where one is chosen.

    A rank is of all indicators, so `?leader=` narrows nothing here; the page says so.
    """
    shown = find_shown(request, plan, period, board)
    context = shared_context(request, shown, tab="ranks")
    quarters, paths = pictures.rank_paths(shown.history, period, group=shown.group)
    context |= {
        "quarters": quarters,
        "paths": paths,
        "chart": pictures.ranks_chart(quarters, paths, group=shown.group),
    }
    return render_page(request, "dashboards/ranks.html", context)


@require_safe
@login_required
@exportable
def projection_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Where each organisation would end the year at its present pace: arithmetic, not a forecast."""
    shown = find_shown(request, plan, period, board)
    context, indicator = _with_indicator(request, shown, tab="projection")
    if shown.run is not None and indicator is not None:
        lines = lines_of_runs([shown.run], indicator=indicator.code)
        found = pictures.projections(shown.entries, lines, indicator=indicator)
        context |= {"projections": found, "chart": pictures.projection_chart(found)}
    return render_page(request, "dashboards/projection.html", context)
