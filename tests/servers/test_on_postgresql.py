"""Runs the tests marked both_databases or postgresql_only once more, on a private PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.installation import ROOT, clean_environment
from tests.servers.postgresql import PostgresServer
from tests.servers.selection import ON_BOTH_DATABASES


def test_marked_tests_pass_on_postgresql(
    postgres_server: PostgresServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    environment = clean_environment(
        DATABASE_URL=postgres_server.create_database(), HUZHOU_MODE="embedded", DATA_DIR=str(tmp_path)
    )

    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *("-m", "both_databases or postgresql_only"),
            *(f"tests/{folder}" for folder in sorted(ON_BOTH_DATABASES)),  # no others are read
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    lines = done.stdout.strip().splitlines()
    record_property("on_postgresql", lines[-1] if lines else "")
    if done.returncode != 0:
        pytest.fail(f"on PostgreSQL:\n{done.stdout}\n{done.stderr}", pytrace=False)
