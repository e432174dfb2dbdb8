"""The calendar of a plan: working days, proposals, setting dates, and what falls due at midnight in Shanghai."""

from __future__ import annotations

import datetime
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from indicators.periods import Period
from returns.calendar_models import CalendarRule, DayException
from returns.calendars import CycleDates, dates_of, propose_dates
from returns.models import Cycle
from returns.services.calendar import (
    accept_proposal,
    add_day_exception,
    remove_day_exception,
    run_calendar,
    set_calendar_rule,
)
from returns.services.cycles import (
    change_cycle_state,
    permit_late_return,
    require_reporting_open,
    set_cycle_dates,
    set_due_date,
)
from returns.states import CycleState, WrongState
from returns.workdays import NoWorkingDay, WorkCalendar, knows_year, special_days, work_calendar_of
from tests.factories import World, make_world, open_cycle_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = datetime.date
PLAIN = WorkCalendar()


def just_before(day: datetime.date) -> datetime.datetime:
    """23:59:59.999 in Shanghai of the day before."""
    return at_midnight(day) - datetime.timedelta(milliseconds=1)


def at_midnight(day: datetime.date) -> datetime.datetime:
    """0:00 in Shanghai at the beginning of the day."""
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI)


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return make_world()


# working days


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (DAY(2025, 7, 10), True),
        (DAY(2025, 7, 12), False),  # Saturday
        (DAY(2025, 10, 8), False),  # National Day's week
        (DAY(2025, 10, 11), True),  # a Saturday worked for it
        (DAY(2026, 10, 10), True),
        (DAY(2026, 2, 28), True),
    ],
)
def test_holidays_and_shifted_saturdays_are_known(day: datetime.date, is_worked: bool) -> None:
    assert PLAIN.is_working_day(day) is is_worked


def test_exceptions_precede_the_known_holidays() -> None:
    calendar = WorkCalendar(exceptions={DAY(2025, 7, 10): False, DAY(2025, 7, 12): True})

    assert calendar.on_or_after(DAY(2025, 7, 10)) == DAY(2025, 7, 11)
    assert calendar.after(DAY(2025, 7, 11), 1) == DAY(2025, 7, 12)
    assert calendar.after(DAY(2025, 7, 11), 0) == DAY(2025, 7, 11)


def test_calendar_without_any_working_day_is_refused() -> None:
    start = DAY(2025, 7, 10)
    calendar = WorkCalendar(exceptions={start + datetime.timedelta(days=n): False for n in range(60)})

    with pytest.raises(NoWorkingDay, match="2025-07-10 起 60 天内没有一个工作日"):
        calendar.on_or_after(start)


def test_years_without_a_notice_are_told() -> None:
    assert knows_year(2025)
    assert not knows_year(2040)
    assert [item.day for item in special_days(2025) if item.is_working_day] == [
        DAY(2025, 1, 26),
        DAY(2025, 2, 8),
        DAY(2025, 4, 27),
        DAY(2025, 9, 28),
        DAY(2025, 10, 11),
    ]


# proposals


@pytest.mark.parametrize(
    ("period", "due", "review", "freeze", "publish"),
    [
        ("2025Q1", DAY(2025, 4, 10), DAY(2025, 4, 17), DAY(2025, 4, 18), DAY(2025, 4, 23)),
        ("2025Q2", DAY(2025, 7, 10), DAY(2025, 7, 17), DAY(2025, 7, 18), DAY(2025, 7, 23)),
        # the 10th is a Friday; the Saturday after it is worked
        ("2025Q3", DAY(2025, 10, 10), DAY(2025, 10, 16), DAY(2025, 10, 17), DAY(2025, 10, 22)),
        ("2025Q4", DAY(2026, 1, 12), DAY(2026, 1, 19), DAY(2026, 1, 20), DAY(2026, 1, 23)),  # a Saturday
    ],
)
def test_dates_are_proposed_past_weekends_and_holidays(
    period: str,
    due: datetime.date,
    review: datetime.date,
    freeze: datetime.date,
    publish: datetime.date,
) -> None:
    wanted = Period.parse(period)

    proposed = propose_dates(wanted, rule=CalendarRule(), calendar=PLAIN)

    opens = (wanted.ends_on + datetime.timedelta(days=1)).replace(day=1)
    assert proposed == CycleDates(
        opens_on=opens, due_on=due, review_until=review, freezes_on=freeze, publishes_on=publish
    )


