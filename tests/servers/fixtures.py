"""Fixtures with private servers and whole installations (a plugin of tests/conftest.py).

* ``postgres_server``, ``redis_url``: one private server for each test process that asks for it
  (so two under ``-n 2``), started when first needed, stopped at the end of the run. Where the
  programme is missing the test fails with one line that says what to install.
* ``embedded_installation``, ``redis_installation``, ``postgres_installation``: a migrated
  installation of its own for one test, on SQLite + files, SQLite + Redis, PostgreSQL + Redis.
  ``tests/servers/installation.py`` shows the use.
* Tests of rows and constraints hold on PostgreSQL as well: those that use the database in the folders
  named in ``tests/conftest.py`` do by themselves, others with ``@pytest.mark.both_databases``; those that
  make sense there only get ``@pytest.mark.postgresql_only``. None of them needs a fixture:
  ``tests/servers/test_on_postgresql.py`` runs them in a second pytest whose DATABASE_URL is the private
  server. A second database alias would not do, because services use the default connection.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.installation import Installation, make_installation
from tests.servers.postgresql import PostgresServer, run_postgresql
from tests.servers.redis_server import run_redis


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A private PostgreSQL server of this test process."""
    with run_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a private Redis server of this test process."""
    with run_redis() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to be copied: migrating takes seconds, copying does not.

    The first process that asks makes it for all of the run.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "migrated"
    folder.mkdir(exist_ok=True)
    made = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make_installation(folder).manage("migrate", "--verbosity", "0")
            made.touch()
    return folder / "huzhou_targets.sqlite3"


@pytest.fixture
def embedded_installation(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Installation]:
    """SQLite and a broker on files, as `make demo` uses them."""
    shutil.copy(migrated_sqlite, tmp_path)
    installation = make_installation(tmp_path)
    yield installation
    installation.stop_workers()


@pytest.fixture
def redis_installation(tmp_path: Path, migrated_sqlite: Path, redis_url: str) -> Iterator[Installation]:
    """SQLite and an emptied Redis."""
    _empty(redis_url)
    shutil.copy(migrated_sqlite, tmp_path)
    installation = make_installation(tmp_path, REDIS_URL=redis_url)
    yield installation
    installation.stop_workers()


@pytest.fixture
def postgres_installation(
    tmp_path: Path, postgres_server: PostgresServer, redis_url: str
) -> Iterator[Installation]:
    """PostgreSQL and an emptied Redis, as on a server."""
    _empty(redis_url)
    installation = make_installation(
        tmp_path, DATABASE_URL=postgres_server.create_database(), REDIS_URL=redis_url
    )
    installation.manage("migrate", "--verbosity", "0")
    yield installation
    installation.stop_workers()


def _empty(redis_url: str) -> None:
    import redis  # only where a server is in use

    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
