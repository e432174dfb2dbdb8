"""The floor of an import: the workbook read bare, its rows written bare, nothing looked at in between.

No vocabulary, no checks, no child process, no audit: python-calamine and the database's fastest way to take rows.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import python_calamine
from django.db import connection, transaction
from django.utils import timezone

from bench.imports_world import Return
from districts.models import Organisation
from indicators.models import Indicator
from returns.models import Figure, FigureRevision, QuarterlyReturn, Upload
from returns.workbook.types import column_letters

_PARAMETERS = 30_000
_HEADERS = ("本年累计完成", "指标编码", "对象编码")
_FIGURES = (
    "id, quarterly_return_id, cycle_id, indicator_id, organisation_id, reporter_id, "
    "state, value, revision_number, submitted_at, submitted_revision, submitted_value, review_reason"
)
_REVISIONS = (
    "figure_id, number, value, raw_text, data_status, progress, problems, measures, warnings, reason, "
    "source, upload_id, sheet, cell, author_id, created_at"
)


def run(workbook: Path, handed_in: Return) -> None:
    """Read and write everything, in one transaction."""
    book = python_calamine.load_workbook(workbook)
    sheet = book.get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    with transaction.atomic():
        _write(rows, sheet.name, handed_in)


def _write(rows: list[list[Any]], sheet: str, handed_in: Return) -> None:
    indicators = dict(Indicator.objects.values_list("code", "id"))
    organisations = dict(Organisation.objects.values_list("code", "id"))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    quarterly_return = QuarterlyReturn.objects.create(
        cycle=handed_in.cycle, organisation=handed_in.reporter
    ).pk
    upload = Upload.objects.create(
        cycle=handed_in.cycle,
        organisation=handed_in.reporter,
        uploaded_by=handed_in.account,
        filename="return.xlsx",
        size=1,
        sha256="0" * 64,
    ).pk
    cycle, reporter, author = handed_in.cycle.pk, handed_in.reporter.pk, handed_in.account.pk
    first = _next_id()
    figures, revisions = [], []
    head = next(number for number, row in enumerate(rows) if _HEADERS[1] in row)
    value_column, indicator_column, organisation_column = map(rows[head].index, _HEADERS)
    letter = column_letters(value_column + 1)
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        indicator = indicators.get(row[indicator_column])
        if indicator is None:
            continue
        value, key = str(Decimal(repr(row[value_column]))), first + len(figures)
        place = (indicator, organisations[row[organisation_column]])
        reported = ("submitted", value, 1, now, 1, value, "")
        figures.append((key, quarterly_return, cycle, *place, reporter, *reported))
        revisions.append(
            (
                key,
                1,
                value,
                value,
                *("", "", "", "", "[]", "", "file"),
                upload,
                sheet,
                f"{letter}{number}",
                author,
                now,
            )
        )
    _insert(Figure._meta.db_table, _FIGURES, figures)
    _insert(FigureRevision._meta.db_table, _REVISIONS, revisions)


def _next_id() -> int:
    """The first of enough unused ids."""
    table = Figure._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        else:
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608 - our own table
        return int(cursor.fetchone()[0])


def _insert(table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        # many rows in a statement: on a table with triggers executemany takes five times as long
        width = len(rows[0])
        marks = f"({', '.join(['?'] * width)})"
        raw = connection.connection.cursor()
        for start in range(0, len(rows), _PARAMETERS // width):
            part = rows[start : start + _PARAMETERS // width]
            several = ", ".join([marks] * len(part))
            statement = f"INSERT INTO {table} ({columns}) VALUES {several}"  # noqa: S608 - likewise
            raw.execute(statement, list(chain.from_iterable(part)))
