"""The safe way in for uploaded bytes: look first, then read in a child process that may die.

``read_return`` never raises for bad input; whatever is wrong with a file comes back as problems.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from returns.workbook import wire
from returns.workbook.grid import Limits, Refused
from returns.workbook.guard import FileFormat, inspect
from returns.workbook.guidance import make_problem
from returns.workbook.types import Problem, ReadResult, Vocabulary

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_LIMITS = Limits()


def read_return(
    data: bytes, filename: str, vocabulary: Vocabulary, *, limits: Limits = DEFAULT_LIMITS
) -> ReadResult:
    """Read a return from a file's bytes: figures in the indicators' units and all problems at once.

    ``filename`` only names the sheet of a text file; the content decides what the file is.
    """
    try:
        kind = inspect(data, limits)
    except Refused as refused:
        return ReadResult(problems=(refused.problem(),))
    name = PurePath(filename.replace("\\", "/")).stem or "文件"
    return _read_in_child(data, kind=kind, name=name, vocabulary=vocabulary, limits=limits)


def _read_in_child(
    data: bytes, *, kind: FileFormat, name: str, vocabulary: Vocabulary, limits: Limits
) -> ReadResult:
    request = {
        "data": data,
        "kind": kind.value,
        "name": name,
        "limits": limits,
        "vocabulary": wire.pack_vocabulary(vocabulary),
    }
    answer = run_child("returns.workbook.child", request, limits)
    if isinstance(answer, Problem):
        return ReadResult(problems=(answer,))
    try:
        return wire.unpack_result(answer)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return ReadResult(problems=(make_problem("damaged", detail="内容无法解析"),))


def run_child(module: str, request: Mapping[str, object], limits: Limits) -> Any:
    """Serve one request in a child process: the JSON value it answers, or a Problem that says why there is none."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=pickle.dumps(dict(request), protocol=pickle.HIGHEST_PROTOCOL),
            capture_output=True,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _stopped(limits)
    if done.returncode != 0:
        # a signal (out of time, aborted) or out of memory; anything else is a file that broke its parser
        if done.returncode < 0 or done.returncode == 77:
            return _stopped(limits)
        return make_problem("damaged", detail="内容无法解析")
    try:
        return json.loads(done.stdout)
    except ValueError:
        return make_problem("damaged", detail="内容无法解析")


def _stopped(limits: Limits) -> Problem:
    allowed = f"{limits.wall_seconds} 秒、{limits.memory_bytes // 1024 // 1024} MB"
    return make_problem("reading_stopped", limit=allowed)
