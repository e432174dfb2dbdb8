"""What is in force of the figures that are stored already.

A figure that is handed in or verified has its newest value in force. A draft, one that waits for the unit and one
that the unit returned may stand over a value that was handed in before; which one says, without guessing,

- the revision that is verified: only what was handed in is ever verified; and
- the newest 报送单 that lists the figure, since each handing in writes one, with the moment of that handing in.

The later of the two holds, unless a verifier sent the figure back after that sheet or its reporter withdrew it.
Where neither says anything (figures handed in before there were sheets and changed again since), the columns stay
null: such a draft counts from the next handing in, as it did before this migration.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import migrations
from django.db.models import F

UNSENT = ("draft", "unit_review", "sent_back")


def fill(apps: Any, schema_editor: Any) -> None:
    """Fill both columns, also of sealed cycles: what is sealed says the same as before."""
    figures = apps.get_model("returns", "Figure").objects
    if not figures.exists():
        return
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:  # SQLite's triggers are away while migrations run (audit.protection)
        schema_editor.execute("ALTER TABLE returns_figure DISABLE TRIGGER USER")
    figures.filter(state__in=("submitted", "verified"), value__isnull=False).update(
        submitted_value=F("value"), submitted_revision=F("revision_number")
    )
    fill_from_history(apps)
    if is_postgresql:
        schema_editor.execute("ALTER TABLE returns_figure ENABLE TRIGGER USER")


def fill_from_history(apps: Any) -> None:
    """The figures whose newest value is not handed in, from reviews and sheets."""
    figures = apps.get_model("returns", "Figure").objects.filter(
        state__in=UNSENT, submitted_revision=None, value__isnull=False
    )
    concerned: dict[int, list[Any]] = {}
    for figure in figures.select_related("indicator", "organisation").order_by("pk"):
        concerned.setdefault(figure.quarterly_return_id, []).append(figure)
    for quarterly_return, of_return in concerned.items():
        listed = dict(_newest_on_sheets(apps, quarterly_return))
        for figure in of_return:
            _fill_one(apps, figure, listed.get((figure.indicator.code, figure.organisation.code)))


def _newest_on_sheets(apps: Any, quarterly_return: int) -> Iterator[tuple[tuple[str, str], tuple[int, Any]]]:
    """Codes of each place with its revision and moment, in the order of the sheets: the newest comes last."""
    sheets = apps.get_model("returns", "Submission").objects.filter(quarterly_return=quarterly_return)
    for contents, at in sheets.order_by("number").values_list("contents", "created_at"):
        for line in json.loads(contents)["figures"]:
            yield (line["indicator"], line["organisation"]), (line["revision"], at)


def _fill_one(apps: Any, figure: Any, listed: tuple[int, Any] | None) -> None:
    number, at = figure.verified_revision, figure.submitted_at
    notes = apps.get_model("returns", "ReviewNote").objects.filter(
        figure=figure, state="sent_back", hand="verifier"
    )
    revisions = apps.get_model("returns", "FigureRevision").objects.filter(figure=figure)
    if listed is not None and listed[0] > (number or 0):
        was_withdrawn = revisions.filter(number__gt=listed[0], value=None).exists()
        if not was_withdrawn and not notes.filter(created_at__gte=listed[1]).exists():
            number, at = listed
    if number is None:
        return
    figure.submitted_revision, figure.submitted_at = number, at
    figure.submitted_value = revisions.get(number=number).value
    figure.save(update_fields=["submitted_revision", "submitted_at", "submitted_value"])


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0013_submitted_value"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
