"""Which version of a target holds on a day: asked of the database, and of versions that were read."""

from __future__ import annotations

import datetime

import pytest

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
