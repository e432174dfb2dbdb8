"""A private Redis server that keeps nothing on disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.servers import processes


@contextmanager
def run_redis() -> Iterator[str]:
    """Start a server and give its REDIS_URL; it is stopped at the end."""
    program = processes.find_program("redis-server", folders="usr/bin", package="redis-server")
    folder = Path(tempfile.mkdtemp(prefix="huzhou-targets-redis-"))
    port = processes.free_port()
    url = f"redis://127.0.0.1:{port}/0"
    arguments = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    process = processes.start([*arguments, "--save", "", "--appendonly", "no"], folder=folder)
    try:
        processes.wait_until_ready(process, ready=lambda: _answers(url), folder=folder)
        yield url
    finally:
        processes.stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
