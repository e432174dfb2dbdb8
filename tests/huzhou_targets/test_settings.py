"""How the settings read the environment; each case is a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers.installation import ROOT, clean_environment

SERVER = {
    "HUZHOU_MODE": "server",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "targets.example, www.targets.example",
    "DATABASE_URL": "postgres://huzhou:pw@127.0.0.1:5432/targets",
}
PRINT = """
import json, sys
from huzhou_targets import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def read_settings(folder: Path, environment: dict[str, str], *names: str) -> Any:
    """The settings' values, or the last line of what went wrong."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT, *names],
        cwd=ROOT,
        env=clean_environment(DATA_DIR=str(folder), **environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_embedded_mode_needs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    found = read_settings(folder, {}, "MODE", "DEBUG", "ALLOWED_HOSTS", "CELERY_BROKER_URL", "SECRET_KEY")

    key = (folder / "secret_key").read_text()
    assert found == {
        "MODE": "embedded",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "CELERY_BROKER_URL": "private-files://localhost",
        "SECRET_KEY": key,
    }
    assert len(key) >= 50
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o777 for path in [folder, *(folder / "broker").iterdir()]} == {0o700}


def test_server_mode_follows_from_postgresql(tmp_path: Path) -> None:
    environment = {**SERVER, "REDIS_URL": "redis://127.0.0.1:6379/0"}
    del environment["HUZHOU_MODE"]

    found = read_settings(
        tmp_path, environment, "MODE", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CELERY_BROKER_URL"
    )

    assert found == {
        "MODE": "server",
        "ALLOWED_HOSTS": ["targets.example", "www.targets.example"],
        "SESSION_COOKIE_SECURE": True,
        "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    }


def test_redis_delivers_again_only_after_the_longest_job(tmp_path: Path) -> None:
    names = ("CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_TIME_LIMIT", "CELERY_TASK_ACKS_LATE")

    found = read_settings(tmp_path, {"REDIS_URL": "redis://127.0.0.1:6379/0"}, *names)

    options = found["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert options["visibility_timeout"] > found["CELERY_TASK_TIME_LIMIT"]
    assert (options["unacked_restore_interval"], options["unacked_restore_throttle"]) == (10, 1)
    assert found["CELERY_TASK_ACKS_LATE"] is True


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_server_mode_without_a_variable_does_not_start(tmp_path: Path, name: str) -> None:
    environment = {key: value for key, value in SERVER.items() if key != name}

    found = read_settings(tmp_path, environment)

    assert found.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} is not set.")
    assert "deploy/env.example" in found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 50 characters"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS may not contain '*'"),
        ({"DEBUG": "1"}, "DEBUG shows settings and data to visitors"),
        ({"HUZHOU_MODE": "prod"}, "HUZHOU_MODE must be 'embedded' or 'server'"),
    ],
)
def test_server_mode_refuses_unsafe_values(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    found = read_settings(tmp_path, {**SERVER, **changes})

    assert message in found
