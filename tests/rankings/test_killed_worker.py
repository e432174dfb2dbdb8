"""A worker killed with SIGKILL between the request and the result: the ranking is right afterwards.

Each test hands in the worked example, kills whoever works on it at a chosen point, starts a new worker
and waits for the ranking of the worked example.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from tests.servers.installation import ROOT, Installation, make_installation

(WORKED_EXAMPLE,) = (ROOT / "fixtures" / "demo" / "worked-example").glob("*.xlsx")
TOTALS = {
    "安吉县": "109.78",
    "吴兴区": "103.76",
    "德清县": "103.41",
    "南太湖新区": "102.50",
    "长合区": "98.10",
    "南浔区": "96.18",
    "长兴县": "66.14",
}
PLAN = ("--plan", "sowing-2025", "--period", "2025Q2")

# Claims the oldest request as a worker does and dies before the result.
CLAIM_AND_DIE = """
import os, signal, django
django.setup()
from rankings.models import RebuildRequest
from rankings.services import requests
request = RebuildRequest.objects.filter(state="waiting", board="districts").first()
assert requests._claim(request.pk) is not None
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A database with reference data and accounts, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copy(migrated_sqlite, folder)
    _prepare(make_installation(folder))
    return folder / migrated_sqlite.name


@pytest.fixture(params=["embedded_installation", "redis_installation"])
def installation(request: pytest.FixtureRequest, prepared_sqlite: Path) -> Installation:
    """SQLite with a broker on files, and SQLite with Redis; data and accounts are there."""
    prepared: Installation = request.getfixturevalue(request.param)
    shutil.copy(prepared_sqlite, prepared.folder)
    return prepared


def _prepare(installation: Installation) -> None:
    installation.manage("load_reference")
    installation.manage("load_demo", "--accounts-only")


def _hand_in(installation: Installation) -> None:
    installation.manage("import_return", str(WORKED_EXAMPLE), *PLAN, "--as", "jxj", "--verify")


def _totals(installation: Installation) -> dict[str, Any]:
    document = installation.manage_json("show_ranking", *PLAN)
    return {entry["unit"]: entry["total"] for entry in document["entries"]}


def _wait_for(condition: Callable[[], bool], *, seconds: float, installation: Installation) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(installation.worker_log()[-4000:])


def _states(installation: Installation) -> set[str]:
    """States of the districts board's requests, asked beside the application."""
    sql = "SELECT state FROM rankings_rebuildrequest WHERE board = 'districts'"
    url = installation.environment.get("DATABASE_URL")
    if url:
        with psycopg.connect(url) as connection:
            return {row[0] for row in connection.execute(sql)}
    with sqlite3.connect(f"file:{_database(installation)}?mode=ro", uri=True) as connection:
        return {row[0] for row in connection.execute(sql)}


def _assert_a_new_worker_finishes(installation: Installation) -> None:
    installation.start_worker()
    _wait_for(lambda: _states(installation) == {"done"}, seconds=60, installation=installation)
    assert _totals(installation) == TOTALS


def _database(installation: Installation) -> Path:
    return installation.folder / "huzhou_targets.sqlite3"


def _has_taken_a_message(installation: Installation) -> bool:
    """Whether the worker holds a message: files are moved on reading, Redis lists them as unacknowledged."""
    url = installation.environment.get("REDIS_URL")
    if url is None:
        return any((installation.folder / "broker" / "processed").glob("*.msg"))
    with redis.Redis.from_url(url) as client:
        return client.hlen("unacked") > 0


def _kill_a_worker_that_took_the_message(installation: Installation) -> None:
    """The worker takes the message and waits for the database, which we hold; then it is killed."""
    blocker = sqlite3.connect(_database(installation), isolation_level=None, timeout=10)
    blocker.execute("BEGIN IMMEDIATE")
    worker = installation.start_worker()
    _wait_for(lambda: _has_taken_a_message(installation), seconds=40, installation=installation)
    worker.kill()
    blocker.execute("ROLLBACK")
    blocker.close()


def test_ranking_is_right_after_a_worker_was_killed_with_the_message(installation: Installation) -> None:
    _hand_in(installation)

    _kill_a_worker_that_took_the_message(installation)

    assert _states(installation) == {"waiting"}
    _assert_a_new_worker_finishes(installation)


def test_ranking_is_right_after_a_process_died_holding_the_request(installation: Installation) -> None:
    _hand_in(installation)

    died = subprocess.run(
        [sys.executable, "-c", CLAIM_AND_DIE],
        cwd=ROOT,
        env={**installation.environment, "DJANGO_SETTINGS_MODULE": "huzhou_targets.settings"},
        check=False,
    )

    assert died.returncode == -signal.SIGKILL
    assert _states(installation) == {"running"}
    _assert_a_new_worker_finishes(installation)


def test_ranking_is_right_after_a_worker_was_killed_in_the_middle_on_postgresql(
    postgres_installation: Installation,
) -> None:
    installation = postgres_installation
    _prepare(installation)
    _hand_in(installation)
    with psycopg.connect(installation.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO rankings_boardlock (cycle_id, board) "
            "SELECT cycle_id, board FROM rankings_rebuildrequest ON CONFLICT DO NOTHING"
        )
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM rankings_boardlock FOR UPDATE")  # the worker gets this far
        worker = installation.start_worker()
        _wait_for(lambda: "running" in _states(installation), seconds=60, installation=installation)
        worker.kill()
        connection.execute("ROLLBACK")

    assert "done" not in _states(installation)
    _assert_a_new_worker_finishes(installation)
