"""The embedded broker and a real worker on it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import redis
from kombu import Connection

from huzhou_targets.celery import app
from tests.servers.installation import Installation

MESSAGES = 40
SEND = "from huzhou_targets.tasks import prune_broker_folder as task; print(task.delay().id)"


def test_messages_keep_their_order_and_leave_no_draft(tmp_path: Path) -> None:
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "store_processed": True}
    options |= {name: str(tmp_path / name) for name in ("processed_folder", "control_folder")}
    (tmp_path / "processed_folder").mkdir()

    with Connection("private-files://localhost", transport_options=options) as connection:
        queue = connection.SimpleQueue("numbers")
        for number in range(MESSAGES):
            queue.put(number)
            time.sleep(0.002)  # names order by the millisecond
        received = [queue.get(timeout=5).payload for _ in range(MESSAGES)]

    assert received == list(range(MESSAGES))
    assert list(tmp_path.glob("*.draft")) == []
    assert len(list((tmp_path / "processed_folder").iterdir())) == MESSAGES


def test_worker_on_files_takes_a_message_after_a_kill(embedded_installation: Installation) -> None:
    old = embedded_installation.folder / "broker" / "processed" / "old.msg"
    old.parent.mkdir(parents=True)
    old.touch()
    os.utime(old, (0, 0))
    embedded_installation.start_worker().kill()

    embedded_installation.manage("shell", "-c", SEND)
    embedded_installation.start_worker()

    until(lambda: not old.exists(), log=embedded_installation.worker_log)


def test_worker_on_redis_takes_a_message_after_a_kill(
    redis_installation: Installation, redis_url: str
) -> None:
    redis_installation.start_worker().kill()

    sent = redis_installation.manage("shell", "-v", "0", "-c", SEND).stdout.strip()
    with redis.Redis.from_url(redis_url) as client:
        waiting_before = known_messages(client).count(sent)
        redis_installation.start_worker()
        until(lambda: sent not in known_messages(client), log=redis_installation.worker_log)

    assert waiting_before == 1


def known_messages(client: redis.Redis) -> list[str]:
    """The ids of the tasks that wait or that a worker has not acknowledged."""
    waiting = [json.loads(message) for message in client.lrange("celery", 0, -1)]
    taken = [json.loads(message)[0] for message in client.hvals("unacked")]
    return [message["headers"]["id"] for message in waiting + taken]


def until(condition: Callable[[], bool], *, log: Callable[[], str]) -> None:
    """Wait until the condition holds; after half a minute fail with the worker's log."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, log()
        time.sleep(0.1)


def test_every_task_has_a_sender_that_exists() -> None:
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled == {
        "huzhou_targets.prune_broker_folder",
        "rankings.follow_calendar",
        "rankings.sweep_rebuild_requests",
        "reminders.send_due",
        "returns.run_calendar",
        "returns.sweep_uploads",
    }
    assert scheduled <= set(app.tasks)
