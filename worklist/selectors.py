"""What waits for an account, read by the same selectors and rules as the pages on which it is done."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import Grant, Role
from accounts.rules import Person, has_role, may_sign_off, organisations_of, owns_plan
from bulletins import rules as bulletin_rules
from bulletins.models import Bulletin
from rankings.freezing import FreezeOutlook, freeze_outlooks
from rankings.models import Board
from rankings.overviews import waiting_objections
from rankings.rules import objecting_organisations
from rankings.services.sealing import valid_sign_offs
from reminders.selectors import unread_notices
from returns.discussions import unseen_comments
from returns.models import Cycle, Upload
from returns.overviews import (
    cycles_visible_to,
    cycles_with_unit_review,
    cycles_with_waiting,
    reporters_of,
    uploads_visible_to,
)
from returns.states import WRITABLE_STATES, CycleState
from returns.unreported import ReturnStatus, return_statuses
from worklist.items import Work, WorkItem

UPLOADS_MAX = BULLETINS_MAX = NOTICES_MAX = COMMENTS_MAX = 10
"""So many of a kind are named at once, those that are due first; of comments the newest."""


def work_of(user: Person, *, today: datetime.date | None = None) -> list[WorkItem]:
    """All that waits for the account. Each kind takes one to three queries, whatever the number of plans and organisations."""
    today = today or timezone.localdate()
    cycles = list(cycles_visible_to(user).order_by("year", "quarter"))
    items = [*_returns(user, cycles, today), *_uploads(user), *_unit_reviews(user)]
    items += [*_verifications(user, today), *_comments(user), *_steps(user, cycles, today), *_bulletins(user)]
    items += [*_objections(user, cycles), *_grants(user), *_notices(user)]
    return [
        replace(item, days_left=(item.due_on - today).days) if item.due_on is not None else item
        for item in items
    ]


def _of_cycle(
    kind: Work,
    cycle: Cycle,
    text: str,
    address: str,
    *,
    due_on: datetime.date | None = None,
    planned: str = "",
) -> WorkItem:
    return WorkItem(
        kind=kind,
        subject=str(cycle),
        text=text,
        address=address,
        is_demo=cycle.is_demo,
        due_on=due_on,
        planned=planned,
    )


def _address(name: str, cycle: Cycle, **query: str) -> str:
    address = reverse(name, args=[cycle.plan.code, cycle.period])
    return f"{address}?{urlencode(query)}" if query else address


def _returns(user: Person, cycles: list[Cycle], today: datetime.date) -> list[WorkItem]:
    """What to correct, and what is still to be reported."""
    if not has_role(user, Role.REPORTER):
        return []
    statuses = return_statuses(
        cycles=[cycle for cycle in cycles if cycle.state in WRITABLE_STATES], reporters=reporters_of(user)
    )
    corrections = [
        _of_return(Work.CORRECT, item, f"{item.sent_back} 项被退回") for item in statuses if item.sent_back
    ]
    missing = [(item, _to_report(item)) for item in _asking(statuses, today)]
    return corrections + [_of_return(Work.REPORT, item, text) for item, text in missing if text]


def _of_return(kind: Work, item: ReturnStatus, text: str) -> WorkItem:
    address = _address("return_form", item.cycle, reporter=item.reporter.code)
    return _of_cycle(kind, item.cycle, f"{item.reporter.name}：{text}", address, due_on=item.cycle.due_on)


def _to_report(item: ReturnStatus) -> str:
    """In words; empty where nothing is left to be done."""
    said = []
    if item.unreported:
        said.append(
            f"还有 {item.unreported} 项未报送" + (f"，其中草稿 {item.drafts} 项" if item.drafts else "")
        )
    elif item.drafts:
        said.append(f"{item.drafts} 项草稿未报送")
    if item.revised:
        said.append(f"{item.revised} 项改了还没有再报送，原来报送的数仍然有效")
    return "；".join(said)


def _asking(statuses: list[ReturnStatus], today: datetime.date) -> list[ReturnStatus]:
    """The returns that are to be filled in now: with a due date, begun, or of the newest quarter that has ended.

    `load_reference` opens every quarter of a plan's years without a due date; the others wait for their time.
    """
    newest: dict[int, tuple[int, int]] = {}
    for item in statuses:
        if item.cycle.period.ends_on < today:
            quarter = (item.cycle.year, item.cycle.quarter)
            newest[item.cycle.plan_id] = max(quarter, newest.get(item.cycle.plan_id, quarter))
    return [
        item
        for item in statuses
        if item.cycle.due_on is not None
        or item.is_begun
        or newest.get(item.cycle.plan_id) == (item.cycle.year, item.cycle.quarter)
    ]


def _uploads(user: Person) -> list[WorkItem]:
    """Files that were read and wait until somebody of the organisation confirms what would change."""
    if not has_role(user, Role.REPORTER):
        return []
    ids = organisations_of(user, Role.REPORTER)
    rows = uploads_visible_to(user).filter(organisation__in=ids, state=Upload.State.CHECKED)
    return [
        _of_cycle(
            Work.CONFIRM_UPLOAD,
            upload.cycle,
            f"{upload.organisation.name}：{upload.filename}",
            reverse("upload", args=[upload.pk]),
            due_on=upload.cycle.due_on,
        )
        for upload in rows[:UPLOADS_MAX]
    ]


def _unit_reviews(user: Person) -> list[WorkItem]:
    """Figures of one's own organisation that are not reported before a second person passes them."""
    if not has_role(user, Role.REVIEWER):
        return []
    return [
        _of_cycle(
            Work.REVIEW,
            item.cycle,
            f"{item.waiting} 项等待单位审核",
            _address("unit_review", item.cycle),
            due_on=item.cycle.due_on,
        )
        for item in cycles_with_unit_review(user)
    ]


