"""Writing 报送单: each handing in of a return seals one."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest_text
from audit.services import record
from districts.models import Organisation
from returns.in_force import is_handed_in
from returns.models import Cycle, Figure, QuarterlyReturn
from returns.rules import may_report_for
from returns.services.cycles import lock_cycle
from returns.states import SEALED_STATES, WrongState
from returns.submission_sheets import check_code, has_same_figures, sealed_text
from returns.submissions import Submission


def write_sheet(
    *,
    actor: User,
    quarterly_return: QuarterlyReturn,
    handed_in: Collection[int],
    at: datetime.datetime | None = None,
) -> Submission:
    """Seal what the organisation has handed in now, as the next sheet of its return.

    For services that hand in, inside their transaction and with the cycle locked; handed_in are the ids of
    the figures that the act brings. Their entry in the trail names the sheet.
    """
    at = at or timezone.now()
    last = quarterly_return.submissions.aggregate(last=Max("number"))["last"] or 0
    contents, count = sealed_text(
        quarterly_return, number=last + 1, at=at, office=actor.label, handed_in=handed_in
    )
    digest = digest_text(contents)
    return Submission.objects.create(
        quarterly_return=quarterly_return,
        number=last + 1,
        author=actor,
        office=actor.label,
        created_at=at,
        figure_count=count,
        contents=contents,
        digest=digest,
        code=check_code(digest),
    )


@transaction.atomic
def issue_sheet(*, actor: User, cycle: Cycle, reporter: Organisation) -> Submission:
    """A sheet of what was handed in earlier, where there is none or the last one says something else.

    For figures that came before there were sheets, and after some were sent back. Raises PermissionDenied,
    or WrongState where nothing is handed in, the cycle is frozen, or the newest sheet says the same.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    cycle = lock_cycle(cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再出报送单")
    figures = Figure.objects.filter(is_handed_in(), cycle=cycle, reporter=reporter)
    first = figures.select_related("quarterly_return__cycle__plan", "quarterly_return__organisation").first()
    if first is None:
        raise WrongState("还没有已报送的数，没有可印的报送单；请先填报并点“保存并核对报送”")
    before = first.quarterly_return.submissions.first()
    submission = write_sheet(actor=actor, quarterly_return=first.quarterly_return, handed_in=())
    if before is not None and has_same_figures(before, submission):
        raise WrongState(f"第 {before.number} 次报送的报送单就是现在的数，不必再出一张")
    record(
        actor=actor,
        verb="submission.issued",
        subject=submission,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"sheet": submission.code, "figures": submission.figure_count},
    )
    return submission
