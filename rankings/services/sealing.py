"""Freezing, signing off, publishing and correcting: after this nothing changes silently.

Freezing stores the period's inputs as canonical JSON with their SHA-256. Publishing appends the run to
the one chain of published rankings: its digest covers its inputs, its result, scheme, operator, time
and the digest of the ranking published before it (DOMAIN section 6).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.rules import may_sign_off, owns_plan
from audit.canonical import digest_of
from audit.services import record
from rankings.inputs import boards_of, gather
from rankings.models import BoardLock, ChainHead, Objection, RankingRun, RebuildRequest, SignOff
from rankings.services.runs import delete_preliminary, store_run
from returns.models import Cycle
from returns.services.cycles import (
    change_cycle_state,
    change_cycle_state_by_clock,
    default_objection_day,
    lock_cycle,
    set_objection_day,
)
from returns.signals import figures_changed
from returns.states import CycleState, WrongState
from returns.workdays import work_calendar_of

GENESIS = "0" * 64


@transaction.atomic
def freeze_cycle(*, actor: User, cycle: Cycle) -> list[RankingRun]:
    """Seal the inputs of a closed cycle: verified figures only, unverified ones count as unreported."""
    require_computed(cycle)
    cycle = change_cycle_state(actor=actor, cycle=cycle, to=CycleState.FROZEN)
    return _store_frozen(actor=actor, cycle=cycle, number=1, reason="")


@transaction.atomic
def freeze_cycle_by_clock(*, cycle: Cycle, reason: str) -> list[RankingRun]:
    """The same without an account: what the calendar asks for (rankings.services.calendar). Raises WrongState."""
    require_computed(cycle)
    cycle = change_cycle_state_by_clock(cycle=cycle, to=CycleState.FROZEN, reason=reason)
    return _store_frozen(actor=None, cycle=cycle, number=1, reason="")


def require_computed(cycle: Cycle) -> None:
    """Raise WrongState for a quarter whose boards were imported: they are never computed from figures."""
    if RankingRun.objects.filter(cycle=cycle, origin=RankingRun.Origin.EXTERNAL).exists():
        raise WrongState("本期是导入的历史榜（外部计算），不由系统计算；如须更正，请重新导入 Excel 榜")


def _store_frozen(*, actor: User | None, cycle: Cycle, number: int, reason: str) -> list[RankingRun]:
    material = gather(cycle, verified_only=True)
    runs = []
    for board in boards_of(material):
        BoardLock.objects.get_or_create(cycle=cycle, board=board)
        BoardLock.objects.select_for_update().get(cycle=cycle, board=board)
        run = store_run(
            material=material,
            board=board,
            status=RankingRun.Status.FROZEN,
            actor=actor,
            number=number,
            reason=reason,
        )
        if run is not None:
            runs.append(run)
    for leftover in RankingRun.objects.filter(cycle=cycle, status=RankingRun.Status.PRELIMINARY):
        delete_preliminary(leftover)
    RebuildRequest.objects.filter(cycle=cycle, state=RebuildRequest.State.WAITING).update(
        state=RebuildRequest.State.DONE, finished_at=timezone.now(), error="报告期已冻结，不再重算"
    )
    return runs


@transaction.atomic
def sign_off_cycle(*, actor: User, cycle: Cycle) -> SignOff:
    """A leader's sign-off of exactly what is frozen now. Raises PermissionDenied or WrongState."""
    if not may_sign_off(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有领导可以签发")
    cycle = lock_cycle(cycle)
    digests = _frozen_digests([cycle]).get(cycle.pk, {})
    if not digests:
        raise WrongState("还没有冻结的排名，不能签发")
    sign_off = SignOff.objects.create(
        cycle=cycle, input_digests=digests, leader=actor, signed_at=timezone.now()
    )
    record(
        actor=actor,
        verb="cycle.signed-off",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"inputs": digests},
    )
    return sign_off


def _frozen_digests(cycles: Iterable[Cycle]) -> dict[int, dict[str, str]]:
    """Input digests of what is frozen, by the cycle's id and the board. One query."""
    frozen: dict[int, dict[str, str]] = {}
    runs = RankingRun.objects.filter(cycle__in=cycles, status=RankingRun.Status.FROZEN)
    for cycle_id, board, digest in runs.values_list("cycle_id", "board", "input_digest"):
        frozen.setdefault(cycle_id, {})[board] = digest
    return frozen


@transaction.atomic
def publish_cycle(*, actor: User, cycle: Cycle) -> list[RankingRun]:
    """Publish a frozen cycle that a leader has signed off. Raises PermissionDenied or WrongState."""
    sign_off = _require_sign_off(actor, cycle)
    cycle = change_cycle_state(actor=actor, cycle=cycle, to=CycleState.PUBLISHED)
    runs = _append_to_chain(actor=actor, cycle=cycle, sign_off=sign_off)
    _open_objection_window(actor=actor, cycle=cycle, runs=runs)
    return runs


def _open_objection_window(*, actor: User, cycle: Cycle, runs: Sequence[RankingRun]) -> None:
    """Let those on newly published boards object for five working days; imported boards only if the owner says so."""
    until = default_objection_day(timezone.localdate(), calendar=work_calendar_of(cycle.plan.city_id))
    if any(run.is_external for run in runs) or (cycle.objection_until and cycle.objection_until >= until):
        return
    set_objection_day(actor=actor, cycle=cycle, until=until)


