"""The clock freezes what the owner could freeze, at 24:00 in Shanghai of the planned day, and forces nothing."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from audit.models import AuditEntry
from rankings import tasks
from rankings.models import RankingRun
from rankings.selectors import current_run
from rankings.services.calendar import cycles_to_freeze, freeze_by_calendar
from rankings.services.sealing import freeze_cycle
from rankings.verification import verify_sealed
from returns.calendar_models import CalendarRule
from returns.models import Cycle, Figure
from returns.services.calendar import run_calendar
from returns.services.cycles import permit_late_return
from returns.services.review import send_back_figure
from returns.states import CycleState
from tests.factories import World, make_world
from worklist.items import Work
from worklist.selectors import work_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE, REVIEW, FREEZE, PUBLISH = (datetime.date(2025, 7, day) for day in (10, 17, 18, 23))
CALENDAR = "/calendar/sowing-2025/"
RULE = {"opens_day": 1, "due_day": 10, "review_days": 5, "freeze_days": 1, "publish_days": 3}


def midnight_after(day: datetime.date) -> datetime.datetime:
    """24:00 in Shanghai of the day."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), SHANGHAI)


def just_before(moment: datetime.datetime) -> datetime.datetime:
    return moment - datetime.timedelta(milliseconds=1)


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    """A closed quarter with all its dates; 吴兴区's figure is verified, 南浔区's waits; the clock may freeze."""
    world = make_world()
    world.indicator("parks")
    for place, value in (("wuxing", "7"), ("nanxun", "3")):
        organisation = getattr(world, place)
        world.target("parks", organisation, "12")
        world.report(place, {("parks", organisation): value})
    world.verify("jxj", Figure.objects.get(organisation=world.wuxing))
    CalendarRule.objects.create(plan=world.plan, freezes_by_clock=True)
    Cycle.objects.update(due_on=DUE, review_until=REVIEW, freezes_on=FREEZE, publishes_on=PUBLISH)
    run_calendar(now=midnight_after(DUE))
    world.cycle.refresh_from_db()
    return world


def follow(now: datetime.datetime) -> list[RankingRun]:
    """What the clock's task does, here and now."""
    return [run for pk in cycles_to_freeze(now=now) for run in freeze_by_calendar(pk, now=now)]


def verify_all(world: World) -> None:
    world.verify("jxj", *Figure.objects.exclude(state="verified"))


def told(world: World, account: str, day: datetime.date) -> list[tuple[Work, str, str]]:
    """Kind, text and day in words of what waits for the account."""
    items = work_of(world.people[account], today=day)
    kinds = (Work.STEP, Work.SIGN, Work.VERIFY)
    return [(item.kind, item.text, item.deadline) for item in items if item.kind in kinds]


def test_clock_freezes_at_midnight_and_once(world: World) -> None:
    verify_all(world)  # after the last day for confirming: taken until the freeze

    before = follow(just_before(midnight_after(FREEZE)))
    at = follow(midnight_after(FREEZE))
    again = follow(midnight_after(FREEZE)) + freeze_by_calendar(world.cycle.pk, now=midnight_after(FREEZE))

    world.cycle.refresh_from_db()
    entry = AuditEntry.objects.get(verb="cycle.frozen")
    assert (before, again, world.cycle.state) == ([], [], CycleState.FROZEN)
    assert [(run.board, run.status, run.operator, run.operator_label) for run in at] == [
        ("districts", RankingRun.Status.FROZEN, None, "系统")
    ]
    assert verify_sealed() == (1, [])
    assert (entry.actor, entry.actor_label, entry.changes) == (None, "系统", {"state": ["closed", "frozen"]})
    assert entry.reason == "冻结日期 2025-07-18 已过，按日历冻结"


def test_clock_seals_what_the_owner_s_button_would(world: World) -> None:
    verify_all(world)
    follow(midnight_after(FREEZE))
    by_clock = dict(RankingRun.objects.values_list("board", "input_digest"))
    RankingRun.objects.all().delete()
    Cycle.objects.update(state=CycleState.CLOSED)

    freeze_cycle(actor=world.people["owner"], cycle=world.cycle)

    assert dict(RankingRun.objects.values_list("board", "input_digest")) == by_clock


def test_waiting_figure_stops_the_clock_until_it_is_verified_or_sent_back(world: World) -> None:
    now = midnight_after(FREEZE)

    waiting = follow(now)
    send_back_figure(
        actor=world.people["jxj"], figure=Figure.objects.get(organisation=world.nanxun), reason="核对"
    )
    after = follow(now + datetime.timedelta(days=2))

    run = current_run(world.cycle, "districts")
    assert (waiting, len(after)) == ([], 1)
    assert run is not None
    values = run.entries.order_by("position").values_list("unit", "lines__value")
    assert list(values) == [("吴兴区", "7"), ("南浔区", "")]


