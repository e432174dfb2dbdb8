"""Which version of a target holds on a day: asked of the database, and of versions that were read."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import pytest

from districts.models import Organisation
from indicators.models import Target
from indicators.selectors import newest_begun
from tests.factories import make_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "version"), [("2025-03-31", 1), ("2025-04-01", 2), ("2025-09-30", 2), ("2026-01-01", 3)]
)
def test_newest_version_that_has_begun_holds(day: str, version: int) -> None:
    world = make_world()
    world.indicator("parks")
    target = world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "8")
    for number, begin in ((2, "2025-04-01"), (3, "2025-10-01")):
        target.pk, target.version, target.effective_from = None, number, datetime.date.fromisoformat(begin)
        target.save()
    date = datetime.date.fromisoformat(day)

    read = newest_begun(Target.objects.order_by("pk"), day=date)

    assert sorted(item.version for item in read) == sorted([1, version])
    assert {item.pk for item in read} == set(Target.objects.in_force_on(date).values_list("pk", flat=True))


@pytest.mark.postgresql_only  # its planner joins by what it believes of the tables
def test_finding_them_grows_with_the_targets_and_needs_no_statistics() -> None:
    world = make_world()
    world.indicator("parks")
    first = world.target("parks", world.wuxing, "12")
    places = Organisation.objects.bulk_create(
        Organisation(city=world.city, code=f"place-{number}", name=f"测试区{number}", kind="district")
        for number in range(1999)
    )
    targets = [copy.copy(first) for _ in places]
    for target, place in zip(targets, places, strict=True):
        target.pk, target.organisation = None, place
    Target.objects.bulk_create(targets)

    in_force = Target.objects.in_force_on(datetime.date(2025, 6, 30)).filter(
        indicator__plan=world.plan, year=2025, table__is_text=False, is_scored=True
    )

    (plan,) = json.loads(in_force.explain(format="json", analyze=True))
    assert plan["Plan"]["Actual Rows"] == 2000
    assert _touched(plan["Plan"]) < 20 * 2000


def _touched(node: dict[str, Any]) -> float:
    """How many rows were looked at by a step of a query and by those below it."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    own = sum(node.get(name, 0) for name in names) * node["Actual Loops"]
    return float(own + sum(_touched(below) for below in node.get("Plans", [])))
