"""Starting, watching and ending the processes of the embedded mode: one worker, one web server.

Each child is the leader of a process group of its own, so that Ctrl-C reaches it through us only
and so that ending it ends its children too. Nothing but these groups is ever signalled.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

SECONDS_TO_END = 10.0
SECONDS_TO_START = 30.0
RESTARTS_MAX = 5
STEADY_SECONDS = 60.0
"""A child that ran this long counts as healthy again: its earlier restarts are forgotten."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProcessError(Exception):
    """A process could not be started or kept running; the message is meant for the operator."""


@dataclass
class Child:
    """One started process; `restart` says whether it is started again when it ends by itself."""

    name: str
    arguments: Sequence[str]
    restart: bool
    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0


def worker_arguments() -> list[str]:
    """The Celery worker with the sweep's clock inside. One job at a time keeps SQLite writers few."""
    return [
        *(sys.executable, "-W", "ignore:You're running the worker with superuser privileges"),
        *("-m", "celery", "--app", "huzhou_targets", "--quiet", "worker", "--beat"),
        *("--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
    ]


def server_arguments(*, host: str, port: int) -> list[str]:
    """gunicorn with two sync workers: pages spend their time computing, threads only slow them down."""
    return [
        *(sys.executable, "-m", "gunicorn", "huzhou_targets.wsgi:application"),
        *("--bind", f"{host}:{port}", "--workers", "2", "--worker-class", "sync", "--timeout", "120"),
        *("--log-level", "warning", "--no-control-socket"),
    ]


def require_free_port(*, host: str, port: int) -> None:
    """Raises ProcessError when somebody listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ProcessError(
                f"端口 {host}:{port} 不能使用（{error.strerror}）：可能已有程序占用它。"
                f"请先关闭那个程序，或换一个端口，例如 HUZHOU_PORT={port + 1} make demo。"
            ) from error


def end_with_parent() -> None:
    """In the child, before it starts: ask Linux to end it when the parent is killed outright.

    Between fork and exec only this one call into an already loaded library is made, which is safe
    even where the parent has other threads.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def end_group(process: subprocess.Popen[bytes], *, patience: float = SECONDS_TO_END) -> None:
    """End the process and every child in its group: politely first, after `patience` seconds at once."""
    ask_to_end(process)
    await_end(process, patience=patience)


def await_end(process: subprocess.Popen[bytes], *, patience: float = SECONDS_TO_END) -> None:
    """Wait for a process that was asked to end, and for its group; end them at once after `patience`."""
    if not _ended_within(process, seconds=patience):
        os.killpg(process.pid, signal.SIGKILL)
        _ended_within(process, seconds=5)
    process.wait(timeout=5)


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM to the leader, which ends its own children; without a leader to the whole group."""
    if process.poll() is None:
        process.terminate()
    elif _group_lives(process.pid):
        os.killpg(process.pid, signal.SIGTERM)


def _ended_within(process: subprocess.Popen[bytes], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while process.poll() is None or _group_lives(process.pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@dataclass
class Supervisor:
    """Context manager that ends everything it started."""

    directory: Path
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    _handlers: dict[signal.Signals, object] = field(default_factory=dict)

    def __enter__(self) -> Supervisor:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[sign] = signal.signal(sign, _interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # From here on a second Ctrl-C must not leave a child behind.
        for sign in self._handlers:
            signal.signal(sign, signal.SIG_IGN)
        for child in self.children:
            ask_to_end(child.process)
        for child in self.children:
            await_end(child.process)
        for sign, handler in self._handlers.items():
            signal.signal(sign, handler)  # type: ignore[arg-type]  # what signal.signal itself returned

    def start(self, name: str, arguments: Sequence[str], *, restart: bool = False) -> Child:
        """Start a process in a group of its own; it inherits the environment and the output."""
        child = Child(name, arguments, restart, self._spawn(arguments), time.monotonic())
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Wait until a process ends that is not to be restarted, or ends too often: ProcessError."""
        while True:
            for child in self.children:
                if child.process.poll() is not None:
                    self._ended(child)
            time.sleep(0.3)

    def _spawn(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            arguments,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - see there
        )

    def _ended(self, child: Child) -> None:
        code = child.process.returncode
        end_group(child.process, patience=0.5)  # what a killed leader left behind
        if time.monotonic() - child.started > STEADY_SECONDS:
            child.restarts = 0
        if not child.restart or child.restarts >= RESTARTS_MAX:
            raise ProcessError(f"{child.name}已退出（代码 {code}），请查看上面的输出。")
        child.restarts += 1
        self.say(f"{child.name}已退出（代码 {code}），现在重新启动。")
        child.process = self._spawn(child.arguments)
        child.started = time.monotonic()


def _interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def wait_until_listening(*, host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the port answers. Raises ProcessError when the process ends or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProcessError(f"网站没有启动（代码 {process.returncode}），请查看上面的输出。")
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise ProcessError(f"网站 {SECONDS_TO_START:.0f} 秒内没有启动。")
