"""Which tests a process takes together, and which are begun first (a plugin of tests/conftest.py).

A process of pytest-xdist takes all tests of a module, because a module shares what is dear to make. Some
folders share more: one running site, one loaded demo; they stay together too. What takes longest is begun
first, so that no process works alone at the end.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
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


@pytest.hookimpl(optionalhook=True)  # only there where pytest-xdist is
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FolderScheduling:
    """Share out the tests by module and folder."""
    return FolderScheduling(config, log)


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts tests without a database last
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests in the order in which they are handed out."""
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """How early a test is begun; tests of the same place keep their order."""
    return next(
        (place for place, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start)),
        len(LONGEST_FIRST),
    )


class FolderScheduling(LoadScopeScheduling):
    """Hands out modules, and whole folders where they are named above."""

    def _split_scope(self, nodeid: str) -> str:
        """The folder or module of a test, by the address pytest gives it."""
        module = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if module.startswith(folder + "/")), module)
