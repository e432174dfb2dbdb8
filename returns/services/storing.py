"""Rows in and out of the tables of figures, a hundred thousand at a time.

A model object costs ten times what its row does, so the storing path goes without them: it reads bare columns,
inserts without them, and changes figures by one prepared statement. What may be stored, and
in which state, is decided in `returns.services.figures` and not here.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Max

from accounts.models import User
from districts.models import Organisation
from huzhou_targets.bulk import in_parts, insert_rows, moment
from returns.models import Cycle, Figure, FigureRevision, QuarterlyReturn, Upload
from returns.workbook.types import FigureRow

Place = tuple[int, int]
"""(indicator id, organisation id)."""

_IDS_AT_ONCE = 500
_FIGURE_COLUMNS = (
    *("indicator_id", "organisation_id", "value"),
    *("quarterly_return_id", "cycle_id", "reporter_id", "state", "revision_number"),
    *("submitted_at", "submitted_revision", "submitted_value", "review_reason"),
)
_REVISION_COLUMNS = (
    *("figure_id", "number", "value", "raw_text", "sheet", "cell"),
    *("data_as_of", "data_status", "progress", "problems", "measures", "warnings"),
    *("reason", "source", "upload_id", "author_id", "created_at"),
)


class StoredFigure(NamedTuple):
    """What comparing and changing a stored figure needs of it."""

    pk: int
    value: Decimal | None
    state: str
    revision_number: int


class StoredText(NamedTuple):
    """What the newest revision of a figure says beside its value."""

    data_as_of: datetime.date | None
    progress: str
    problems: str
    measures: str
    data_status: str = ""


UNSAID = StoredText(None, "", "", "")
"""Neither date nor narrative."""


class NewRevision(NamedTuple):
    """A row that becomes this revision of this figure."""

    figure_id: int
    number: int
    row: FigureRow


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What all revisions of one save have in common."""

    author: User
    source: str
    upload: Upload | None
    reason: str
    at: datetime.datetime


def stored_figures(*, cycle: Cycle, reporter: Organisation, lock: bool = False) -> dict[Place, StoredFigure]:
    """This reporter's figures of a cycle by place, locked until the transaction ends where asked. One query."""
    figures = Figure.objects.filter(cycle=cycle, reporter=reporter).order_by()
    if lock:
        figures = figures.select_for_update()
    columns = ("indicator_id", "organisation_id", "id", "value", "state", "revision_number")
    return {
        (indicator, organisation): StoredFigure(*rest)
        for indicator, organisation, *rest in figures.values_list(*columns).iterator(chunk_size=5000)
    }


def stored_texts(*, cycle: Cycle, reporter: Organisation) -> dict[int, StoredText]:
    """Date and narrative of the newest revision of each figure, by the figure's id. One query."""
    rows = (
        FigureRevision.objects.filter(
            figure__cycle=cycle, figure__reporter=reporter, number=F("figure__revision_number")
        )
        .order_by()
        .values_list("figure_id", "data_as_of", "progress", "problems", "measures", "data_status")
    )
    return {
        figure_id: StoredText(as_of, progress, problems, measures, status)
        for figure_id, as_of, progress, problems, measures, status in rows.iterator(chunk_size=5000)
    }


