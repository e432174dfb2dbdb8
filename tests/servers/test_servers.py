"""The private servers themselves."""

from __future__ import annotations

import psycopg
import pytest
import redis

from tests.servers import processes
from tests.servers.postgresql import PostgresServer


def test_postgresql_answers_with_chinese_text(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.create_database()) as connection:
        row = connection.execute("SELECT '湖州市', current_setting('fsync')").fetchone()

    assert row == ("湖州市", "off")


def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("city", "湖州市")
        stored = client.get("city")

    assert stored == "湖州市".encode()


def test_missing_program_says_what_to_install() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"^no-such-server is missing; install it with: apt-get"):
        processes.find_program("no-such-server", folders="usr/lib/none/*/bin", package="none")
