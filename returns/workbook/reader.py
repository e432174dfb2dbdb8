"""The safe way in for uploaded bytes: look first, then read in a child process that may die.

``read_return`` never raises for bad input; whatever is wrong with a file comes back as problems.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path, PurePath
from threading import Thread
from typing import Any

from returns.workbook import wire
from returns.workbook.grid import Limits, Refused
from returns.workbook.guard import inspect
from returns.workbook.guidance import make_problem
from returns.workbook.types import Problem, ReadResult, Vocabulary

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_LIMITS = Limits()
_NUL = b"\\u0000"


def read_return(
    data: bytes, filename: str, vocabulary: Vocabulary, *, limits: Limits = DEFAULT_LIMITS
) -> ReadResult:
    """Read a return from a file's bytes: figures in the indicators' units and all problems at once.

    ``filename`` only names the sheet of a text file; the content decides what the file is.
    """
    with begin_reading(data, filename, limits=limits) as reading:
        return reading.finish(vocabulary)


def begin_reading(data: bytes, filename: str, *, limits: Limits = DEFAULT_LIMITS) -> "Reading":
    """As `read_return`, in two steps: the child reads the cells while its parent makes the vocabulary.

    Use it as a context manager: leaving it ends the child whatever has happened.
    """
    try:
        kind = inspect(data, limits)
    except Refused as refused:
        return Reading(limits, refused=refused.problem())
    name = PurePath(filename.replace("\\", "/")).stem or "文件"
    request = {"data": data, "kind": kind.value, "name": name, "limits": limits}
    return Reading(limits, child=_Child("returns.workbook.child", request))


class Reading:
    """A file that is being read."""

    def __init__(
        self, limits: Limits, *, child: "_Child | None" = None, refused: Problem | None = None
    ) -> None:
        self._limits = limits
        self._child = child
        self._refused = refused

    def __enter__(self) -> "Reading":
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.end()

    def finish(self, vocabulary: Vocabulary) -> ReadResult:
        """What the file says against this vocabulary."""
        if self._child is None:
            return ReadResult(problems=(self._refused,) if self._refused else ())
        output = self._child.answer(wire.pack_vocabulary(vocabulary), limits=self._limits)
        if isinstance(output, Problem):
            return ReadResult(problems=(output,))
        try:
            return wire.read_result(BytesIO(output))
        except (ValueError, KeyError, TypeError, ArithmeticError):
            return ReadResult(problems=(make_problem("damaged", detail="内容无法解析"),))


def run_child(module: str, request: Mapping[str, object], limits: Limits) -> Any:
    """Serve one request in a child process: the JSON value it answers, or a Problem that says why there is none."""
    child = _Child(module, request)
    try:
        output = child.answer(None, limits=limits)
    finally:
        child.end()
    if isinstance(output, Problem):
        return output
    try:
        return json.loads(output)
    except ValueError:
        return make_problem("damaged", detail="内容无法解析")


class _Child:
    """A process that serves one request. The request is sent by a thread, as a pipe holds a few pages only."""

    def __init__(self, module: str, request: Mapping[str, object]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
        )
        self._sender = Thread(target=self._send, args=(dict(request),), daemon=True)
        self._sender.start()

    def _send(self, value: object) -> None:
        stdin = self._process.stdin
        if stdin is not None:
            with suppress(BrokenPipeError):  # a child that has ended says by its exit why
                pickle.dump(value, stdin, protocol=pickle.HIGHEST_PROTOCOL)
                stdin.flush()

    def answer(self, more: object, *, limits: Limits) -> bytes | Problem:
        """What it writes once it has ``more`` too, or a Problem that says why there is nothing."""
        process = self._process
        self._sender.join(timeout=limits.wall_seconds)
        if self._sender.is_alive():
            return _stopped(limits)
        try:
            rest = pickle.dumps(more, protocol=pickle.HIGHEST_PROTOCOL)
            output, _ = process.communicate(rest, timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            return _stopped(limits)
        if process.returncode != 0:
            # a signal (out of time, aborted) or out of memory; anything else is a file that broke its parser
            if process.returncode < 0 or process.returncode == 77:
                return _stopped(limits)
            return make_problem("damaged", detail="内容无法解析")
        if _NUL in output:  # no database stores it, and no spreadsheet program writes it
            return make_problem("damaged", detail="内容里有不可见的空字符")
        return output

    def end(self) -> None:
        """Let go of it, by force where it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self._sender.join()
        with suppress(BrokenPipeError), self._process:  # closes the pipes and takes the exit
            pass


def _stopped(limits: Limits) -> Problem:
    allowed = f"{limits.wall_seconds} 秒、{limits.memory_bytes // 1024 // 1024} MB"
    return make_problem("reading_stopped", limit=allowed)
