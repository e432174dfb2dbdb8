"""Reads of the park register: which parks one may see, how many stand beside each district's target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.rules import Person
from indicators.models import Plan, Target
from indicators.overviews import plans_visible_to
from parks.models import Park

PARK_INDICATOR = "industry-parks"
"""Code of the indicator whose targets the register is set beside (科技型产业园（专业园）)."""


@dataclass(frozen=True, kw_only=True)
class DistrictCount:
    """One district: how many parks the register lists, and its targets by year (None where there is none)."""

    name: str
    count: int
    targets: tuple[Target | None, ...]


@dataclass(frozen=True, kw_only=True)
class DistrictCounts:
    """The count of each district beside its targets of these years."""

    years: tuple[int, ...]
    rows: tuple[DistrictCount, ...]


def parks_visible_to(user: Person) -> QuerySet[Park]:
    """The parks of plans that the account may see."""
    plans = plans_visible_to(user).order_by().values("pk")
    return Park.objects.filter(plan__in=plans).select_related("plan", "district")


def ids_containing(parks: Iterable[Park], *, words: str) -> list[int]:
    """Ids of parks whose name, operator or leading industries contain the words.

    Compared here because industries are a JSON list, which the databases store in different writing.
    """
    wanted = words.casefold()
    return [
        park.pk
        for park in parks
        if wanted in " ".join([park.name, park.operator, *map(str, park.industries)]).casefold()
    ]


def district_counts(plan: Plan, parks: Sequence[Park]) -> DistrictCounts:
    """Parks per district beside the district's targets, in official order. One query.

    A district with a target and no park is listed with 0: the register was read and holds none.
    """
    targets = (
        Target.objects.filter(indicator__plan=plan, indicator__code=PARK_INDICATOR, table__is_text=False)
        .exclude(organisation__kind="city")
        .select_related("organisation")
        .order_by("organisation__order", "year", "-version")
    )
    by_place: dict[tuple[str, int], Target] = {}
    names: dict[str, int] = {}
    for target in targets:
        names.setdefault(target.organisation.name, target.organisation.order)
        by_place.setdefault((target.organisation.name, target.year), target)
    counted = Counter(park.district.name if park.district else "（未填）" for park in parks)
    for name in counted:
        names.setdefault(name, len(names) + 1000)
    years = tuple(sorted({year for _, year in by_place}))
    rows = tuple(
        DistrictCount(
            name=name, count=counted[name], targets=tuple(by_place.get((name, year)) for year in years)
        )
        for name in sorted(names, key=lambda item: names[item])
    )
    return DistrictCounts(years=years, rows=rows)
