"""One measured run in a fresh process: `python -m bench.recompute_run WHAT ORGANISATIONS INDICATORS`.

Prints one JSON document. The database is that of the environment and must be empty.
"""

from __future__ import annotations

import contextlib
import cProfile
import gc
import io
import json
import pstats
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.db import connection, transaction  # noqa: E402

from bench import recompute_floor, recompute_loop  # noqa: E402
from bench.recompute_world import World, make_world  # noqa: E402
from rankings.models import RankingEntry, RankingLine, RankingRun  # noqa: E402
from rankings.services.runs import build_ranking, delete_preliminary  # noqa: E402
from returns.models import Cycle  # noqa: E402

ROUNDS = 3


def measured(act: Callable[[], object]) -> float:
    """Seconds of wall time, without what the collector would do for earlier garbage."""
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def empty() -> None:
    """Remove every stored ranking, so that each way writes all rows anew."""
    for model in (RankingLine, RankingEntry, RankingRun):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 - names of our own tables


def ours(world: World) -> dict[str, Any]:
    """Read, score, rank and store as a worker does: the median of some rounds after a first one."""
    rounds = []
    for _ in range(1 + ROUNDS):
        empty()
        rounds.append(measured(lambda: build_ranking(cycle=world.cycle, board="districts")))
    return {"seconds": statistics.median(rounds[1:]), "lines": RankingLine.objects.count()}


def side_by_side(world: World) -> dict[str, Any]:
    """Ours and the floor in turns on the same rows; the digests say whether two databases agree.

    The floor reads the rows that ours reads and writes the rows that ours wrote, without any thought.
    """
    found: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(ROUNDS):
        empty()
        found["ours"].append(measured(lambda: build_ranking(cycle=world.cycle, board="districts")))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        kept = recompute_floor.keep_results()
        run = RankingRun.objects.get()
        empty()
        found["floor"].append(measured(partial(_read_and_write, world, kept)))
    return found | {
        "lines": RankingLine.objects.count(),
        "digests": [run.input_digest, run.result_digest],
        "peak_mb": peak,
    }


@transaction.atomic
def _read_and_write(world: World, kept: recompute_floor.Kept) -> None:
    rows = recompute_floor.read_rows(world.cycle)
    recompute_floor.write_rows(kept)
    del rows


def loop(world: World) -> dict[str, Any]:
    """A plain loop over model objects that does the same."""
    return {
        "seconds": measured(lambda: recompute_loop.rebuild(world.cycle)),
        "lines": RankingLine.objects.count(),
    }


def districts() -> dict[str, Any]:
    """The demo's board of seven districts: the median of 20 rebuilds, each of which stores its rows anew."""
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("load_reference", verbosity=0)
        call_command("load_demo")
    cycle = Cycle.objects.get(plan__code="sowing-2025", year=2025, quarter=3)
    runs = RankingRun.objects.filter(cycle=cycle, board="districts")
    rounds = []
    for _ in range(20):
        for run in runs.all():
            delete_preliminary(run)
        rounds.append(measured(lambda: build_ranking(cycle=cycle, board="districts")))
    lines = RankingLine.objects.filter(entry__run__in=runs.all()).count()
    return {"seconds": statistics.median(rounds), "lines": lines}


def profile(world: World) -> dict[str, Any]:
    """Where the time of `ours` goes, for people."""
    profiler = cProfile.Profile()
    profiler.runcall(build_ranking, cycle=world.cycle, board="districts")
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    return {}


WAYS: dict[str, Callable[[World], dict[str, Any]]] = {
    "ours": ours,
    "side-by-side": side_by_side,
    "loop": loop,
    "profile": profile,
}


def main() -> None:
    """Make the world, run one way on it, print what came out."""
    what, organisations, indicators = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    call_command("migrate", verbosity=0)
    if what == "districts":
        print(json.dumps(districts()))
        return
    with transaction.atomic():
        world = make_world(organisations=organisations, indicators=indicators)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps(WAYS[what](world)))


if __name__ == "__main__":
    main()
