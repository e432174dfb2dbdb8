"""Before handing in: what goes, what is missing and why that is allowed, and after a send-back what changed."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Role, User
from indicators.models import Milestone, TargetKind
from returns.handing_in import STILL_OWED, HandingIn, handing_in_of
from returns.models import Figure, FigureRevision
from returns.overviews import review_lines
from returns.services.entry import Entry, enter_figures
from returns.services.figures import submit_figures
from returns.services.review import SendBack, send_back_figure
from returns.services.unit_review import pass_figures, return_figures, switch_unit_review
from returns.states import FigureState, WrongState
from tests.factories import UserFactory, World, grant, make_world

pytestmark = pytest.mark.django_db

PAGE = "/returns/sowing-2025/2025Q2/submit/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    return world


def of(world: World, who: str = "wuxing") -> HandingIn:
    organisation = world.people[who].organisation
    assert organisation is not None
    return handing_in_of(world.cycle, reporter=organisation)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_open_place_says_why_it_may_stay_open(world: World) -> None:
    kinds = {"pending": TargetKind.PENDING, "none": TargetKind.NOT_ASSESSED, "zero": TargetKind.ZERO}
    for code, kind in kinds.items():
        world.indicator(code)
        world.target(code, world.wuxing, "/", kind=kind, value=Decimal(0) if code == "zero" else None)
    world.indicator("late")
    world.target("late", world.wuxing, "5")
    Milestone.objects.create(indicator=world.indicators["late"], quarter=2, share=0)

    submission = of(world)

    assert [(item.target.indicator.code, item.why) for item in submission.owed] == [("parks", STILL_OWED)]
    assert [(item.target.indicator.code, item.why) for item in submission.not_due] == [
        ("pending", "目标为“待下达”，不用报"),
        ("none", "目标为“不考核”，不用报"),
        ("zero", "目标为“零目标”，不用报"),
        ("late", "本季不计分（未到节点），可以不报"),
    ]


def test_a_department_need_not_report_what_its_district_reported(world: World) -> None:
    before = [item.why for item in of(world, "jxj").owed]
    world.report("wuxing", {("parks", world.wuxing): "7"})

    assert before == [STILL_OWED]
    assert [item.why for item in of(world, "jxj").not_due] == ["吴兴区已报，本单位可以不报"]


def test_drafts_go_with_their_warnings_and_nothing_else_does(world: World) -> None:
    world.indicator("firms")
    world.target("firms", world.wuxing, "9")
    world.report("wuxing", {("firms", world.wuxing): "3"})
    world.report(
        "wuxing",
        {("parks", world.wuxing): "70"},
        submit=False,
        warnings={("parks", "wuxing"): ["beyond_target：超过目标三倍"]},
    )

    submission = of(world)
    page = signed_in(world.people["wuxing"]).get(PAGE).content.decode()

    assert [(item.figure.value, item.change) for item in submission.drafts] == [(70, None)]
    assert (submission.owed, submission.reported) == ((), 1)
    assert "超过目标三倍" in page
    assert "本次报送 1 项" in page


def test_handing_in_takes_just_what_was_shown(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"}, submit=False)
    client, figure = signed_in(world.people["wuxing"]), Figure.objects.get()
    world.report("wuxing", {("parks", world.wuxing): "8"}, submit=False)

    stale = client.post(PAGE, {"draft": f"{figure.pk}:1"})
    state = Figure.objects.get().state
    fresh = client.post(PAGE, {"draft": f"{figure.pk}:2"}, follow=True)

    assert (stale.status_code, state) == (409, FigureState.DRAFT)
    assert "这些草稿刚有改动" in stale.content.decode()
    assert "已报送：1 项" in fresh.content.decode()
    assert Figure.objects.get().state == FigureState.SUBMITTED


@pytest.mark.parametrize("draft", ["x", "1", "1:", ":", "9999999:1", "１:１"])
def test_a_forged_list_of_drafts_hands_in_nothing(world: World, draft: str) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"}, submit=False)

    answer = signed_in(world.people["wuxing"]).post(PAGE, {"draft": draft, "as_it_is": draft})

    assert answer.status_code == 409
    assert Figure.objects.get().state == FigureState.DRAFT


def sent_back(world: World) -> Figure:
    entry = Entry(indicator="parks", organisation="wuxing", text="7", progress="两个在建")
    enter_figures(
        actor=world.people["wuxing"],
        cycle=world.cycle,
        reporter=world.wuxing,
        entries=[entry],
        source="form",
        submit=True,
    )
    return send_back_figure(actor=world.people["jxj"], figure=Figure.objects.get(), reason="缺名单")


def correct(world: World, *, submit: bool) -> None:
    entry = Entry(
        indicator="parks",
        organisation="wuxing",
        text="6",
        progress="名单已附",
        data_as_of=datetime.date(2025, 6, 30),
    )
    enter_figures(
        actor=world.people["wuxing"],
        cycle=world.cycle,
        reporter=world.wuxing,
        entries=[entry],
        source="form",
        submit=submit,
    )


def test_resubmission_shows_reporter_and_verifier_what_changed_and_why(world: World) -> None:
    sent_back(world)

    correct(world, submit=False)
    (draft,) = of(world).drafts
    submit_figures(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)
    (line,) = review_lines(world.people["jxj"], world.cycle, shown="waiting")
    page = signed_in(world.people["jxj"]).get("/review/sowing-2025/2025Q2/").content.decode()

    for change in (draft.change, line.change):
        assert change is not None
        assert (change.old, change.new) == (7, 6)
        assert [(item.label, item.old, item.new) for item in change.said] == [
            ("数据截至日", "（空）", "2025-06-30"),
            ("进展", "两个在建", "名单已附"),
        ]
        assert change.reason == "缺名单"
    assert "<p>7 → <b>6</b></p>" in page
    assert "缺名单" in page


def test_a_figure_sent_back_goes_again_as_it_is_only_if_chosen(world: World) -> None:
    figure = sent_back(world)
    client = signed_in(world.people["wuxing"])

    client.post(PAGE, {})
    left = Figure.objects.get().state
    client.post(PAGE, {"as_it_is": figure.pk})

    assert left == FigureState.SENT_BACK
    assert Figure.objects.get().state == FigureState.SUBMITTED
    assert FigureRevision.objects.count() == 1


def test_what_the_unit_returned_is_told_to_the_reporter_and_not_to_the_verifier(world: World) -> None:
    reviewer = UserFactory.create(username="review", organisation=world.wuxing)
    grant(reviewer, Role.REVIEWER, world.wuxing)
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    returned = [SendBack(figure_id=Figure.objects.get().pk, reason="口径不对")]
    return_figures(actor=reviewer, cycle=world.cycle, returned=returned)

    correct(world, submit=False)
    (draft,) = of(world).drafts
    submit_figures(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)
    pass_figures(actor=reviewer, cycle=world.cycle, figure_ids=[Figure.objects.get().pk])
    (line,) = review_lines(world.people["jxj"], world.cycle, shown="waiting")

    assert draft.change is not None
    assert (draft.change.old, draft.change.reason) == (7, "口径不对")
    assert line.change is None


def test_a_confirmed_figure_that_is_changed_shows_the_confirmed_report_beside_it(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.verify("jxj", Figure.objects.get())
    world.report("wuxing", {("parks", world.wuxing): "9"}, reason="漏报两个")

    (line,) = review_lines(world.people["jxj"], world.cycle, shown="waiting")

    assert line.change is not None
    assert (line.change.old, line.change.new, line.change.reason) == (7, 9, "")


def test_nothing_is_handed_in_after_the_deadline(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"}, submit=False)
    world.cycle.due_on = datetime.date(2025, 7, 10)
    world.cycle.save()

    with pytest.raises(WrongState, match="已截止"):
        submit_figures(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)
