"""Pages of the park register."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django_tables2 import RequestConfig

from accounts.rules import sees_any_data
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from huzhou_targets.templatetags.huzhou import amount
from indicators.overviews import plans_visible_to
from parks.comparison import MEASURES, compare_parks
from parks.filters import ParkFilter
from parks.selectors import DistrictCounts, district_counts, parks_visible_to
from parks.tables import ParkTable


@login_required
@exportable
def park_list(request: HttpRequest) -> HttpResponse:
    """The register: filter and sort in the URL, count per district beside its target."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    plans = plans_visible_to(request.user)
    parks = parks_visible_to(request.user)
    found = ParkFilter(request.GET, queryset=parks, plans=plans)
    table = ParkTable(found.qs)
    RequestConfig(request, paginate=False).configure(table)
    everything = list(parks)
    counts = district_counts(everything[0].plan, everything) if everything else None
    context = {
        "section": "parks",
        "tab": "list",
        "filter": found,
        "table": table,
        "counts": counts,
        "chart": _chart(counts) if counts else None,
    }
    return render_page(request, "parks/park_list.html", context, fragment="parks/_park_rows.html")


def _chart(counts: DistrictCounts) -> dict[str, object]:
    """Bars of the register's count beside the first year's target."""
    return {
        "title": "清单园区数（个）",
        "targetTitle": f"{counts.years[0]}年科技型产业园目标（个）" if counts.years else "",
        "bars": [
            {
                "name": row.name,
                "value": row.count,
                "target": amount(row.targets[0].value)
                if row.targets and row.targets[0] and row.targets[0].value is not None
                else None,
            }
            for row in counts.rows
        ],
    }


@login_required
@exportable
def comparison_page(request: HttpRequest) -> HttpResponse:
    """The parks beside each other, filtered and sorted as the address says, with outliers marked."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    parks = parks_visible_to(request.user)
    found = ParkFilter(request.GET, queryset=parks, plans=plans_visible_to(request.user))
    comparison = compare_parks(list(found.qs), among=list(parks), sort=request.GET.get("sort", ""))
    context = {
        "section": "parks",
        "tab": "comparison",
        "filter": found,
        "measures": MEASURES,
        "comparison": comparison,
        "ordinary": list(zip(MEASURES, comparison.bounds, strict=True)),
    }
    return render_page(request, "parks/comparison.html", context, fragment="parks/_comparison_rows.html")


@login_required
def park_page(request: HttpRequest, plan: str, number: int) -> HttpResponse:
    """One park with all that the document says of it."""
    park = get_object_or_404(parks_visible_to(request.user), plan__code=plan, number=number)
    return render_page(request, "parks/park.html", {"section": "parks", "park": park})
