import datetime

import pytest
from django.utils import timezone

from rankings.models import RankingRun, RebuildRequest
from rankings.services import requests
from rankings.services.requests import run_due_requests, run_request, sweep_requests
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

WAITING, RUNNING, DONE, FAILED = (
    RebuildRequest.State.WAITING,
    RebuildRequest.State.RUNNING,
    RebuildRequest.State.DONE,
    RebuildRequest.State.FAILED,
)


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    return world


def _request(world: World) -> RebuildRequest:
    return RebuildRequest.objects.get(cycle=world.cycle, board="districts", state=WAITING)


def test_saving_figures_writes_requests_in_the_same_transaction(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    assert _request(world).reason == "吴兴区填报"


def test_ringing_happens_after_commit_only(
    world: World, django_capture_on_commit_callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr("rankings.bell.rebuild_board.delay", lambda *, request_id: rung.append(request_id))

    with django_capture_on_commit_callbacks() as callbacks:
        world.report("wuxing", {("parks", world.wuxing): "7"})
    assert rung == []
    for callback in callbacks:
        callback()

    assert _request(world).pk in rung


def test_many_changes_collapse_into_one_waiting_request(world: World) -> None:
    for value in ("1", "2", "3"):
        world.report("wuxing", {("parks", world.wuxing): value})

    assert RebuildRequest.objects.filter(board="districts", state=WAITING).count() == 1


def test_running_a_request_stores_the_ranking(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "6"})

    run = run_request(_request(world).pk)

    assert run is not None
    assert [(entry.unit, str(entry.total)) for entry in run.entries.all()] == [("吴兴区", "100.00")]
    assert RebuildRequest.objects.get(board="districts").state == DONE


def test_running_twice_does_nothing_the_second_time(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "6"})
    pk = _request(world).pk
    run_request(pk)

    assert run_request(pk) is None
    assert RankingRun.objects.filter(board="districts").count() == 1


def test_board_under_computation_is_not_computed_by_another(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "6"})
    RebuildRequest.objects.create(
        cycle=world.cycle,
        board="districts",
        state=RUNNING,
        reason="another",
        requested_at=timezone.now(),
        lease_until=timezone.now() + datetime.timedelta(seconds=60),
    )

    assert run_request(_request(world).pk) is None
    assert _request(world).attempts == 0


def test_request_of_a_dead_worker_is_taken_back_when_its_lease_ends(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "6"})
    pk = _request(world).pk
    RebuildRequest.objects.filter(pk=pk).update(
        state=RUNNING, attempts=1, lease_until=timezone.now() - datetime.timedelta(seconds=1)
    )

    waiting = sweep_requests()

    assert pk in waiting
    assert run_request(pk) is not None


def test_failure_is_kept_on_the_row_and_retried_until_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.report("wuxing", {("parks", world.wuxing): "6"})
    pk = _request(world).pk

    def fail(**kwargs: object) -> None:
        raise ValueError("坏数据")

    monkeypatch.setattr(requests, "build_ranking", fail)
    states = []
    for _ in range(requests.MAX_ATTEMPTS):
        run_request(pk)
        states.append(RebuildRequest.objects.get(pk=pk).state)

    assert states == [WAITING] * (requests.MAX_ATTEMPTS - 1) + [FAILED]
    assert RebuildRequest.objects.get(pk=pk).error == "ValueError: 坏数据"


def test_due_requests_of_all_boards_are_computed(world: World) -> None:
    world.target("parks", world.whole_city, "12")
    world.report("wuxing", {("parks", world.wuxing): "6"})

    run_due_requests()

    assert set(RankingRun.objects.values_list("board", flat=True)) == {"districts", "departments"}
    assert not RebuildRequest.objects.exclude(state=DONE).exists()


def test_unchanged_inputs_keep_the_run(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "6"})
    first = run_request(_request(world).pk)
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("wuxing", {("parks", world.wuxing): "6"})

    second = run_request(_request(world).pk)

    assert first is not None
    assert second is not None
    assert second.result_digest == first.result_digest