def _require_sign_off(actor: User, cycle: Cycle) -> SignOff:
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以发布")
    sign_off = valid_sign_offs([cycle]).get(cycle.pk)
    if sign_off is None:
        raise WrongState("尚未经领导签发，或签发后数据又有变化，不能发布")
    return sign_off


def valid_sign_offs(cycles: Sequence[Cycle]) -> dict[int, SignOff]:
    """The leaders' sign-offs of exactly what is frozen now, by the cycle's id. Two queries."""
    frozen = _frozen_digests(cycles)
    rows = SignOff.objects.filter(cycle__in=cycles).select_related("leader__organisation").order_by("id")
    return {
        sign_off.cycle_id: sign_off
        for sign_off in rows
        if sign_off.input_digests == frozen.get(sign_off.cycle_id)
    }


def _append_to_chain(*, actor: User, cycle: Cycle, sign_off: SignOff) -> list[RankingRun]:
    ChainHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
    head = ChainHead.objects.select_for_update().get(pk=1)
    now = timezone.now()
    runs = []
    frozen = RankingRun.objects.filter(cycle=cycle, status=RankingRun.Status.FROZEN).order_by("board")
    for run in frozen.select_related("cycle__plan", "scheme"):
        run.status = RankingRun.Status.PUBLISHED
        run.operator, run.operator_label = actor, actor.label
        run.signed_by_label = sign_off.leader.label
        run.sealed_at = now
        run.previous_digest = head.digest
        head.position += 1
        run.chain_position = head.position
        run.digest = head.digest = run_digest(run)
        run.save()
        runs.append(run)
    head.save(update_fields=["digest", "position"])
    _ask_for_comparisons(cycle)
    record(
        actor=actor,
        verb="ranking.published",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"digests": {run.board: run.digest for run in runs}},
    )
    return runs


def _ask_for_comparisons(cycle: Cycle) -> None:
    """Boards of later quarters compare with this one: those not sealed yet are due for recomputation."""
    later = Q(year__gt=cycle.year) | Q(year=cycle.year, quarter__gt=cycle.quarter)
    waiting = Cycle.objects.filter(later, plan=cycle.plan_id, runs__status=RankingRun.Status.PRELIMINARY)
    for other in waiting.select_related("plan").distinct():
        figures_changed.send(
            sender=RankingRun, cycle=other, reason=f"{cycle.period.label}的榜已发布，名次升降重新比较"
        )


def run_digest(run: RankingRun) -> str:
    """The digest that a published run must carry, from its own content and its predecessor's digest."""
    return digest_of(
        {
            "plan": run.cycle.plan.code,
            "period": str(run.cycle.period),
            "board": run.board,
            "number": run.number,
            "position": run.chain_position,
            "scheme": run.scheme and [run.scheme.code, run.scheme.version],
            "rules_version": run.rules_version,
            "inputs": run.input_digest,
            "result": run.result_digest,
            "operator": run.operator_label,
            "signed_by": run.signed_by_label,
            "reason": run.reason,
            "sealed_at": _utc(run.sealed_at),
            "previous": run.previous_digest,
            **({"origin": run.origin} if run.is_external else {}),
        }
    )


def _utc(moment: datetime.datetime | None) -> Any:
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds") if moment else None


@transaction.atomic
def open_correction(*, actor: User, cycle: Cycle, reason: str) -> Cycle:
    """Let figures of a published cycle be revised, towards a numbered correction. Needs a reason."""
    return change_cycle_state(actor=actor, cycle=cycle, to=CycleState.CORRECTING, reason=reason)


@transaction.atomic
def freeze_correction(*, actor: User, cycle: Cycle, reason: str) -> list[RankingRun]:
    """Seal the corrected inputs under the next number; the rankings published before stay readable."""
    if not owns_plan(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以更正")
    cycle = lock_cycle(cycle)
    if cycle.state != CycleState.CORRECTING:
        raise WrongState("请先启动更正")
    require_computed(cycle)
    if not reason.strip():
        raise WrongState("更正须写明理由")
    for frozen in RankingRun.objects.filter(cycle=cycle, status=RankingRun.Status.FROZEN):
        delete_preliminary(frozen)  # an earlier attempt at this correction, never published
    last = (
        RankingRun.objects.filter(cycle=cycle, status=RankingRun.Status.PUBLISHED).order_by("-number").first()
    )
    number = (last.number if last else 0) + 1
    runs = _store_frozen(actor=actor, cycle=cycle, number=number, reason=reason.strip())
    record(
        actor=actor,
        verb="cycle.correction-frozen",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"number": number, "inputs": {str(run.board): run.input_digest for run in runs}},
        reason=reason.strip(),
    )
    return runs


@transaction.atomic
def publish_correction(*, actor: User, cycle: Cycle) -> list[RankingRun]:
    """Publish the frozen correction that a leader has signed off; it settles the accepted objections."""
    sign_off = _require_sign_off(actor, cycle)
    cycle = change_cycle_state(actor=actor, cycle=cycle, to=CycleState.PUBLISHED)
    runs = _append_to_chain(actor=actor, cycle=cycle, sign_off=sign_off)
    _open_objection_window(actor=actor, cycle=cycle, runs=runs)
    for run in runs:
        Objection.objects.filter(
            run__cycle=cycle,
            run__board=run.board,
            outcome=Objection.Outcome.ACCEPTED,
            correction=None,
            answered_at__lte=run.computed_at,
        ).update(correction=run)
    return runs
