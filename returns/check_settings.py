"""Which checks a plan wants, for the reader, the checks, the template and the plan owner's page."""

from __future__ import annotations

from dataclasses import dataclass

from indicators.models import Plan
from returns.models import CheckSetting
from returns.workbook.cross_checks import CROSS_CHECKS, CrossCheck


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """A check and how it stands in one plan; setting is None while nobody has touched it."""

    check: CrossCheck
    is_on: bool
    setting: CheckSetting | None


def switched_off_checks(plan_id: int) -> frozenset[str]:
    """Codes of the checks that the plan does not want. One query."""
    rows = CheckSetting.objects.filter(plan=plan_id, is_enabled=False)
    return frozenset(rows.values_list("code", flat=True))


def checks_of(plan: Plan) -> list[CheckLine]:
    """Every check with its setting in this plan, in the order of the table. One query."""
    rows = CheckSetting.objects.filter(plan=plan).select_related("changed_by__organisation")
    settings = {row.code: row for row in rows}
    return [
        CheckLine(
            check=check,
            is_on=not check.is_switchable or check.code not in settings or settings[check.code].is_enabled,
            setting=settings.get(check.code),
        )
        for check in CROSS_CHECKS
    ]
