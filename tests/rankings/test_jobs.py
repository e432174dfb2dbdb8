import pytest
from django.core.exceptions import PermissionDenied

from rankings.models import RebuildRequest
from rankings.services.jobs import ask_for_rebuild, retry_request
from rankings.services.requests import run_due_requests
from returns.states import WrongState
from tests.factories import World
from tests.rankings.boards import freeze, quarter_of_three

pytestmark = pytest.mark.django_db

WAITING, DONE, FAILED = (
    RebuildRequest.State.WAITING,
    RebuildRequest.State.DONE,
    RebuildRequest.State.FAILED,
)


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = quarter_of_three()
    run_due_requests()
    return world


def _failed(world: World) -> RebuildRequest:
    job = RebuildRequest.objects.filter(board="districts").latest("id")
    RebuildRequest.objects.filter(pk=job.pk).update(state=FAILED, attempts=5, error="断电")
    return RebuildRequest.objects.get(pk=job.pk)


def test_owner_asks_for_every_board_of_a_period(world: World) -> None:
    asked = ask_for_rebuild(actor=world.people["owner"], cycle=world.cycle)

    assert [(job.board, job.state) for job in asked] == [
        ("districts", WAITING),
        ("departments", WAITING),
        ("parks", WAITING),
        ("clusters", WAITING),
    ]
    assert asked[0].reason.endswith("要求重算")


def test_retry_is_a_new_request_and_the_failed_one_stays(world: World) -> None:
    failed = _failed(world)

    waiting = retry_request(actor=world.people["owner"], request=failed)
    run_due_requests()

    failed.refresh_from_db()
    waiting.refresh_from_db()
    assert (failed.state, failed.error) == (FAILED, "断电")
    assert (waiting.state, waiting.reason, waiting.attempts) == (DONE, f"重试第 {failed.pk} 号任务", 1)


def test_what_did_not_fail_is_not_retried(world: World) -> None:
    done = RebuildRequest.objects.filter(state=DONE).latest("id")

    with pytest.raises(WrongState, match="已完成"):
        retry_request(actor=world.people["owner"], request=done)


def test_sealed_period_is_neither_asked_for_nor_retried(world: World) -> None:
    failed = _failed(world)
    freeze(world)

    with pytest.raises(WrongState, match="已冻结"):
        retry_request(actor=world.people["owner"], request=failed)
    with pytest.raises(WrongState, match="已冻结"):
        ask_for_rebuild(actor=world.people["owner"], cycle=world.cycle)


@pytest.mark.parametrize("who", ["wuxing", "jxj", "leader", "auditor", "sysadmin"])
def test_only_the_owner_asks_and_retries(world: World, who: str) -> None:
    failed = _failed(world)

    with pytest.raises(PermissionDenied):
        ask_for_rebuild(actor=world.people[who], cycle=world.cycle)
    with pytest.raises(PermissionDenied):
        retry_request(actor=world.people[who], request=failed)
