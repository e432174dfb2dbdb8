"""The demo's calendar and contacts: a due date ahead of the day of loading, and mail addresses that lead nowhere."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Contact, Grant, Role, User
from accounts.services import save_contact
from districts.models import Organisation
from returns.calendars import CycleDates, dates_of, propose_dates, rule_of
from returns.models import Cycle
from returns.services.cycles import set_cycle_dates
from returns.states import CycleState
from returns.workdays import work_calendar_of

DAYS_AHEAD = 14
"""The demo's quarter lies in the past; so that one can still enter figures, it is due so many days after loading."""


def set_demo_calendar(*, cycle: Cycle, owner: User) -> None:
    """Give an open cycle without any dates those of its rule, put off so that it is due from now on.

    Opening is as proposed; due is a working day at least DAYS_AHEAD days ahead, the others follow by the rule.
    """
    cycle.refresh_from_db()
    if cycle.state != CycleState.OPEN or dates_of(cycle) != CycleDates():
        return
    rule, calendar = rule_of(cycle.plan), work_calendar_of(cycle.plan.city_id)
    proposed = propose_dates(cycle.period, rule=rule, calendar=calendar)
    due_on = calendar.on_or_after(timezone.localdate() + datetime.timedelta(days=DAYS_AHEAD))
    review_until = calendar.after(due_on, rule.review_days)
    freezes_on = calendar.after(review_until, rule.freeze_days)
    dates = replace(
        proposed,
        due_on=due_on,
        review_until=review_until,
        freezes_on=freezes_on,
        publishes_on=calendar.after(freezes_on, rule.publish_days),
    )
    set_cycle_dates(actor=owner, cycle=cycle, dates=dates, reason="演示：截止日期按载入日顺延，以便试填")


def add_demo_contacts(*, administrator: User) -> int:
    """One office with an address under .example for each organisation that demo accounts report for; how many."""
    reports = Grant.objects.in_force().filter(
        organisation=OuterRef("pk"), role__in=(Role.REPORTER, Role.VERIFIER), user__is_demo=True
    )
    known = Contact.objects.filter(organisation=OuterRef("pk"))
    organisations = Organisation.objects.filter(Exists(reports), ~Exists(known))
    for organisation in organisations:
        contact = Contact(
            organisation=organisation, office="办公室（演示）", email=f"{organisation.code}@demo.example"
        )
        save_contact(actor=administrator, contact=contact)
    return len(organisations)
