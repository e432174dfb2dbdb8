"""The supervisor starts, restarts and ends processes, and touches no others."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from huzhou_targets import processes
from huzhou_targets.processes import ProcessError, Supervisor, end_group, require_free_port

# A leader with a child of its own, both writing their ids into files.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
draft = sys.argv[1] + ".draft"
open(draft, "w").write(f"{os.getpid()} {child.pid}")
os.replace(draft, sys.argv[1])
time.sleep(60)
"""


def lives(pid: int) -> bool:
    """Whether the process runs; a zombie, which nobody but init can clear away, does not count."""
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(status) and not status.startswith("Z")


def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; fails after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited ten seconds in vain"
        time.sleep(0.02)


def start_family(folder: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    note = folder / "pids"
    process = subprocess.Popen([sys.executable, "-c", FAMILY, str(note)], start_new_session=True)
    until(note.exists)
    return process, [int(pid) for pid in note.read_text().split()]


def test_end_group_ends_leader_and_children(tmp_path: Path) -> None:
    process, pids = start_family(tmp_path)

    end_group(process, patience=0.2)

    until(lambda: not any(lives(pid) for pid in pids))


def test_end_group_ends_what_a_killed_leader_left(tmp_path: Path) -> None:
    process, pids = start_family(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    end_group(process, patience=2)

    until(lambda: not lives(pids[1]))


def test_supervisor_restarts_a_killed_child_and_ends_it(tmp_path: Path) -> None:
    said: list[str] = []
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]

    with (
        pytest.raises(ProcessError, match=r"^网站已退出（代码 3）"),
        Supervisor(tmp_path, said.append) as supervisor,
    ):
        worker = supervisor.start("后台处理进程", sleeper, restart=True)
        first = worker.process
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        supervisor.start("网站", [sys.executable, "-c", "import time; time.sleep(1); raise SystemExit(3)"])
        supervisor.watch()

    assert said == ["后台处理进程已退出（代码 -9），现在重新启动。"]
    assert worker.process.pid != first.pid
    assert worker.process.returncode == -signal.SIGTERM


def test_supervisor_gives_up_on_a_child_that_keeps_dying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "RESTARTS_MAX", 1)
    said: list[str] = []

    with (
        pytest.raises(ProcessError, match=r"^后台处理进程已退出（代码 1）"),
        Supervisor(tmp_path, said.append) as supervisor,
    ):
        supervisor.start("后台处理进程", [sys.executable, "-c", "raise SystemExit(1)"], restart=True)
        supervisor.watch()

    assert len(said) == 1


def test_taken_port_is_told_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(
            ProcessError, match=rf"^端口 127\.0\.0\.1:{port} 不能使用.*HUZHOU_PORT={port + 1}"
        ):
            require_free_port(host="127.0.0.1", port=port)
