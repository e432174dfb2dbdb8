"""Reads of plans and targets for pages, API and commands."""

from __future__ import annotations

from typing import Any

from audit.canonical import plain_decimal
from indicators.models import Plan, Target


def tabled_targets(plan: Plan, *, year: int | None = None) -> list[dict[str, Any]]:
    """Every target that stands in a table of the plan's documents, in the documents' own order.

    The shape is that of DOMAIN section 8. Where a document adjusted a target, the newest version.
    """
    targets = (
        Target.objects.filter(indicator__plan=plan)
        .tabled()
        .select_related("indicator", "organisation", "table")
    )
    if year is not None:
        targets = targets.filter(year=year)
    newest: dict[tuple[int, int, int, int], Target] = {}
    for target in targets:
        newest[(target.indicator_id, target.organisation_id, target.year, target.table_id)] = target
    return [
        {
            "indicator": target.indicator.name,
            "unit": target.unit,
            "organisation": target.organisation.name,
            "year": target.year,
            "text": target.text,
            "kind": target.kind,
            "value": None if target.value is None else plain_decimal(target.value),
            "annex": target.table.annex,
            "row": target.row,
            "column": target.column,
        }
        for target in newest.values()
    ]
