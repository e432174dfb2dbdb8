"""Comments on figures: written once, never changed; and how far an account has read them."""

from __future__ import annotations

import hashlib

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from returns.models import Figure
from returns.papers import Comment, CommentsSeen
from returns.rules import may_comment
from returns.services.cycles import lock_cycle
from returns.states import SEALED_STATES, WrongState

COMMENT_LENGTH = 2000
"""Characters of one comment at most."""


class UnfitComment(WrongState):
    """A text that is no comment: blank, or too long."""


@transaction.atomic
def write_comment(*, actor: User, figure: Figure, text: str) -> Comment:
    """Say something of a figure, beside the value that both sides see now. The other side is told by `unseen_comments`.

    Raises PermissionDenied for accounts that have no part in the figure, UnfitComment for a blank or too long
    text, WrongState once the cycle is frozen.
    """
    if not may_comment(actor, figure):
        raise PermissionDenied(f"您不能批注“{figure}”：只有填报、审核、核定单位和牵头办可以")
    said = text.strip()
    if not said:
        raise UnfitComment("批注是空的，请写明要说的事")
    if len(said) > COMMENT_LENGTH:
        raise UnfitComment(f"批注有 {len(said)} 字，最多 {COMMENT_LENGTH} 字，请精简或分成几条")
    cycle = lock_cycle(figure.cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再批注；对已发布的结果有意见的，请提出异议")
    figure = Figure.objects.select_related("indicator", "organisation").get(pk=figure.pk)
    revision_number, value = figure.discussed
    comment = Comment.objects.create(
        figure=figure,
        revision_number=revision_number,
        value=value,
        text=said,
        author=actor,
        created_at=timezone.now(),
    )
    record(
        actor=actor,
        verb="comment.written",
        subject=figure,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        # the trail proves the words without repeating them: its readers see no data
        changes={"comment": comment.pk, "sha256": hashlib.sha256(said.encode()).hexdigest()},
    )
    return comment


def note_comments_seen(*, user: User, figure: Figure, newest: Comment) -> None:
    """Remember that the account was shown the comments of a figure up to the newest one."""
    CommentsSeen.objects.update_or_create(user=user, figure=figure, defaults={"comment": newest})