def insert_figures(
    places: Sequence[Place],
    values: Iterable[Decimal],
    *,
    quarterly_return: QuarterlyReturn,
    state: str,
    submitted_at: datetime.datetime | None,
) -> list[int]:
    """Insert a figure with its value for each place, which must not have one yet. Returns their ids in this order.

    With submitted_at the values are in force from that moment; None where they are not reported yet.

    The cycle must be locked, so that nobody else inserts figures of this return meanwhile: ids ascend in the
    order of insertion. Raises IntegrityError where a place has a figure of this reporter already.
    """
    if not places:
        return []
    of_return = Figure.objects.filter(
        cycle=quarterly_return.cycle_id, reporter=quarterly_return.organisation_id
    )
    newest = of_return.aggregate(newest=Max("id"))["newest"] or 0
    constant = (
        *(quarterly_return.pk, quarterly_return.cycle_id, quarterly_return.organisation_id),
        *(state, 1, moment(submitted_at), 1 if submitted_at else None),
    )
    texts = map(str, values)
    insert_rows(
        Figure,
        _FIGURE_COLUMNS,
        (
            (*place, value, *constant, value if submitted_at else None, "")
            for place, value in zip(places, texts, strict=True)
        ),
    )
    ids = list(of_return.filter(id__gt=newest).order_by("id").values_list("id", flat=True))
    if len(ids) != len(places):
        raise RuntimeError(f"{len(ids)} figures of {quarterly_return} appeared instead of {len(places)}")
    return ids


def insert_revisions(
    revisions: Iterable[NewRevision], *, origin: Origin, warnings: Mapping[tuple[str, str], list[str]]
) -> None:
    """Append the revisions; a warning goes with the row of its place (indicator code, organisation code)."""
    upload_id = origin.upload.pk if origin.upload else None
    constant = (origin.reason, origin.source, upload_id, origin.author.pk, moment(origin.at))
    insert_rows(
        FigureRevision,
        _REVISION_COLUMNS,
        (
            (
                figure_id,
                number,
                str(row.value),
                row.raw[:255],
                row.sheet[:100] if row.sheet else "",
                row.cell or "",
                row.data_as_of.isoformat() if row.data_as_of else None,
                row.data_status,
                row.progress,
                row.problems,
                row.measures,
                json.dumps(said) if (said := warnings.get((row.indicator, row.organisation))) else "[]",
                *constant,
            )
            for figure_id, number, row in revisions
        ),
    )


def change_figures(
    revisions: Sequence[NewRevision], *, state: str, submitted_at: datetime.datetime | None
) -> None:
    """Give figures the value and number of their newest revision; what a reviewer said is settled by that.

    With submitted_at the new values are in force from that moment; without, what was handed in before stays.
    """
    if not revisions:
        return
    table = connection.ops.quote_name(Figure._meta.db_table)
    if connection.vendor == "postgresql":
        handed_in = ", submitted_at = %s, submitted_revision = new.number, submitted_value = new.value"
        statement = f"""UPDATE {table} SET value = new.value, revision_number = new.number,
            state = %s, review_reason = ''{handed_in if submitted_at else ""}
            FROM unnest(%s::bigint[], %s::integer[], %s::numeric[]) AS new (id, number, value)
            WHERE {table}.id = new.id"""  # noqa: S608 - the table's name is our own
        columns = [
            list(column) for column in zip(*((a, b, row.value) for a, b, row in revisions), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement, [state, *([submitted_at] if submitted_at else []), *columns])
        return
    handed_in = ", submitted_at = %s, submitted_revision = %s, submitted_value = %s"
    statement = f"""UPDATE {table} SET value = %s, revision_number = %s,
        state = %s, review_reason = ''{handed_in if submitted_at else ""} WHERE id = %s"""  # noqa: S608 - likewise
    at = moment(submitted_at)
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                (value, number, state, *((at, number, value) if submitted_at else ()), pk)
                for pk, number, row in revisions
                for value in [str(row.value)]
            ],
        )


def hand_in_figures(ids: Iterable[int], *, state: str, submitted_at: datetime.datetime | None) -> None:
    """Give figures a state as they are, without a new revision.

    With submitted_at their newest values are in force from that moment; None where that is not a report yet,
    and what was handed in before stays.
    """
    reported = {
        "submitted_at": submitted_at,
        "submitted_revision": F("revision_number"),
        "submitted_value": F("value"),
    }
    for part in in_parts(ids, size=_IDS_AT_ONCE):
        Figure.objects.filter(pk__in=part).update(state=state, **(reported if submitted_at else {}))
