"""Writes to what targets are resolved by (the values of reference series) and to what checking them found."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.canonical import plain_decimal
from audit.services import Act, record, record_many
from districts.models import City, Organisation
from indicators.check_values import Finding, Severity
from indicators.models import Indicator, Plan, ReferenceValue, TargetFinding
from indicators.periods import Period
from indicators.selectors import plan_under_check
from indicators.signals import reference_entered
from indicators.target_checks import check_plan


@transaction.atomic
def enter_reference_value(
    *, actor: User, city: City, series: str, period: Period, value: Decimal, source: str
) -> ReferenceValue:
    """Enter a quarter's value of a series such as `gdp_growth`, in per cent: relative targets of that
    quarter are scored from then on (DOMAIN section 3). The same value again changes nothing.

    Sealed periods keep the value they were sealed with. Raises PermissionDenied unless the actor owns a
    plan of the city.
    """
    plans = Plan.objects.filter(city=city).values_list("code", flat=True)
    if not any(owns_plan(actor, plan_code=code) for code in plans):
        raise PermissionDenied("只有牵头办可以录入参照值")
    place: dict[str, Any] = {"city": city, "series": series, "year": period.year, "quarter": period.quarter}
    present = ReferenceValue.objects.select_for_update().filter(**place).first()
    if present is not None and (present.value, present.source) == (value, source):
        return present
    before = None if present is None else plain_decimal(present.value)
    reference, _ = ReferenceValue.objects.update_or_create(
        **place, defaults={"value": value, "source": source}
    )
    record(
        actor=actor,
        verb="reference-value.entered",
        subject=reference,
        period=str(period),
        changes={"value": [before, plain_decimal(value)], "source": source},
    )
    reference_entered.send(sender=ReferenceValue, city=city, period=period)
    return reference


class NothingToExplain(Exception):
    """The finding asks for no explanation, or no reason was given; the message says which."""


@dataclass(frozen=True, slots=True)
class CheckCount:
    """What a check of a plan's targets did to the stored findings."""

    created: int = 0
    changed: int = 0
    cleared: int = 0
    reopened: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether the check found what was stored already."""
        return not (self.created or self.changed or self.cleared)


@transaction.atomic
def check_targets(*, plan: Plan, actor: User | None = None, on: datetime.date | None = None) -> CheckCount:
    """Check the plan's targets as of a day (today) and bring the stored findings in line, by key.

    Explanations stay with their findings; one whose values have changed is open again, one that no
    longer exists is kept as cleared. A check that finds nothing new writes nothing. actor None is the
    system itself; anybody else must own the plan, else PermissionDenied.
    """
    if actor is not None and not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以重新校核")
    Plan.objects.select_for_update().get(pk=plan.pk)
    found = check_plan(plan_under_check(plan, on=on or timezone.localdate()))
    stored = {item.key: item for item in plan.target_findings.all()}
    rows = _finding_rows(plan, found)
    created = [
        TargetFinding(plan=plan, key=key, changed_at=timezone.now(), **row)
        for key, row in rows.items()
        if key not in stored
    ]
    TargetFinding.objects.bulk_create(created)
    explained = {key for key, item in stored.items() if item.explained_digest == item.digest}
    changed = [stored[key] for key, row in rows.items() if key in stored and _take_over(stored[key], row)]
    moved = [stored[key] for key, row in rows.items() if key in stored and stored[key].order != row["order"]]
    for item in moved:
        item.order = rows[item.key]["order"]
    gone = [item for key, item in stored.items() if key not in rows and item.is_current]
    for item in gone:
        item.is_current, item.changed_at = False, timezone.now()
    # What agreed and needed no explanation leaves nothing behind that anybody would look for.
    quiet = [item.pk for item in gone if item.severity == Severity.AGREED and not item.explanation]
    TargetFinding.objects.filter(pk__in=quiet).delete()
    gone = [item for item in gone if item.pk not in quiet]
    TargetFinding.objects.bulk_update([*changed, *gone], _CHECKED_FIELDS, batch_size=100)
    TargetFinding.objects.bulk_update(moved, ["order"], batch_size=100)
    reopened = [
        item for item in changed if item.key in explained and item.state == TargetFinding.State.REOPENED
    ]
    count = CheckCount(len(created), len(changed), len(gone) + len(quiet), len(reopened))
    if not count.is_nothing:
        _record_check(actor=actor, plan=plan, count=count, reopened=reopened)
    return count


_CHECKED_FIELDS = (
    *("kind", "severity", "indicator", "organisation", "year", "message"),
    *("stated", "against", "digest", "is_current", "changed_at"),
)


def _finding_rows(plan: Plan, found: Sequence[Finding]) -> dict[str, dict[str, Any]]:
    """Attribute values of the findings by key."""
    indicators = dict(Indicator.objects.filter(plan=plan).values_list("code", "pk"))
    organisations = dict(Organisation.objects.filter(city=plan.city_id).values_list("code", "pk"))
    return {
        finding.key: {
            "kind": finding.check.value,
            "severity": finding.severity.value,
            "indicator_id": indicators[finding.measure] if finding.measure else None,
            "organisation_id": organisations[finding.organisation] if finding.organisation else None,
            "year": finding.year,
            "message": finding.message,
            "stated": asdict(finding.stated),
            "against": asdict(finding.against),
            "digest": finding.digest,
            "order": order,
            "is_current": True,
        }
        for order, finding in enumerate(found, start=1)
    }


def _take_over(item: TargetFinding, row: Mapping[str, Any]) -> bool:
    """Set what differs on a stored finding; whether anything did. Its place in the list is no content."""
    content = {name: value for name, value in row.items() if name != "order"}
    if all(getattr(item, name) == value for name, value in content.items()):
        return False
    if item.digest != row["digest"] or not item.is_current:
        item.changed_at = timezone.now()
    for name, value in content.items():
        setattr(item, name, value)
    return True


def _record_check(
    *, actor: User | None, plan: Plan, count: CheckCount, reopened: Sequence[TargetFinding]
) -> None:
    acts = [Act(verb="targets.checked", subject=plan, plan_code=plan.code, changes=asdict(count))]
    acts += [
        Act(
            verb="target-finding.reopened",
            subject=item,
            plan_code=plan.code,
            changes={"key": item.key, "explanation": item.explanation},
            reason="核对的内容已变动",
        )
        for item in reopened
    ]
    record_many(actor=actor, acts=acts)


@transaction.atomic
def explain_finding(*, actor: User, finding: TargetFinding, reason: str) -> TargetFinding:
    """Say why the documents are so; the finding counts as explained until its values change.

    A new reason replaces the former one, which stays in the trail; the same one again changes nothing.
    Raises PermissionDenied unless the actor owns the plan, NothingToExplain for a blank reason or a
    finding that agrees or is gone.
    """
    finding = TargetFinding.objects.select_for_update().select_related("plan").get(pk=finding.pk)
    if not owns_plan(actor, plan_code=finding.plan.code):
        raise PermissionDenied("只有牵头办可以说明校核结果")
    reason = reason.strip()
    if not reason:
        raise NothingToExplain("没有写理由，请写明为什么文件是这样写的")
    if not finding.asks_for_explanation:
        raise NothingToExplain("这一条两边一致或已消除，不需要说明")
    if (finding.explanation, finding.explained_digest) == (reason, finding.digest):
        return finding
    before = finding.explanation
    finding.explanation, finding.explained_digest = reason, finding.digest
    finding.explained_by, finding.explained_at = actor, timezone.now()
    finding.save(update_fields=["explanation", "explained_digest", "explained_by", "explained_at"])
    record(
        actor=actor,
        verb="target-finding.explained",
        subject=finding,
        plan_code=finding.plan.code,
        changes={"key": finding.key, "explanation": [before, reason], "digest": finding.digest},
        reason=reason,
    )
    return finding
