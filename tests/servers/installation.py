"""A whole installation in a folder of its own, driven from outside as an operator would.

For what cannot be shown inside the test process: commands with their exit codes, a real worker, a
worker that is killed. The code is this checkout's; data folder, database and broker are private.

    def test_ranking_is_right_after_a_killed_worker(redis_installation):
        redis_installation.manage("load_reference")
        worker = redis_installation.start_worker()
        ...
        worker.kill()                       # SIGKILL to the whole group, children and clock included
        redis_installation.start_worker()   # whatever still runs is ended after the test
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huzhou_targets.processes import end_group, end_with_parent, worker_arguments

ROOT = Path(__file__).resolve().parents[2]
_OURS = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"),
    *(
        "CSRF_TRUSTED_ORIGINS",
        "TRUSTED_PROXIES",
        "DATA_DIR",
        "HUZHOU_MODE",
        "HUZHOU_PORT",
        "HTTPS",
        "SWEEP_SECONDS",
    ),
    *("DJANGO_SETTINGS_MODULE", "LOG_LEVEL", "LOG_JSON", "REBUILD_LEASE_SECONDS"),
)


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment without our variables, and with the given ones."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


@dataclass(frozen=True)
class Worker:
    """A running Celery worker with its children and clock."""

    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """SIGKILL to the whole group, as a power cut or the kernel's memory killer would.

        Nothing happens when it is gone already.
        """
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)

    def stop(self) -> None:
        """End it in good order; nothing happens when it is gone already."""
        if self.process.returncode is None:
            end_group(self.process)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One installation; `environment` is all its commands and workers get."""

    folder: Path
    environment: Mapping[str, str]
    workers: list[Worker] = field(default_factory=list)

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` with the arguments. With check a failure raises, its output included."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(
                f"manage.py {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def manage_json(self, *arguments: str) -> Any:
        """Run a command with --json and return the document it printed."""
        return json.loads(self.manage(*arguments, "--json").stdout)

    def start_worker(self) -> Worker:
        """Start a worker as `make serve` does; its output goes to worker.log in the folder."""
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                worker_arguments(),
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - see there
            )
        worker = Worker(process)
        self.workers.append(worker)
        return worker

    def worker_log(self) -> str:
        """What the workers wrote so far."""
        return (self.folder / "worker.log").read_text(encoding="utf-8", errors="replace")

    def stop_workers(self) -> None:
        """End every worker this installation started, at once: nobody waits for its last job."""
        while self.workers:
            self.workers.pop().kill()


def make_installation(folder: Path, **settings: str) -> Installation:
    """An installation with its data in the folder; not migrated yet.

    settings: environment variables, such as DATABASE_URL and REDIS_URL. The mode stays embedded
    unless they say otherwise, so that no host names or secrets have to be given.
    """
    environment = clean_environment(
        **{
            "DATA_DIR": str(folder),
            "HUZHOU_MODE": "embedded",
            "SWEEP_SECONDS": "1",
            "REBUILD_LEASE_SECONDS": "3",
            **settings,
        }
    )
    return Installation(folder=folder, environment=environment)
