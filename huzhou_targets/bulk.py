"""Rows into a table without model objects, a hundred thousand at a time, inside Django's transaction."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

_T = TypeVar("_T")
_PARAMETERS = 30_000
"""What every SQLite since 3.32 takes in one statement, and a little less."""


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows by the database's fastest way: COPY, or statements with many rows each.

    Values are as the database takes them: numbers, texts and None, decimals and dates as text, moments from
    `moment`. Fields' own defaults do not apply. Raises IntegrityError.

    On SQLite a prepared statement for each row (executemany) takes five times as long on a table with
    triggers: every statement keeps a journal of its own there, and inside a savepoint that journal grows.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, columns))
    if connection.vendor == "postgresql":
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = f"({', '.join(['?'] * len(columns))})"
    connection.ensure_connection()
    for part in in_parts(rows, size=_PARAMETERS // len(columns)):
        several = ", ".join([marks] * len(part))
        statement = f"INSERT INTO {table} ({names}) VALUES {several}"  # noqa: S608 - names of our own tables
        with connection.wrap_database_errors:
            connection.connection.execute(statement, list(chain.from_iterable(part)))


def read_rows(rows: QuerySet[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list` as the database gives them: Django's conversion takes as long as reading.

    Ask for decimals as text (`Cast`); yes and no may come as 1 and 0, days as text (`day_of`).
    """
    statement, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def day_of(cell: str | datetime.date | None) -> datetime.date | None:
    """A day as the database gave it."""
    return datetime.date.fromisoformat(cell) if isinstance(cell, str) else cell


def in_parts(items: Iterable[_T], *, size: int) -> Iterator[list[_T]]:
    """Lists of at most that many items, in order."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def moment(at: datetime.datetime | None) -> str | datetime.datetime | None:
    """A moment as the database takes it."""
    return None if at is None else connection.ops.adapt_datetimefield_value(at)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for cyclic garbage while very many rows are in hand: they hold none, and each search walks all.

    What is no longer used is freed as ever; where the collector rested already, it goes on resting.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