def test_proposal_follows_rule_and_exceptions(world: World) -> None:
    owner = world.people["owner"]
    set_calendar_rule(
        actor=owner,
        plan=world.plan,
        opens_day=2,
        due_day=8,
        review_days=2,
        freeze_days=0,
        publish_days=1,
        freezes_by_clock=False,
    )
    add_day_exception(
        actor=owner,
        plan=world.plan,
        day=DAY(2025, 7, 8),
        is_working_day=False,
        reason="市政府通知〔2025〕3号",
    )

    accept_proposal(actor=owner, cycle=world.cycle)

    world.cycle.refresh_from_db()
    assert dates_of(world.cycle) == CycleDates(
        opens_on=DAY(2025, 7, 2),
        due_on=DAY(2025, 7, 9),
        review_until=DAY(2025, 7, 11),
        freezes_on=DAY(2025, 7, 11),
        publishes_on=DAY(2025, 7, 14),
    )


# setting


def test_nothing_is_due_until_the_owner_says_so(world: World) -> None:
    set_calendar_rule(
        actor=world.people["owner"],
        plan=world.plan,
        opens_day=1,
        due_day=15,
        review_days=5,
        freeze_days=1,
        publish_days=3,
        freezes_by_clock=True,
    )

    assert run_calendar(now=at_midnight(DAY(2030, 1, 1))) == (0, 0)
    world.cycle.refresh_from_db()
    assert dates_of(world.cycle) == CycleDates()


def test_each_change_is_recorded_with_old_and_new(world: World) -> None:
    owner = world.people["owner"]
    dates = CycleDates(opens_on=DAY(2025, 7, 1), due_on=DAY(2025, 7, 10))
    set_cycle_dates(actor=owner, cycle=world.cycle, dates=dates)
    later = replace(dates, due_on=DAY(2025, 7, 15))

    set_cycle_dates(actor=owner, cycle=world.cycle, dates=later, reason="统计口径延后")
    set_cycle_dates(actor=owner, cycle=world.cycle, dates=later)

    entries = AuditEntry.objects.order_by("id").values_list("verb", "changes", "reason", "period")
    assert list(entries) == [
        (
            "cycle.calendar-set",
            {"opens_on": [None, "2025-07-01"], "due_on": [None, "2025-07-10"]},
            "",
            "2025Q2",
        ),
        ("cycle.due-date-set", {"due_on": ["2025-07-10", "2025-07-15"]}, "统计口径延后", "2025Q2"),
    ]


def test_dates_in_the_wrong_order_are_refused(world: World) -> None:
    with pytest.raises(WrongState, match="报送截止（2025-07-10）晚于冻结（2025-07-09），请改其中一个"):
        set_cycle_dates(
            actor=world.people["owner"],
            cycle=world.cycle,
            dates=CycleDates(due_on=DAY(2025, 7, 10), freezes_on=DAY(2025, 7, 9)),
        )

    assert AuditEntry.objects.count() == 0


def test_due_date_alone_keeps_the_order(world: World) -> None:
    owner = world.people["owner"]
    set_cycle_dates(actor=owner, cycle=world.cycle, dates=CycleDates(review_until=DAY(2025, 7, 17)))

    with pytest.raises(WrongState, match="报送截止"):
        set_due_date(actor=owner, cycle=world.cycle, due_on=DAY(2025, 7, 18))


def test_only_the_owner_sets_anything(world: World) -> None:
    jxj = world.people["jxj"]
    acts = (
        lambda: set_cycle_dates(actor=jxj, cycle=world.cycle, dates=CycleDates(due_on=DAY(2025, 7, 10))),
        lambda: accept_proposal(actor=jxj, cycle=world.cycle),
        lambda: add_day_exception(
            actor=jxj, plan=world.plan, day=DAY(2025, 7, 8), is_working_day=False, reason="x"
        ),
        lambda: remove_day_exception(actor=jxj, plan=world.plan, pk=1),
        lambda: set_calendar_rule(
            actor=jxj,
            plan=world.plan,
            opens_day=1,
            due_day=9,
            review_days=1,
            freeze_days=1,
            publish_days=1,
            freezes_by_clock=True,
        ),
    )

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert AuditEntry.objects.count() == 0


def test_sealed_period_keeps_its_dates(world: World) -> None:
    world.cycle.state = CycleState.FROZEN
    world.cycle.save(update_fields=["state"])

    with pytest.raises(WrongState, match="已冻结"):
        accept_proposal(actor=world.people["owner"], cycle=world.cycle)


