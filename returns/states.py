"""The one table of states and their changes, for figures and cycles: services, pages and tests read it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class FigureState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    VERIFIED = "verified", "已核定"
    SENT_BACK = "sent_back", "已退回"


class CycleState(models.TextChoices):
    OPEN = "open", "填报中"
    CLOSED = "closed", "已截止"
    FROZEN = "frozen", "已冻结"
    PUBLISHED = "published", "已发布"
    CORRECTING = "correcting", "更正中"


class WrongState(Exception):
    """The act is not possible in the present state; the message says why, for people."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A permitted change of state and what it is called."""

    source: str
    target: str
    verb: str
    label: str
    needs_reason: bool = False


FIGURE_CHANGES = (
    Change(source=FigureState.DRAFT, target=FigureState.SUBMITTED, verb="figure.submitted", label="报送"),
    Change(source=FigureState.SENT_BACK, target=FigureState.DRAFT, verb="figure.revised", label="修改"),
    Change(source=FigureState.SUBMITTED, target=FigureState.DRAFT, verb="figure.revised", label="修改"),
    Change(
        source=FigureState.VERIFIED,
        target=FigureState.DRAFT,
        verb="figure.revised",
        label="修改",
        needs_reason=True,
    ),
    Change(source=FigureState.SUBMITTED, target=FigureState.VERIFIED, verb="figure.verified", label="核定"),
    Change(
        source=FigureState.SUBMITTED,
        target=FigureState.SENT_BACK,
        verb="figure.sent-back",
        label="退回",
        needs_reason=True,
    ),
    Change(
        source=FigureState.VERIFIED,
        target=FigureState.SENT_BACK,
        verb="figure.sent-back",
        label="退回",
        needs_reason=True,
    ),
)

CYCLE_CHANGES = (
    Change(source=CycleState.OPEN, target=CycleState.CLOSED, verb="cycle.closed", label="截止"),
    Change(
        source=CycleState.CLOSED,
        target=CycleState.OPEN,
        verb="cycle.reopened",
        label="重新开放",
        needs_reason=True,
    ),
    Change(source=CycleState.CLOSED, target=CycleState.FROZEN, verb="cycle.frozen", label="冻结"),
    Change(source=CycleState.FROZEN, target=CycleState.PUBLISHED, verb="cycle.published", label="发布"),
    Change(
        source=CycleState.PUBLISHED,
        target=CycleState.CORRECTING,
        verb="cycle.correction-opened",
        label="启动更正",
        needs_reason=True,
    ),
    Change(
        source=CycleState.CORRECTING, target=CycleState.PUBLISHED, verb="cycle.corrected", label="发布更正"
    ),
)


def find_change(changes: tuple[Change, ...], *, source: str, target: str) -> Change:
    """The permitted change between two states. Raises WrongState with a message for people."""
    for change in changes:
        if (change.source, change.target) == (source, target):
            return change
    labels = dict(FigureState.choices) | dict(CycleState.choices)
    raise WrongState(f"现在是“{labels[source]}”，不能改为“{labels[target]}”")


SEALED_STATES = frozenset({CycleState.FROZEN, CycleState.PUBLISHED})
"""Cycles in which nothing changes."""

WRITABLE_STATES = frozenset({CycleState.OPEN, CycleState.CLOSED, CycleState.CORRECTING})
"""Cycles in which figures can still change: closed ones by review and late permission only."""
