"""Which tests a process takes together, and which are begun first.

A process of pytest-xdist takes all tests of a module, because a module shares what is dear to make. Some
folders share more: one running site, one loaded demo; they stay together too. What takes longest is begun
first, so that no process works alone at the end.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser", "tests/demo/loaded")
LONGEST_FIRST = (
    "tests/servers/test_on_postgresql.py",
    "tests/browser",
    "tests/rankings/test_killed_worker.py",
    "tests/demo/loaded",
    "tests/rankings/test_recalculation.py",
    "tests/rights",
    "tests/returns/test_hostile_uploads.py",
    "tests/returns/test_many_officials.py",
    "tests/workbook",
    "tests/scoring",
)


class FolderScheduling(LoadScopeScheduling):
    """Hands out modules, and whole folders where they are named above."""

    def _split_scope(self, nodeid: str) -> str:
        """The folder or module of a test, by the address pytest gives it."""
        module = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if module.startswith(folder + "/")), module)


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Put the tests in the order in which they are handed out."""

    def place(item: pytest.Item) -> int:
        return next(
            (place for place, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start)),
            len(LONGEST_FIRST),
        )

    items.sort(key=place)
