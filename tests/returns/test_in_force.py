"""What was handed in counts until another value is handed in, it is sent back, or it is withdrawn with a reason."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Role, User
from audit.models import AuditEntry
from returns.handing_in import handing_in_of
from returns.models import Cycle, Figure, ReviewNote
from returns.overviews import cycles_with_waiting, reporting_progress, review_lines
from returns.selectors import effective_figures, figures_in_force
from returns.services.comments import write_comment
from returns.services.figures import submit_figures, withdraw_figure
from returns.services.review import (
    SendBack,
    Verification,
    send_back_figure,
    send_back_figures,
    verify_figures,
)
from returns.services.unit_review import pass_figures, return_figures, switch_unit_review
from returns.services.uploads import take_in_return
from returns.states import CycleState, FigureState, WrongState
from returns.submission_sheets import read_sheet
from returns.submissions import Submission
from returns.unreported import return_statuses
from tests.factories import UserFactory, World, grant, make_world
from tests.workbook.builders import sheet_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    world.indicator("parks", name="科技型产业园")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "6")
    return world


@pytest.fixture
def revised(world: World) -> World:
    """吴兴区 handed in 7 and types 9 over it."""
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("wuxing", {("parks", world.wuxing): "9"}, submit=False)
    return world


@pytest.fixture
def with_unit_review(world: World) -> World:
    """7 is reported; the plan wants a unit review from then on, and 吴兴区 has a reviewer."""
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.people["wuxing-review"] = UserFactory.create(username="wuxing-review", organisation=world.wuxing)
    grant(world.people["wuxing-review"], Role.REVIEWER, world.wuxing)
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    return world


def counting(world: World) -> list[tuple[str, int, bool]]:
    """Value, revision and whether it is verified of each figure that counts."""
    return [
        (item.number, item.revision, item.is_verified) for item in effective_figures(world.cycle).values()
    ]


def hand_in(world: World) -> None:
    submit_figures(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_handed_in_value_counts_until_the_correction_is_handed_in(revised: World) -> None:
    before, note = counting(revised), Figure.objects.get().in_force_note
    hand_in(revised)

    figure = Figure.objects.get()
    assert before == [("7", 1, False)]
    assert note == "报送数 7 仍然有效，新值 9 尚未报送"
    assert counting(revised) == [("9", 2, False)]
    assert (figure.submitted_value, figure.submitted_revision, figure.in_force_note) == (Decimal(9), 2, "")


def test_correction_saved_back_to_the_same_value_stays_a_draft_over_it(revised: World) -> None:
    revised.report("wuxing", {("parks", revised.wuxing): "7"}, submit=False)

    figure = Figure.objects.get()
    assert counting(revised) == [("7", 1, False)]
    assert (figure.state, figure.revision_number) == (FigureState.DRAFT, 3)
    assert figure.in_force_note == "报送数 7 仍然有效，新存的数相同，尚未报送"


def test_trace_of_the_value_in_force_is_its_own_file_and_cell(world: World) -> None:
    data = sheet_bytes([["区县", "科技型产业园"], ["吴兴区", 7]])
    actor = world.people["wuxing"]
    take_in_return(actor=actor, cycle=world.cycle, reporter=world.wuxing, filename="二季度.xlsx", data=data)
    world.report("wuxing", {("parks", world.wuxing): "9"}, submit=False)

    (stored,) = figures_in_force(world.cycle)

    assert (stored["value"], stored["state"]) == ("7", "submitted")
    assert (stored["source"]["file"], stored["source"]["cell"]) == ("二季度.xlsx", "B2")


def test_withdrawal_takes_the_value_in_force_out(revised: World) -> None:
    withdraw_figure(actor=revised.people["wuxing"], figure=Figure.objects.get(), reason="重复")

    figure = Figure.objects.get()
    assert counting(revised) == []
    assert (figure.submitted_value, figure.submitted_revision) == (None, None)


def test_sending_back_takes_it_out_and_the_draft_stays_its_writer_s(revised: World) -> None:
    send_back_figure(actor=revised.people["jxj"], figure=Figure.objects.get(), reason="口径不对")

    figure = Figure.objects.get()
    (line,) = review_lines(revised.people["jxj"], revised.cycle, shown="sent_back")
    (item,) = handing_in_of(revised.cycle, reporter=revised.wuxing).sent_back
    assert counting(revised) == []
    assert (figure.state, figure.value, figure.submitted_revision) == ("sent_back", Decimal(9), None)
    assert list(ReviewNote.objects.values_list("revision_number", "reason")) == [(1, "口径不对")]
    assert line.revision is not None
    assert line.revision.value == Decimal(7)
    assert item.change is not None
    assert (item.change.old, item.change.new, item.change.reason) == (Decimal(7), Decimal(9), "口径不对")


def test_verifier_confirms_what_was_handed_in_and_never_the_draft(revised: World) -> None:
    jxj = revised.people["jxj"]
    (waiting,) = review_lines(jxj, revised.cycle, shown="waiting")
    revised.verify("jxj", Figure.objects.get())

    figure = Figure.objects.get()
    assert waiting.revision is not None
    assert (waiting.revision.number, waiting.revision.value) == (1, Decimal(7))
    assert (figure.state, figure.verified_value, figure.verified_revision) == ("draft", Decimal(7), 1)
    assert figure.in_force_note == "核定数 7 仍然有效，新值 9 尚未报送"
    assert counting(revised) == [("7", 1, True)]
    assert review_lines(jxj, revised.cycle, shown="waiting") == []
    assert [line.figure.pk for line in review_lines(jxj, revised.cycle, shown="verified")] == [figure.pk]
    with pytest.raises(WrongState, match="不能改为“已核定”"):
        revised.verify("jxj", figure)


def test_the_confirmed_value_counts_while_the_correction_waits_for_its_own(revised: World) -> None:
    revised.verify("jxj", Figure.objects.get())
    hand_in(revised)
    waiting = counting(revised)
    (line,) = review_lines(revised.people["jxj"], revised.cycle, shown="waiting")
    note = Figure.objects.get().in_force_note
    revised.verify("jxj", Figure.objects.get())

    assert waiting == [("7", 1, True)]
    assert note == "核定数 7 仍然有效，新值 9 在等核定"
    assert line.change is not None
    assert (line.change.old, line.change.new) == (Decimal(7), Decimal(9))
    assert counting(revised) == [("9", 2, True)]


def test_frozen_ranking_takes_the_handed_in_value_once_it_is_confirmed(revised: World) -> None:
    before = effective_figures(revised.cycle, verified_only=True)
    Cycle.objects.filter(pk=revised.cycle.pk).update(state=CycleState.CLOSED)
    revised.verify("jxj", Figure.objects.get())

    after = effective_figures(revised.cycle, verified_only=True)

    assert before == {}
    assert [(item.number, item.revision) for item in after.values()] == [("7", 1)]


def test_review_of_something_else_than_was_shown_is_refused(revised: World) -> None:
    jxj, figure = revised.people["jxj"], Figure.objects.get()
    page = signed_in(jxj).get("/review/sowing-2025/2025Q2/").content.decode()
    hand_in(revised)

    with pytest.raises(WrongState, match="刚有新的报送"):
        verify_figures(
            actor=jxj, cycle=revised.cycle, verifications=[Verification(figure_id=figure.pk, seen=1)]
        )
    with pytest.raises(WrongState, match="刚有新的报送"):
        returned = [SendBack(figure_id=figure.pk, reason="口径不对", seen=1)]
        send_back_figures(actor=jxj, cycle=revised.cycle, returned=returned)

    assert f'name="revision-{figure.pk}" value="1"' in page
    assert "填报单位正在改，新数还没有报送" in page
    assert Figure.objects.get().state == FigureState.SUBMITTED


def test_draft_that_waits_in_the_unit_leaves_the_earlier_report_in_force(with_unit_review: World) -> None:
    world = with_unit_review
    world.report("wuxing", {("parks", world.wuxing): "9"})
    figure = Figure.objects.get()
    waiting, note = counting(world), figure.in_force_note
    reviewer = world.people["wuxing-review"]
    returned = [SendBack(figure_id=figure.pk, reason="多报")]
    return_figures(actor=reviewer, cycle=world.cycle, returned=returned)
    after_return = counting(world)
    world.report("wuxing", {("parks", world.wuxing): "8"})
    pass_figures(actor=reviewer, cycle=world.cycle, figure_ids=[figure.pk])

    assert (waiting, note) == ([("7", 1, False)], "报送数 7 仍然有效，新值 9 在等单位审核")
    assert after_return == [("7", 1, False)]
    assert counting(world) == [("8", 3, False)]


def test_verifier_confirms_the_earlier_report_while_the_unit_reviews(with_unit_review: World) -> None:
    world = with_unit_review
    world.report("wuxing", {("parks", world.wuxing): "9"})

    world.verify("jxj", Figure.objects.get())

    figure = Figure.objects.get()
    assert (figure.state, figure.value, figure.verified_value) == ("unit_review", Decimal(9), Decimal(7))


def test_what_is_in_force_is_not_missing_and_the_reporter_is_told(revised: World) -> None:
    (status,) = return_statuses(cycles=[revised.cycle], reporters=[revised.wuxing])
    (progress,) = [
        item for item in reporting_progress(revised.people["wuxing"]) if item.cycle == revised.cycle
    ]
    form = signed_in(revised.people["wuxing"]).get("/returns/sowing-2025/2025Q2/form/").content.decode()
    (draft,) = handing_in_of(revised.cycle, reporter=revised.wuxing).drafts
    (waiting,) = cycles_with_waiting(revised.people["jxj"])

    assert (status.unreported, status.drafts, status.revised) == (0, 0, 1)
    assert (progress.reported, progress.drafts) == (1, 1)
    assert "报送数 7 仍然有效，新值 9 尚未报送" in form
    assert draft.change is not None
    assert (draft.change.old, draft.change.new, draft.change.reason) == (Decimal(7), Decimal(9), "")
    assert waiting.waiting == 1


def test_sheet_printed_meanwhile_bears_what_is_in_force(revised: World) -> None:
    revised.indicator("firms", name="专精特新企业")
    revised.target("firms", revised.wuxing, "9")
    revised.report("wuxing", {("firms", revised.wuxing): "3"})

    lines = read_sheet(Submission.objects.first()).lines  # type: ignore[arg-type]

    assert [(line.indicator, line.value, line.revision) for line in lines] == [
        ("parks", "7", 1),
        ("firms", "3", 1),
    ]


def test_others_are_compared_with_and_told_the_value_in_force(revised: World) -> None:
    revised.report("jxj", {("parks", revised.wuxing): "7"})
    figure = Figure.objects.get(reporter=revised.wuxing)
    comment = write_comment(actor=revised.people["jxj"], figure=figure, text="请附名单")

    page = signed_in(revised.people["jxj"]).get("/review/sowing-2025/2025Q2/").content.decode()

    assert "两个数不同" not in page
    assert (comment.revision_number, comment.value) == (1, Decimal(7))
    listed = signed_in(revised.people["jxj"]).get("/api/plans/sowing-2025/2025Q2/figures/").json()
    assert [item["submitted_value"] for item in listed if item["id"] == figure.pk] == ["7.000000"]


def test_database_refuses_a_report_without_its_value(revised: World) -> None:
    figures = Figure.objects.all()

    with pytest.raises(IntegrityError), transaction.atomic():
        figures.update(submitted_value=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        figures.update(state=FigureState.SUBMITTED)


def test_migration_finds_what_was_handed_in_from_sheets_and_reviews(revised: World) -> None:
    fill_from_history = import_module("returns.migrations.0014_fill_submitted_value").fill_from_history
    revised.report("nanxun", {("parks", revised.nanxun): "3"})
    refused = Figure.objects.get(reporter=revised.nanxun)
    send_back_figure(actor=revised.people["jxj"], figure=refused, reason="口径不对")
    revised.report("nanxun", {("parks", revised.nanxun): "4"}, submit=False)
    at = Figure.objects.get(reporter=revised.wuxing).submitted_at
    Figure.objects.update(submitted_value=None, submitted_revision=None)
    Figure.objects.filter(reporter=revised.wuxing).update(submitted_at=None)

    fill_from_history(apps)

    found = Figure.objects.order_by("pk").values_list("submitted_value", "submitted_revision", "submitted_at")
    assert found[0] == (Decimal(7), 1, at)
    assert found[1][:2] == (None, None)


def test_reporter_withdraws_on_the_figure_s_page_with_a_reason_only(revised: World) -> None:
    figure, client = Figure.objects.get(), signed_in(revised.people["wuxing"])
    address = f"/figures/{figure.pk}/withdraw/"

    before = client.get(f"/figures/{figure.pk}/").content.decode()
    blank = client.post(address, {"reason": " ", "revision": "2"})
    stale = client.post(address, {"reason": "重复", "revision": "1"})
    between = counting(revised)
    done = client.post(address, {"reason": "重复填报", "revision": "2"}, follow=True)
    again = client.post(address, {"reason": "重复填报"})

    assert [answer.status_code for answer in (blank, stale, done, again)] == [422, 422, 200, 422]
    assert "第 1 次填报（网页填报），现在有效" in before
    assert "撤回须写明理由" in blank.content.decode()
    assert "刚有改动" in stale.content.decode()
    assert (between, counting(revised)) == ([("7", 1, False)], [])
    assert "撤回（第 3 次改动）" in done.content.decode()
    assert "重复填报" in done.content.decode()
    assert "撤回这个数" not in done.content.decode()
    entry = AuditEntry.objects.get(verb="figure.withdrawn")
    assert entry.changes == {"value": ["9", None], "in_force": ["7", None]}


def test_others_read_a_sealed_figure_up_to_what_was_verified(revised: World) -> None:
    figure = Figure.objects.get()
    revised.verify("jxj", figure)
    Cycle.objects.filter(pk=revised.cycle.pk).update(state=CycleState.FROZEN)
    other, own = signed_in(revised.people["nanxun"]), signed_in(revised.people["wuxing"])

    page = other.get(f"/figures/{figure.pk}/").content.decode()
    own_page = own.get(f"/figures/{figure.pk}/").content.decode()
    (listed,) = other.get("/api/plans/sowing-2025/2025Q2/figures/").json()

    assert ("已核定" in page, "<b>9</b>" in page, "第 2 次填报" in page) == (True, False, False)
    assert ("<b>9</b>" in own_page, "第 2 次填报" in own_page) == (True, True)
    assert (listed["state"], listed["revision_number"], listed["value"]) == ("verified", 1, "7.000000")
