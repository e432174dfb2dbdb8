import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry
from returns.models import Cycle, Figure, FigureRevision, LatePermission
from returns.selectors import effective_figures
from returns.services.figures import submit_figures, withdraw_figure
from returns.services.review import Verification, send_back_figure, verify_figures
from returns.states import CycleState, FigureState, WrongState
from tests.factories import World, make_world, open_cycle_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "6")
    return world


def test_saving_makes_a_figure_with_one_revision(world: World) -> None:
    saved = world.report("wuxing", {("parks", world.wuxing): "7"})

    figure = Figure.objects.get()
    assert (saved.new, saved.changed, saved.unchanged) == (1, 0, 0)
    assert (figure.value, figure.state, figure.revision_number) == (Decimal(7), FigureState.SUBMITTED, 1)
    assert list(figure.revisions.values_list("number", "value", "author__username")) == [
        (1, Decimal(7), "wuxing")
    ]


def test_saving_the_same_again_makes_no_revision(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    entries = AuditEntry.objects.count()

    saved = world.report("wuxing", {("parks", world.wuxing): "7"})

    assert (saved.new, saved.changed, saved.unchanged) == (0, 0, 1)
    assert FigureRevision.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_change_is_a_new_revision_and_the_old_one_stays(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    world.report("wuxing", {("parks", world.wuxing): "8"}, reason="漏报一个")

    assert list(FigureRevision.objects.order_by("number").values_list("number", "value", "reason")) == [
        (1, Decimal(7), ""),
        (2, Decimal(8), "漏报一个"),
    ]


def test_confirmed_figure_is_changed_with_a_reason_only(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.verify("jxj", Figure.objects.get())

    with pytest.raises(WrongState, match="理由"):
        world.report("wuxing", {("parks", world.wuxing): "8"})
    world.report("wuxing", {("parks", world.wuxing): "8"}, reason="漏报一个")

    figure = Figure.objects.get()
    assert (figure.value, figure.state) == (Decimal(8), FigureState.SUBMITTED)
    assert [item.value for item in effective_figures(world.cycle).values()] == [Decimal(7)]


def test_zero_is_a_figure_and_not_missing(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "0"})

    effective = effective_figures(world.cycle)

    assert [figure.value for figure in effective.values()] == [Decimal(0)]


def test_draft_does_not_count_until_submitted(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"}, submit=False)
    before = effective_figures(world.cycle)

    count = submit_figures(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)

    assert before == {}
    assert count == 1
    assert len(effective_figures(world.cycle)) == 1


def test_another_organisation_may_not_report_in_ones_name(world: World) -> None:
    world.people["nanxun"].organisation = world.wuxing

    with pytest.raises(PermissionDenied):
        world.report("nanxun", {("parks", world.wuxing): "7"})

    assert Figure.objects.count() == 0


def test_lead_department_prevails_while_nothing_is_verified(world: World) -> None:
    world.report("jxj", {("parks", world.wuxing): "6"})
    world.report("wuxing", {("parks", world.wuxing): "7"})

    (effective,) = effective_figures(world.cycle).values()

    assert (effective.value, effective.reporter_id) == (Decimal(6), world.jxj.pk)


def test_verified_figure_prevails_over_any_submitted_one(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.verify("jxj", Figure.objects.get(reporter=world.wuxing))
    world.report("jxj", {("parks", world.wuxing): "6"})

    (effective,) = effective_figures(world.cycle).values()

    assert (effective.value, effective.is_verified) == (Decimal(7), True)


def test_verified_only_leaves_submitted_figures_out(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    assert effective_figures(world.cycle, verified_only=True) == {}


def test_verifier_may_confirm_another_value_with_a_reason(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    figure = Figure.objects.get()
    other = Verification(figure_id=figure.pk, value=Decimal(6))
    problems = verify_figures(actor=world.people["jxj"], cycle=world.cycle, verifications=[other])
    assert [problem.code for problem in problems] == ["reason_needed"]

    with_reason = Verification(figure_id=figure.pk, value=Decimal(6), reason="一个未投用")
    verify_figures(actor=world.people["jxj"], cycle=world.cycle, verifications=[with_reason])

    figure.refresh_from_db()
    assert (figure.value, figure.verified_value, figure.review_reason) == (
        Decimal(7),
        Decimal(6),
        "一个未投用",
    )


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e15", "0.1234567", "1234567890.123456"])
def test_verified_value_that_cannot_be_stored_is_refused(world: World, text: str) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    item = Verification(figure_id=Figure.objects.get().pk, value=Decimal(text), reason="复核")

    problems = verify_figures(actor=world.people["jxj"], cycle=world.cycle, verifications=[item])

    assert [problem.code for problem in problems] == ["not_a_number"]
    assert Figure.objects.get().state == FigureState.SUBMITTED


def test_nobody_verifies_what_they_are_ranked_by(world: World) -> None:
    world.report("jxj", {("parks", world.whole_city): "20"})
    figure = Figure.objects.get()

    with pytest.raises(PermissionDenied):
        world.verify("jxj", figure)
    world.verify("tjj", figure)

    figure.refresh_from_db()
    assert figure.state == FigureState.VERIFIED


def test_district_may_not_verify_its_own_figure(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    with pytest.raises(PermissionDenied):
        world.verify("wuxing", Figure.objects.get())


def test_sending_back_needs_a_reason_and_keeps_the_author(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    figure = Figure.objects.get()
    with pytest.raises(WrongState, match="理由"):
        send_back_figure(actor=world.people["jxj"], figure=figure, reason=" ")

    send_back_figure(actor=world.people["jxj"], figure=figure, reason="请附名单")

    figure.refresh_from_db()
    assert (figure.state, figure.review_reason) == (FigureState.SENT_BACK, "请附名单")
    assert figure.revisions.get().author == world.people["wuxing"]
    assert effective_figures(world.cycle) == {}


def test_withdrawal_is_an_act_with_a_reason(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    withdraw_figure(actor=world.people["wuxing"], figure=Figure.objects.get(), reason="重复统计")

    assert effective_figures(world.cycle) == {}
    assert list(FigureRevision.objects.order_by("number").values_list("value", flat=True)) == [
        Decimal(7),
        None,
    ]


@pytest.mark.parametrize(
    ("now", "past"),
    [
        (datetime.datetime(2025, 7, 10, 15, 59, 59, tzinfo=datetime.UTC), False),
        (datetime.datetime(2025, 7, 10, 16, 0, 0, tzinfo=datetime.UTC), True),
    ],
)
def test_cycle_closes_at_midnight_of_shanghai(now: datetime.datetime, past: bool) -> None:
    cycle = Cycle(year=2025, quarter=2, due_on=datetime.date(2025, 7, 10))

    assert cycle.is_past_due(now=now) is past


def test_late_return_needs_a_permission(world: World) -> None:
    late = open_cycle_of(world, 2025, 1, due_on=datetime.date(2025, 4, 10))
    with pytest.raises(WrongState, match="截止"):
        world.report("wuxing", {("parks", world.wuxing): "7"}, cycle=late)
    LatePermission.objects.create(
        cycle=late,
        organisation=world.wuxing,
        until=datetime.date(2100, 1, 1),
        reason="系统故障",
        granted_by=world.people["owner"],
    )

    saved = world.report("wuxing", {("parks", world.wuxing): "7"}, cycle=late)

    assert saved.new == 1


def test_frozen_cycle_refuses_figures_in_service_and_database(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    Cycle.objects.filter(pk=world.cycle.pk).update(state=CycleState.FROZEN)

    with pytest.raises(WrongState, match="冻结"):
        world.report("wuxing", {("parks", world.wuxing): "8"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Figure.objects.update(value=9)

    assert Figure.objects.get().value == Decimal(7)


def test_database_refuses_to_change_revisions(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    for sql in ("UPDATE returns_figurerevision SET value = 9", "DELETE FROM returns_figurerevision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    assert FigureRevision.objects.get().value == Decimal(7)


def test_visible_figures_before_the_freeze_are_ones_own(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("nanxun", {("parks", world.nanxun): "3"})

    def seen(name: str) -> list[str]:
        figures = Figure.objects.visible_to(world.people[name]).order_by("organisation__order")
        return [figure.organisation.code for figure in figures]

    assert seen("wuxing") == ["wuxing"]
    assert seen("nanxun") == ["nanxun"]
    assert seen("jxj") == ["wuxing", "nanxun"]
    assert seen("owner") == seen("leader") == ["wuxing", "nanxun"]
    assert seen("auditor") == seen("sysadmin") == seen("secadmin") == []


def test_visible_figures_after_the_freeze_are_all_verified_ones(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("nanxun", {("parks", world.nanxun): "3"})
    world.verify("jxj", Figure.objects.get(organisation=world.wuxing))
    Cycle.objects.filter(pk=world.cycle.pk).update(state=CycleState.FROZEN)

    seen = Figure.objects.visible_to(world.people["nantaihu"])

    assert [figure.organisation.code for figure in seen] == ["wuxing"]
