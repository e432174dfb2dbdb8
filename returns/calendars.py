"""The dates of a plan's periods: how they are proposed from the plan's rule, and how a year stands. Reads only."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from itertools import pairwise

from accounts.rules import Person, organisations_of, sees_all_data
from indicators.models import Plan
from indicators.periods import Period
from returns.calendar_models import CalendarRule
from returns.models import DATA_ENTRY_ROLES, Cycle, LatePermission
from returns.workdays import WorkCalendar, work_calendar_of


@dataclass(frozen=True, kw_only=True)
class CycleDates:
    """The days of one period, each until 24:00 Asia/Shanghai; opens_on from 0:00. None: nothing is set."""

    opens_on: datetime.date | None = None
    due_on: datetime.date | None = None
    review_until: datetime.date | None = None
    freezes_on: datetime.date | None = None
    publishes_on: datetime.date | None = None

    def misplaced(self) -> tuple[str, str] | None:
        """The names of two neighbouring dates that stand in the wrong order, or None."""
        known = [(name, day) for name in DATE_FIELDS if (day := getattr(self, name)) is not None]
        for (earlier, first), (later, second) in pairwise(known):
            if first > second:
                return earlier, later
        return None


DATE_FIELDS = tuple(field.name for field in fields(CycleDates))

DATE_LABELS = {
    "opens_on": "开始填报",
    "due_on": "报送截止",
    "review_until": "核定截止",
    "freezes_on": "冻结",
    "publishes_on": "发布",
}


def dates_of(cycle: Cycle) -> CycleDates:
    """The dates that are set for a cycle."""
    return CycleDates(**{name: getattr(cycle, name) for name in DATE_FIELDS})


def propose_dates(period: Period, *, rule: CalendarRule, calendar: WorkCalendar) -> CycleDates:
    """The dates that the rule gives for a period. Raises NoWorkingDay.

    Opening is a day of the calendar; due is the rule's day of the month after the quarter, moved to the next
    working day; the others follow in working days.
    """
    following = period.ends_on + datetime.timedelta(days=1)
    due_on = calendar.on_or_after(following.replace(day=rule.due_day))
    review_until = calendar.after(due_on, rule.review_days)
    freezes_on = calendar.after(review_until, rule.freeze_days)
    return CycleDates(
        opens_on=following.replace(day=rule.opens_day),
        due_on=due_on,
        review_until=review_until,
        freezes_on=freezes_on,
        publishes_on=calendar.after(freezes_on, rule.publish_days),
    )


def rule_of(plan: Plan) -> CalendarRule:
    """The plan's rule; one with the defaults, not stored, where the owner has set none. One query."""
    return CalendarRule.objects.filter(plan=plan).first() or CalendarRule(plan=plan)


def proposal_for(cycle: Cycle) -> CycleDates:
    """The dates that the plan's rule gives for this cycle. Two queries. Raises NoWorkingDay."""
    return propose_dates(
        cycle.period, rule=rule_of(cycle.plan), calendar=work_calendar_of(cycle.plan.city_id)
    )


@dataclass(frozen=True, kw_only=True)
class DateCell:
    """One date of a period: what is set and what the rule proposes."""

    label: str
    day: datetime.date | None
    proposed: datetime.date | None
    is_working_day: bool

    @property
    def differs(self) -> bool:
        """Whether the set date is another than the proposed one."""
        return self.day is not None and self.day != self.proposed


@dataclass(frozen=True, kw_only=True)
class CalendarLine:
    """One period of the calendar page."""

    cycle: Cycle
    dates: list[DateCell]
    permissions: list[LatePermission]

    @property
    def is_set(self) -> bool:
        """Whether any date is set."""
        return any(cell.day is not None for cell in self.dates)


def calendar_lines(plan: Plan, *, year: int, user: Person) -> list[CalendarLine]:
    """The periods of a year with their dates, proposals and late permissions. Four queries.

    Leaders and the plan's owner see every permission, others those of the organisations they act for. Raises
    NoWorkingDay.
    """
    cycles = Cycle.objects.filter(plan=plan, year=year).select_related("plan").order_by("quarter")
    rule, calendar = rule_of(plan), work_calendar_of(plan.city_id)
    permissions: dict[int, list[LatePermission]] = {}
    rows = LatePermission.objects.filter(cycle__plan=plan, cycle__year=year)
    if not sees_all_data(user, plan_code=plan.code):
        rows = rows.filter(organisation__in=organisations_of(user, *DATA_ENTRY_ROLES, plan_code=plan.code))
    for row in rows.select_related("organisation", "granted_by__organisation"):
        permissions.setdefault(row.cycle_id, []).append(row)
    return [
        CalendarLine(
            cycle=cycle,
            dates=_cells(
                dates_of(cycle), propose_dates(cycle.period, rule=rule, calendar=calendar), calendar
            ),
            permissions=permissions.get(cycle.pk, []),
        )
        for cycle in cycles
    ]


def _cells(dates: CycleDates, proposed: CycleDates, calendar: WorkCalendar) -> list[DateCell]:
    cells = []
    for name in DATE_FIELDS:
        day = getattr(dates, name)
        cells.append(
            DateCell(
                label=DATE_LABELS[name],
                day=day,
                proposed=getattr(proposed, name),
                is_working_day=day is None or calendar.is_working_day(day),
            )
        )
    return cells


def calendar_years(plan: Plan) -> list[int]:
    """The years in which the plan has periods. One query."""
    return list(Cycle.objects.filter(plan=plan).order_by("year").values_list("year", flat=True).distinct())
