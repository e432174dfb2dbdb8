"""Rows into a table without model objects, a hundred thousand at a time, inside Django's transaction."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows by the database's fastest way: COPY, or one prepared statement.

    Values are as the database takes them: numbers, texts and None, decimals and dates as text, moments from
    `moment`. Fields' own defaults do not apply. Raises IntegrityError.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own tables
        cursor.executemany(statement, rows)


def moment(at: datetime.datetime | None) -> object:
    """A moment as the database takes it."""
    return None if at is None else connection.ops.adapt_datetimefield_value(at)
