"""申诉: who may object to what and until when, the owner's one answer, and the correction that follows."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from rankings.models import Objection, RankingEntry
from rankings.services.objections import answer_objection, file_objection
from rankings.services.sealing import (
    freeze_correction,
    freeze_cycle,
    publish_correction,
    publish_cycle,
    sign_off_cycle,
)
from returns.models import Cycle, Figure
from returns.services.cycles import change_cycle_state, default_objection_day, set_objection_day
from returns.states import CycleState, WrongState
from returns.workdays import WorkCalendar
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

BOARD = "/boards/sowing-2025/2025Q2/districts/"
REASON = "专精特新企业应为 90 家，漏计 2 家"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    """A published quarter with two districts, two indicators."""
    world = make_world()
    for code in ("parks", "firms"):
        world.indicator(code)
        for place in (world.wuxing, world.nanxun):
            world.target(code, place, "100")
            world.report(place.code, {(code, place): "40"})
    world.verify("jxj", *Figure.objects.all())
    owner, leader = world.people["owner"], world.people["leader"]
    change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=world.cycle)
    sign_off_cycle(actor=leader, cycle=world.cycle)
    publish_cycle(actor=owner, cycle=world.cycle)
    world.cycle.refresh_from_db()
    return world


def entry_of(world: World, code: str) -> RankingEntry:
    entries = RankingEntry.objects.select_related("run__cycle__plan", "organisation")
    return entries.filter(organisation__code=code, run__status="published").order_by("-run__number")[0]


def object_to(world: World, code: str, *, indicator: str | None = None, text: str = REASON) -> Objection:
    entry = entry_of(world, code)
    line = entry.lines.get(indicator_code=indicator) if indicator else None
    return file_objection(actor=world.people[code], entry=entry, line=line, text=text)


def set_day(world: World, until: datetime.date | None) -> None:
    world.cycle = set_objection_day(actor=world.people["owner"], cycle=world.cycle, until=until)


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


# the window


@pytest.mark.parametrize(
    ("published", "until"),
    [
        (datetime.date(2025, 7, 14), datetime.date(2025, 7, 21)),  # Monday to Monday
        (datetime.date(2025, 7, 18), datetime.date(2025, 7, 25)),  # Friday to Friday
        (datetime.date(2025, 7, 19), datetime.date(2025, 7, 25)),  # Saturday
        (
            datetime.date(2025, 9, 30),
            datetime.date(2025, 10, 14),
        ),  # National Day; Saturday 11 October is worked
    ],
)
def test_default_window_is_five_working_days(published: datetime.date, until: datetime.date) -> None:
    assert default_objection_day(published, calendar=WorkCalendar()) == until


def test_publishing_opens_the_window(world: World) -> None:
    assert world.cycle.objection_until == default_objection_day(timezone.localdate(), calendar=WorkCalendar())
    assert world.cycle.takes_objections()


def test_window_ends_at_midnight_in_shanghai() -> None:
    cycle = Cycle(state=CycleState.PUBLISHED, objection_until=datetime.date(2025, 7, 21))
    last = datetime.datetime(2025, 7, 21, 15, 59, 59, tzinfo=datetime.UTC)  # 23:59:59 in Shanghai

    assert cycle.takes_objections(now=last)
    assert not cycle.takes_objections(now=last + datetime.timedelta(seconds=1))


def test_closed_window_refuses(world: World) -> None:
    set_day(world, timezone.localdate() - datetime.timedelta(days=1))

    with pytest.raises(WrongState, match="已经截止"):
        object_to(world, "wuxing")

    assert Objection.objects.count() == 0


def test_lifted_window_refuses(world: World) -> None:
    set_day(world, None)

    with pytest.raises(WrongState, match="没有开放申诉"):
        object_to(world, "wuxing")


@pytest.mark.parametrize("account", ["wuxing", "jxj", "leader", "auditor", "sysadmin", "secadmin"])
def test_only_the_owner_sets_the_day(world: World, account: str) -> None:
    with pytest.raises(PermissionDenied):
        set_objection_day(actor=world.people[account], cycle=world.cycle, until=None)


def test_day_cannot_be_set_before_publication(world: World) -> None:
    third = Cycle.objects.create(plan=world.plan, year=2025, quarter=3)

    with pytest.raises(WrongState, match="还没有发布"):
        set_objection_day(actor=world.people["owner"], cycle=third, until=timezone.localdate())


# filing


def test_objection_to_a_line_is_stored_and_recorded(world: World) -> None:
    objection = object_to(world, "wuxing", indicator="firms", text=f"  {REASON}\n")

    assert (objection.subject, objection.text, objection.is_waiting) == ("firms", REASON, True)
    assert objection.filed_by_label == world.people["wuxing"].label
    recorded = AuditEntry.objects.get(verb="objection.filed")
    assert recorded.changes == {"board": "districts", "number": 1, "unit": "吴兴区", "indicator": "firms"}
    assert recorded.reason == REASON


@pytest.mark.parametrize("account", ["nanxun", "jxj", "owner", "leader", "auditor", "sysadmin", "secadmin"])
def test_nobody_else_objects_for_a_district(world: World, account: str) -> None:
    with pytest.raises(PermissionDenied):
        file_objection(actor=world.people[account], entry=entry_of(world, "wuxing"), text=REASON)

    assert Objection.objects.count() == 0


@pytest.mark.parametrize("text", ["", " \n ", "长" * 2001])
def test_objection_needs_a_text_of_reasonable_length(world: World, text: str) -> None:
    with pytest.raises(WrongState):
        object_to(world, "wuxing", text=text)


def test_line_of_another_organisation_is_refused(world: World) -> None:
    line = entry_of(world, "nanxun").lines.get(indicator_code="firms")

    with pytest.raises(WrongState, match="不在本单位"):
        file_objection(actor=world.people["wuxing"], entry=entry_of(world, "wuxing"), line=line, text=REASON)


def test_same_objection_waits_once_but_another_line_may_follow(world: World) -> None:
    object_to(world, "wuxing", indicator="firms")

    with pytest.raises(WrongState, match="正在等待答复"):
        object_to(world, "wuxing", indicator="firms")
    object_to(world, "wuxing", indicator="parks")
    object_to(world, "wuxing")

    assert [objection.subject for objection in Objection.objects.all()] == ["总分和名次", "parks", "firms"]


# answering


def test_rejection_keeps_the_ranking_published(world: World) -> None:
    objection = object_to(world, "wuxing")

    answer_objection(
        actor=world.people["owner"], objection=objection, accepted=False, text="核定依据为统计局数"
    )

    objection.refresh_from_db()
    world.cycle.refresh_from_db()
    assert (objection.outcome, objection.answer) == ("rejected", "核定依据为统计局数")
    assert world.cycle.state == CycleState.PUBLISHED


def test_acceptance_opens_the_correction_with_its_reason(world: World) -> None:
    objection = object_to(world, "wuxing", indicator="firms")

    answer_objection(actor=world.people["owner"], objection=objection, accepted=True, text="情况属实")

    world.cycle.refresh_from_db()
    assert world.cycle.state == CycleState.CORRECTING
    opened = AuditEntry.objects.get(verb="cycle.correction-opened")
    assert opened.reason == "吴兴区申诉成立（firms）：情况属实"


def test_second_acceptance_joins_the_correction_under_way(world: World) -> None:
    first, second = object_to(world, "wuxing"), object_to(world, "nanxun")
    owner = world.people["owner"]

    answer_objection(actor=owner, objection=first, accepted=True, text="属实")
    answer_objection(actor=owner, objection=second, accepted=True, text="属实")

    world.cycle.refresh_from_db()
    assert world.cycle.state == CycleState.CORRECTING
    assert AuditEntry.objects.filter(verb="cycle.correction-opened").count() == 1


@pytest.mark.parametrize("account", ["wuxing", "nanxun", "jxj", "leader", "auditor", "sysadmin", "secadmin"])
def test_only_the_owner_answers(world: World, account: str) -> None:
    objection = object_to(world, "wuxing")

    with pytest.raises(PermissionDenied):
        answer_objection(actor=world.people[account], objection=objection, accepted=True, text="属实")

    objection.refresh_from_db()
    assert objection.is_waiting


def test_answer_is_given_once_and_with_a_text(world: World) -> None:
    objection = object_to(world, "wuxing")
    owner = world.people["owner"]

    with pytest.raises(WrongState, match="请写明答复"):
        answer_objection(actor=owner, objection=objection, accepted=False, text=" ")
    answer_objection(actor=owner, objection=objection, accepted=False, text="不属实")
    with pytest.raises(WrongState, match="已经答复"):
        answer_objection(actor=owner, objection=objection, accepted=True, text="属实")


def test_accepted_objection_names_the_correction_that_followed(world: World) -> None:
    accepted = object_to(world, "wuxing", indicator="firms")
    rejected = object_to(world, "nanxun")
    owner, leader = world.people["owner"], world.people["leader"]
    answer_objection(actor=owner, objection=accepted, accepted=True, text="属实")
    answer_objection(actor=owner, objection=rejected, accepted=False, text="不属实")
    world.cycle.refresh_from_db()
    world.report("wuxing", {("firms", world.wuxing): "45"}, reason="申诉成立")
    world.verify("jxj", Figure.objects.get(indicator__code="firms", organisation=world.wuxing))

    freeze_correction(actor=owner, cycle=world.cycle, reason="申诉成立")
    late = object_to(world, "nanxun", indicator="parks")
    answer_objection(actor=owner, objection=late, accepted=True, text="属实")
    sign_off_cycle(actor=leader, cycle=world.cycle)
    publish_correction(actor=owner, cycle=world.cycle)

    for objection in (accepted, rejected, late):
        objection.refresh_from_db()
    assert accepted.correction is not None
    assert (accepted.correction.number, accepted.correction.board) == (2, "districts")
    assert rejected.correction is None
    assert late.correction is None  # accepted after this correction was frozen


def test_replaced_ranking_takes_no_objection(world: World) -> None:
    objection = object_to(world, "wuxing")
    old = entry_of(world, "wuxing")
    owner, leader = world.people["owner"], world.people["leader"]
    answer_objection(actor=owner, objection=objection, accepted=True, text="属实")
    freeze_correction(actor=owner, cycle=world.cycle, reason="申诉成立")
    sign_off_cycle(actor=leader, cycle=world.cycle)
    publish_correction(actor=owner, cycle=world.cycle)

    with pytest.raises(WrongState, match="最新发布"):
        file_objection(actor=world.people["wuxing"], entry=old, text=REASON)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rankings_objection SET text = 'x'",
        "UPDATE rankings_objection SET filed_by_label = 'x'",
        "UPDATE rankings_objection SET line_id = NULL",
        "UPDATE rankings_objection SET answer = 'x'",
        "UPDATE rankings_objection SET outcome = 'accepted'",
        "UPDATE rankings_objection SET outcome = '', answer = '', answered_at = NULL, answered_by_id = NULL",
        "DELETE FROM rankings_objection",
    ],
)
def test_database_keeps_objection_and_answer(world: World, sql: str) -> None:
    objection = object_to(world, "wuxing", indicator="firms")
    answer_objection(actor=world.people["owner"], objection=objection, accepted=False, text="不属实")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    again = Objection.objects.get()
    assert (again.text, again.outcome, again.answer) == (REASON, "rejected", "不属实")


# who sees what


@pytest.mark.parametrize(
    ("account", "seen"),
    [
        ("wuxing", ["吴兴区"]),
        ("nanxun", ["南浔区"]),
        ("nantaihu", []),
        ("jxj", []),
        ("owner", ["南浔区", "吴兴区"]),
        ("leader", ["南浔区", "吴兴区"]),
        ("auditor", []),
        ("sysadmin", []),
        ("secadmin", []),
    ],
)
def test_objections_are_seen_by_their_organisation_the_owner_and_leaders(
    world: World, account: str, seen: list[str]
) -> None:
    object_to(world, "wuxing")
    object_to(world, "nanxun")

    visible = Objection.objects.visible_to(world.people[account])

    assert [objection.entry.unit for objection in visible] == seen


@pytest.mark.parametrize(
    ("account", "status"),
    [("wuxing", 200), ("owner", 200), ("leader", 200), ("nanxun", 404), ("jxj", 404), ("auditor", 404)],
)
def test_objection_page_is_hidden_from_others(world: World, account: str, status: int) -> None:
    objection = object_to(world, "wuxing")

    response = client_of(world, account).get(f"/objections/{objection.pk}/")

    assert response.status_code == status


@pytest.mark.parametrize(
    ("account", "listed"),
    [("wuxing", True), ("owner", True), ("leader", True), ("nanxun", False), ("jxj", False)],
)
def test_published_board_lists_objections_to_those_concerned(
    world: World, account: str, listed: bool
) -> None:
    object_to(world, "wuxing")

    page = client_of(world, account).get(BOARD).content.decode()

    assert (REASON in page) is listed


def test_board_offers_an_objection_to_one_s_own_row_only(world: World) -> None:
    page = client_of(world, "wuxing").get(BOARD).content.decode()

    assert f"{BOARD}wuxing/objection/" in page
    assert f"{BOARD}nanxun/objection/" not in page


@pytest.mark.parametrize(
    ("account", "status"), [("wuxing", 200), ("nanxun", 403), ("owner", 403), ("auditor", 404)]
)
def test_form_is_open_to_the_organisation_only(world: World, account: str, status: int) -> None:
    response = client_of(world, account).get(f"{BOARD}wuxing/objection/")

    assert response.status_code == status


def test_objection_is_filed_and_answered_through_the_pages(world: World) -> None:
    line = entry_of(world, "wuxing").lines.get(indicator_code="firms")

    filed = client_of(world, "wuxing").post(f"{BOARD}wuxing/objection/", {"line": line.pk, "text": REASON})
    objection = Objection.objects.get()
    refused = client_of(world, "leader").post(
        f"/objections/{objection.pk}/", {"outcome": "accepted", "answer": "属实"}
    )
    client_of(world, "owner").post(
        f"/objections/{objection.pk}/", {"outcome": "rejected", "answer": "不属实"}
    )

    assert filed["Location"] == f"/objections/{objection.pk}/"
    assert refused.status_code == 403
    objection.refresh_from_db()
    assert (objection.line, objection.outcome, objection.answer) == (line, "rejected", "不属实")


def test_form_without_a_reason_says_so(world: World) -> None:
    response = client_of(world, "wuxing").post(f"{BOARD}wuxing/objection/", {"line": "", "text": " "})

    assert response.status_code == 422
    assert "请写明申诉理由" in response.content.decode()


def test_form_refuses_a_line_of_another_organisation(world: World) -> None:
    line = entry_of(world, "nanxun").lines.get(indicator_code="firms")

    response = client_of(world, "wuxing").post(f"{BOARD}wuxing/objection/", {"line": line.pk, "text": REASON})

    assert response.status_code == 422
    assert Objection.objects.count() == 0


def test_owner_sets_the_day_on_the_cycle_page(world: World) -> None:
    client_of(world, "owner").post(
        "/cycles/sowing-2025/2025Q2/", {"action": "objection_day", "objection_until": "2099-01-05"}
    )
    refused = client_of(world, "leader").post(
        "/cycles/sowing-2025/2025Q2/", {"action": "objection_day", "objection_until": "2099-01-06"}
    )

    world.cycle.refresh_from_db()
    assert world.cycle.objection_until == datetime.date(2099, 1, 5)
    assert refused.status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three_objections(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for indicator in ("firms", "parks", None)[:count]:
        object_to(world, "wuxing", indicator=indicator)
    client = client_of(world, "owner")
    client.get("/help/")

    with django_assert_num_queries(6):
        response = client.get("/objections/?state=waiting")

    assert len(response.context["page"].object_list) == count


@pytest.mark.parametrize("account", ["auditor", "sysadmin", "secadmin"])
def test_administrators_see_no_objections(world: World, account: str) -> None:
    assert client_of(world, account).get("/objections/").status_code == 403


@pytest.mark.parametrize(
    ("account", "waiting", "window"),
    [("owner", True, False), ("leader", False, False), ("wuxing", False, True), ("nanxun", False, True)],
)
def test_home_says_what_waits_and_until_when(world: World, account: str, waiting: bool, window: bool) -> None:
    object_to(world, "wuxing")

    page = client_of(world, account).get("/").content.decode()

    assert ("1 件申诉等待答复" in page) is waiting
    assert ("得分有异议的可以申诉" in page) is window
