"""Private servers for tests: started on free loopback ports, ended by their own process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from huzhou_targets.processes import end_with_parent

SECONDS_TO_START = 30.0


def find_program(name: str, *, folders: str, package: str) -> Path:
    """The programme's path, from PATH or the newest of the folders (a glob below /).

    Fails the test with the one line that says what to install when there is none.
    """
    found = shutil.which(name)
    if found:
        return Path(found)
    below = sorted(Path("/").glob(f"{folders}/{name}"), key=_version, reverse=True)
    if not below:
        pytest.fail(f"{name} is missing; install it with: apt-get install {package}", pytrace=False)
    return below[0]


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.parts if part.isdigit())


def free_port() -> int:
    """A port on 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged_account() -> str | None:
    """The account to start PostgreSQL as: None (our own) unless we are root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    known = {line.split(":", 1)[0] for line in Path("/etc/passwd").read_text(encoding="utf-8").splitlines()}
    return "postgres" if "postgres" in known else "nobody"


def start(arguments: list[str], *, folder: Path, account: str | None = None) -> subprocess.Popen[bytes]:
    """Start a server that writes its log into the folder and ends when this process is killed."""
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            arguments,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=account,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - see there
        )


def wait_until_ready(process: subprocess.Popen[bytes], *, ready: Callable[[], bool], folder: Path) -> None:
    """Return once `ready` says so. Raises RuntimeError with the server's log otherwise."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return
        time.sleep(0.05)
    stop(process)
    log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"{process.args!r} did not start:\n{log}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server: SIGINT is the quick, orderly way for PostgreSQL and Redis alike."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=5)
