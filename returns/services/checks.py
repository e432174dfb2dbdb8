"""Switching a plan's checks off and on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from indicators.models import Plan
from returns.models import CheckSetting
from returns.states import WrongState
from returns.workbook.cross_checks import BY_CODE


@transaction.atomic
def switch_check(*, actor: User, plan: Plan, code: str, enabled: bool, reason: str) -> CheckSetting:
    """Switch one check of a plan on or off, from the next file or form on. Only the plan's owner may.

    What is stored keeps the warnings it came with. Raises PermissionDenied, or WrongState for an unknown
    check, one that keeps figures exact, a missing reason, or a check that stands so already.
    """
    if not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以开关核对")
    check = BY_CODE.get(code)
    if check is None:
        raise WrongState(f"没有“{code}”这项核对，请刷新页面后再试")
    if not check.is_switchable:
        raise WrongState(f"“{check.name}”保证数值确切，不能关闭")
    if not reason.strip():
        raise WrongState(f"{'开启' if enabled else '关闭'}“{check.name}”须写明理由")
    Plan.objects.select_for_update(of=("self",)).get(
        pk=plan.pk
    )  # so that two clicks come one after the other
    setting = CheckSetting.objects.filter(plan=plan, code=code).first()
    if (setting is None or setting.is_enabled) == enabled:
        raise WrongState(f"“{check.name}”已经是{'开启' if enabled else '关闭'}的，没有改动")
    setting, _ = CheckSetting.objects.update_or_create(
        plan=plan,
        code=code,
        defaults={
            "is_enabled": enabled,
            "reason": reason.strip(),
            "changed_by": actor,
            "changed_at": timezone.now(),
        },
    )
    record(
        actor=actor,
        verb="check.switched-on" if enabled else "check.switched-off",
        subject=setting,
        plan_code=plan.code,
        changes={"check": code, "enabled": [not enabled, enabled]},
        reason=reason.strip(),
    )
    return setting