def test_exception_is_entered_once_and_taken_back(world: World) -> None:
    owner, day = world.people["owner"], DAY(2025, 7, 10)
    exception = add_day_exception(
        actor=owner, plan=world.plan, day=day, is_working_day=False, reason="国办发明电〔2025〕1号"
    )

    with pytest.raises(WrongState, match="2025-07-10 放假已经登记过"):
        add_day_exception(actor=owner, plan=world.plan, day=day, is_working_day=True, reason="另一通知")
    assert not work_calendar_of(world.city.pk).is_working_day(day)
    remove_day_exception(actor=owner, plan=world.plan, pk=exception.pk)

    assert work_calendar_of(world.city.pk).is_working_day(day)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "calendar.day-added",
        "calendar.day-removed",
    ]


# midnight in Shanghai


def test_dates_turn_at_midnight_in_shanghai() -> None:
    cycle = Cycle(opens_on=DAY(2025, 7, 1), due_on=DAY(2025, 7, 10), review_until=DAY(2025, 7, 17))

    assert cycle.is_before_opening(now=just_before(DAY(2025, 7, 1)))
    assert not cycle.is_before_opening(now=at_midnight(DAY(2025, 7, 1)))
    assert not cycle.is_past_due(now=just_before(DAY(2025, 7, 11)))
    assert cycle.is_past_due(now=at_midnight(DAY(2025, 7, 11)))
    assert not cycle.is_past_review(now=just_before(DAY(2025, 7, 18)))
    assert cycle.is_past_review(now=at_midnight(DAY(2025, 7, 18)))


def test_task_closes_at_midnight_and_once(world: World) -> None:
    set_due_date(actor=world.people["owner"], cycle=world.cycle, due_on=DAY(2025, 7, 10))

    before = run_calendar(now=just_before(DAY(2025, 7, 11)))
    at = run_calendar(now=at_midnight(DAY(2025, 7, 11)))
    again = run_calendar(now=at_midnight(DAY(2025, 7, 12)))

    world.cycle.refresh_from_db()
    assert (before, at, again) == ((0, 0), (0, 1), (0, 0))
    assert world.cycle.state == CycleState.CLOSED
    entry = AuditEntry.objects.get(verb="cycle.closed")
    assert (entry.actor_label, entry.reason) == ("系统", "报送截止日期 2025-07-10 已过，按日历截止")


def test_task_opens_at_midnight_and_once(world: World) -> None:
    dates = CycleDates(opens_on=DAY(2025, 7, 1))
    set_cycle_dates(actor=world.people["owner"], cycle=world.cycle, dates=dates)

    before = run_calendar(now=just_before(DAY(2025, 7, 1)))
    at = run_calendar(now=at_midnight(DAY(2025, 7, 1)))
    again = run_calendar(now=at_midnight(DAY(2025, 7, 1)))

    assert (before, at, again) == ((0, 0), (1, 0), (0, 0))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (just_before(DAY(2025, 7, 1)), "自 2025-07-01 0:00 起填报"),
        (at_midnight(DAY(2025, 7, 1)), None),
        (just_before(DAY(2025, 7, 11)), None),
        (at_midnight(DAY(2025, 7, 11)), "填报已截止"),
    ],
)
def test_returns_are_taken_between_the_two_midnights(
    world: World, monkeypatch: pytest.MonkeyPatch, now: datetime.datetime, said: str | None
) -> None:
    world.cycle.opens_on, world.cycle.due_on = DAY(2025, 7, 1), DAY(2025, 7, 10)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    if said is None:
        require_reporting_open(world.cycle, organisation=world.wuxing)
    else:
        with pytest.raises(WrongState, match=said):
            require_reporting_open(world.cycle, organisation=world.wuxing)


def test_late_permission_ends_at_its_midnight(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = world.people["owner"]
    set_due_date(actor=owner, cycle=world.cycle, due_on=DAY(2025, 7, 10))
    permit_late_return(
        actor=owner, cycle=world.cycle, organisation=world.wuxing, until=DAY(2025, 7, 12), reason="系统故障"
    )
    run_calendar(now=at_midnight(DAY(2025, 7, 11)))
    cycle = Cycle.objects.get(pk=world.cycle.pk)

    monkeypatch.setattr("django.utils.timezone.now", lambda: just_before(DAY(2025, 7, 13)))
    require_reporting_open(cycle, organisation=world.wuxing)
    with pytest.raises(WrongState):
        require_reporting_open(cycle, organisation=world.nanxun)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at_midnight(DAY(2025, 7, 13)))
    with pytest.raises(WrongState):
        require_reporting_open(cycle, organisation=world.wuxing)


