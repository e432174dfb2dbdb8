"""What changed in a figure since it was handed in or reviewed last: before handing in and for its reviewers."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from returns.models import FigureRevision, ReviewNote
from returns.states import FigureState, Hand


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence beside a figure that changed: its heading, and the words before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Resubmission:
    """A figure that is handed in anew: what was handed in or reviewed before, and what was said then.

    reason is blank and at None where nobody sent it back and the reporter changed it on their own.
    """

    old: Decimal | None
    new: Decimal | None
    said: tuple[Said, ...]
    reason: str
    at: datetime.datetime | None

    @property
    def has_new_value(self) -> bool:
        """Whether the number itself is another."""
        return self.old != self.new

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing is different at all."""
        return not self.has_new_value and not self.said


Revisions = dict[int, dict[int, FigureRevision]]
"""Revisions by the figure's id and their number."""

WORDS = {
    "data_as_of": "数据截至日",
    "data_status": "数据状态",
    "progress": "进展",
    "problems": "问题",
    "measures": "举措",
}


def review_columns(*, hands: Collection[Hand] = (Hand.UNIT, Hand.VERIFIER)) -> dict[str, Subquery]:
    """Columns for `annotate` on figures: what these hands did last, which `resubmission_of` reads."""
    notes = ReviewNote.objects.filter(
        figure=OuterRef("pk"), hand__in=hands, state__in=(FigureState.SENT_BACK, FigureState.VERIFIED)
    ).order_by("-id")
    columns = {
        "reviewed_state": "state",
        "reviewed_revision": "revision_number",
        "reviewed_reason": "reason",
        "reviewed_at": "created_at",
    }
    return {name: Subquery(notes.values(column)[:1]) for name, column in columns.items()}


def revisions_to_compare(figures: Iterable[Any]) -> Revisions:
    """The newest revision of each figure and the one handed in, and all of those reviewed before. One query.

    figures bear the columns of `review_columns`.
    """
    ids = {figure.pk: figure.reviewed_revision is not None for figure in figures}
    if not ids:
        return {}
    wanted = Q(figure__in=list(ids), number=F("figure__revision_number"))
    wanted |= Q(figure__in=list(ids), number=F("figure__submitted_revision"))
    wanted |= Q(figure__in=[pk for pk, is_reviewed in ids.items() if is_reviewed])
    found: Revisions = {}
    for row in FigureRevision.objects.filter(wanted).select_related("upload", "author__organisation"):
        found.setdefault(row.figure_id, {})[row.number] = row
    return found


def resubmission_of(figure: Any, revisions: Revisions, *, newest: int) -> Resubmission | None:
    """The difference of this revision to the last one that was reviewed, or handed in after that.

    None where there is none before it, or where it was confirmed.
    """
    before: int | None = figure.reviewed_revision
    was_sent_back = figure.reviewed_state == FigureState.SENT_BACK
    submitted: int | None = figure.submitted_revision
    if submitted is not None and (before or 0) < submitted < newest:
        before, was_sent_back = submitted, False
    if before is None or (before == newest and not was_sent_back):
        return None
    old, new = revisions[figure.pk][before], revisions[figure.pk][newest]
    return Resubmission(
        old=old.value,
        new=new.value,
        said=_words_changed(old, new),
        reason=figure.reviewed_reason if was_sent_back else "",
        at=figure.reviewed_at if was_sent_back else None,
    )


def _words_changed(old: FigureRevision, new: FigureRevision) -> tuple[Said, ...]:
    changed = []
    for name, label in WORDS.items():
        before, after = _in_words(old, name), _in_words(new, name)
        if before != after:
            changed.append(Said(label=label, old=before or "（空）", new=after or "（空）"))
    return tuple(changed)


def _in_words(revision: FigureRevision, name: str) -> str:
    if name == "data_status":
        return revision.get_data_status_display() if revision.data_status else ""
    value = getattr(revision, name)
    return str(value) if value else ""
