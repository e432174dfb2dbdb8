"""Bonuses and deductions of a period: entered with reason and document, before sealing only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from audit.canonical import plain_decimal
from audit.services import record
from districts.models import Organisation
from rankings.bell import request_and_ring
from rankings.inputs import BOARD_KINDS
from rankings.models import Adjustment, Board, SchemeVersion
from rankings.rules import may_adjust
from rankings.services.schemes import scheme_for, validated
from returns.models import Cycle
from returns.services.cycles import lock_cycle
from returns.states import SEALED_STATES, WrongState
from scoring.exact import from_hundredths


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many points may be added to and taken from one organisation in one period."""

    bonus: Decimal
    deduction: Decimal


def limits_of(scheme: SchemeVersion) -> Limits:
    """The limits that a scheme sets."""
    checked = validated(scheme)
    return Limits(
        bonus=from_hundredths(checked.bonus_limit), deduction=from_hundredths(checked.deduction_limit)
    )


def sums_of(points: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """The sum of the bonuses and the sum of the deductions, both as positive numbers."""
    numbers = list(points)
    nothing = Decimal("0.00")
    return (
        sum((number for number in numbers if number > 0), start=nothing),
        sum((-number for number in numbers if number < 0), start=nothing),
    )


@transaction.atomic
def enter_adjustment(
    *,
    actor: User,
    cycle: Cycle,
    board: str,
    organisation: Organisation,
    points: Decimal,
    reason: str,
    document: str,
) -> Adjustment:
    """Give an organisation points (negative: take them away) on a board of an unsealed period.

    Raises PermissionDenied; WrongState for a sealed period, for points that are 0 or finer than two
    decimals, without reason or document, and beyond the limits of the period's scheme.
    """
    if not may_adjust(actor, cycle=cycle):
        raise PermissionDenied("只有牵头办可以加扣分")
    cycle = lock_cycle(cycle)
    _require_unsealed(cycle)
    if not points or points != points.quantize(Decimal("0.01")):
        raise WrongState("加扣分不能是 0，最多两位小数")
    if not reason.strip() or not document.strip():
        raise WrongState("加扣分须写明事由和依据文件")
    if not _is_ranked(organisation, cycle=cycle, board=board):
        raise WrongState(f"{organisation}不在{cycle.plan.short_name}的{Board(board).label}上")
    _require_within_limits(cycle=cycle, board=board, organisation=organisation, points=points)
    adjustment = Adjustment.objects.create(
        cycle=cycle,
        board=board,
        organisation=organisation,
        points=points,
        reason=reason.strip(),
        document=document.strip(),
        entered_by=actor,
    )
    request_and_ring(cycle=cycle, reason=f"{organisation}加扣分")
    _record(actor=actor, verb="adjustment.entered", adjustment=adjustment, reason=reason)
    return adjustment


@transaction.atomic
def withdraw_adjustment(*, actor: User, adjustment: Adjustment, reason: str) -> None:
    """Take back an entry of an unsealed period, with a reason; the trail keeps what it was.

    Raises PermissionDenied or WrongState.
    """
    if not may_adjust(actor, cycle=adjustment.cycle):
        raise PermissionDenied("只有牵头办可以撤销加扣分")
    cycle = lock_cycle(adjustment.cycle)
    _require_unsealed(cycle)
    if not reason.strip():
        raise WrongState("撤销加扣分须写明理由")
    request_and_ring(cycle=cycle, reason=f"撤销{adjustment.organisation}加扣分")
    _record(actor=actor, verb="adjustment.withdrawn", adjustment=adjustment, reason=reason)
    adjustment.delete()


def _require_unsealed(cycle: Cycle) -> None:
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，加扣分不能再变；发布后确需改的，请启动更正")


def _is_ranked(organisation: Organisation, *, cycle: Cycle, board: str) -> bool:
    """Whether the board ranks the organisation: for what it leads, or for targets of its own."""
    if board == Board.DEPARTMENTS:
        return organisation.led_indicators.filter(plan=cycle.plan_id).exists()
    own = organisation.targets.filter(indicator__plan=cycle.plan_id, year=cycle.year)
    return organisation.kind in BOARD_KINDS[board] and own.exists()


def _require_within_limits(*, cycle: Cycle, board: str, organisation: Organisation, points: Decimal) -> None:
    limits = limits_of(scheme_for(cycle))
    there = Adjustment.objects.filter(cycle=cycle, board=board, organisation=organisation)
    bonus, deduction = sums_of([*there.values_list("points", flat=True), points])
    for word, amount, most in (("加分", bonus, limits.bonus), ("扣分", deduction, limits.deduction)):
        if amount > most:
            raise WrongState(
                f"{organisation}在{Board(board).label}的{word}合计将为 {plain_decimal(amount)} 分，"
                f"超过计分办法的上限 {plain_decimal(most)} 分"
            )


def _record(*, actor: User, verb: str, adjustment: Adjustment, reason: str) -> None:
    cycle = adjustment.cycle
    record(
        actor=actor,
        verb=verb,
        subject=adjustment,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={
            "organisation": adjustment.organisation.code,
            "board": adjustment.board,
            "points": plain_decimal(adjustment.points),
            "reason": adjustment.reason,
            "document": adjustment.document,
        },
        reason=reason.strip(),
    )
