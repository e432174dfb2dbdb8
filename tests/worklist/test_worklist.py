"""待办: what waits for each kind of account, where it leads, and that nothing foreign is in it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from accounts.services import grant_role
from rankings.services.requests import run_due_requests
from rankings.services.sealing import freeze_cycle, publish_cycle, sign_off_cycle
from returns.models import Cycle, Figure, Upload
from returns.services.comments import write_comment
from returns.services.cycles import change_cycle_state
from returns.services.review import send_back_figure
from returns.services.unit_review import switch_unit_review
from returns.states import CycleState
from tests.factories import UserFactory, World, grant, make_world
from worklist.items import Work, WorkItem, grouped
from worklist.selectors import work_of

pytestmark = pytest.mark.django_db

FORM = "/returns/sowing-2025/2025Q2/form/?reporter=wuxing"
IN_TIME = datetime.date(2025, 7, 8)


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code in ("parks", "enterprises"):
        world.indicator(code)
        world.target(code, world.wuxing, "12")
        world.target(code, world.nanxun, "8")
    return world


def set_due_day(world: World) -> None:
    """10 July 2025 is the last day."""
    Cycle.objects.filter(pk=world.cycle.pk).update(due_on=datetime.date(2025, 7, 10))
    world.cycle.refresh_from_db()


def told(world: World, account: str, *, today: datetime.date = IN_TIME) -> list[tuple[Work, str, str]]:
    """Kind, text and address of each thing that waits for the account."""
    items = work_of(world.people[account], today=today)
    return [(item.kind, item.text, item.address) for item in items]


def test_reporter_is_told_what_is_missing_until_it_is_handed_in(world: World) -> None:
    before = told(world, "wuxing")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    between = told(world, "wuxing")
    world.report("wuxing", {("enterprises", world.wuxing): "0"})

    done = told(world, "wuxing")
    world.report("wuxing", {("parks", world.wuxing): "9"}, submit=False)

    assert before == [(Work.REPORT, "吴兴区：还有 2 项未报送", FORM)]
    assert between == [(Work.REPORT, "吴兴区：还有 1 项未报送", FORM)]
    assert done == []
    assert told(world, "wuxing") == [
        (Work.REPORT, "吴兴区：1 项改了还没有再报送，原来报送的数仍然有效", FORM)
    ]
    assert told(world, "nanxun")[0][1] == "南浔区：还有 2 项未报送"


def test_due_day_counts_until_its_end(world: World) -> None:
    set_due_day(world)
    days = [datetime.date(2025, 7, day) for day in (6, 7, 10, 11)]

    found = [work_of(world.people["wuxing"], today=day)[0] for day in days]

    assert [(item.deadline, item.is_urgent) for item in found] == [
        ("2025-07-10 24:00 截止，还有 4 天", False),
        ("2025-07-10 24:00 截止，还有 3 天", True),
        ("2025-07-10 24:00 截止，今天是最后一天", True),
        ("2025-07-10 24:00 截止，已过 1 天", True),
    ]


def test_quarter_without_due_date_asks_once_it_has_ended_and_only_the_newest(world: World) -> None:
    Cycle.objects.create(plan=world.plan, year=2025, quarter=1)
    Cycle.objects.create(plan=world.plan, year=2025, quarter=3)

    in_june, in_july = (
        [item.subject for item in work_of(world.people["wuxing"], today=datetime.date(2025, month, day))]
        for month, day in ((6, 30), (7, 1))
    )

    assert in_june == ["播种计划 2025年一季度"]
    assert in_july == ["播种计划 2025年二季度"]


def test_sent_back_figure_waits_for_its_reporter_and_for_nobody_else(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7", ("enterprises", world.wuxing): "3"})
    figure = Figure.objects.get(indicator__code="parks")
    send_back_figure(actor=world.people["jxj"], figure=figure, reason="请核对名单")

    assert told(world, "wuxing") == [
        (Work.CORRECT, "吴兴区：1 项被退回", FORM),
        (Work.REPORT, "吴兴区：还有 1 项未报送", FORM),
    ]
    assert Work.CORRECT not in {kind for kind, _, _ in told(world, "nanxun")}


def test_department_is_asked_only_for_what_nobody_handed_in(world: World) -> None:
    before = told(world, "jxj")
    world.report("wuxing", {("parks", world.wuxing): "7", ("enterprises", world.wuxing): "3"})
    after = told(world, "jxj")

    assert [text for kind, text, _ in before if kind == Work.REPORT] == ["市经信局：还有 4 项未报送"]
    assert [text for kind, text, _ in after if kind == Work.REPORT] == ["市经信局：还有 2 项未报送"]


def test_unit_reviewer_is_told_and_its_reporter_has_done_with_it(world: World) -> None:
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    for name, place in (("shenhe", world.wuxing), ("other", world.nanxun)):
        world.people[name] = UserFactory.create(username=name, organisation=place)
        grant(world.people[name], Role.REVIEWER, place)
    world.report("wuxing", {("parks", world.wuxing): "7", ("enterprises", world.wuxing): "3"})

    assert told(world, "shenhe") == [(Work.REVIEW, "2 项等待单位审核", "/unit-review/sowing-2025/2025Q2/")]
    assert (told(world, "wuxing"), told(world, "other")) == ([], [])


def test_verifier_is_told_how_many_figures_wait(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    waiting = [item for item in told(world, "jxj") if item[0] == Work.VERIFY]
    world.verify("jxj", *Figure.objects.all())

    assert waiting == [(Work.VERIFY, "1 项等待核定", "/review/sowing-2025/2025Q2/")]
    assert [item for item in told(world, "jxj") if item[0] == Work.VERIFY] == []


def test_read_file_waits_for_its_own_organisation(world: World) -> None:
    upload = Upload.objects.create(
        cycle=world.cycle,
        organisation=world.wuxing,
        uploaded_by=world.people["wuxing"],
        filename="二季度.xlsx",
        content=ContentFile(b"x", name="q.xlsx"),
        size=1,
        sha256="0" * 64,
        state=Upload.State.CHECKED,
    )

    assert (Work.CONFIRM_UPLOAD, "吴兴区：二季度.xlsx", f"/uploads/{upload.pk}/") in told(world, "wuxing")
    assert Work.CONFIRM_UPLOAD not in {kind for kind, _, _ in told(world, "nanxun") + told(world, "leader")}


def test_owner_and_leader_are_led_from_closing_to_publication(world: World) -> None:
    owner, leader = world.people["owner"], world.people["leader"]
    world.report("wuxing", {("parks", world.wuxing): "7", ("enterprises", world.wuxing): "3"})
    world.verify("jxj", *Figure.objects.all())
    run_due_requests()

    def steps(account: str) -> list[tuple[Work, str]]:
        kinds = (Work.STEP, Work.SIGN)
        return [(kind, text) for kind, text, _ in told(world, account) if kind in kinds]

    set_due_day(world)
    overdue = steps("owner")
    change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.CLOSED)
    closed = steps("owner")
    freeze_cycle(actor=owner, cycle=world.cycle)
    frozen = steps("owner"), steps("leader")
    sign_off_cycle(actor=leader, cycle=world.cycle)
    signed = steps("owner"), steps("leader")
    publish_cycle(actor=owner, cycle=world.cycle)

    assert overdue == [(Work.STEP, "已过截止日期，可以截止填报")]
    assert closed == [(Work.STEP, "填报已截止，可以冻结")]
    assert frozen == ([(Work.STEP, "已冻结，等待领导签发")], [(Work.SIGN, "排名已冻结，等待领导签发")])
    assert signed == ([(Work.STEP, "领导已签发，可以发布")], [])
    assert (steps("owner"), steps("leader")) == ([], [])
    window = [item for item in work_of(world.people["wuxing"]) if item.kind == Work.OBJECT]
    assert [item.due_on for item in window] == [Cycle.objects.get(pk=world.cycle.pk).objection_until]


def test_grant_waits_for_a_second_administrator(world: World) -> None:
    second = UserFactory.create(username="secadmin2")
    grant(second, Role.SECADMIN)
    grant_role(
        actor=world.people["secadmin"],
        user=world.people["nanxun"],
        role=Role.VERIFIER,
        organisation=world.nanxun,
        plan_code="",
    )

    assert [item.kind for item in work_of(second)] == [Work.GRANT]
    assert work_of(world.people["secadmin"]) == []


def test_groups_follow_the_order_of_kinds_and_days() -> None:
    later, sooner, never = (
        WorkItem(kind=Work.REPORT, subject="", text=text, address="/", due_on=day)
        for text, day in (
            ("later", datetime.date(2025, 7, 10)),
            ("sooner", datetime.date(2025, 4, 10)),
            ("never", None),
        )
    )
    correct = WorkItem(kind=Work.CORRECT, subject="", text="correct", address="/")

    groups = grouped([never, later, correct, sooner])

    assert [(group.kind, [item.text for item in group.items]) for group in groups] == [
        (Work.CORRECT, ["correct"]),
        (Work.REPORT, ["sooner", "later", "never"]),
    ]


def test_comment_of_the_other_side_waits_until_its_figure_was_opened(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7", ("enterprises", world.wuxing): "1"})
    figure = Figure.objects.get(indicator__code="parks")
    write_comment(actor=world.people["jxj"], figure=figure, text="请附名单")
    comment = (
        Work.COMMENT,
        f"吴兴区 parks，{world.people['jxj'].label}说“请附名单”",
        f"/figures/{figure.pk}/#comments",
    )

    before = {account: told(world, account) for account in ("wuxing", "jxj", "nanxun", "leader")}
    sign_in(world, "wuxing").get(f"/figures/{figure.pk}/")

    assert before["wuxing"] == [comment]
    assert all(comment not in before[account] for account in ("jxj", "nanxun", "leader"))
    assert told(world, "wuxing") == []


def sign_in(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def test_page_is_the_first_one_and_a_leader_without_work_gets_the_overview(world: World) -> None:
    home = sign_in(world, "wuxing").get("/")
    leaders = sign_in(world, "leader").get("/")
    administrators = sign_in(world, "auditor").get("/")

    assert "吴兴区：还有 2 项未报送" in home.content.decode()
    assert (leaders.status_code, leaders["Location"]) == (302, "/overview/")
    assert "本账号的页面" in administrators.content.decode()


@pytest.mark.parametrize("account", ["jxj", "owner"])
def test_page_takes_as_many_queries_for_more_organisations_and_quarters(
    world: World, account: str, django_assert_max_num_queries: Any
) -> None:
    roles = {"jxj": (Role.REPORTER, Role.VERIFIER), "owner": (Role.OWNER, Role.LEADER)}[account]
    for role in roles:
        for place in (world.wuxing, world.nanxun, world.nantaihu):
            grant(world.people[account], role, place)
    for quarter, state in ((1, CycleState.FROZEN), (3, CycleState.FROZEN), (4, CycleState.OPEN)):
        Cycle.objects.create(
            plan=world.plan, year=2025, quarter=quarter, state=state, due_on=timezone.localdate()
        )
    world.report("wuxing", {("parks", world.wuxing): "7"})
    client = sign_in(world, account)
    client.get("/")

    with django_assert_max_num_queries(12):
        client.get("/")
