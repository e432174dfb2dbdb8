"""Everything that happened to one figure, in one order of time: values, evidence, comments, reviews."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from huzhou_targets.templatetags.huzhou import without_code
from returns.models import Figure, FigureRevision, ReviewNote
from returns.papers import Evidence
from returns.states import FigureState, Hand


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that somebody did: when, what, by whom; the values before and after where they concern it.

    said are labelled sentences (进展, 修改理由, …). revision or evidence say where it came from.
    """

    at: datetime.datetime
    what: str
    who: str
    state: str = ""
    has_value: bool = False
    old: Decimal | None = None
    new: Decimal | None = None
    said: tuple[tuple[str, str], ...] = ()
    revision: FigureRevision | None = None
    evidence: Evidence | None = None

    @property
    def is_change(self) -> bool:
        """Whether another value took the place of an earlier one."""
        return self.has_value and self.old is not None and self.old != self.new


def history_of(figure: Figure, *, until: int | None = None) -> list[Event]:
    """The events of a figure of `overviews.figure_with_history`, newest first. No query.

    Evidence and comments are there for those who are involved in the figure only; for others until is the last
    revision that they read (`returns.rules.readable_until`).
    """
    last = figure.revision_number if until is None else until
    events = [*_revisions(figure, last), *_reviews(figure, last), *_files(figure), *_comments(figure)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def thread_of(figure: Figure) -> list[Event]:
    """Comments and sendings-back in the order in which they were written. No query."""
    sendings = [
        event for event in _reviews(figure, figure.revision_number) if event.state == FigureState.SENT_BACK
    ]
    return sorted([*_comments(figure), *sendings], key=lambda event: event.at)


def _revisions(figure: Figure, last: int) -> Iterator[Event]:
    before: Decimal | None = None
    counting = figure.verified_revision or figure.submitted_revision
    shows_newer = figure.is_being_revised and last == figure.revision_number
    for revision in sorted(figure.revisions.all(), key=lambda item: item.number):
        words = (
            ("单元格原文", revision.raw_text if revision.source == FigureRevision.Source.FILE else ""),
            ("数据截至", f"{revision.data_as_of:%Y-%m-%d}" if revision.data_as_of else ""),
            ("数据状态", revision.get_data_status_display() if revision.data_status else ""),
            ("进展", revision.progress),
            ("问题", revision.problems),
            ("举措", revision.measures),
            ("撤回理由" if revision.value is None else "修改理由", revision.reason),
            *(("提醒", without_code(warning)) for warning in revision.warnings),
        )
        if revision.number > last:
            break
        yield Event(
            at=revision.created_at,
            what=_written(revision, counts=shows_newer and revision.number == counting),
            who=revision.author.label,
            has_value=True,
            old=before,
            new=revision.value,
            said=tuple((label, text) for label, text in words if text),
            revision=revision,
        )
        before = revision.value


def _written(revision: FigureRevision, *, counts: bool) -> str:
    """A revision in words: one without a value took the figure back; counts where an earlier one is in force."""
    if revision.value is None:
        return f"撤回（第 {revision.number} 次改动）"
    written = f"第 {revision.number} 次填报（{revision.get_source_display()}）"
    return f"{written}，现在有效" if counts else written


def _reviews(figure: Figure, last: int) -> Iterator[Event]:
    values = {revision.number: revision.value for revision in figure.revisions.all()}
    for note in figure.review_notes.all():
        if note.revision_number > last:
            continue
        yield Event(
            at=note.created_at,
            what=f"{_done_by(note)}（第 {note.revision_number} 次填报）",
            who=note.reviewer.label,
            state=note.state,
            has_value=note.value is not None,
            old=values.get(note.revision_number),
            new=note.value,
            said=(("意见", note.reason),) if note.reason else (),
        )


def _done_by(note: ReviewNote) -> str:
    """A reviewer's act in words: the note that lets a figure be handed in is the unit's."""
    if note.hand != Hand.UNIT:
        return note.get_state_display()
    return "单位审核通过" if note.state == FigureState.SUBMITTED else "单位审核退回"


def _files(figure: Figure) -> Iterator[Event]:
    for evidence in figure.evidence.all():
        yield Event(at=evidence.created_at, what="上传佐证", who=evidence.author.label, evidence=evidence)
        if evidence.is_withdrawn:
            withdrawal = evidence.withdrawal
            yield Event(
                at=withdrawal.created_at,
                what="撤回佐证",
                who=withdrawal.author.label,
                said=(("理由", withdrawal.reason),),
                evidence=evidence,
            )


def _comments(figure: Figure) -> Iterator[Event]:
    for comment in figure.comments.all():
        yield Event(
            at=comment.created_at,
            what=f"批注（第 {comment.revision_number} 次填报）",
            who=comment.author.label,
            has_value=True,
            new=comment.value,
            said=(("", comment.text),),
        )
