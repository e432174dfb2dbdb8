"""The one table of states and their changes, for figures and cycles: services, pages and tests read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class FigureState(models.TextChoices):
    DRAFT = "draft", "草稿"
    UNIT_REVIEW = "unit_review", "待单位审核"
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


class Hand(StrEnum):
    """Whose act a change of a figure is."""

    REPORTER = "reporter"
    UNIT = "unit"
    VERIFIER = "verifier"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A permitted change of state, what it is called, and whose act it is (cycles: always the owner's).

    of_handed_in: the act is on the value that was handed in, while a newer one is being written; it needs one.
    """

    source: str
    target: str
    verb: str
    label: str
    needs_reason: bool = False
    hand: Hand | None = None
    of_handed_in: bool = False


def _of_figure(
    source: FigureState, target: FigureState, verb: str, label: str, hand: Hand, *, needs_reason: bool = False
) -> Change:
    return Change(source=source, target=target, verb=verb, label=label, hand=hand, needs_reason=needs_reason)


def _of_handed_in(source: FigureState) -> tuple[Change, Change]:
    """A verifier's acts on what was handed in, in a figure whose newer value is in this state.

    Confirming leaves the newer one where it is; sending back brings it to its reporter with the reason.
    """
    hand = Hand.VERIFIER
    return (
        Change(
            source=source,
            target=source,
            verb="figure.verified",
            label="核定已报送的数",
            hand=hand,
            of_handed_in=True,
        ),
        Change(
            source=source,
            target=FigureState.SENT_BACK,
            verb="figure.sent-back",
            label="退回已报送的数",
            hand=hand,
            of_handed_in=True,
            needs_reason=True,
        ),
    )


def _withdrawal(source: FigureState) -> Change:
    """Taking a figure back, whatever became of it: what was in force of it ends."""
    return _of_figure(source, FigureState.DRAFT, "figure.withdrawn", "撤回", Hand.REPORTER, needs_reason=True)


FIGURE_CHANGES = (
    _of_figure(FigureState.DRAFT, FigureState.SUBMITTED, "figure.submitted", "报送", Hand.REPORTER),
    _of_figure(FigureState.DRAFT, FigureState.UNIT_REVIEW, "figure.to-unit", "交单位审核", Hand.REPORTER),
    _of_figure(FigureState.SENT_BACK, FigureState.SUBMITTED, "figure.submitted", "按此数再报", Hand.REPORTER),
    _of_figure(
        FigureState.SENT_BACK, FigureState.UNIT_REVIEW, "figure.to-unit", "按此数再交单位审核", Hand.REPORTER
    ),
    _of_figure(FigureState.UNIT_REVIEW, FigureState.SUBMITTED, "figure.submitted", "报送", Hand.REPORTER),
    _of_figure(FigureState.UNIT_REVIEW, FigureState.DRAFT, "figure.revised", "修改", Hand.REPORTER),
    _of_figure(FigureState.SENT_BACK, FigureState.DRAFT, "figure.revised", "修改", Hand.REPORTER),
    _of_figure(FigureState.SUBMITTED, FigureState.DRAFT, "figure.revised", "修改", Hand.REPORTER),
    _of_figure(
        FigureState.VERIFIED, FigureState.DRAFT, "figure.revised", "修改", Hand.REPORTER, needs_reason=True
    ),
    _of_figure(FigureState.UNIT_REVIEW, FigureState.SUBMITTED, "figure.unit-passed", "审核通过", Hand.UNIT),
    _of_figure(
        *(FigureState.UNIT_REVIEW, FigureState.SENT_BACK, "figure.unit-returned", "退回填报员", Hand.UNIT),
        needs_reason=True,
    ),
    _of_figure(FigureState.SUBMITTED, FigureState.VERIFIED, "figure.verified", "核定", Hand.VERIFIER),
    _of_figure(
        *(FigureState.SUBMITTED, FigureState.SENT_BACK, "figure.sent-back", "退回", Hand.VERIFIER),
        needs_reason=True,
    ),
    _of_figure(
        *(FigureState.VERIFIED, FigureState.SENT_BACK, "figure.sent-back", "退回", Hand.VERIFIER),
        needs_reason=True,
    ),
    *_of_handed_in(FigureState.DRAFT),
    *_of_handed_in(FigureState.UNIT_REVIEW),
    *_of_handed_in(FigureState.SENT_BACK),
    *(_withdrawal(state) for state in FigureState),
)
"""待单位审核 exists in plans with a unit review only; such a figure is not reported yet: neither rankings nor
verifiers count it, and only its own organisation passes or returns it. Its reporter hands it in only where the
plan has given the unit review up meanwhile. A new value that is handed in at once, as a file's, goes both steps:
修改, then 报送.

What was handed in before stays in force beside a newer value that is a draft, waits for the unit or was returned by
it (`returns.in_force`): the verifier's acts are on that one."""

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


def find_change(changes: tuple[Change, ...], *, source: str, target: str, hand: Hand | None = None) -> Change:
    """The permitted change between two states by this hand. Raises WrongState with a message for people."""
    for change in changes:
        if (change.source, change.target, change.hand) == (source, target, hand) and not change.of_handed_in:
            return change
    labels = dict(FigureState.choices) | dict(CycleState.choices)
    raise WrongState(f"现在是“{labels[source]}”，不能改为“{labels[target]}”")


def states_before(target: str, *, hand: Hand) -> frozenset[str]:
    """The states from which this hand brings a figure into that one, without a new value."""
    return frozenset(
        change.source
        for change in FIGURE_CHANGES
        if (change.target, change.hand) == (target, hand) and not change.of_handed_in
    )


def is_revised_with_reason(source: str) -> bool:
    """Whether a reporter who changes a figure in this state has to say why."""
    return any(
        change.needs_reason
        for change in FIGURE_CHANGES
        if (change.source, change.verb) == (source, "figure.revised")
    )


def verifier_acts(*, source: str, is_handed_in: bool, waits: bool) -> frozenset[str]:
    """Verbs of what a verifier may do with a figure in this state: what its page offers.

    is_handed_in: whether something of it is in force that was handed in; waits: that this is not verified yet.
    """
    return frozenset(
        change.verb
        for change in FIGURE_CHANGES
        if (change.source, change.hand) == (source, Hand.VERIFIER)
        and (not change.of_handed_in or (waits if change.verb == "figure.verified" else is_handed_in))
    )


def find_verifier_change(*, source: str, target: str, is_handed_in: bool) -> Change:
    """What a verifier's act (target is 已核定 or 已退回) does to a figure in this state.

    is_handed_in: whether there is something handed in for the act, though a newer value may be written.
    Raises WrongState with a message for people.
    """
    verb = {FigureState.VERIFIED: "figure.verified", FigureState.SENT_BACK: "figure.sent-back"}[
        FigureState(target)
    ]
    for change in FIGURE_CHANGES:
        is_possible = is_handed_in or not change.of_handed_in
        if is_possible and (change.source, change.verb, change.hand) == (source, verb, Hand.VERIFIER):
            return change
    return find_change(FIGURE_CHANGES, source=source, target=target, hand=Hand.VERIFIER)


REPORTED_STATES = frozenset({FigureState.SUBMITTED, FigureState.VERIFIED})
"""States of figures whose newest value is reported: it lies with whoever verifies it, or is verified."""

SEALED_STATES = frozenset({CycleState.FROZEN, CycleState.PUBLISHED})
"""Cycles in which nothing changes."""

WRITABLE_STATES = frozenset({CycleState.OPEN, CycleState.CLOSED, CycleState.CORRECTING})
"""Cycles in which figures can still change: closed ones by review and late permission only."""
