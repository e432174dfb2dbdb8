"""申诉: filing one within the window, answering it; what was written is never changed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from rankings.models import Objection, RankingEntry, RankingLine, RankingRun
from rankings.rules import may_answer_objections, may_object
from rankings.services.sealing import open_correction
from returns.models import Cycle
from returns.services.cycles import lock_cycle
from returns.states import CycleState, WrongState

LONGEST_TEXT = 2000
"""Characters of an objection or an answer."""


@transaction.atomic
def file_objection(
    *, actor: User, entry: RankingEntry, text: str, line: RankingLine | None = None
) -> Objection:
    """Object to an organisation's published entry, or to one line of it, within the window.

    Raises PermissionDenied for another organisation's entry and WrongState where the window is closed,
    the ranking is not the newest published one, or the same objection waits for an answer already.
    """
    cycle = entry.run.cycle
    if not may_object(actor, plan_code=cycle.plan.code, organisation_id=entry.organisation_id):
        raise PermissionDenied("只能就本单位的得分和名次提出申诉")
    cycle = lock_cycle(cycle)
    _require_window(cycle)
    _require_newest(entry.run)
    text = _require_text(text, what="申诉理由")
    if line is not None and line.entry_id != entry.pk:
        raise WrongState("所选指标不在本单位的得分里，请重新选择")
    if Objection.objects.filter(entry=entry, line=line, outcome=Objection.Outcome.WAITING).exists():
        raise WrongState("就同一事项已经提出申诉，正在等待答复")
    objection = Objection.objects.create(
        run=entry.run,
        entry=entry,
        line=line,
        text=text,
        filed_by=actor,
        filed_by_label=actor.label,
        filed_at=timezone.now(),
    )
    record(
        actor=actor,
        verb="objection.filed",
        subject=objection,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={
            "board": entry.run.board,
            "number": entry.run.number,
            "unit": entry.unit,
            "indicator": line.indicator_code if line else None,
        },
        reason=text,
    )
    return objection


@transaction.atomic
def answer_objection(*, actor: User, objection: Objection, accepted: bool, text: str) -> Objection:
    """Answer an objection once, always with a text. An accepted one opens the correction of its cycle.

    Only the plan's owner answers. Raises PermissionDenied or WrongState.
    """
    plan_code = objection.run.cycle.plan.code
    if not may_answer_objections(actor, plan_code=plan_code):
        raise PermissionDenied("只有牵头办可以答复申诉")
    cycle = lock_cycle(objection.run.cycle)
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("entry", "line", "run")
        .get(pk=objection.pk)
    )
    if not objection.is_waiting:
        raise WrongState("这件申诉已经答复，答复不能再改")
    objection.answer = _require_text(text, what="答复")
    objection.outcome = Objection.Outcome.ACCEPTED if accepted else Objection.Outcome.REJECTED
    objection.answered_by, objection.answered_by_label = actor, actor.label
    objection.answered_at = timezone.now()
    objection.save(update_fields=["outcome", "answer", "answered_by", "answered_by_label", "answered_at"])
    if accepted and cycle.state == CycleState.PUBLISHED:
        reason = f"{objection.entry.unit}申诉成立（{objection.subject}）：{objection.answer}"
        open_correction(actor=actor, cycle=cycle, reason=reason)
    record(
        actor=actor,
        verb=f"objection.{objection.outcome}",
        subject=objection,
        plan_code=plan_code,
        period=str(cycle.period),
        changes={"outcome": ["", str(objection.outcome)]},
        reason=objection.answer,
    )
    return objection


def _require_window(cycle: Cycle) -> None:
    if cycle.takes_objections():
        return
    if cycle.state not in (CycleState.PUBLISHED, CycleState.CORRECTING):
        raise WrongState(f"{cycle.period.label}还没有发布，发布后才能申诉")
    if cycle.objection_until is None:
        raise WrongState(f"{cycle.period.label}没有开放申诉，请向牵头办询问")
    raise WrongState(f"{cycle.period.label}的申诉期到 {cycle.objection_until} 24:00 为止，已经截止")


def _require_newest(run: RankingRun) -> None:
    """A corrected ranking is objected to, not the one that it replaced."""
    published = RankingRun.objects.filter(
        cycle=run.cycle_id, board=run.board, status=RankingRun.Status.PUBLISHED
    )
    newest = published.order_by("-number").first()
    if newest is None or newest.pk != run.pk:
        raise WrongState("只能就最新发布的结果提出申诉，请打开最新一号再提")


def _require_text(text: str, *, what: str) -> str:
    text = text.strip()
    if not text:
        raise WrongState(f"请写明{what}")
    if len(text) > LONGEST_TEXT:
        raise WrongState(f"{what}超过 {LONGEST_TEXT} 字，请写得简短些")
    return text
