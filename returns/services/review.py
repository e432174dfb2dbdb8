"""Review of figures: confirming them, perhaps with another value, or sending them back with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import plain_decimal
from audit.services import Act, record, record_many
from returns.authorship import own_work
from returns.models import Cycle, Figure, FigureRevision, ReviewNote
from returns.rules import may_verify
from returns.services.cycles import lock_cycle
from returns.signals import figures_changed
from returns.states import (
    FIGURE_CHANGES,
    SEALED_STATES,
    Change,
    FigureState,
    Hand,
    WrongState,
    find_change,
    find_verifier_change,
)
from returns.submission_sheets import requires_scan, without_signed_sheet
from returns.workbook.types import Problem

FALL_CODE = "cumulative_fall"
"""Code of the warning that a cumulative figure fell; such a figure needs a reason to be verified."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """A figure to confirm, with another value where the verifier's differs, and a reason for that.

    seen is the number of the revision that the verifier was shown; None leaves that open.
    """

    figure_id: int
    value: Decimal | None = None
    reason: str = ""
    seen: int | None = None


@transaction.atomic
def verify_figures(*, actor: User, cycle: Cycle, verifications: Sequence[Verification]) -> list[Problem]:
    """Confirm what was handed in of figures, one or many, all or none; a newer draft stays one.

    Returns the problems that stood in the way (nothing is stored then), an empty list when all are
    verified. Nobody confirms what they had a part in (`authorship.own_work`). Raises PermissionDenied for a
    figure this account may not verify, WrongState when sealed, where a figure's state does not allow it, or
    where something else was handed in than the verifier saw.
    """
    cycle = lock_cycle(cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再核定")
    wanted = {item.figure_id: item for item in verifications}
    figures = lock_figures(cycle, wanted)
    falls = _figures_with_fall(figures)
    problems, changes = [], {}
    for figure in figures:
        if not may_verify(actor, figure):
            raise PermissionDenied(f"您不能核定“{figure}”：只有牵头部门、数据来源单位或牵头办可以")
        _require_seen(figure, wanted[figure.pk].seen)
        changes[figure.pk] = find_verifier_change(
            source=figure.state, target=FigureState.VERIFIED, is_handed_in=figure.waits_for_verifier
        )
        problem = _verification_problem(figure, wanted[figure.pk], has_fall=figure.pk in falls)
        if problem is not None:
            problems.append(problem)
    own = own_work(actor, figures, hand=Hand.VERIFIER)
    problems += [own_figure(figure, hand=Hand.VERIFIER) for figure in figures if figure.pk in own]
    problems += _unsigned_problems(cycle, figures)
    if problems:
        return problems
    _store_verifications(actor, cycle, figures, wanted, changes)
    return []


def _require_seen(figure: Figure, seen: int | None) -> None:
    """Refuse to review something else than the reviewer was shown. Raises WrongState."""
    if seen is not None and seen != figure.submitted_revision:
        raise WrongState(f"“{figure}”刚有新的报送或改动，请核对下表里现在的数后重新办理")


def _figures_with_fall(figures: Sequence[Figure]) -> set[int]:
    """Ids of flows whose revision that was handed in is marked as fallen and gives no reason of its own."""
    numbers = {figure.pk: figure.submitted_revision for figure in figures}
    rows = FigureRevision.objects.filter(figure__in=figures, reason="").exclude(warnings=[])
    return {
        row.figure_id
        for row in rows
        if numbers[row.figure_id] == row.number and any(FALL_CODE in item for item in row.warnings)
    }


def _verification_problem(figure: Figure, item: Verification, *, has_fall: bool) -> Problem | None:
    if item.value is not None and not _can_be_stored(item.value):
        return Problem(
            level="error",
            code="not_a_number",
            sheet=None,
            cell=None,
            message=f"“{figure}”的核定数不能保存：应为不超过 15 位、至多 6 位小数的数字",
        )
    differs = item.value is not None and item.value != figure.submitted_value
    if differs and not item.reason:
        return Problem(
            level="error",
            code="reason_needed",
            sheet=None,
            cell=None,
            message=f"“{figure}”核定数与填报数不同，请写明理由",
        )
    if has_fall and not item.reason:
        return Problem(
            level="error",
            code="reason_needed",
            sheet=None,
            cell=None,
            message=f"“{figure}”的累计数比上季度减少，核定时须写明理由",
        )
    return None


def own_figure(figure: Figure, *, hand: Hand) -> Problem:
    """The problem of a figure in which the reviewing account itself had a part."""
    other = "本单位另一个审核账号审核" if hand == Hand.UNIT else "另一个核定账号核定"
    return Problem(
        level="error",
        code="own_figure",
        message=f"“{figure}”的数、说明或佐证有本账号填报的，须由{other}",
        indicator=figure.indicator.code,
        organisation=figure.organisation.code,
    )


def _unsigned_problems(cycle: Cycle, figures: Sequence[Figure]) -> list[Problem]:
    """One problem for each reporter whose figures stand on no signed sheet, where the plan wants one."""
    if not requires_scan(cycle.plan):
        return []
    counts = Counter(figure.reporter.name for figure in without_signed_sheet(figures))
    return [
        Problem(
            level="error",
            code="scan_missing",
            sheet=None,
            cell=None,
            message=f"{name}有 {count} 项还没有签字盖章的报送单：请{name}在“报送单”里打印、签字盖章，"
            "上传扫描件后再核定（本方案要求先有扫描件）",
        )
        for name, count in counts.items()
    ]


def _can_be_stored(value: Decimal) -> bool:
    """Finite, at most 15 significant digits and 6 decimals: what both databases keep exactly."""
    if not value.is_finite():
        return False
    parts = value.normalize().as_tuple()
    exponent = int(parts.exponent)
    return len(parts.digits) <= 15 and exponent >= -6 and len(parts.digits) + exponent <= 15


def _store_verifications(
    actor: User,
    cycle: Cycle,
    figures: list[Figure],
    wanted: Mapping[int, Verification],
    changes: Mapping[int, Change],
) -> None:
    now = timezone.now()
    notes, values = [], {}
    for figure in figures:
        item, change = wanted[figure.pk], changes[figure.pk]
        reported = figure.submitted_value
        figure.state = change.target
        figure.verified_value = reported if item.value is None else item.value
        figure.verified_at, figure.verified_by = now, actor
        figure.verified_revision = figure.submitted_revision
        if item.reason or not change.of_handed_in:  # what was said of the newer value stays with it
            figure.review_reason = item.reason
        notes.append(
            ReviewNote(
                figure=figure,
                revision_number=figure.submitted_revision or figure.revision_number,
                state=FigureState.VERIFIED,
                value=figure.verified_value,
                reason=item.reason,
                reviewer=actor,
                created_at=now,
            )
        )
        values[f"{figure.indicator.code}/{figure.organisation.code}/{figure.reporter.code}"] = [
            plain_decimal(reported) if reported is not None else None,
            plain_decimal(figure.verified_value) if figure.verified_value is not None else None,
        ]
    Figure.objects.bulk_update(
        figures,
        ["state", "verified_value", "verified_at", "verified_by", "verified_revision", "review_reason"],
        batch_size=500,
    )
    ReviewNote.objects.bulk_create(notes, batch_size=2000)
    record(
        actor=actor,
        verb="figure.verified",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"values": values},
    )
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"{actor.label}核定")


@dataclass(frozen=True, kw_only=True)
class SendBack:
    """A figure to send back to its reporter, and why; seen as in `Verification`."""

    figure_id: int
    reason: str
    seen: int | None = None


@transaction.atomic
def send_back_figures(*, actor: User, cycle: Cycle, returned: Sequence[SendBack]) -> list[Problem]:
    """Send figures back to their reporters, one or many, all or none, each with its own reason.

    Returns a problem for each figure without a reason (nothing is stored then), an empty list when all are
    sent back. Raises PermissionDenied for a figure this account may not send back, WrongState when sealed
    or where a figure's state does not allow it. The number of queries does not depend on that of figures.
    """
    cycle = lock_cycle(cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再退回")
    figures = lock_figures(cycle, {item.figure_id for item in returned})
    seen = {item.figure_id: item.seen for item in returned}
    for figure in figures:
        if not may_verify(actor, figure):
            raise PermissionDenied(f"您不能退回“{figure}”：只有牵头部门、数据来源单位或牵头办可以")
        _require_seen(figure, seen[figure.pk])
    return return_to_reporters(actor, cycle, figures, returned=returned, hand=Hand.VERIFIER)


def return_to_reporters(
    actor: User, cycle: Cycle, figures: Sequence[Figure], *, returned: Sequence[SendBack], hand: Hand
) -> list[Problem]:
    """Give locked figures back to those who reported them, whoever reviewed: all or none.

    What a verifier sends back leaves force: a value that was refused counts nowhere. What the own unit returns
    was never handed in, so that what was handed in or verified earlier stays in force. Returns a problem for
    each figure without a reason. Raises WrongState.
    """
    reasons = {item.figure_id: item.reason.strip() for item in returned}
    changes = {figure.pk: _sending_back(figure, hand) for figure in figures}
    problems = [
        _reason_missing(figure, f"退回“{figure}”没有写理由，请写明要改什么")
        for figure in figures
        if not reasons[figure.pk]
    ]
    if not problems and figures:
        _store_send_backs(actor, cycle, figures, reasons=reasons, changes=changes)
    return problems


def _sending_back(figure: Figure, hand: Hand) -> Change:
    """The change that sending this figure back is by this hand. Raises WrongState."""
    if hand == Hand.UNIT:
        return find_change(FIGURE_CHANGES, source=figure.state, target=FigureState.SENT_BACK, hand=hand)
    is_handed_in = figure.submitted_revision is not None
    return find_verifier_change(source=figure.state, target=FigureState.SENT_BACK, is_handed_in=is_handed_in)


def lock_figures(cycle: Cycle, ids: Collection[int]) -> list[Figure]:
    """The figures of this cycle with these ids, locked. Raises PermissionDenied where one is not among them."""
    figures = list(
        Figure.objects.filter(pk__in=ids, cycle=cycle)
        .select_related("indicator", "organisation", "cycle__plan", "reporter", "quarterly_return")
        .select_for_update(of=("self",))
    )
    if len(figures) != len(ids):
        raise PermissionDenied("有的数据不在本报告期内")
    return figures


def _reason_missing(figure: Figure, message: str) -> Problem:
    return Problem(
        level="error",
        code="reason_needed",
        message=message,
        indicator=figure.indicator.code,
        organisation=figure.organisation.code,
    )


def _store_send_backs(
    actor: User,
    cycle: Cycle,
    figures: Sequence[Figure],
    *,
    reasons: Mapping[int, str],
    changes: Mapping[int, Change],
) -> None:
    now = timezone.now()
    reviewed = {figure.pk: figure.revision_number for figure in figures}
    for figure in figures:
        figure.state, figure.review_reason = FigureState.SENT_BACK, reasons[figure.pk]
        if changes[figure.pk].hand == Hand.VERIFIER:
            reviewed[figure.pk] = figure.submitted_revision or figure.revision_number
            figure.submitted_value = figure.submitted_revision = None
            figure.verified_value = figure.verified_at = figure.verified_by = figure.verified_revision = None
    Figure.objects.bulk_update(
        figures,
        [
            *("state", "review_reason", "submitted_value", "submitted_revision"),
            *("verified_value", "verified_at", "verified_by", "verified_revision"),
        ],
        batch_size=500,
    )
    ReviewNote.objects.bulk_create(
        [
            ReviewNote(
                figure=figure,
                revision_number=reviewed[figure.pk],
                state=FigureState.SENT_BACK,
                hand=changes[figure.pk].hand or Hand.VERIFIER,
                reason=reasons[figure.pk],
                reviewer=actor,
                created_at=now,
            )
            for figure in figures
        ],
        batch_size=2000,
    )
    acts = [
        Act(
            verb=changes[figure.pk].verb,
            subject=figure,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"state": [changes[figure.pk].source, FigureState.SENT_BACK]},
            reason=reasons[figure.pk],
        )
        for figure in figures
    ]
    record_many(actor=actor, acts=acts)
    named = str(figures[0]) if len(figures) == 1 else f"{len(figures)} 项"
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"退回{named}")


def send_back_figure(*, actor: User, figure: Figure, reason: str) -> Figure:
    """Send one figure back, by the same road as many. Raises PermissionDenied or WrongState."""
    problems = send_back_figures(
        actor=actor, cycle=figure.cycle, returned=[SendBack(figure_id=figure.pk, reason=reason)]
    )
    if problems:
        raise WrongState(problems[0].message)
    return Figure.objects.get(pk=figure.pk)
