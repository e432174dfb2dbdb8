"""Triggers around migrations: away while SQLite rebuilds tables, back afterwards."""

from __future__ import annotations

import pytest
from django.db import connection

from audit import protection

pytestmark = pytest.mark.django_db


def test_triggers_are_away_only_while_sqlite_migrates() -> None:
    protection.remove_before_migrate(using="default", plan=[("a migration", False)])
    missing = protection.missing(connection=connection)
    protection.install_after_migrate(using="default")

    assert bool(missing) is (connection.vendor == "sqlite")
    assert protection.missing(connection=connection) == []


def test_migrate_with_nothing_to_do_leaves_the_triggers() -> None:
    protection.remove_before_migrate(using="default", plan=[])

    assert protection.missing(connection=connection) == []
