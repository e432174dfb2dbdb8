"""Pictures of a board, each with its table beneath: lights, trend, ranks over time, year-end projection."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboards import pictures
from dashboards.history import lines_of_runs
from dashboards.views import Shown, find_shown, shared_context
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.models import Direction, Indicator
from indicators.periods import Period
from rankings.overviews import columns_of


@require_safe
@login_required
@exportable
def lights_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Organisations × indicators with their lights."""
    shown = find_shown(request, plan, period, board)
    context = shared_context(request, shown, tab="lights")
    if shown.run is not None:
        entries = shown.history.entries_of(shown.run)
        lines = lines_of_runs([shown.run])
        columns = columns_of(shown.plan, (lines.get(entry.pk, ()) for entry in entries))
        rows = []
        for entry in entries:
            by_code = {line.indicator_code: line for line in lines.get(entry.pk, ())}
            rows.append((entry, [by_code.get(column.code) for column in columns]))
        context |= {"columns": columns, "rows": rows, "chart": pictures.lights_chart(columns, rows)}
    return render_page(request, "dashboards/lights.html", context)


def _chosen_indicator(request: HttpRequest, shown: Shown) -> tuple[list[Indicator], Indicator | None]:
    """The indicators of the board's lines, and the one in `?indicator=` or else the first. Two queries."""
    if shown.run is None:
        return [], None
    codes = set(shown.run.entries.order_by().values_list("lines__indicator_code", flat=True).distinct())
    indicators = list(
        Indicator.objects.filter(plan=shown.plan, code__in=codes).select_related("lead").order_by("order")
    )
    wanted = request.GET.get("indicator", "")
    chosen = next((item for item in indicators if item.code == wanted), None)
    return indicators, chosen or next(iter(indicators), None)


def _with_indicator(
    request: HttpRequest, shown: Shown, *, tab: str
) -> tuple[dict[str, Any], Indicator | None]:
    indicators, chosen = _chosen_indicator(request, shown)
    context = shared_context(request, shown, tab=tab)
    return context | {"indicators": indicators, "indicator": chosen}, chosen


@require_safe
@login_required
@exportable
def trend_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """One indicator over the quarters against what was due, one small picture for each organisation."""
    shown = find_shown(request, plan, period, board)
    context, indicator = _with_indicator(request, shown, tab="trend")
    if indicator is not None:
        found = pictures.trends(shown.history, period, indicator=indicator.code)
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
    """Each organisation's rank over the quarters."""
    shown = find_shown(request, plan, period, board)
    context = shared_context(request, shown, tab="ranks")
    quarters, paths = pictures.rank_paths(shown.history, period)
    context |= {"quarters": quarters, "paths": paths, "chart": pictures.ranks_chart(quarters, paths)}
    return render_page(request, "dashboards/ranks.html", context)


@require_safe
@login_required
@exportable
def projection_page(request: HttpRequest, plan: str, period: Period, board: str) -> HttpResponse:
    """Where each organisation would end the year at its present pace: arithmetic, not a forecast."""
    shown = find_shown(request, plan, period, board)
    context, indicator = _with_indicator(request, shown, tab="projection")
    if shown.run is not None and indicator is not None:
        entries = shown.history.entries_of(shown.run)
        lines = lines_of_runs([shown.run], indicator=indicator.code)
        found = pictures.projections(entries, lines, indicator=indicator)
        context |= {"projections": found, "chart": pictures.projection_chart(found)}
    return render_page(request, "dashboards/projection.html", context)
