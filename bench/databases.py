"""The two databases that are measured: a private PostgreSQL server and a SQLite file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.installation import clean_environment
from tests.servers.postgresql import PostgresServer, run_postgresql

NAMES = ("postgresql", "sqlite")


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where measurements of one database run; every `environment()` names a new, empty database."""

    name: str
    folder: Path
    server: PostgresServer | None

    def environment(self, purpose: str) -> dict[str, str]:
        """The environment of a child process that has an empty database and a data folder of its own."""
        folder = self.folder / purpose
        folder.mkdir(parents=True)
        address = {"DATABASE_URL": self.server.create_database()} if self.server else {}
        return clean_environment(
            HUZHOU_MODE="embedded",
            DATA_DIR=str(folder),
            DJANGO_SETTINGS_MODULE="huzhou_targets.settings",
            LOG_LEVEL="WARNING",
            **address,
        )


@contextmanager
def open_database(name: str) -> Iterator[Database]:
    """A database to measure on; servers and files are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="huzhou-bench-") as folder:
        if name == "sqlite":
            yield Database(name=name, folder=Path(folder), server=None)
            return
        with run_postgresql() as server:
            yield Database(name=name, folder=Path(folder), server=server)
