"""What every test gets: private uploads, an empty cache, and the servers of tests/servers/."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from tests.factories import World
from tests.servers.selection import ON_BOTH_DATABASES

pytest_plugins = ["tests.servers.fixtures", "tests.scheduling"]

TESTS = Path(__file__).resolve().parent
# The same examples in every run, so that a green run says something about the next one;
# HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis_settings.register_profile("repeat", derandomize=True)
hypothesis_settings.register_profile("explore", derandomize=False)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))


@pytest.fixture(autouse=True)
def private_uploads(settings: Settings, tmp_path: Path) -> None:
    """Uploads of a test go into its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test finds what another one left in the cache."""
    cache.clear()


@pytest.fixture(scope="module")
def module_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that are written from here on are there for all tests of a module, and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def reference(module_rows: None) -> None:
    """The reference data, loaded once for all tests of a module."""
    call_command("load_reference", verbosity=0)


@pytest.fixture
def world(built: World, db: None) -> World:
    """A test's own copy of the world that its module's `built` makes once; what the test does is undone."""
    return deepcopy(built)


@pytest.hookimpl(tryfirst=True)  # before `-m` selects by the markers that are set here
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say which tests run on PostgreSQL too (tests/servers/test_on_postgresql.py)."""
    for item in items:
        if _belongs_to_both(item):
            item.add_marker("both_databases")
    if "postgresql" in django_settings.DATABASES["default"]["ENGINE"]:
        return
    elsewhere = [item for item in items if item.get_closest_marker("postgresql_only")]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _belongs_to_both(item: pytest.Item) -> bool:
    """Whether a test of the apps' rows asks for the database inside this process."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return (
        item.path.relative_to(TESTS).parts[0] in ON_BOTH_DATABASES
        and item.get_closest_marker("one_database") is None
        and (item.get_closest_marker("django_db") is not None or "db" in fixtures)
        and not any(name.endswith("_installation") for name in fixtures)
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the result of the second run on PostgreSQL, whose tests are not in our own count."""
    passed: Sequence[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    for report in passed:
        for name, value in getattr(report, "user_properties", []):
            if name == "on_postgresql":
                terminalreporter.write_line(f"On PostgreSQL: {value}")