def test_closed_period_reopens_only_with_a_due_date_ahead(world: World) -> None:
    owner = world.people["owner"]
    set_due_date(actor=owner, cycle=world.cycle, due_on=DAY(2025, 7, 10))
    run_calendar(now=at_midnight(DAY(2025, 7, 11)))

    with pytest.raises(WrongState, match="请先改截止日期，再重新开放"):
        change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.OPEN, reason="补报")
    set_due_date(actor=owner, cycle=world.cycle, due_on=DAY(2099, 7, 10))
    cycle = change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.OPEN, reason="补报")

    assert cycle.state == CycleState.OPEN


# pages


def test_owner_accepts_a_proposal_on_the_page(world: World, client: Client) -> None:
    client.force_login(world.people["owner"])

    response = client.post(
        "/calendar/sowing-2025/", {"action": "accept", "cycle": world.cycle.pk, "year": "2025"}
    )

    world.cycle.refresh_from_db()
    assert response.headers["Location"] == "/calendar/sowing-2025/?year=2025"
    assert world.cycle.due_on == DAY(2025, 7, 10)


@pytest.mark.parametrize("quarters", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_periods(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries, quarters: int
) -> None:
    owner = world.people["owner"]
    for quarter in (3, 4)[: quarters - 1]:
        open_cycle_of(world, 2025, quarter, due_on=DAY(2026, quarter, 10))
    for cycle in Cycle.objects.all():
        permit_late_return(
            actor=owner, cycle=cycle, organisation=world.wuxing, until=DAY(2026, 7, 1), reason="系统故障"
        )
    client.force_login(owner)
    client.get("/calendar/sowing-2025/")  # the first look stores the session's times

    with django_assert_num_queries(12):
        response = client.get("/calendar/sowing-2025/")

    assert len(response.context["lines"]) == quarters


def test_date_form_shows_the_proposal_and_stores_what_is_typed(world: World, client: Client) -> None:
    client.force_login(world.people["owner"])
    address = "/calendar/sowing-2025/2025Q2/"

    shown = client.get(address)
    wrong = client.post(address, {"due_on": "七月十日"})
    client.post(address, {"due_on": "2025-07-15", "reason": "统计口径延后"})

    world.cycle.refresh_from_db()
    assert 'value="2025-07-10"' in shown.content.decode()
    assert "日期不对，请写成 2025-07-10 这样。" in wrong.content.decode()
    assert dates_of(world.cycle) == CycleDates(due_on=DAY(2025, 7, 15))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"action": "add_day", "day": "", "is_working_day": "no", "day_reason": ""}, "请填写日期"),
        ({"action": "add_day", "day": "2025-07-10", "is_working_day": "?", "day_reason": "x"}, "请选择放假"),
        (
            {
                "action": "rule",
                "opens_day": "12",
                "due_day": "10",
                "review_days": "5",
                "freeze_days": "1",
                "publish_days": "3",
            },
            "开始填报不能晚于报送截止",
        ),
    ],
)
def test_bad_input_is_told_and_stores_nothing(
    world: World, client: Client, body: dict[str, str], said: str
) -> None:
    client.force_login(world.people["owner"])

    response = client.post("/calendar/sowing-2025/", body)

    assert said in response.content.decode()
    assert DayException.objects.count() + CalendarRule.objects.count() == 0


@pytest.mark.parametrize("body", [{"action": "accept", "cycle": "x"}, {"action": "none"}])
def test_unknown_act_is_not_found(world: World, client: Client, body: dict[str, str]) -> None:
    client.force_login(world.people["owner"])

    assert client.post("/calendar/sowing-2025/", body).status_code == 404


def test_reporter_reads_the_calendar_with_its_own_permission_only(world: World, client: Client) -> None:
    owner = world.people["owner"]
    set_due_date(actor=owner, cycle=world.cycle, due_on=DAY(2025, 7, 10))
    for place in (world.wuxing, world.nanxun):
        permit_late_return(
            actor=owner,
            cycle=world.cycle,
            organisation=place,
            until=DAY(2025, 7, 12),
            reason=f"{place.name}系统故障",
        )
    client.force_login(world.people["wuxing"])

    body = client.get("/calendar/sowing-2025/").content.decode()

    assert "2025-07-10（" in body
    assert "吴兴区系统故障" in body
    assert "南浔区系统故障" not in body
    assert client.get("/calendar/sowing-2025/2025Q2/").status_code == 403
