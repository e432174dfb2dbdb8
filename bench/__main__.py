"""`python -m bench`: the measurements of imports and of recomputing, side by side with their floors.

Ratios are of one run on one machine; goals are those of the project. Exit 1 when a goal was missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from bench import imports, recompute
from bench.databases import NAMES, open_database
from bench.report import Line, table

Suite = Callable[..., list[Line]]
SUITES: Mapping[str, tuple[str, Suite]] = {
    "imports": ("Taking in a return", imports.run),
    "recompute": ("Recomputing a board", recompute.run),
}


def main() -> int:
    """Measure what was asked for and print a table for each suite and database."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(SUITES))
    parser.add_argument("--database", choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, to see that it runs")
    options = parser.parse_args()
    missed, digests = False, set()
    for name in [options.database] if options.database else NAMES:
        with open_database(name) as database:
            for suite, (title, run) in SUITES.items():
                if options.only in (None, suite):
                    lines = run(database, quick=options.quick)
                    print(table(f"{title} on {name}", lines), flush=True)
                    missed |= any(line.reached is False for line in lines)
                    digests |= {line.amount for line in lines if line.name == recompute.DIGEST}
    if len(digests) > 1:
        print(f"The databases give different results: {', '.join(sorted(digests))}", file=sys.stderr)
    return int(missed or len(digests) > 1)


if __name__ == "__main__":
    sys.exit(main())
