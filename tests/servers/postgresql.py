"""A private PostgreSQL server, without any care for durability."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers import processes

_FOLDERS = "usr/lib/postgresql/*/bin"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "timezone=UTC")


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running server; `url()` names a database on it."""

    port: int
    password: str

    def url(self, database: str) -> str:
        """The DATABASE_URL of a database on this server."""
        return f"postgres://huzhou:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Make an empty database with a name nobody else uses; returns its DATABASE_URL."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def answers(self) -> bool:
        """Whether a connection can be made now."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def run_postgresql() -> Iterator[PostgresServer]:
    """Start a server with an empty data folder; it is stopped and deleted at the end."""
    initdb = processes.find_program("initdb", folders=_FOLDERS, package="postgresql").resolve()
    account = processes.unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="huzhou-targets-pg-"))
    if account:
        shutil.chown(folder, user=account)
    server = PostgresServer(port=processes.free_port(), password=secrets.token_urlsafe(16))
    try:
        data = _make_cluster(initdb, folder=folder, account=account, password=server.password)
        arguments = [str(initdb.with_name("postgres")), "-D", str(data), "-p", str(server.port)]
        for option in ("listen_addresses=127.0.0.1", "unix_socket_directories=", *_QUICK):
            arguments += ["-c", option]
        process = processes.start(arguments, folder=folder, account=account)
        try:
            processes.wait_until_ready(process, ready=server.answers, folder=folder)
            yield server
        finally:
            processes.stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(initdb: Path, *, folder: Path, account: str | None, password: str) -> Path:
    password_file = folder / "password"
    password_file.write_text(password, encoding="ascii")
    if account:
        shutil.chown(password_file, user=account)
    data = folder / "data"
    subprocess.run(
        [
            *(str(initdb), "--pgdata", str(data), "--username", "huzhou", "--pwfile", str(password_file)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ],
        cwd=folder,
        user=account,
        check=True,
        capture_output=True,
    )
    return data
