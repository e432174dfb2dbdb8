"""Reference values: who may enter them, and that rankings hear of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoCaptureOnCommitCallbacks

from audit.models import AuditEntry
from indicators.models import ReferenceValue
from indicators.periods import Period
from indicators.services import enter_reference_value
from rankings.models import RebuildRequest
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return make_world()


def _enter(world: World, value: str, *, username: str = "owner") -> ReferenceValue:
    return enter_reference_value(
        actor=world.people[username],
        city=world.city,
        series="gdp_growth",
        period=Period(world.cycle.year, world.cycle.quarter),
        value=Decimal(value),
        source="统计公报",
    )


def test_enter_reference_value_records_the_value_before_and_after(world: World) -> None:
    _enter(world, "5.6")
    _enter(world, "5.8")

    entries = AuditEntry.objects.filter(verb="reference-value.entered").order_by("id")
    assert [entry.changes["value"] for entry in entries] == [[None, "5.6"], ["5.6", "5.8"]]
    assert ReferenceValue.objects.get().value == Decimal("5.8")


def test_same_reference_value_again_changes_nothing(world: World) -> None:
    _enter(world, "5.6")
    entries = AuditEntry.objects.count()

    _enter(world, "5.6")

    assert AuditEntry.objects.count() == entries


def test_reference_value_makes_the_boards_of_its_quarter_due_and_rings_once_each(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as bells:
        _enter(world, "5.6")
        _enter(world, "5.7")

    waiting = RebuildRequest.objects.filter(cycle=world.cycle, state=RebuildRequest.State.WAITING)
    assert set(waiting.values_list("board", flat=True)) == {"districts", "departments", "parks", "clusters"}
    assert len(bells) == 4


def test_enter_reference_value_is_for_the_plan_owner_only(world: World) -> None:
    with pytest.raises(PermissionDenied):
        _enter(world, "5.6", username="jxj")

    assert ReferenceValue.objects.count() == 0
