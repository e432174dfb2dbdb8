from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from districts.models import Organisation
from rankings.models import Adjustment, RebuildRequest
from rankings.services.adjustments import enter_adjustment, withdraw_adjustment
from rankings.services.requests import run_due_requests
from returns.states import WrongState
from tests.factories import World
from tests.rankings.boards import districts_run, freeze, quarter_of_three

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = quarter_of_three()
    run_due_requests()
    return world


def _enter(world: World, points: str, *, who: str = "owner", **changes: object) -> Adjustment:
    values: dict[str, object] = {
        "board": "districts",
        "organisation": world.nanxun,
        "reason": "全国现场会",
        "document": "湖政通报〔2025〕1号",
    }
    return enter_adjustment(
        actor=world.people[who],
        cycle=world.cycle,
        points=Decimal(points),
        **(values | changes),  # type: ignore[arg-type]
    )


def test_points_with_reason_and_document_change_the_board(world: World) -> None:
    _enter(world, "3.5")
    _enter(world, "-1")

    assert RebuildRequest.objects.filter(state="waiting", board="districts").count() == 1
    entry = districts_run(world).entries.get(unit="南浔区")
    assert (str(entry.bonus), str(entry.deduction), str(entry.total)) == ("3.50", "1.00", "100.00")
    assert AuditEntry.objects.filter(verb="adjustment.entered").count() == 2


@pytest.mark.parametrize("points", ["5", "-5"])
def test_sum_at_the_limit_is_allowed_and_beyond_it_refused(world: World, points: str) -> None:
    _enter(world, points)

    with pytest.raises(WrongState, match="超过计分办法的上限 5 分"):
        _enter(world, f"{points[:-1]}0.01")

    assert Adjustment.objects.count() == 1


def test_bonus_and_deduction_have_limits_of_their_own(world: World) -> None:
    _enter(world, "5")
    _enter(world, "-5")

    assert Adjustment.objects.count() == 2


@pytest.mark.parametrize("points", ["0", "1.005"])
def test_nothing_and_fractions_of_hundredths_are_refused(world: World, points: str) -> None:
    with pytest.raises(WrongState, match="最多两位小数"):
        _enter(world, points)


@pytest.mark.parametrize("missing", ["reason", "document"])
def test_reason_and_document_are_needed(world: World, missing: str) -> None:
    with pytest.raises(WrongState, match="事由和依据"):
        _enter(world, "1", **{missing: " "})


def test_organisation_that_the_board_does_not_rank_is_refused(world: World) -> None:
    with pytest.raises(WrongState, match="不在播种计划的区县榜上"):
        _enter(world, "1", organisation=world.jxj)
    with pytest.raises(WrongState, match="不在播种计划的部门榜上"):
        _enter(world, "1", board="departments")
    _enter(world, "1", board="departments", organisation=world.jxj)

    assert list(Organisation.objects.filter(adjustments__isnull=False)) == [world.jxj]


@pytest.mark.parametrize("who", ["nanxun", "jxj", "leader", "auditor"])
def test_only_the_owner_enters_and_withdraws(world: World, who: str) -> None:
    adjustment = _enter(world, "1")

    with pytest.raises(PermissionDenied):
        _enter(world, "1", who=who)
    with pytest.raises(PermissionDenied):
        withdraw_adjustment(actor=world.people[who], adjustment=adjustment, reason="误记")


def test_withdrawn_entry_is_kept_in_the_trail_only(world: World) -> None:
    adjustment = _enter(world, "2")

    with pytest.raises(WrongState, match="理由"):
        withdraw_adjustment(actor=world.people["owner"], adjustment=adjustment, reason="")
    withdraw_adjustment(actor=world.people["owner"], adjustment=adjustment, reason="误记")

    assert not Adjustment.objects.exists()
    entry = AuditEntry.objects.get(verb="adjustment.withdrawn")
    assert (entry.reason, entry.changes["points"], entry.changes["document"]) == (
        "误记",
        "2",
        "湖政通报〔2025〕1号",
    )


def test_sealed_period_takes_none(world: World) -> None:
    adjustment = _enter(world, "1")
    freeze(world)

    with pytest.raises(WrongState, match="已冻结"):
        _enter(world, "1")
    with pytest.raises(WrongState, match="已冻结"):
        withdraw_adjustment(actor=world.people["owner"], adjustment=adjustment, reason="误记")
