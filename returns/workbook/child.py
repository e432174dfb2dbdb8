"""The process in which an uploaded file is parsed: little memory, little time, nothing to lose.

Run as ``python -m returns.workbook.child``. It takes a request on standard input, after it the vocabulary, and
writes its answer to standard output (see ``wire``). Its imports stay small (no Django, no pandas): starting is most of its time.
"""

import gc
import pickle
import resource
import sys
from collections.abc import Callable
from dataclasses import replace

from returns.workbook import wire
from returns.workbook.grid import Limits, Refused
from returns.workbook.guard import FileFormat, has_macros
from returns.workbook.guidance import make_problem
from returns.workbook.interpret import WorkbookReader
from returns.workbook.types import ReadResult, Sheet, Vocabulary

MEMORY_EXIT = 77


def read_sheets(data: bytes, *, kind: FileFormat, name: str, limits: Limits) -> list[Sheet]:
    """Sheets of a file of a known format. Raises Refused.

    The readers are imported here because each run needs only one of them and starts faster so.
    """
    if kind is FileFormat.XLSX:
        from returns.workbook.xlsx import read_xlsx

        return read_xlsx(data, limits)
    if kind is FileFormat.ODS:
        from returns.workbook.ods import read_ods

        return read_ods(data, limits)
    if kind is FileFormat.XLS:
        from returns.workbook.biff import read_xls

        return read_xls(data, limits)
    from returns.workbook.plaintext import read_csv

    return read_csv(data, name, limits)


def read_file(
    data: bytes,
    *,
    kind: FileFormat,
    name: str,
    limits: Limits,
    vocabulary: Vocabulary | Callable[[], Vocabulary],
) -> ReadResult:
    """Read one file completely; what cannot be read becomes a problem.

    A vocabulary that is still to be fetched is fetched once the cells are read.
    """
    try:
        sheets = read_sheets(data, kind=kind, name=name, limits=limits)
    except Refused as refused:
        return ReadResult(problems=(refused.problem(),))
    known = vocabulary if isinstance(vocabulary, Vocabulary) else vocabulary()
    result = WorkbookReader(known, limits=limits).read(sheets)
    if kind is FileFormat.XLSX and has_macros(data):
        return replace(result, problems=(*result.problems, make_problem("macros_ignored")))
    return result


def confine(limits: Limits) -> None:
    """Hold this process to its memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Serve one request under the limits it brings; the vocabulary follows it when the parent has it ready."""
    gc.disable()  # the process ends before garbage could matter; a fifth of the time is saved
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent, never from the upload
    limits: Limits = request["limits"]
    confine(limits)
    try:
        result = read_file(
            request["data"],
            kind=FileFormat(request["kind"]),
            name=request["name"],
            limits=limits,
            vocabulary=_await_vocabulary,
        )
        wire.write_result(result, sys.stdout)
    except (MemoryError, RecursionError):
        return MEMORY_EXIT
    return 0


def _await_vocabulary() -> Vocabulary:
    return wire.unpack_vocabulary(pickle.load(sys.stdin.buffer))  # noqa: S301 - likewise from our parent


if __name__ == "__main__":
    sys.exit(main())