def test_permitted_late_return_stops_the_clock_until_its_own_midnight(world: World) -> None:
    verify_all(world)
    until = FREEZE + datetime.timedelta(days=2)
    permit_late_return(
        actor=world.people["owner"],
        cycle=world.cycle,
        organisation=world.nantaihu,
        until=until,
        reason="故障",
    )

    assert follow(just_before(midnight_after(until))) == []
    assert len(follow(midnight_after(until))) == 1


@pytest.mark.parametrize("by_clock", [False, True])
def test_open_or_unasked_quarter_is_left_alone(world: World, by_clock: bool) -> None:
    verify_all(world)
    CalendarRule.objects.update(freezes_by_clock=by_clock)
    Cycle.objects.update(state=CycleState.OPEN if by_clock else CycleState.CLOSED)

    assert follow(midnight_after(PUBLISH)) == []
    assert freeze_by_calendar(world.cycle.pk, now=midnight_after(PUBLISH)) == []


def test_task_rings_for_each_cycle_and_freezes_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verify_all(world)
    rung: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.freeze_due_cycle, "delay", lambda **ids: rung.append(ids))

    tasks.follow_calendar()
    tasks.freeze_due_cycle(**rung[0])

    assert rung == [{"cycle_id": world.cycle.pk}]
    assert RankingRun.objects.filter(status=RankingRun.Status.FROZEN).count() == 1


# what people are told


def test_owner_is_told_what_the_clock_waits_for(world: World) -> None:
    obstacle = "还有 1 项已报送、等待核定，请催核定部门核定或退回"
    day_after = FREEZE + datetime.timedelta(days=1)

    before, after = (told(world, "owner", day) for day in (FREEZE, day_after))
    verify_all(world)
    ready = told(world, "owner", FREEZE)
    CalendarRule.objects.update(freezes_by_clock=False)
    by_hand = [told(world, "owner", day) for day in (REVIEW, FREEZE, day_after)]

    assert before == [(Work.STEP, f"填报已截止：{obstacle}", "今天应冻结")]
    assert after == [
        (
            Work.STEP,
            f"没有自动冻结：{obstacle}；办完即自动冻结，也可以人工冻结",
            "应于 2025-07-18 冻结，已过冻结日 1 天",
        )
    ]
    assert ready == [(Work.STEP, "填报已截止，到冻结日 24:00 自动冻结，也可以现在冻结", "今天应冻结")]
    assert by_hand == [
        [(Work.STEP, "填报已截止，可以冻结", "计划 2025-07-18 冻结，还有 1 天")],
        [(Work.STEP, "填报已截止，可以冻结", "今天应冻结")],
        [(Work.STEP, "填报已截止，可以冻结", "应于 2025-07-18 冻结，已过冻结日 1 天")],
    ]


def test_leader_and_owner_are_told_the_day_of_publication(world: World) -> None:
    verify_all(world)
    follow(midnight_after(FREEZE))

    late = PUBLISH + datetime.timedelta(days=2)
    word = "应于 2025-07-23 发布，已过发布日 2 天"
    assert told(world, "leader", PUBLISH) == [(Work.SIGN, "排名已冻结，等待领导签发", "今天应发布")]
    assert told(world, "owner", late) == [(Work.STEP, "已冻结，等待领导签发", word)]


def test_verifier_is_told_its_day_and_that_it_may_go_on_until_the_freeze(world: World) -> None:
    in_time, late = (told(world, "jxj", day) for day in (REVIEW, FREEZE))
    RankingRun.objects.all().delete()
    freeze_cycle(actor=world.people["owner"], cycle=world.cycle)

    assert in_time == [(Work.VERIFY, "1 项等待核定", "2025-07-17 24:00 截止，今天是最后一天")]
    assert late == [(Work.VERIFY, "1 项等待核定，冻结前仍可核定", "2025-07-17 24:00 截止，已过 1 天")]
    assert told(world, "jxj", FREEZE) == []  # nothing can be verified any more


def test_owner_switches_it_on_the_calendar_page_and_reads_it_beside_the_button(
    world: World, client: Client
) -> None:
    CalendarRule.objects.update(freezes_by_clock=False)
    client.force_login(world.people["owner"])

    client.post(CALENDAR, {"action": "rule", **RULE, "freezes_by_clock": "on"})

    entry = AuditEntry.objects.get(verb="calendar.rule-set")
    assert entry.changes == {"freezes_by_clock": [False, True]}
    assert "到了冻结日 24:00，系统自动冻结" in client.get(CALENDAR).content.decode()
    shown = client.get("/cycles/sowing-2025/2025Q2/").content.decode()
    assert "还有 1 项已报送、等待核定，请催核定部门核定或退回。办完以前，到冻结日也不会自动冻结。" in shown
