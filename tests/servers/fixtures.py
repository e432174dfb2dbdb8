"""Fixtures with private servers and whole installations (a plugin of tests/conftest.py).

* ``postgres_server``, ``redis_url``: one private server for each test process that asks for it
  (so two under ``-n 2``), started when first needed, stopped at the end of the run. Where the
  programme is missing the test fails with one line that says what to install.
* ``embedded_installation``, ``redis_installation``, ``postgres_installation``: a migrated
  installation of its own for one test, on SQLite + files, SQLite + Redis, PostgreSQL + Redis.
  ``tests/servers/installation.py`` shows the use.
* Tests of rows and constraints hold on PostgreSQL as well: those that use the database in the folders
  named in ``tests/servers/selection.py`` do by themselves or with ``@pytest.mark.both_databases``; those that
  make sense there only get ``@pytest.mark.postgresql_only``. None of them needs a fixture:
  ``tests/servers/test_on_postgresql.py`` runs them in a second pytest whose DATABASE_URL is the private
  server. A second database alias would not do, because services use the default connection.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

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


MEMORY = "file:memorydb_default?mode=memory&cache=shared"
"""Django's name for a test database in memory; each process has its own."""


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """A migrated SQLite database to be copied: migrating takes seconds, copying does not.

    The first process that asks makes it, for all processes of the run.
    """

    folder: Path

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "huzhou_targets.sqlite3"

    @property
    def is_made(self) -> bool:
        """Whether it is complete."""
        return (self.folder / "made").exists()

    def finish(self) -> None:
        """Say that it is complete."""
        (self.folder / "made").touch()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among the processes of the run."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Where the run keeps its migrated database."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "migrated"
    folder.mkdir(exist_ok=True)
    return Migrated(folder=folder)


@pytest.fixture(scope="session")
def migrated_sqlite(migrated: Migrated) -> Path:
    """The migrated database as a file, for installations."""
    with migrated.locked():
        if not migrated.is_made:
            make_installation(migrated.folder).manage("migrate", "--verbosity", "0")
            migrated.finish()
    return migrated.file


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """The database in memory may hold something before Django looks at it; it is gone with the process."""
    return django_db_keepdb or _in_memory()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, migrated: Migrated, django_db_modify_db_settings: None
) -> None:
    """The test database as pytest-django makes it; in memory it is filled from the run's migrated one."""
    if not _in_memory():
        request.getfixturevalue("django_db_setup")
        return
    with migrated.locked(), closing(sqlite3.connect(MEMORY, uri=True)) as memory:
        if migrated.is_made:
            _copy(migrated.file, memory)
            request.getfixturevalue("django_db_setup")  # finds nothing left to migrate
        else:
            request.getfixturevalue("django_db_setup")
            with closing(sqlite3.connect(migrated.file)) as file:
                memory.backup(file)
            migrated.finish()


def _copy(file: Path, memory: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(file)) as source:
        source.backup(memory)


def _in_memory() -> bool:
    """Whether the tests of this process use SQLite."""
    return "sqlite3" in settings.DATABASES["default"]["ENGINE"]


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
