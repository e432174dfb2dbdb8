"""Who wrote what stands at a figure now: nobody passes or confirms their own entries (rules.needs_other_eyes)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile

from django.db.models import Exists, F, OuterRef, Q, Value

from accounts.models import User
from accounts.rules import Person
from returns.models import Figure, FigureRevision, ReviewNote
from returns.papers import Evidence
from returns.rules import needs_other_eyes
from returns.states import FigureState, Hand

PARTS = ("value", "data_as_of", "data_status", "progress", "problems", "measures")
"""What a revision says; each part may come from another account, because what a save leaves out stays."""

DONE_BY = {Hand.UNIT: FigureState.SUBMITTED, Hand.VERIFIER: FigureState.VERIFIED}
"""The state that a hand's approval gives."""


def own_work(user: Person, figures: Iterable[Figure], *, hand: Hand) -> frozenset[int]:
    """Ids of the figures that this account may not pass (hand UNIT) or confirm (VERIFIER), having had a part in them.

    A part is: a revision since that hand approved the figure last; the present value, its date or a present
    sentence of its narrative, however old; an evidence file in force. A verifier confirms what was handed in,
    so that a newer draft is no part of that. One query where there is none, none where the figures bear the
    columns of `part_columns`.
    """
    asked = [figure for figure in figures if needs_other_eyes(figure, hand=hand)]
    if not asked or not isinstance(user, User):
        return frozenset()
    if not all("has_own_file" in vars(figure) for figure in asked):
        ids = [figure.pk for figure in asked]
        asked = list(
            Figure.objects.filter(pk__in=ids)
            .annotate(**part_columns(user))
            .filter(Q(has_own_file=True) | Q(has_own_revision=True))
        )
    found = {figure.pk for figure in asked if vars(figure)["has_own_file"]}
    written = {figure.pk for figure in asked if vars(figure)["has_own_revision"]}
    return frozenset(found | _still_standing(user, written - found, hand=hand))


def part_columns(user: Person) -> dict[str, Exists | Value]:
    """Columns for `annotate` on figures: whether the account wrote a revision, and has evidence in force there."""
    if not isinstance(user, User):
        return dict.fromkeys(("has_own_file", "has_own_revision"), Value(False))
    files = Evidence.objects.filter(figure=OuterRef("pk"), author=user, withdrawal__isnull=True)
    revisions = FigureRevision.objects.filter(figure=OuterRef("pk"), author=user)
    return {"has_own_file": Exists(files), "has_own_revision": Exists(revisions)}


def _still_standing(user: User, figure_ids: Collection[int], *, hand: Hand) -> set[int]:
    """Those of the figures, all with a revision by the account, in which its work was not reviewed and replaced."""
    if not figure_ids:
        return set()
    approved = dict(
        ReviewNote.objects.filter(figure__in=figure_ids, hand=hand, state=DONE_BY[hand])
        .order_by("id")
        .values_list("figure_id", "revision_number")
    )
    revisions: dict[int, list[FigureRevision]] = {}
    reviewed = FigureRevision.objects.filter(figure__in=figure_ids)
    if hand == Hand.VERIFIER:  # a draft over what was handed in is not what is confirmed
        reviewed = reviewed.filter(number__lte=F("figure__submitted_revision"))
    for row in reviewed.order_by("figure", "-number"):
        revisions.setdefault(row.figure_id, []).append(row)
    return {
        pk
        for pk, rows in revisions.items()
        if user.pk in {row.author_id for row in rows if row.number > approved.get(pk, 0)} | _authors(rows)
    }


def _authors(revisions: Sequence[FigureRevision]) -> set[int]:
    """Who wrote the parts of the newest revision: of each, the author of the first of the run that says the same.

    revisions are all of one figure, newest first.
    """
    newest = revisions[0]
    authors = {newest.author_id}
    for part in PARTS:
        said = getattr(newest, part)
        if said not in (None, ""):
            *_, first = takewhile(lambda row: getattr(row, part) == said, revisions)  # noqa: B023 - used at once
            authors.add(first.author_id)
    return authors