def _verifications(user: Person, today: datetime.date) -> list[WorkItem]:
    """Figures that this account confirms, with the day until which that is planned; a correction has none."""
    if not has_role(user, Role.VERIFIER, Role.OWNER):
        return []
    items = []
    for item in cycles_with_waiting(user):
        due_on = item.cycle.review_until if item.cycle.state != CycleState.CORRECTING else None
        text = f"{item.waiting} 项等待核定"
        if due_on is not None and due_on < today:
            text += "，冻结前仍可核定"
        address = _address("review_cycle", item.cycle)
        items.append(_of_cycle(Work.VERIFY, item.cycle, text, address, due_on=due_on))
    return items


def _comments(user: Person) -> list[WorkItem]:
    """What others said of figures in which this account has a part and that it has not seen."""
    return [
        _of_cycle(
            Work.COMMENT,
            line.newest.figure.cycle,
            f"{line.newest.figure}，{line.newest.author.label}说“{Truncator(line.newest.text).chars(40)}”"
            + (f"，共 {line.unseen} 条未看" if line.unseen > 1 else ""),
            reverse("figure", args=[line.newest.figure_id]) + "#comments",
        )
        for line in unseen_comments(user)[:COMMENTS_MAX]
    ]


def _steps(user: Person, cycles: Iterable[Cycle], today: datetime.date) -> list[WorkItem]:
    """What a plan's owner and leaders do with its quarters: close, freeze, sign off, publish, correct."""
    owned = [cycle for cycle in cycles if owns_plan(user, plan_code=cycle.plan.code)]
    signing = {cycle.pk for cycle in cycles if may_sign_off(user, plan_code=cycle.plan.code)}
    own = {cycle.pk for cycle in owned}
    before = [cycle for cycle in owned if cycle.state in (CycleState.OPEN, CycleState.CLOSED)]
    outlooks = freeze_outlooks(before, today=today) if before else {}
    frozen = [cycle for cycle in cycles if cycle.state == CycleState.FROZEN and cycle.pk in own | signing]
    signed_off = valid_sign_offs(frozen) if frozen else {}
    items = []
    for cycle in [*before, *frozen]:
        address = _address("cycle", cycle)
        if cycle.pk in outlooks:
            text = _before_freeze(cycle, outlooks[cycle.pk], today)
            if text:
                due_on = cycle.freezes_on
                items.append(_of_cycle(Work.STEP, cycle, text, address, due_on=due_on, planned="冻结"))
            continue
        signed = cycle.pk in signed_off
        kind, text = Work.STEP, "领导已签发，可以发布" if signed else "已冻结，等待领导签发"
        if cycle.pk in signing and not signed:
            kind, text = Work.SIGN, "排名已冻结，等待领导签发"
        elif cycle.pk not in own:
            continue
        items.append(_of_cycle(kind, cycle, text, address, due_on=cycle.publishes_on, planned="发布"))
    corrected = [cycle for cycle in owned if cycle.state == CycleState.CORRECTING]
    return items + [
        _of_cycle(Work.STEP, cycle, "正在更正，改正后重新发布", _address("cycle", cycle))
        for cycle in corrected
    ]


