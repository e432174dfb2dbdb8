"""One measured run in a fresh process: `python -m bench.imports_run VARIANT WORKBOOK [FIGURES]`.

Prints one JSON document. The database is that of the environment; `bench.imports` prepares it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.db import connection  # noqa: E402

from bench.imports_world import find_return, make_world, write_workbook  # noqa: E402
from indicators.models import Indicator  # noqa: E402
from returns.models import FigureRevision  # noqa: E402
from returns.services import figures, uploads  # noqa: E402
from returns.services.uploads import take_in_return  # noqa: E402
from returns.workbook import reader  # noqa: E402
from returns.workbook.grid import Limits  # noqa: E402
from returns.workbook.interpret import WorkbookReader  # noqa: E402
from returns.workbook.xlsx import read_xlsx  # noqa: E402

_STEPS: tuple[tuple[ModuleType | type, str], ...] = (
    (uploads, "keep_file"),
    (uploads, "build_vocabulary"),
    (reader, "inspect"),
    (reader.Reading, "finish"),
    (uploads, "check_figures"),
    (figures, "stored_figures"),
    (figures, "insert_figures"),
    (figures, "insert_revisions"),
    (figures, "write_sheet"),
    (figures, "record_many"),
    (uploads, "close_upload"),
)


def prepare(workbook: Path, number: int) -> dict[str, Any]:
    """Migrate, fill the plan in, and write the workbook unless it is there already."""
    call_command("migrate", verbosity=0)
    handed_in = make_world(number)
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE"
        )  # as autovacuum does; without it the planner takes ten thousand rows for ten
    if not workbook.exists():
        workbook.write_bytes(write_workbook(handed_in))
    return {"bytes": workbook.stat().st_size}


def ours(workbook: Path, number: int) -> dict[str, Any]:
    """The service that the page, the API and `import_return` use: the first sending and the same again."""
    data = workbook.read_bytes()
    _warm_up()
    used = _processor_seconds()
    first, steps = _timed(data, number)
    used = _processor_seconds() - used
    revisions = FigureRevision.objects.count()
    again, _ = _timed(data, number)
    return {
        "first": first,
        "processor": used,
        "again": again,
        "steps": steps | _inside_the_child(data),
        "new_revisions": FigureRevision.objects.count() - revisions,
    }


def memory(workbook: Path, number: int) -> dict[str, Any]:
    """Peak memory in MB of the worker and of the reading child, through the first sending."""
    data = workbook.read_bytes()
    _warm_up()
    before = _peak_mb("self")
    with _watched_children() as peaks:
        _timed(data, number)
    return {"before": before, "worker": _peak_mb("self"), "child": max(peaks.values(), default=0)}


def floor(workbook: Path, number: int) -> dict[str, Any]:
    """Bare reading and bare writing."""
    from bench import imports_floor  # here, so that the service's memory is its own

    handed_in = find_return()
    connection.ensure_connection()
    used, started = _processor_seconds(), time.perf_counter()
    imports_floor.run(workbook, handed_in)
    seconds, used = time.perf_counter() - started, _processor_seconds() - used
    return {"seconds": seconds, "processor": used, "figures": _expect(number)}


def rival(workbook: Path, number: int) -> dict[str, Any]:
    """django-import-export as its documentation shows it."""
    from bench import imports_rival  # likewise

    handed_in = find_return()
    connection.ensure_connection()
    started = time.perf_counter()
    imports_rival.run(workbook, handed_in)
    return {"seconds": time.perf_counter() - started, "figures": _expect(number, revisions=False)}


def _processor_seconds() -> float:
    """Processor time of this process and of its ended children; a database server's is not in it."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _warm_up() -> None:
    """What a worker has behind it after its first file: connections, translations, a child read from disk."""
    handed_in = find_return(year=2026, quarter=1)
    name = Indicator.objects.earliest("order").name
    intake = take_in_return(
        actor=handed_in.account,
        cycle=handed_in.cycle,
        reporter=handed_in.reporter,
        filename="one.csv",
        data=f"指标名称,第1区\n{name},5\n".encode(),
    )
    if not intake.stored:
        raise SystemExit(f"not warm: {intake.errors}")


def _timed(data: bytes, number: int) -> tuple[float, dict[str, float]]:
    handed_in = find_return()
    with _stopwatches() as steps:
        started = time.perf_counter()
        intake = take_in_return(
            actor=handed_in.account,
            cycle=handed_in.cycle,
            reporter=handed_in.reporter,
            filename="return.xlsx",
            data=data,
        )
        seconds = time.perf_counter() - started
    if not intake.stored or intake.figures != number:
        raise SystemExit(f"stored {intake.figures} of {number} figures: {intake.errors[:3]}")
    return seconds, steps | {"warnings": len(intake.warnings)}


def _expect(number: int, *, revisions: bool = True) -> int:
    """The figures that a run stored; ends the run when they are not all there."""
    handed_in = find_return()
    found = handed_in.cycle.figures.count()
    told = FigureRevision.objects.filter(figure__cycle=handed_in.cycle).count()
    if found != number or (revisions and told != number):
        raise SystemExit(f"stored {found} figures and {told} revisions instead of {number}")
    return found


@contextmanager
def _stopwatches() -> Iterator[dict[str, float]]:
    """Seconds spent in each of _STEPS while the block runs."""
    spent: dict[str, float] = {}
    originals = [(module, name, getattr(module, name)) for module, name in _STEPS]

    def watch(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - started

        return watched

    for module, name, function in originals:
        setattr(module, name, watch(name, function))
    try:
        yield spent
    finally:
        for module, name, function in originals:
            setattr(module, name, function)


def _inside_the_child(data: bytes) -> dict[str, float]:
    """The child's two long steps, done here: reading cells and understanding them."""
    handed_in = find_return()
    vocabulary = uploads.build_vocabulary(handed_in.cycle, reporter=handed_in.reporter)
    gc.disable()  # as the child does
    started = time.perf_counter()
    sheets = read_xlsx(data, Limits())
    read = time.perf_counter()
    WorkbookReader(vocabulary).read(sheets)
    done = time.perf_counter()
    gc.enable()
    return {"child_cells": read - started, "child_meaning": done - read}


@contextmanager
def _watched_children() -> Iterator[dict[int, float]]:
    """Peak memory in MB of each child process of this one, looked at every few milliseconds."""
    peaks: dict[int, float] = {}
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.005):
            for task in Path("/proc/self/task").iterdir():
                for pid in _read(task / "children").split():
                    if "returns.workbook.child" in _read(Path("/proc") / pid / "cmdline"):
                        peaks[int(pid)] = max(peaks.get(int(pid), 0.0), _peak_mb(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()


def _peak_mb(pid: str) -> float:
    for line in _read(Path("/proc") / pid / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:  # it has ended meanwhile
        return ""


def main() -> None:
    """Run the variant that the command line names and print what it found."""
    variant, workbook, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    run = {"prepare": prepare, "ours": ours, "memory": memory, "floor": floor, "rival": rival}[variant]
    print(json.dumps(run(workbook, number)))


if __name__ == "__main__":
    main()
