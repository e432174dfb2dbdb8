"""Reminders: who is reminded when, never twice the same; deliveries with limits; a channel from outside."""

from __future__ import annotations

import datetime
import smtplib
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Contact, Role, User
from audit.models import AuditEntry
from districts.models import Organisation
from reminders import tasks
from reminders.channels import Message, NotDelivered, Recipient
from reminders.models import Delivery, Reminder
from reminders.selectors import late_lines, missing_figures, unread_notices, unverified_figures
from reminders.services import (
    MAX_ATTEMPTS,
    SENDING_LIMIT,
    cycles_to_remind,
    deliver,
    due_deliveries,
    remind_by_hand,
    resend_delivery,
    send_due_reminders,
    set_reminders,
)
from returns.calendars import CycleDates
from returns.models import Figure
from returns.services.cycles import permit_late_return, set_cycle_dates
from returns.services.review import send_back_figure
from returns.states import CycleState, FigureState, WrongState
from tests.factories import UserFactory, World, grant, make_world

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = datetime.date
PAGE = "/late/sowing-2025/2025Q2/"
REPORTING, VERIFYING = Reminder.Kind.REPORTING, Reminder.Kind.VERIFYING


def at(day: int, hour: int = 10) -> datetime.datetime:
    """An hour of a day in July 2025, in Shanghai."""
    return datetime.datetime(2025, 7, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """Two indicators in two districts; 吴兴区 has handed in one of its two figures."""
    settings.REMINDER_HOUR = 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_ADDRESS = "https://mubiao.example"
    world = make_world()
    for code in ("parks", "firms"):
        world.indicator(code)
        for place in (world.wuxing, world.nanxun):
            world.target(code, place, "100")
    world.report("wuxing", {("parks", world.wuxing): "60"})
    Contact.objects.create(organisation=world.wuxing, office="办公室", email="bangongshi@wuxing.example")
    return world


def set_dates(world: World, due: int = 10, review: int | None = None) -> None:
    """Due and review dates in July 2025."""
    set_cycle_dates(
        actor=world.people["owner"],
        cycle=world.cycle,
        dates=CycleDates(due_on=DAY(2025, 7, due), review_until=DAY(2025, 7, review) if review else None),
    )
    world.cycle.refresh_from_db()


def run_reminders(now: datetime.datetime) -> list[Reminder]:
    """What the clock's task does, here and now."""
    return [made for pk in cycles_to_remind(now=now) for made in send_due_reminders(pk, now=now)]


def sent(made: Sequence[Reminder]) -> list[tuple[str, str, str, int]]:
    """What was made, in short."""
    return [(item.kind, item.organisation.code, item.occasion[11:], item.open_figures) for item in made]


# what is open


def test_missing_figures_are_those_due_and_not_handed_in(world: World) -> None:
    assert missing_figures(world.cycle) == {
        world.wuxing.pk: ["firms"],
        world.nanxun.pk: ["parks", "firms"],
        # it leads both, and may hand in what the districts did not
        world.jxj.pk: ["parks（南浔区）", "firms（吴兴区）", "firms（南浔区）"],
    }
    assert unverified_figures(world.cycle) == {world.jxj.pk: ["parks（吴兴区）"]}


def test_figure_sent_back_is_missing_again(world: World) -> None:
    figure = Figure.objects.get()

    send_back_figure(actor=world.people["jxj"], figure=figure, reason="请核对")

    assert missing_figures(world.cycle)[world.wuxing.pk] == ["parks", "firms"]
    assert unverified_figures(world.cycle) == {}


def test_figure_that_waits_for_the_unit_s_own_review_is_missing_still(world: World) -> None:
    Figure.objects.update(state=FigureState.UNIT_REVIEW)

    assert missing_figures(world.cycle)[world.wuxing.pk] == ["firms", "parks（待单位审核）"]


def test_figure_of_the_whole_city_is_the_lead_s_to_report_and_its_source_s_to_verify(world: World) -> None:
    world.target("parks", world.whole_city, "300")

    before = missing_figures(world.cycle)[world.jxj.pk]
    world.report("jxj", {("parks", world.whole_city): "100"})

    after = missing_figures(world.cycle)[world.jxj.pk]
    assert set(before) - set(after) == {"parks（全市）"}
    assert unverified_figures(world.cycle)[world.tjj.pk] == ["parks（全市）"]


# by the clock


def test_nobody_is_reminded_without_a_due_date(world: World) -> None:
    assert run_reminders(now=at(10)) == []


def test_reminders_go_out_on_their_days_and_once(world: World) -> None:
    set_dates(world, due=10)

    by_day = {day: sent(run_reminders(now=at(day))) for day in (4, 5, 6, 9, 10, 11, 12)}
    again = run_reminders(now=at(12, 23))

    late = ("nanxun", 2), ("wuxing", 1), ("jxj", 3)
    assert by_day[4] == by_day[6] == []
    for day, occasion in ((5, "before-5"), (9, "before-1"), (10, "due"), (11, "after-1"), (12, "after-2")):
        expected = {(REPORTING, unit, occasion, count) for unit, count in late}
        assert set(by_day[day]) == expected
    assert again == []
    assert AuditEntry.objects.filter(verb="reminder.sent").count() == 15


@pytest.mark.parametrize(
    ("moment", "occasion"),
    [
        (datetime.datetime(2025, 7, 10, 23, 59, 59, 999000, SHANGHAI), "due"),
        (datetime.datetime(2025, 7, 11, 0, 0, 0, 0, SHANGHAI), "after-1"),
    ],
)
def test_occasion_turns_at_midnight_in_shanghai(
    world: World, moment: datetime.datetime, occasion: str
) -> None:
    set_dates(world, due=10)

    made = run_reminders(now=moment.astimezone(datetime.UTC))

    assert {item.occasion for item in made} == {f"2025-07-10:{occasion}"}


def test_no_reminder_before_the_hour(world: World, settings: Settings) -> None:
    settings.REMINDER_HOUR = 9
    set_dates(world, due=10)

    assert run_reminders(now=at(10, 8)) == []
    assert len(run_reminders(now=at(10, 9))) == 3


def test_verifiers_are_reminded_by_their_own_deadline(world: World) -> None:
    set_dates(world, due=10, review=17)

    made = [item for item in run_reminders(now=at(16)) if item.kind == VERIFYING]

    assert sent(made) == [(VERIFYING, "jxj", "before-1", 1)]
    assert [row.user for row in made[0].deliveries.all()] == [world.people["jxj"]]
    assert made[0].address == "/review/sowing-2025/2025Q2/"


def test_moved_deadline_is_reminded_of_anew(world: World) -> None:
    set_dates(world, due=10)
    run_reminders(now=at(9))
    set_dates(world, due=20)

    made = run_reminders(now=at(15))

    assert {item.occasion for item in made} == {"2025-07-20:before-5"}


def test_late_permission_moves_the_deadline_of_its_organisation(world: World) -> None:
    owner = world.people["owner"]
    set_dates(world, due=10)
    permit_late_return(
        actor=owner, cycle=world.cycle, organisation=world.wuxing, until=DAY(2025, 7, 14), reason="故障"
    )

    made = run_reminders(now=at(13))

    assert {item.organisation.code: item.occasion for item in made} == {
        "wuxing": "2025-07-14:before-1",
        "nanxun": "2025-07-10:after-3",
        "jxj": "2025-07-10:after-3",
    }
    assert "已准许贵单位迟报至 2025年7月14日 24:00" in next(
        item.text for item in made if item.organisation == world.wuxing
    )


def test_frozen_cycle_and_switched_off_plan_are_left_alone(world: World) -> None:
    set_dates(world, due=10)
    set_reminders(
        actor=world.people["owner"],
        plan=world.plan,
        is_enabled=False,
        days_before=[5],
        on_the_day=True,
        daily_after=True,
    )
    off = run_reminders(now=at(10))
    world.plan.reminder_setting.is_enabled = True
    world.plan.reminder_setting.save()
    world.cycle.state = CycleState.FROZEN
    world.cycle.save(update_fields=["state"])

    assert off == []
    assert run_reminders(now=at(11)) == []


def test_reporters_and_reviewers_of_the_organisation_are_reached(world: World) -> None:
    reviewer = UserFactory.create(username="wuxing-shenhe", organisation=world.wuxing)
    grant(reviewer, Role.REVIEWER, world.wuxing, world.plan.code)
    elsewhere = UserFactory.create(username="other-plan", organisation=world.wuxing)
    grant(elsewhere, Role.REPORTER, world.wuxing, "other-plan")
    gone = UserFactory.create(username="gone", organisation=world.wuxing, is_active=False)
    grant(gone, Role.REPORTER, world.wuxing)
    set_dates(world, due=10)

    made = run_reminders(now=at(10))

    of_wuxing = next(item for item in made if item.organisation == world.wuxing)
    rows = of_wuxing.deliveries.order_by("id").values_list("channel", "user__username", "label", "state")
    assert list(rows) == [
        ("bell", "wuxing", world.people["wuxing"].label, "sent"),
        ("bell", "wuxing-shenhe", reviewer.label, "sent"),
        ("email", None, "办公室（b***@wuxing.example）", "waiting"),
    ]
    assert [row.reminder for row in unread_notices(world.people["wuxing"])] == [of_wuxing]
    assert not unread_notices(world.people["nanxun"]).filter(reminder=of_wuxing).exists()


# deliveries


def mail_of(world: World) -> Delivery:
    """The e-mail of a reminder that was just made."""
    set_dates(world, due=10)
    run_reminders(now=at(10))
    return Delivery.objects.get(channel="email")


def test_mail_goes_out_once(world: World) -> None:
    row = mail_of(world)

    waiting = due_deliveries()
    first, second = deliver(row.pk), deliver(row.pk)

    row.refresh_from_db()
    assert (waiting, first, second, row.state, row.attempts) == ([row.pk], True, False, "sent", 1)
    assert [message.to for message in mail.outbox] == [["bangongshi@wuxing.example"]]
    assert mail.outbox[0].subject == "【催报】播种计划 2025年二季度：吴兴区还有 1 项未报送"
    assert "https://mubiao.example/returns/sowing-2025/2025Q2/form/" in mail.outbox[0].body


class RefusingChannel:
    """A channel from outside whose service is down."""

    code = "refusing"
    label = "停机的服务"

    def recipients(self, organisation: Organisation, users: Sequence[User]) -> Sequence[Recipient]:
        return [Recipient(key=f"office:{organisation.code}", label=organisation.name)]

    def send(self, key: str, message: Message) -> None:
        raise NotDelivered("服务暂停")


class BreakingChannel(RefusingChannel):
    """A channel from outside that sends and then falls over."""

    code = "breaking"
    end: type[BaseException] = SystemExit

    def send(self, key: str, message: Message) -> None:
        TEXTS.append((key, "broken off"))
        raise self.end(key)


TEXTS: list[tuple[str, str]] = []


class SmsChannel(RefusingChannel):
    """A further channel, as a city would add it: one class and one line in a setting."""

    code = "sms"
    label = "短信"

    def send(self, key: str, message: Message) -> None:
        TEXTS.append((key, message.subject))


def with_channels(settings: Settings, *names: str) -> None:
    """Use these channels of this module."""
    settings.REMINDER_CHANNELS = [f"{__name__}.{name}" for name in names]


def test_failed_delivery_is_kept_retried_and_given_up(world: World, settings: Settings) -> None:
    with_channels(settings, "RefusingChannel", "SmsChannel")
    TEXTS.clear()
    set_dates(world, due=10)
    run_reminders(now=at(10))
    moment = datetime.datetime.now(datetime.UTC)

    pauses = []
    for _ in range(MAX_ATTEMPTS):
        for pk in due_deliveries(now=moment):
            deliver(pk, now=moment)
        row = Delivery.objects.filter(channel="refusing").earliest("id")
        pauses.append(round((row.next_attempt_at - moment).total_seconds() / 60))
        moment = row.next_attempt_at

    assert pauses == [5, 10, 20, 40, 80]
    assert row.can_be_resent
    assert (row.state, row.attempts, row.error) == ("failed", MAX_ATTEMPTS, "服务暂停")
    assert due_deliveries(now=moment + datetime.timedelta(days=1)) == []
    assert sorted(key for key, _ in TEXTS) == ["office:jxj", "office:nanxun", "office:wuxing"]


@pytest.mark.parametrize("end", [SystemExit, KeyError])
def test_attempt_that_never_came_back_is_not_sent_again_but_by_hand(
    world: World, settings: Settings, end: type[BaseException]
) -> None:
    with_channels(settings, "BreakingChannel", "SmsChannel")
    TEXTS.clear()
    BreakingChannel.end = end
    owner = world.people["owner"]
    remind_by_hand(actor=owner, cycle=world.cycle, kind=REPORTING, organisations=[world.wuxing])
    broken, other = Delivery.objects.filter(channel="breaking").get(), Delivery.objects.get(channel="sms")
    moment = datetime.datetime.now(datetime.UTC)

    with pytest.raises(end):  # between sending and noting it, as a worker that is killed
        deliver(broken.pk, now=moment)
    during = (deliver(broken.pk, now=moment), due_deliveries(now=moment + SENDING_LIMIT / 2))
    broken.refresh_from_db()
    state = broken.state
    after = due_deliveries(now=moment + SENDING_LIMIT)
    broken.refresh_from_db()

    assert (during, state) == ((False, [other.pk]), "sending")
    assert (after, broken.state, broken.error) == ([other.pk], "unknown", "发送程序中途停止，可能已经发出")
    assert (broken.attempts, TEXTS) == (1, [("office:wuxing", "broken off")])


def test_owner_sends_again_what_failed_or_is_unknown(world: World, client: Client) -> None:
    row = mail_of(world)
    Delivery.objects.filter(pk=row.pk).update(
        state="unknown", attempts=1, error="发送程序中途停止，可能已经发出"
    )
    client.force_login(world.people["owner"])
    body = {"action": "resend", "delivery": row.pk}

    shown = client.get(f"{PAGE}?part=sent").content.decode()
    said = client.post(PAGE, body, follow=True).content.decode()
    deliver(row.pk)
    again = client.post(PAGE, body, follow=True).content.decode()

    entry = AuditEntry.objects.get(verb="reminder.resent")
    row.refresh_from_db()
    assert ("发送结果不明：发送程序中途停止" in shown, shown.count('value="resend"')) == (True, 1)
    assert "几分钟内重发" in said
    assert (row.state, len(mail.outbox), entry.changes) == ("sent", 1, {"state": ["unknown", "waiting"]})
    assert "没有重发：这一条现在不需要重发" in again
    assert "wuxing.example" not in entry.subject_label.replace("b***@wuxing.example", "")
    with pytest.raises(PermissionDenied):
        resend_delivery(actor=world.people["jxj"], cycle=world.cycle, delivery_id=row.pk)


class FaultyServer(BaseEmailBackend):
    """A mail server that fails at the named moment."""

    moment = ""

    def open(self) -> bool | None:
        if self.moment == "connect":
            raise ConnectionRefusedError("10.0.0.1")
        return True

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if self.moment == "refuse":
            raise smtplib.SMTPRecipientsRefused({"bangongshi@wuxing.example": (550, b"no")})
        raise TimeoutError("10.0.0.1")


@pytest.mark.parametrize(
    ("moment", "state", "error"),
    [
        ("connect", "waiting", "连不上邮件服务器（ConnectionRefusedError）"),
        ("refuse", "waiting", "邮件服务器没有接受（SMTPRecipientsRefused）"),
        ("break", "unknown", "发送时与邮件服务器的连接中断（TimeoutError）"),
    ],
)
def test_fault_of_the_mail_server_is_told_without_the_address(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: str, state: str, error: str
) -> None:
    row = mail_of(world)
    settings.EMAIL_BACKEND = f"{__name__}.FaultyServer"
    monkeypatch.setattr(FaultyServer, "moment", moment)

    assert not deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.error) == (state, error)