def _before_freeze(cycle: Cycle, outlook: FreezeOutlook, today: datetime.date) -> str:
    """What the owner is told of a quarter that is not frozen; empty while it is simply being filled in."""
    planned = cycle.freezes_on
    if cycle.state == CycleState.OPEN:
        if cycle.is_past_due():
            return "已过截止日期，可以截止填报"
        return "填报还没有截止，截止后才能冻结" if planned is not None and planned <= today else ""
    if outlook.obstacles:
        waits = planned is not None and planned < today and outlook.by_clock
        obstacles = "；".join(outlook.obstacles)
        return (
            f"没有自动冻结：{obstacles}；办完即自动冻结，也可以人工冻结"
            if waits
            else f"填报已截止：{obstacles}"
        )
    if outlook.by_clock and planned is not None:
        return "填报已截止，到冻结日 24:00 自动冻结，也可以现在冻结"
    return "填报已截止，可以冻结"


def _bulletins(user: Person) -> list[WorkItem]:
    """通报 and 简报 to be signed, or to be sent out once they are signed."""
    if not has_role(user, Role.LEADER, Role.OWNER):
        return []
    rows = Bulletin.objects.visible_to(user).exclude(state=Bulletin.State.ISSUED)
    items = []
    for bulletin in rows.select_related("cycle__plan").order_by("-id")[:BULLETINS_MAX]:
        drafted = bulletin.state == Bulletin.State.DRAFT
        if drafted and bulletin_rules.may_sign(user, bulletin):
            kind, text = Work.SIGN, f"{bulletin.get_kind_display()}等待签发"
        elif bulletin_rules.may_edit(user, bulletin):
            kind = Work.STEP
            text = f"{bulletin.get_kind_display()}{'是草稿，修改后请领导签发' if drafted else '已签发，可以印发'}"
        else:
            continue
        address = reverse("bulletin", args=[bulletin.pk])
        is_demo = bulletin.cycle is not None and bulletin.cycle.is_demo
        items.append(WorkItem(kind=kind, subject=bulletin.title, text=text, address=address, is_demo=is_demo))
    return items


def _objections(user: Person, cycles: list[Cycle]) -> list[WorkItem]:
    """Objections to be answered, and published boards to which one's own organisation may object."""
    answers = [
        _of_cycle(Work.ANSWER, cycle, f"{count} 件申诉等待答复", reverse("objection_list") + "?state=waiting")
        for cycle, count in waiting_objections(user, cycles)
    ]
    windows = [
        _of_cycle(
            Work.OBJECT,
            cycle,
            "已发布，对本单位的得分有异议的可以申诉",
            reverse("board", args=[cycle.plan.code, cycle.period, Board.DISTRICTS]),
            due_on=cycle.objection_until,
        )
        for cycle in cycles
        if cycle.takes_objections() and objecting_organisations(user, plan_code=cycle.plan.code)
    ]
    return answers + windows


def _notices(user: Person) -> list[WorkItem]:
    """Reminders that the account has not marked as read."""
    if not has_role(user, Role.REPORTER, Role.REVIEWER, Role.VERIFIER, Role.OWNER):
        return []
    return [
        WorkItem(
            kind=Work.NOTICE,
            subject=notice.reminder.subject,
            text=f"{timezone.localtime(notice.reminder.created_at):%Y-%m-%d %H:%M}",
            address=reverse("notice_list"),
            is_demo=notice.reminder.cycle.is_demo,
        )
        for notice in unread_notices(user)[:NOTICES_MAX]
    ]


def _grants(user: Person) -> list[WorkItem]:
    """Grants that somebody else proposed: a second security administrator approves or rejects them."""
    if not has_role(user, Role.SECADMIN):
        return []
    rows = Grant.objects.waiting().exclude(proposed_by=user.pk).select_related("user", "organisation")
    return [
        WorkItem(kind=Work.GRANT, subject=str(grant), text="等待批准或驳回", address=reverse("grant_list"))
        for grant in rows.order_by("id")
    ]
