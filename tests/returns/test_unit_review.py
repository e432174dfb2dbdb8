"""单位审核: where a plan asks for it, a colleague passes figures on or returns them before they are reported."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client

from accounts.models import Role, User
from audit.models import AuditEntry
from returns.models import Figure, FigureRevision, QuarterlyReturn, ReviewNote, UnitReviewSetting
from returns.selectors import effective_figures
from returns.services.entry import Entry, enter_figures
from returns.services.figures import submit_figures
from returns.services.review import SendBack, Verification, send_back_figures, verify_figures
from returns.services.unit_review import pass_figures, return_figures, switch_unit_review
from returns.services.uploads import take_in_return
from returns.states import FIGURE_CHANGES, CycleState, FigureState, Hand, WrongState
from tests.factories import UserFactory, World, grant, make_world
from tests.workbook.builders import sheet_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks", name="科技型产业园")
    world.indicator("firms", name="专精特新企业")
    for place in (world.wuxing, world.nanxun):
        world.target("parks", place, "12")
        world.target("firms", place, "9")
    for name, place in (("wuxing-review", world.wuxing), ("nanxun-review", world.nanxun)):
        world.people[name] = UserFactory.create(username=name, organisation=place, office="审核")
        grant(world.people[name], Role.REVIEWER, place)
    return world


@pytest.fixture
def reviewed(world: World) -> World:
    """The plan asks for 单位审核."""
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    return world


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def states() -> list[str]:
    return list(Figure.objects.order_by("id").values_list("state", flat=True))


def pass_all(world: World, who: str = "wuxing-review") -> list[str]:
    problems = pass_figures(
        actor=world.people[who],
        cycle=world.cycle,
        figure_ids=list(Figure.objects.values_list("pk", flat=True)),
    )
    return [problem.message for problem in problems]


def test_plans_ask_for_no_unit_review_unless_their_owner_says_so(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    assert UnitReviewSetting.objects.count() == 0
    assert states() == ["submitted"]


def test_owner_switches_the_unit_review_on_and_off_and_the_trail_says_why(world: World) -> None:
    owner = world.people["owner"]

    switch_unit_review(actor=owner, plan=world.plan, is_on=True, reason="防止误报")
    switch_unit_review(actor=owner, plan=world.plan, is_on=False, reason="试行结束")

    assert list(UnitReviewSetting.objects.values_list("plan", "is_on", "reason")) == [
        (world.plan.pk, False, "试行结束")
    ]
    entries = AuditEntry.objects.filter(verb__startswith="plan.unit-review").order_by("id")
    assert [(item.verb, item.reason, item.changes) for item in entries] == [
        ("plan.unit-review-on", "防止误报", {"is_on": [False, True]}),
        ("plan.unit-review-off", "试行结束", {"is_on": [True, False]}),
    ]


@pytest.mark.parametrize(
    ("is_on", "reason", "message"),
    [(True, " ", "须写明理由"), (False, "试行", "已经是关闭的")],
)
def test_a_switch_without_reason_or_effect_is_refused(
    world: World, is_on: bool, reason: str, message: str
) -> None:
    with pytest.raises(WrongState, match=message):
        switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=is_on, reason=reason)

    assert UnitReviewSetting.objects.count() == 0


def test_nobody_but_the_owner_switches_it(world: World) -> None:
    with pytest.raises(PermissionDenied):
        switch_unit_review(actor=world.people["jxj"], plan=world.plan, is_on=True, reason="要")


@pytest.mark.parametrize("road", ["form", "api", "file", "drafts"])
def test_every_road_of_handing_in_leads_to_the_unit_review(reviewed: World, road: str) -> None:
    reporter = reviewed.people["wuxing"]
    common = {"actor": reporter, "cycle": reviewed.cycle, "reporter": reviewed.wuxing}
    if road in ("form", "api"):
        entry = Entry(indicator="parks", organisation="wuxing", text="7")
        enter_figures(**common, entries=[entry], source=road, submit=True)
    elif road == "file":
        data = sheet_bytes([["区县", "科技型产业园"], ["吴兴区", 7]])
        take_in_return(**common, filename="a.xlsx", data=data)
    else:
        reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"}, submit=False)
        submit_figures(**common)

    figure = Figure.objects.get()
    assert (figure.value, figure.state, figure.submitted_at) == (7, FigureState.UNIT_REVIEW, None)
    assert QuarterlyReturn.objects.get().submitted_at is None
    assert effective_figures(reviewed.cycle) == {}
    assert AuditEntry.objects.filter(verb="return.to-unit").count() == 1


def test_import_with_verify_warns_of_figures_that_wait_or_are_not_its_to_verify(
    world: World, tmp_path: Path
) -> None:
    world.target("parks", world.whole_city, "24")

    def import_and_verify(district: int) -> tuple[bool, list[tuple[str, str]], list[tuple[str, str]]]:
        file = tmp_path / "二季度.xlsx"
        file.write_bytes(sheet_bytes([["区县", "科技型产业园"], ["吴兴区", district], ["全市", district]]))
        output = io.StringIO()
        common = {"plan": "sowing-2025", "period": "2025Q2", "username": "jxj", "verify": True, "json": True}
        call_command("import_return", str(file), **common, stdout=output)
        answer = json.loads(output.getvalue())
        figures = Figure.objects.order_by("organisation__order")
        told = [
            (item["code"], item["message"]) for item in answer["warnings"] if item["code"] == "not_verified"
        ]
        return answer["stored"], told, list(figures.values_list("organisation__name", "state"))

    before = import_and_verify(7)
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    Figure.objects.update(state=FigureState.SUBMITTED)
    after = import_and_verify(8)

    own = "“全市 科技型产业园”已报送，但本账号不能核定它：不能核定自己被排名的数据"
    waits = "“{} 科技型产业园”在等单位审核，审核通过才算报送，之后才能核定"
    assert before == (True, [("not_verified", own)], [("全市", "submitted"), ("吴兴区", "verified")])
    assert after == (
        True,
        [("not_verified", waits.format("全市")), ("not_verified", waits.format("吴兴区"))],
        [("全市", "unit_review"), ("吴兴区", "unit_review")],
    )


def test_the_same_file_again_leaves_the_figure_waiting(reviewed: World) -> None:
    for _ in range(2):
        reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})

    assert states() == ["unit_review"]
    assert FigureRevision.objects.count() == 1


def test_a_passed_figure_is_reported_and_counts(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7", ("firms", reviewed.wuxing): "3"})

    problems = pass_all(reviewed)

    assert problems == []
    assert states() == ["submitted", "submitted"]
    assert sorted(item.number for item in effective_figures(reviewed.cycle).values()) == ["3", "7"]
    assert {item.submitted_at for item in Figure.objects.all()} == {
        QuarterlyReturn.objects.get().submitted_at
    }
    assert AuditEntry.objects.filter(verb="figure.unit-passed").count() == 1


def test_nobody_passes_what_they_wrote(reviewed: World) -> None:
    grant(reviewed.people["wuxing"], Role.REVIEWER, reviewed.wuxing)
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})

    problems = pass_all(reviewed, "wuxing")

    assert problems == ["“吴兴区 科技型产业园”的数、说明或佐证有本账号填报的，须由本单位另一个审核账号审核"]
    assert states() == ["unit_review"]


@pytest.mark.parametrize("who", ["nanxun-review", "wuxing", "jxj", "owner"])
def test_only_the_unit_s_own_reviewer_passes_and_returns(reviewed: World, who: str) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    figure = Figure.objects.get()

    with pytest.raises(PermissionDenied, match="只有吴兴区的单位审核账号可以"):
        pass_all(reviewed, who)
    with pytest.raises(PermissionDenied):
        return_figures(
            actor=reviewed.people[who],
            cycle=reviewed.cycle,
            returned=[SendBack(figure_id=figure.pk, reason="请核对")],
        )

    assert states() == ["unit_review"]


def test_a_verifier_neither_confirms_nor_sends_back_what_waits_in_its_unit(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    figure, jxj = Figure.objects.get(), reviewed.people["jxj"]

    with pytest.raises(WrongState, match="待单位审核"):
        verify_figures(actor=jxj, cycle=reviewed.cycle, verifications=[Verification(figure_id=figure.pk)])
    with pytest.raises(WrongState, match="待单位审核"):
        send_back_figures(
            actor=jxj, cycle=reviewed.cycle, returned=[SendBack(figure_id=figure.pk, reason="请核对")]
        )

    page = signed_in(jxj).get("/review/sowing-2025/2025Q2/").content.decode()
    assert "没有等待核定的数。" in page
    assert states() == ["unit_review"]


def test_returned_figures_go_back_with_their_reasons_and_are_handed_in_again(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7", ("firms", reviewed.wuxing): "3"})
    parks, firms = Figure.objects.order_by("id")
    reviewer = reviewed.people["wuxing-review"]
    returned = [SendBack(figure_id=parks.pk, reason="缺名单"), SendBack(figure_id=firms.pk, reason=" ")]

    refused = return_figures(actor=reviewer, cycle=reviewed.cycle, returned=returned)
    done = return_figures(
        actor=reviewer,
        cycle=reviewed.cycle,
        returned=[returned[0], SendBack(figure_id=firms.pk, reason="口径")],
    )

    assert [problem.message for problem in refused] == ["退回“吴兴区 专精特新企业”没有写理由，请写明要改什么"]
    assert done == []
    assert states() == ["sent_back", "sent_back"]
    assert sorted(Figure.objects.values_list("review_reason", flat=True)) == ["口径", "缺名单"]
    assert AuditEntry.objects.filter(verb="figure.unit-returned").count() == 2
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "8", ("firms", reviewed.wuxing): "3"})
    assert states() == ["unit_review", "unit_review"]


def test_a_unit_s_return_leaves_the_verified_value_in_force(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.verify("jxj", Figure.objects.get())
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    world.report("wuxing", {("parks", world.wuxing): "9"}, reason="漏报")

    return_figures(
        actor=world.people["wuxing-review"],
        cycle=world.cycle,
        returned=[SendBack(figure_id=Figure.objects.get().pk, reason="没有依据")],
    )

    (counting,) = effective_figures(world.cycle).values()
    assert (counting.number, counting.is_verified) == ("7", True)
    assert states() == ["sent_back"]


def test_passing_after_the_deadline_needs_a_late_permission(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    reviewed.cycle.due_on = datetime.date(2025, 7, 10)
    reviewed.cycle.save()

    with pytest.raises(WrongState, match="已截止"):
        pass_all(reviewed)

    assert states() == ["unit_review"]


def test_a_frozen_cycle_lets_nothing_be_returned(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    reviewed.cycle.state = CycleState.FROZEN
    reviewed.cycle.save()

    with pytest.raises(WrongState, match="已冻结"):
        return_figures(
            actor=reviewed.people["wuxing-review"],
            cycle=reviewed.cycle,
            returned=[SendBack(figure_id=Figure.objects.get().pk, reason="请核对")],
        )


def test_what_waits_when_the_review_is_given_up_is_passed_or_handed_in_again(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7", ("firms", reviewed.wuxing): "3"})
    switch_unit_review(actor=reviewed.people["owner"], plan=reviewed.plan, is_on=False, reason="试行结束")
    _, firms = Figure.objects.order_by("id")

    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    pass_figures(actor=reviewed.people["wuxing-review"], cycle=reviewed.cycle, figure_ids=[firms.pk])

    assert states() == ["submitted", "submitted"]


def test_authors_and_times_of_a_figure_survive_every_review(reviewed: World) -> None:
    reporter, reviewer = reviewed.people["wuxing"], reviewed.people["wuxing-review"]
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    figure = Figure.objects.get()
    first = FigureRevision.objects.values_list("author", "created_at", "value").get()
    return_figures(
        actor=reviewer, cycle=reviewed.cycle, returned=[SendBack(figure_id=figure.pk, reason="缺名单")]
    )
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "8"})
    second = FigureRevision.objects.filter(number=2).values_list("author", "created_at", "value").get()
    pass_all(reviewed)
    send_back_figures(
        actor=reviewed.people["jxj"],
        cycle=reviewed.cycle,
        returned=[SendBack(figure_id=figure.pk, reason="口径不对")],
    )
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "8"})
    pass_all(reviewed)
    verify_figures(
        actor=reviewed.people["jxj"],
        cycle=reviewed.cycle,
        verifications=[Verification(figure_id=figure.pk, value=Decimal(6), reason="剔除两家")],
    )

    revisions = FigureRevision.objects.order_by("number")
    assert list(revisions.values_list("author", "created_at", "value")) == [first, second]
    assert {row[0] for row in (first, second)} == {reporter.pk}
    notes = ReviewNote.objects.order_by("id")
    assert list(notes.values_list("revision_number", "state", "reviewer__username", "reason", "value")) == [
        (1, "sent_back", "wuxing-review", "缺名单", None),
        (2, "submitted", "wuxing-review", "", None),
        (2, "sent_back", "jxj", "口径不对", None),
        (2, "submitted", "wuxing-review", "", None),
        (2, "verified", "jxj", "剔除两家", Decimal(6)),
    ]
    moments = list(notes.values_list("created_at", flat=True))
    assert moments == sorted(moments)
    present = Figure.objects.get()
    assert (present.value, present.verified_value, present.verified_revision) == (8, 6, 2)


def test_pages_show_what_waits_pass_it_and_return_it(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7", ("firms", reviewed.wuxing): "3"})
    parks, firms = Figure.objects.order_by("id")
    client, address = signed_in(reviewed.people["wuxing-review"]), "/unit-review/sowing-2025/2025Q2/"

    listed = client.get("/unit-review/").content.decode()
    page = client.get(address).content.decode()
    refused = client.post(address, {"figure": [firms.pk], "action": "return"})
    passed = client.post(address, {"figure": [parks.pk], "action": "pass"})
    returned = client.post(
        address, {"figure": [firms.pk], "action": "return", f"reason-{firms.pk}": "缺名单"}
    )

    assert '<td class="num">2</td>' in listed
    assert page.count('name="figure"') == 2
    assert (refused.status_code, passed.status_code, returned.status_code) == (422, 302, 302)
    assert "没有写理由" in refused.content.decode()
    assert states() == ["submitted", "sent_back"]


def test_another_unit_s_reviewer_sees_nothing_and_reaches_nothing(reviewed: World) -> None:
    reviewed.report("wuxing", {("parks", reviewed.wuxing): "7"})
    figure = Figure.objects.get()
    client, address = signed_in(reviewed.people["nanxun-review"]), "/unit-review/sowing-2025/2025Q2/"

    page = client.get(address).content.decode()
    answer = client.post(address, {"figure": [figure.pk], "action": "pass"})

    assert "没有等待本单位审核的数。" in page
    assert "所选的数有 1 项已不在本页" in answer.content.decode()
    assert states() == ["unit_review"]


def test_the_setting_s_page_names_offices_without_reviewer_and_switches(world: World) -> None:
    client = signed_in(world.people["owner"])

    before = client.get("/returns/sowing-2025/unit-review/").content.decode()
    answer = client.post("/returns/sowing-2025/unit-review/", {"enabled": "yes", "reason": "防止误报"})
    stranger = signed_in(world.people["wuxing"]).post(
        "/returns/sowing-2025/unit-review/", {"enabled": "no", "reason": "不要"}
    )

    assert "还没有单位审核账号的填报单位（1）" in before
    assert "<p>市经信局</p>" in before
    assert (answer.status_code, stranger.status_code) == (302, 403)
    assert list(UnitReviewSetting.objects.values_list("is_on", "reason")) == [(True, "防止误报")]


def test_the_table_lets_only_the_unit_move_a_waiting_figure_on() -> None:
    onward = {
        (change.target, change.hand)
        for change in FIGURE_CHANGES
        if change.source == FigureState.UNIT_REVIEW
        and change.target != FigureState.DRAFT
        and not change.of_handed_in
    }

    assert onward == {
        (FigureState.SUBMITTED, Hand.UNIT),
        (FigureState.SENT_BACK, Hand.UNIT),
        (FigureState.SUBMITTED, Hand.REPORTER),  # where the plan has given the unit review up
    }
