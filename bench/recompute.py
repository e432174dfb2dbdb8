"""Recomputing a board: ours beside the floor and beside a plain loop, growth, and a city's seven districts."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Any

from bench.databases import Database
from bench.report import Line, seconds, times
from tests.servers.installation import ROOT

INDICATORS = 100
WHOLE, LOOPED = 3000, 100
DIGEST = "digest of the result"
"""The line by which `python -m bench` sees that both databases agree."""


def run(database: Database, *, quick: bool) -> list[Line]:
    """The lines of one database. quick: a tenth of the organisations."""
    whole = WHOLE // 10 if quick else WHOLE
    lines = whole * INDICATORS
    found = _measure(database, "side-by-side", whole)
    floor, own = statistics.median(found["floor"]), statistics.median(found["ours"])
    ratio = statistics.median(ours / bare for ours, bare in zip(found["ours"], found["floor"], strict=True))
    looped = _measure(database, "loop", LOOPED)
    medium = _measure(database, "ours", whole // 10)
    small = _measure(database, "ours", whole // 100)
    districts = _measure(database, "districts", 0)
    loop_whole = looped["seconds"] * lines / looped["lines"]
    per_line = own / lines
    return [
        Line(name=f"{whole} × {INDICATORS} = {lines} lines: floor", amount=seconds(floor), ratio=times(1)),
        Line(
            name=f"{whole} × {INDICATORS}: read, score, rank, store",
            amount=seconds(own),
            ratio=f"{times(ratio)} floor",
            goal="≤ 2 × floor",
            reached=ratio <= 2,
        ),
        Line(
            name=f"plain loop ({LOOPED} × {INDICATORS}, scaled by lines)",
            amount=seconds(loop_whole),
            ratio=f"{times(loop_whole / own)} ours",
            goal="≥ 15 ×",
            reached=loop_whole >= 15 * own,
        ),
        _growth(f"{whole // 10} organisations", medium, per_line),
        _growth(f"{whole // 100} organisations", small, per_line),
        Line(
            name=f"the demo's seven districts ({districts['lines']} lines), median of 20",
            amount=seconds(districts["seconds"]),
            goal="< 50 ms",
            reached=districts["seconds"] < 0.05,
        ),
        Line(name="peak memory", amount=f"{found['peak_mb']:.0f} MB"),
        Line(name=DIGEST, amount=found["digests"][1]),
    ]


def _growth(name: str, found: dict[str, Any], per_line: float) -> Line:
    """Time per line of a smaller board, beside that of the whole one: above 1 means growing more than linearly."""
    own = found["seconds"] / found["lines"]
    return Line(
        name=f"{name}: time per line",
        amount=f"{own * 1e6:.0f} µs",
        ratio=f"{times(per_line / own)} at full size",
        goal="≤ 1.5 ×",
        reached=per_line <= 1.5 * own,
    )


def _measure(database: Database, what: str, organisations: int) -> dict[str, Any]:
    name = f"{what}-{organisations}"
    done = subprocess.run(
        [sys.executable, "-m", "bench.recompute_run", what, str(organisations), str(INDICATORS)],
        cwd=ROOT,
        env=database.environment(name),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} on {database.name}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
