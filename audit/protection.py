"""Rows that the database itself refuses to change: append-only tables and sealed rows.

Each app names its rules in a module `protected.py`; the triggers are (re)installed after every
migration, because SQLite drops a table's triggers when Django rebuilds the table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

Operation = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True, kw_only=True)
class Protection:
    """One rule: on `table`, refuse `operation` when `condition` holds.

    The condition is portable SQL over OLD and NEW; an empty one always holds. A refused statement leaves
    nothing behind, however many rows it brings.
    """

    table: str
    operation: Operation
    message: str
    condition: str = ""

    @property
    def name(self) -> str:
        """Trigger name, short enough for every database."""
        tag = hashlib.sha256(self.condition.encode()).hexdigest()[:6]
        return f"protect_{self.table}_{self.operation.lower()}_{tag}"[:60]


def all_protections() -> Iterator[Protection]:
    """The rules of every installed app."""
    for config in apps.get_app_configs():
        name = f"{config.name}.protected"
        if find_spec(name) is not None:
            yield from import_module(name).PROTECTIONS


def remove_before_migrate(*, using: str, plan: Sequence[Any], **kwargs: Any) -> None:
    """Receiver of pre_migrate: SQLite rebuilds a table by dropping and renaming it, and refuses the renaming
    while a trigger of another table names it. PostgreSQL needs nothing of the kind and keeps its triggers.
    """
    if plan and connections[using].vendor == "sqlite":
        remove(connection=connections[using])


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate."""
    install(connection=connections[using])


def install(*, connection: BaseDatabaseWrapper) -> None:
    """Create all triggers whose table exists, replacing what is there."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in all_protections():
            if rule.table in present:
                for statement in _statements(rule, connection.vendor):
                    cursor.execute(statement)


def remove(*, connection: BaseDatabaseWrapper) -> None:
    """Drop all triggers: for restoring a dump and for test databases being emptied."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in all_protections():
            if rule.table in present:
                cursor.execute(_drop(rule, connection.vendor))


def missing(*, connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should stand in the database and do not."""
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = {row[0] for row in cursor.fetchall()}
    return sorted({rule.name for rule in all_protections()} - found)


def _drop(rule: Protection, vendor: str) -> str:
    if vendor == "postgresql":
        return f'DROP TRIGGER IF EXISTS "{rule.name}" ON "{rule.table}"'
    return f'DROP TRIGGER IF EXISTS "{rule.name}"'


def _statements(rule: Protection, vendor: str) -> list[str]:
    condition = rule.condition or "1 = 1"
    if vendor == "postgresql":
        return [
            f"""CREATE OR REPLACE FUNCTION "{rule.name}_fn"() RETURNS trigger AS $$
            BEGIN
                IF {_found(rule, condition)} THEN
                    RAISE EXCEPTION '{rule.message}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN {_RETURNED[rule.operation]};
            END $$ LANGUAGE plpgsql""",
            _drop(rule, vendor),
            f"""CREATE TRIGGER "{rule.name}" {_moment(rule)} EXECUTE FUNCTION "{rule.name}_fn"()""",
        ]
    return [
        _drop(rule, vendor),
        f"""CREATE TRIGGER "{rule.name}" BEFORE {rule.operation} ON "{rule.table}" FOR EACH ROW
        WHEN {condition} BEGIN SELECT RAISE(ABORT, '{rule.message}'); END""",
    ]


_RETURNED: dict[Operation, str] = {"INSERT": "NULL", "UPDATE": "NEW", "DELETE": "OLD"}
_NEW = re.compile(r"\bNEW\.(\w+)")


def _moment(rule: Protection) -> str:
    """When PostgreSQL asks. New rows are looked at once for each statement: a board's lines come by hundreds
    of thousands, and a call for each of them takes as long as writing it.
    """
    if rule.operation == "INSERT":
        return f'AFTER INSERT ON "{rule.table}" REFERENCING NEW TABLE AS fresh_rows FOR EACH STATEMENT'
    return f'BEFORE {rule.operation} ON "{rule.table}" FOR EACH ROW'


def _found(rule: Protection, condition: str) -> str:
    """The question that PostgreSQL asks: of the one row, or once for all rows of a statement that are alike in it."""
    if rule.operation != "INSERT":
        return condition
    asked = ", ".join(sorted(set(_NEW.findall(condition)))) or "1"
    of_fresh = _NEW.sub(r"fresh.\1", condition)
    return f"EXISTS (SELECT 1 FROM (SELECT DISTINCT {asked} FROM fresh_rows) AS fresh WHERE {of_fresh})"  # noqa: S608 - our own rules
