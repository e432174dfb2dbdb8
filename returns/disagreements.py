"""Where a district and a department reported the same place with different values: told on both sides.

The one who reports second is warned by the check `two_reporters`; this tells it to the first one too, and to
whoever confirms, because a stored revision is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from audit.canonical import plain_decimal
from returns.check_settings import switched_off_checks
from returns.in_force import is_handed_in
from returns.models import Cycle, Figure

Place = tuple[int, int]
"""(indicator id, organisation id)."""


def figures_of_others(cycle: Cycle, *, reporter_id: int) -> dict[Place, tuple[tuple[str, Decimal], ...]]:
    """What other reporters handed in for each place: their names and values. One query."""
    found: dict[Place, tuple[tuple[str, Decimal], ...]] = {}
    rows = (
        Figure.objects.filter(is_handed_in(), cycle=cycle)
        .exclude(reporter=reporter_id)
        .order_by("reporter__order", "reporter__code")
        .values_list("indicator_id", "organisation_id", "reporter__name", "submitted_value")
    )
    for indicator, organisation, name, value in rows:
        if value is not None:
            place = (indicator, organisation)
            found[place] = (*found.get(place, ()), (name, value))
    return found


def disagreements(figures: Sequence[Figure]) -> dict[int, list[str]]:
    """For each figure that another reporter gave otherwise, a sentence with both values and reporters.

    Compared is what was handed in; a draft only where this figure never was.

    All figures are of one cycle. Two queries; nothing where the plan has switched the check off.
    """
    if not figures or "two_reporters" in switched_off_checks(figures[0].cycle.plan_id):
        return {}
    others = _handed_in(figures)
    found: dict[int, list[str]] = {}
    for figure in figures:
        value = figure.value if figure.submitted_value is None else figure.submitted_value
        if value is None:
            continue
        for other in others.get((figure.indicator_id, figure.organisation_id), ()):
            if other.submitted_value is None or other.reporter_id == figure.reporter_id:
                continue
            if other.submitted_value != value:
                unit = figure.indicator.unit
                found.setdefault(figure.pk, []).append(
                    f"{figure.reporter.name}报 {plain_decimal(value)}{unit}，"
                    f"{other.reporter.name}报 {plain_decimal(other.submitted_value)}{unit}，两个数不同，请核对"
                )
    return found


def _handed_in(figures: Iterable[Figure]) -> dict[Place, list[Figure]]:
    figures = list(figures)
    rows = Figure.objects.filter(
        is_handed_in(),
        cycle=figures[0].cycle_id,
        indicator__in={figure.indicator_id for figure in figures},
        organisation__in={figure.organisation_id for figure in figures},
    ).select_related("reporter")
    places: dict[Place, list[Figure]] = {}
    for row in rows.order_by("reporter__order", "reporter__code"):
        places.setdefault((row.indicator_id, row.organisation_id), []).append(row)
    return places
