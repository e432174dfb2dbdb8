"""Taking in a return of 10,000 and of 100,000 figures, beside bare reading and writing and a general importer.

The service is the one that the page, the API and `import_return` use, with the guarded child, every check,
revisions with their provenance and the audit entry. Every run is a fresh process on a copy of one prepared
database; ratios are medians of three rounds in which the floor and the service take turns.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from bench.databases import Database
from bench.report import Line, seconds, times
from tests.servers.installation import ROOT

ROUNDS = 3
_RIVAL_GOALS = {"postgresql": 50, "sqlite": 30}
_PARTS = (
    ("the file kept, its digest, its entry in the trail", ("keep_file",)),
    ("first look at the bytes", ("inspect",)),
    (
        "vocabulary: targets, names, last quarter's figures (the child reads cells meanwhile)",
        ("build_vocabulary",),
    ),
    ("waiting for the child: its cells, their meaning, the answer", ("finish",)),
    ("checks across the figures", ("check_figures",)),
    ("figures already there, locked", ("stored_figures",)),
    ("writing figures", ("insert_figures",)),
    ("writing revisions", ("insert_revisions",)),
    ("sealing the sheet of what is handed in", ("write_sheet",)),
    ("audit entry with every value", ("record_many",)),
    ("closing the upload", ("close_upload",)),
)


def run(database: Database, *, quick: bool = False) -> list[Line]:
    """Measure both sizes on one database; quick takes a tenth of each."""
    small, large = (1_000, 10_000) if quick else (10_000, 100_000)
    one, ten = _Size(database, small), _Size(database, large)
    rounds, large_rounds = [], []
    for _ in range(ROUNDS):  # taking turns, so that what else the machine does falls on all alike
        rounds.append((one.run("floor"), one.run("ours")))
        large_rounds.append(ten.run("ours"))
    rival = one.run("rival")
    peaks = {size.figures: size.run("memory") for size in (one, ten)}
    first = median(ours["first"] for _, ours in rounds)
    again = median(ours["again"] for _, ours in rounds)
    floor = median(bare["seconds"] for bare, _ in rounds)
    large_first = median(ours["first"] for ours in large_rounds)
    growth = median(
        much["first"] / ours["first"] for much, (_, ours) in zip(large_rounds, rounds, strict=True)
    )
    over_floor = median(ours["first"] / bare["seconds"] for bare, ours in rounds)
    again_ratio = median(ours["again"] / ours["first"] for _, ours in rounds)
    revisions = sum(ours["new_revisions"] for _, ours in rounds)
    goal = _RIVAL_GOALS[database.name]
    lines = [
        Line(
            name=f"floor: {small:,} figures read by python-calamine and written bare", amount=seconds(floor)
        ),
        Line(
            name=f"{small:,} figures by the service",
            amount=seconds(first),
            ratio=times(over_floor),
            goal="≤ 4 × floor",
            reached=over_floor <= 4,
        ),
        Line(
            name="the same in processor time, without the database server's",
            amount=seconds(median(ours["processor"] for _, ours in rounds)),
            ratio=times(median(ours["processor"] / bare["processor"] for bare, ours in rounds)),
        ),
        Line(
            name="the same file again",
            amount=seconds(again),
            ratio=times(again_ratio),
            goal="≤ 1 × first",
            reached=again_ratio <= 1,
        ),
        Line(
            name="revisions made by the same file again",
            amount=str(revisions),
            goal="0",
            reached=revisions == 0,
        ),
        Line(
            name=f"django-import-export, {small:,} figures without revisions, checks and trail (n = 1)",
            amount=seconds(rival["seconds"]),
            ratio=times(rival["seconds"] / first),
            goal=f"≥ {goal} × service",
            reached=rival["seconds"] / first >= goal,
        ),
        Line(
            name=f"{large:,} figures by the service",
            amount=seconds(large_first),
            ratio=times(growth),
            goal="< 10 × ten per cent",
            reached=growth < 10,
        ),
        *_memory_lines(peaks),
        *_split_lines(small, rounds[-1][1]),
        *_split_lines(large, large_rounds[-1]),
    ]
    # goals are for the full sizes: at a tenth of them starting the child is most of the time
    return [replace(line, goal="", reached=None) for line in lines] if quick else lines


def _memory_lines(peaks: dict[int, dict[str, Any]]) -> list[Line]:
    return [
        Line(
            name=f"peak memory of the {who} at {figures:,} figures",
            amount=f"{peak[key]:.0f} MB",
            goal="< 300 MB",
            reached=peak[key] < 300,
        )
        for figures, peak in peaks.items()
        for who, key in (("worker", "worker"), ("reading child", "child"))
    ]


def _split_lines(figures: int, ours: dict[str, Any]) -> list[Line]:
    """What the time of one run is spent on, as shares of it."""
    whole, steps = ours["first"], ours["steps"]
    named = [(name, sum(steps.get(key, 0.0) for key in keys)) for name, keys in _PARTS]
    named.append(("everything else (comparing, commits)", whole - sum(amount for _, amount in named)))
    lines = [
        Line(name=f"{figures:,}: {name}", amount=seconds(amount), ratio=f"{amount / whole:.0%}")
        for name, amount in named
    ]
    inside = (("child alone: cells", "child_cells"), ("child alone: their meaning", "child_meaning"))
    return lines + [Line(name=f"{figures:,}: {name}", amount=seconds(steps[key])) for name, key in inside]


@dataclass(frozen=True)
class _Size:
    """A prepared database of one size; every run gets a copy of it."""

    database: Database
    figures: int

    def run(self, variant: str) -> dict[str, Any]:
        """What one run of `bench.imports_run` found."""
        prepared = self._prepared()
        return self._call(variant, self._copy(prepared))

    @property
    def _workbook(self) -> Path:
        """One file for both databases."""
        return self.database.folder / f"return-{self.figures}.xlsx"

    def _prepared(self) -> dict[str, str]:
        kept = self.database.folder / f"prepared-{self.figures}.json"
        if not kept.exists():
            environment = self.database.environment(f"imports-{self.figures}")
            self._call("prepare", environment)
            kept.write_text(json.dumps(environment), encoding="utf-8")
        return dict(json.loads(kept.read_text(encoding="utf-8")))

    def _copy(self, prepared: dict[str, str]) -> dict[str, str]:
        folder = self.database.folder / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(prepared["DATA_DIR"], folder)
        environment = prepared | {"DATA_DIR": str(folder)}
        if self.database.server is not None:
            environment["DATABASE_URL"] = self._copy_database(prepared["DATABASE_URL"])
        return environment

    def _copy_database(self, address: str) -> str:
        server = self.database.server
        assert server is not None  # noqa: S101 - asked for by the caller only then
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS copy")
            source = sql.Identifier(address.rpartition("/")[2])
            connection.execute(sql.SQL("CREATE DATABASE copy TEMPLATE {}").format(source))
        return server.url("copy")

    def _call(self, variant: str, environment: dict[str, str]) -> dict[str, Any]:
        arguments: Sequence[str] = (variant, str(self._workbook), str(self.figures))
        done = subprocess.run(
            [sys.executable, "-m", "bench.imports_run", *arguments],
            cwd=ROOT,
            env=environment | {"CELERY_BROKER_URL": "memory://localhost"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"bench.imports_run {variant}:\n{done.stderr}")
        return dict(json.loads(done.stdout))
