"""Reads of what stands beside figures: evidence in force, comments, and comments that one has not seen yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from accounts.models import Role, User
from accounts.rules import Person, held_roles
from districts.models import OrganisationKind
from returns.models import ReviewNote
from returns.papers import Comment, CommentsSeen, Evidence, involved_in
from returns.states import FigureState


def evidence_in_force(figure_ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """The evidence of each figure that was not taken back, oldest first. One query."""
    found: dict[int, list[Evidence]] = {}
    rows = Evidence.objects.filter(figure__in=list(figure_ids), withdrawal__isnull=True).order_by("id")
    for row in rows:
        found.setdefault(row.figure_id, []).append(row)
    return found


def talk_columns(*, figure: str = "pk") -> dict[str, Coalesce | Subquery | CombinedExpression]:
    """Columns for `annotate`: `comment_count`, and the newest comment as `comment_text`, `comment_at`.

    figure names the column that holds the figure's id. Sendings-back belong to the same thread and count.
    """
    comments = Comment.objects.filter(figure=OuterRef(figure))
    sendings = ReviewNote.objects.filter(figure=OuterRef(figure), state=FigureState.SENT_BACK)
    newest = comments.order_by("-id")
    return {
        "comment_count": _count(comments) + _count(sendings),
        "comment_text": Subquery(newest.values("text")[:1]),
        "comment_at": Subquery(newest.values("created_at")[:1]),
    }


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("figure").annotate(amount=Count("pk")).values("amount")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


@dataclass(frozen=True, kw_only=True)
class TalkLine:
    """A figure with comments that the account has not seen: how many, and the newest of them."""

    newest: Comment
    unseen: int


def unseen_comments(user: Person) -> list[TalkLine]:
    """Figures with comments by other offices that this account has not been shown, newest first. One query.

    This is the bell: it rings for the reporting office and for whoever verifies the figure. The plan's owner,
    who is involved in every figure, hears of those that it verifies and those on which it has said something;
    leaders read and are not rung.
    """
    if not isinstance(user, User):
        return []
    seen = CommentsSeen.objects.filter(user=user, figure=OuterRef("figure")).values("comment_id")[:1]
    rows = (
        Comment.objects.filter(_rings_for(user))
        .annotate(seen=Coalesce(Subquery(seen, output_field=BigIntegerField()), Value(0)))
        .filter(pk__gt=F("seen"))
        .exclude(author=user)
        .select_related(
            "author__organisation",
            "figure__indicator",
            "figure__organisation",
            "figure__reporter",
            "figure__cycle__plan",
        )
        .order_by("-id")
    )
    if user.organisation_id is not None:
        rows = rows.exclude(author__organisation=user.organisation_id)
    newest: dict[int, Comment] = {}
    counts: dict[int, int] = {}
    for row in rows:
        newest.setdefault(row.figure_id, row)
        counts[row.figure_id] = counts.get(row.figure_id, 0) + 1
    return [TalkLine(newest=row, unseen=counts[figure]) for figure, row in newest.items()]


def _rings_for(user: User) -> Q:
    condition = involved_in(user, prefix="figure__", roles=(Role.REPORTER, Role.REVIEWER, Role.VERIFIER))
    if any(held.role == Role.OWNER for held in held_roles(user)):
        concerned = Q(figure__organisation__kind=OrganisationKind.CITY)
        concerned |= Q(figure__in=Comment.objects.filter(author=user).values("figure"))
        condition |= involved_in(user, prefix="figure__", roles=(Role.OWNER,)) & concerned
    return condition
