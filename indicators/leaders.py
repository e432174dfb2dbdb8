"""领导分工: which leader's office has which indicators of a plan in its charge; entered by the plan's owner."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from indicators.models import LeaderAssignment, Plan

OFFICE = re.compile(
    r"(?:(?:分管|主管|联系|协管)[一-鿿、]{1,20}的)?(?:市委常委、|市委|市政府|市人大|市政协)?"
    r"(?:常务)?副?(?:市长|书记|秘书长|主任|主席|部长|区长|县长)(?:（[一-鿿]{1,6}）)?"
)
"""An office as documents write it: 常务副市长, 分管工业的副市长. A name before or behind it does not fit."""


class LeadersRefused(Exception):
    """The assignments cannot be stored; `problems` says for each indicator's code, or for "", what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = dict(problems)


def offices_of(plan: Plan) -> dict[str, str]:
    """The office in charge by indicator code, in the plan's order; empty where none is assigned. One query."""
    found = LeaderAssignment.objects.filter(indicator__plan=plan).order_by("indicator__order", "indicator_id")
    return dict(found.values_list("indicator__code", "office"))


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What `?leader=` of an address means for a plan: which of its indicators are looked at.

    It narrows what is shown and never what is scored: totals and ranks are of all indicators.
    """

    offices: tuple[str, ...]
    """Offices with an indicator of the plan in their charge, in the plan's order."""
    asked: str
    """The office that the address names; empty where it names none."""
    codes: frozenset[str] | None
    """Codes of that office's indicators; None for all, also where no indicator is in its charge."""

    @property
    def office(self) -> str:
        """The office whose indicators are shown; empty where all are."""
        return "" if self.codes is None else self.asked

    @property
    def unknown(self) -> str:
        """The office asked for that has no indicator of the plan in its charge; empty where there is none."""
        return self.asked if self.codes is None else ""

    def covers(self, code: str) -> bool:
        """Whether the indicator of this code is shown."""
        return self.codes is None or code in self.codes


def charge_of(plan: Plan, asked: str) -> Charge:
    """What an office asked for has in its charge in a plan. One query."""
    return _charge(offices_of(plan), asked)


def charges_of(plans: Collection[Plan], asked: str) -> dict[int, Charge]:
    """The same for several plans, by the plan's id. One query."""
    found: dict[int, dict[str, str]] = {plan.pk: {} for plan in plans}
    rows = LeaderAssignment.objects.filter(indicator__plan__in=found)
    rows = rows.order_by("indicator__plan_id", "indicator__order", "indicator_id")
    for plan, code, office in rows.values_list("indicator__plan_id", "indicator__code", "office"):
        found[plan][code] = office
    return {plan: _charge(offices, asked) for plan, offices in found.items()}


def _charge(offices: Mapping[str, str], asked: str) -> Charge:
    asked = asked.strip()
    own = frozenset(code for code, office in offices.items() if office == asked)
    return Charge(offices=tuple(dict.fromkeys(offices.values())), asked=asked, codes=own or None)


@transaction.atomic
def assign_leaders(*, actor: User, plan: Plan, offices: Mapping[str, str], basis: str) -> int:
    """Set the office in charge of each indicator named by its code; a blank takes the assignment away.

    Indicators that are not named stay as they are. Returns how many changed; the same again changes nothing.
    basis names the document of the division of work. Raises PermissionDenied unless the actor owns the plan,
    LeadersRefused for an unknown indicator, for what is no office, and for changes without a basis.
    """
    if not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以登记领导分工")
    Plan.objects.select_for_update().get(pk=plan.pk)
    indicators = {item.code: item for item in plan.indicators.all()}
    present, basis = offices_of(plan), basis.strip()
    wanted = {code: "".join(office.split()) for code, office in offices.items()}
    changed = {code: office for code, office in wanted.items() if office != present.get(code, "")}
    problems = {code: f"本方案没有代码为 {code} 的指标" for code in changed if code not in indicators}
    for code, office in changed.items():
        if office and code in indicators and OFFICE.fullmatch(office) is None:
            problems[code] = (
                f"{indicators[code].name}：“{office}”不是职务。请只写职务，不写姓名，例如“常务副市长”“分管工业的副市长”"
            )
    if changed and not basis:
        problems[""] = "没有写依据。请写明领导分工的文件或会议，例如“市政府领导分工通知”"
    if problems:
        raise LeadersRefused(problems)
    if not changed:
        return 0
    for code, office in changed.items():
        if office:
            LeaderAssignment.objects.update_or_create(
                indicator=indicators[code],
                defaults={
                    "office": office,
                    "basis": basis,
                    "changed_by": actor,
                    "changed_at": timezone.now(),
                },
            )
        else:
            LeaderAssignment.objects.filter(indicator=indicators[code]).delete()
    record(
        actor=actor,
        verb="leaders.assigned",
        subject=plan,
        plan_code=plan.code,
        changes={code: [present.get(code, ""), office] for code, office in changed.items()},
        reason=basis,
    )
    return len(changed)
