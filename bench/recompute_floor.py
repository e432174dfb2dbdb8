"""The floor of recomputing: the rows that must be read and the rows that must be written, by the fastest way."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from huzhou_targets.bulk import insert_rows
from rankings.models import RankingEntry, RankingLine, RankingRun
from returns.models import Cycle

Row = tuple[object, ...]

_READ = (
    """SELECT t.indicator_id, t.organisation_id, t.text, t.kind, t.value, t.unit, t.unit_factor, t.reference,
    t.offset, t.is_plan_end FROM indicators_target t JOIN indicators_indicator i ON i.id = t.indicator_id
    WHERE i.plan_id = %s AND t.year = %s ORDER BY i."order", t.id""",
    """SELECT f.id, f.indicator_id, f.organisation_id, f.reporter_id, f.submitted_at,
    f.submitted_value, f.submitted_revision, f.verified_value, f.verified_at, f.verified_revision
    FROM returns_figure f WHERE f.cycle_id = %s ORDER BY f.id""",
    """SELECT r.figure_id, r.number, r.data_as_of, u.filename, r.sheet, r.cell FROM returns_figurerevision r
    JOIN returns_figure f ON f.id = r.figure_id LEFT JOIN returns_upload u ON u.id = r.upload_id
    WHERE f.cycle_id = %s""",
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Stored rows of a ranking as the database takes them."""

    columns: dict[str, tuple[str, ...]]
    rows: dict[str, list[Row]]


_MODELS = {model._meta.db_table: model for model in (RankingRun, RankingEntry, RankingLine)}


def read_rows(cycle: Cycle) -> list[list[Row]]:
    """Targets, figures and where they came from, as bare tuples."""
    results = []
    parameters = ([cycle.plan_id, cycle.year], [cycle.pk], [cycle.pk])
    with connection.cursor() as cursor:
        for statement, values in zip(_READ, parameters, strict=True):
            cursor.execute(statement, values)
            results.append(cursor.fetchall())
    return results


def keep_results() -> Kept:
    """The rows of the one stored ranking, to be written again."""
    columns, rows = {}, {}
    for table, model in _MODELS.items():
        columns[table] = tuple(field.column for field in model._meta.concrete_fields)
        names = ", ".join(map(connection.ops.quote_name, columns[table]))
        with connection.cursor() as cursor:
            text = names if connection.vendor == "sqlite" else names.replace('"detail"', '"detail"::text')
            cursor.execute(f"SELECT {text} FROM {table}")  # noqa: S608 - names of our own tables
            rows[table] = cursor.fetchall()
    return Kept(columns=columns, rows=rows)


def write_rows(kept: Kept) -> None:
    """Write them: COPY, or one prepared statement."""
    for table, model in _MODELS.items():
        insert_rows(model, kept.columns[table], kept.rows[table])
