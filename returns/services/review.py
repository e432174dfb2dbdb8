"""Review of figures: confirming them, perhaps with another value, or sending them back with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import plain_decimal
from audit.services import record
from returns.models import Cycle, Figure, FigureRevision, ReviewNote
from returns.rules import may_verify
from returns.services.cycles import lock_cycle
from returns.signals import figures_changed
from returns.states import FIGURE_CHANGES, SEALED_STATES, FigureState, WrongState, find_change
from returns.workbook.types import Problem

FALL_CODE = "cumulative_fall"
"""Code of the warning that a cumulative figure fell; such a figure needs a reason to be verified."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """A figure to confirm, with another value where the verifier's differs, and a reason for that."""

    figure_id: int
    value: Decimal | None = None
    reason: str = ""


@transaction.atomic
def verify_figures(*, actor: User, cycle: Cycle, verifications: Sequence[Verification]) -> list[Problem]:
    """Confirm figures, one or many, all or none.

    Returns the problems that stood in the way (nothing is stored then), an empty list when all are
    verified. Raises PermissionDenied for a figure this account may not verify, WrongState when sealed.
    """
    cycle = lock_cycle(cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再核定")
    wanted = {item.figure_id: item for item in verifications}
    figures = list(
        Figure.objects.filter(pk__in=wanted, cycle=cycle)
        .select_related("indicator", "organisation", "cycle__plan", "reporter")
        .select_for_update(of=("self",))
    )
    if len(figures) != len(wanted):
        raise PermissionDenied("有的数据不在本报告期内")
    falls = _figures_with_fall(figures)
    problems = []
    for figure in figures:
        if not may_verify(actor, figure):
            raise PermissionDenied(f"您不能核定“{figure}”：只有牵头部门、数据来源单位或牵头办可以")
        find_change(FIGURE_CHANGES, source=figure.state, target=FigureState.VERIFIED)
        problem = _verification_problem(figure, wanted[figure.pk], has_fall=figure.pk in falls)
        if problem is not None:
            problems.append(problem)
    if problems:
        return problems
    _store_verifications(actor, cycle, figures, wanted)
    return []


def _figures_with_fall(figures: Sequence[Figure]) -> set[int]:
    """Ids of flows whose present revision is marked as fallen and gives no reason of its own."""
    numbers = {figure.pk: figure.revision_number for figure in figures}
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
    differs = item.value is not None and item.value != figure.value
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


def _can_be_stored(value: Decimal) -> bool:
    """Finite, at most 15 significant digits and 6 decimals: what both databases keep exactly."""
    if not value.is_finite():
        return False
    parts = value.normalize().as_tuple()
    exponent = int(parts.exponent)
    return len(parts.digits) <= 15 and exponent >= -6 and len(parts.digits) + exponent <= 15


def _store_verifications(
    actor: User, cycle: Cycle, figures: list[Figure], wanted: Mapping[int, Verification]
) -> None:
    now = timezone.now()
    notes, changes = [], {}
    for figure in figures:
        item = wanted[figure.pk]
        figure.state = FigureState.VERIFIED
        figure.verified_value = figure.value if item.value is None else item.value
        figure.verified_at, figure.verified_by = now, actor
        figure.verified_revision = figure.revision_number
        figure.review_reason = item.reason
        notes.append(
            ReviewNote(
                figure=figure,
                revision_number=figure.revision_number,
                state=FigureState.VERIFIED,
                value=figure.verified_value,
                reason=item.reason,
                reviewer=actor,
                created_at=now,
            )
        )
        changes[f"{figure.indicator.code}/{figure.organisation.code}/{figure.reporter.code}"] = [
            plain_decimal(figure.value) if figure.value is not None else None,
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
        changes={"values": changes},
    )
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"{actor.label}核定")


@transaction.atomic
def send_back_figure(*, actor: User, figure: Figure, reason: str) -> Figure:
    """Send a figure back to its reporter, always with a reason. Raises PermissionDenied or WrongState."""
    cycle = lock_cycle(figure.cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再退回")
    figure = (
        Figure.objects.select_for_update(of=("self",))
        .select_related("indicator", "organisation", "reporter", "cycle__plan")
        .get(pk=figure.pk)
    )
    if not may_verify(actor, figure):
        raise PermissionDenied(f"您不能退回“{figure}”：只有牵头部门、数据来源单位或牵头办可以")
    if not reason.strip():
        raise WrongState("退回须写明理由")
    before = figure.state
    find_change(FIGURE_CHANGES, source=before, target=FigureState.SENT_BACK)
    figure.state, figure.review_reason = FigureState.SENT_BACK, reason.strip()
    figure.verified_value = figure.verified_at = figure.verified_by = figure.verified_revision = None
    figure.save(
        update_fields=[
            "state",
            "review_reason",
            "verified_value",
            "verified_at",
            "verified_by",
            "verified_revision",
        ]
    )
    ReviewNote.objects.create(
        figure=figure,
        revision_number=figure.revision_number,
        state=FigureState.SENT_BACK,
        reason=reason.strip(),
        reviewer=actor,
        created_at=timezone.now(),
    )
    record(
        actor=actor,
        verb="figure.sent-back",
        subject=figure,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"state": [before, FigureState.SENT_BACK]},
        reason=reason.strip(),
    )
    figures_changed.send(sender=Figure, cycle=cycle, reason=f"退回{figure}")
    return figure