def test_task_rings_for_each_cycle_and_each_delivery(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = mail_of(world)
    rung: list[dict[str, int]] = []
    for task in (tasks.remind_cycle, tasks.deliver_reminder):
        monkeypatch.setattr(task, "delay", lambda **ids: rung.append(ids))

    tasks.send_reminders()
    tasks.deliver_reminder(delivery_id=row.pk)
    tasks.remind_cycle(cycle_id=world.cycle.pk)

    assert rung == [{"cycle_id": world.cycle.pk}, {"delivery_id": row.pk}]
    assert len(mail.outbox) == 1


# by hand


def test_owner_reminds_chosen_organisations_once_a_day(world: World) -> None:
    owner = world.people["owner"]

    made = remind_by_hand(
        actor=owner, cycle=world.cycle, kind=REPORTING, organisations=[world.wuxing], note="请今天报齐"
    )

    with pytest.raises(WrongState, match="吴兴区今天已经催过"):
        remind_by_hand(actor=owner, cycle=world.cycle, kind=REPORTING, organisations=[world.wuxing])
    assert [item.organisation for item in made] == [world.wuxing]
    assert "牵头办说明：请今天报齐" in made[0].text
    entry = AuditEntry.objects.get(verb="reminder.sent-by-hand")
    assert (entry.actor, entry.changes["organisation"], entry.reason) == (owner, "wuxing", "请今天报齐")


def test_only_the_owner_reminds_and_sets(world: World) -> None:
    jxj = world.people["jxj"]

    with pytest.raises(PermissionDenied):
        remind_by_hand(actor=jxj, cycle=world.cycle, kind=REPORTING, organisations=[world.wuxing])
    with pytest.raises(PermissionDenied):
        set_reminders(
            actor=jxj, plan=world.plan, is_enabled=True, days_before=[], on_the_day=True, daily_after=True
        )


# pages


def test_list_shows_who_is_late(world: World) -> None:
    set_dates(world, due=10)
    run_reminders(now=at(10))

    lines = late_lines(world.cycle, REPORTING)

    assert [(line.organisation, line.summary, line.reminders) for line in lines] == [
        (world.jxj, "3 项：parks（南浔区）、firms（吴兴区）、firms（南浔区）", 1),
        (world.nanxun, "2 项：parks、firms", 1),
        (world.wuxing, "1 项：firms", 1),
    ]
    assert [line.last_act is None for line in lines] == [True, True, False]


@pytest.mark.parametrize("places", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_organisations(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries, places: int
) -> None:
    if places == 3:
        world.target("parks", world.nantaihu, "100")
    else:
        world.report("nanxun", {("parks", world.nanxun): "60", ("firms", world.nanxun): "60"})
    client.force_login(world.people["owner"])
    client.get(PAGE)  # the first look stores the default scheme and the session's times

    with django_assert_num_queries(10):
        response = client.get(PAGE)

    assert response.status_code == 200


def test_owner_reminds_and_sets_on_the_page(world: World, client: Client) -> None:
    client.force_login(world.people["owner"])

    body = {"action": "remind", "kind": "reporting", "organisation": [world.wuxing.pk], "note": "请报齐"}
    reminded = client.post(PAGE, body, follow=True).content.decode()
    client.post(f"{PAGE}?part=sent", {"action": "setting", "days_before": "7，3、3", "daily_after": "on"})

    setting = world.plan.reminder_setting
    assert "已催 吴兴区，共 1 个单位" in reminded
    assert (setting.days_before, setting.on_the_day, setting.is_enabled) == ([7, 3], False, False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"action": "remind", "kind": "reporting"}, "还没有选择单位"),
        ({"action": "setting", "days_before": "五天"}, "请只写天数"),
        ({"action": "setting", "days_before": "0"}, "天数须在 1 到 30 之间"),
    ],
)
def test_bad_input_is_told(world: World, client: Client, body: dict[str, str], said: str) -> None:
    client.force_login(world.people["owner"])

    assert said in client.post(f"{PAGE}?part=sent", body, follow=True).content.decode()
    assert Reminder.objects.count() == 0


def test_reporter_reads_its_notices_and_not_the_list(world: World, client: Client) -> None:
    owner = world.people["owner"]
    both = [world.wuxing, world.nanxun]
    remind_by_hand(actor=owner, cycle=world.cycle, kind=REPORTING, organisations=both)
    client.force_login(world.people["wuxing"])
    foreign = Delivery.objects.get(channel="bell", user=world.people["nanxun"])
    own = Delivery.objects.get(channel="bell", user=world.people["wuxing"])

    waiting = client.get("/").content.decode()
    shown = client.get("/notices/").content.decode()
    client.post("/notices/", {"notice": [own.pk, foreign.pk, "x"]})

    own.refresh_from_db()
    foreign.refresh_from_db()
    done = client.get("/").content.decode()
    assert ("未读的催报提醒" in waiting, "未读的催报提醒" in done) == (True, False)
    assert "吴兴区还有 1 项未报送" in shown
    assert "南浔区" not in shown
    assert (own.read_at is not None, foreign.read_at) == (True, None)
    assert client.get(PAGE).status_code == 403
