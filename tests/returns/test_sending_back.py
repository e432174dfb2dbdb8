"""Sending back and verifying many figures at once: one transaction, a reason for each, few queries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from returns.models import Figure, ReviewNote
from returns.services.figures import withdraw_figure
from returns.services.review import SendBack, Verification, send_back_figures, verify_figures
from returns.states import WrongState
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

REVIEW = "/review/sowing-2025/2025Q2/"


def fill(count: int) -> tuple[World, list[Figure]]:
    """A district with this many submitted figures."""
    world = make_world()
    values = {}
    for number in range(count):
        world.indicator(f"i{number}")
        world.target(f"i{number}", world.wuxing, "12")
        values[f"i{number}", world.wuxing] = "7"
    world.report("wuxing", values)
    return world, list(Figure.objects.order_by("indicator__order"))


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def states() -> list[str]:
    return list(Figure.objects.order_by("indicator__order").values_list("state", flat=True))


def test_each_figure_goes_back_with_its_own_reason_and_entry() -> None:
    world, (first, second, third) = fill(3)

    problems = send_back_figures(
        actor=world.people["jxj"],
        cycle=world.cycle,
        returned=[
            SendBack(figure_id=first.pk, reason=" 缺名单 "),
            SendBack(figure_id=second.pk, reason="口径不对"),
        ],
    )

    assert problems == []
    assert states() == ["sent_back", "sent_back", "submitted"]
    assert list(ReviewNote.objects.order_by("figure_id").values_list("figure", "reason")) == [
        (first.pk, "缺名单"),
        (second.pk, "口径不对"),
    ]
    entries = AuditEntry.objects.filter(verb="figure.sent-back").order_by("id")
    assert {(entry.subject_id, entry.reason) for entry in entries} == {
        (str(first.pk), "缺名单"),
        (str(second.pk), "口径不对"),
    }
    assert third.revision_number == 1


def test_one_missing_reason_keeps_all_where_they_are() -> None:
    world, (first, second) = fill(2)

    problems = send_back_figures(
        actor=world.people["jxj"],
        cycle=world.cycle,
        returned=[SendBack(figure_id=first.pk, reason="缺名单"), SendBack(figure_id=second.pk, reason=" ")],
    )

    assert [problem.message for problem in problems] == ["退回“吴兴区 i1”没有写理由，请写明要改什么"]
    assert states() == ["submitted", "submitted"]
    assert ReviewNote.objects.count() == 0


def test_one_figure_in_another_state_keeps_all_where_they_are() -> None:
    world, (first, second) = fill(2)
    withdraw_figure(actor=world.people["wuxing"], figure=second, reason="重复")

    with pytest.raises(WrongState, match="不能改为“已退回”"):
        send_back_figures(
            actor=world.people["jxj"],
            cycle=world.cycle,
            returned=[SendBack(figure_id=item.pk, reason="请核对") for item in (first, second)],
        )

    assert states() == ["submitted", "draft"]


def test_one_foreign_figure_keeps_all_where_they_are() -> None:
    world, (first, _) = fill(2)
    foreign = world.indicator("foreign", lead=world.tjj)
    world.target("foreign", world.wuxing, "1")
    world.report("wuxing", {("foreign", world.wuxing): "1"})

    with pytest.raises(PermissionDenied):
        send_back_figures(
            actor=world.people["jxj"],
            cycle=world.cycle,
            returned=[
                SendBack(figure_id=first.pk, reason="请核对"),
                SendBack(figure_id=Figure.objects.get(indicator=foreign).pk, reason="请核对"),
            ],
        )

    assert set(states()) == {"submitted"}


def test_page_uses_the_line_s_reason_before_the_shared_one() -> None:
    world, (first, second) = fill(2)

    response = client_of(world, "jxj").post(
        REVIEW,
        {
            "figure": [first.pk, second.pk],
            "action": "send_back",
            "reason": "请核对名单",
            f"reason-{second.pk}": "口径不对",
        },
    )

    assert response.status_code == 302
    assert list(Figure.objects.order_by("indicator__order").values_list("review_reason", flat=True)) == [
        "请核对名单",
        "口径不对",
    ]


def test_refusal_keeps_what_was_typed_and_chosen() -> None:
    world, (first, second) = fill(2)

    response = client_of(world, "jxj").post(
        REVIEW,
        {"figure": [first.pk], "action": "verify", f"value-{first.pk}": "约6", f"reason-{second.pk}": "待查"},
    )

    assert response.status_code == 422
    assert [(row.value, row.reason, row.chosen) for row in response.context["ticking"].rows] == [
        ("约6", "", True),
        ("", "待查", False),
    ]
    assert states() == ["submitted", "submitted"]


def test_figure_that_somebody_handled_meanwhile_stops_the_rest() -> None:
    world, (first, second) = fill(2)
    world.verify("jxj", first)

    response = client_of(world, "jxj").post(
        REVIEW, {"figure": [first.pk, second.pk], "action": "send_back", "reason": "请核对"}
    )

    assert response.status_code == 422
    assert states() == ["verified", "submitted"]


def test_reported_and_verified_value_stand_side_by_side() -> None:
    world, (figure,) = fill(1)
    item = Verification(figure_id=figure.pk, value=Decimal(6), reason="一个未投用")
    verify_figures(actor=world.people["jxj"], cycle=world.cycle, verifications=[item])

    review = client_of(world, "jxj").get(f"{REVIEW}?state=verified")
    page = client_of(world, "wuxing").get(f"/figures/{figure.pk}/")

    (row,) = review.context["ticking"].rows
    assert (row.line.figure.value, row.line.figure.verified_value, row.differs_from_report) == (7, 6, True)
    assert "核定数与填报数不同" in review.content.decode()
    assert "与填报数不同" in page.content.decode()
    (first, second) = page.context["history"][:2]
    assert (first.old, first.new, second.new) == (7, 6, 7)


def own_queries(captured: CaptureQueriesContext) -> int:
    """Queries of the act itself: those that ask for the four boards are the same for any number."""
    return sum("rankings_rebuildrequest" not in query["sql"] for query in captured)


@pytest.mark.parametrize("count", [1, 30])
def test_acts_take_the_same_queries_for_one_and_thirty(count: int) -> None:
    world, figures = fill(count)
    actor = world.people["jxj"]

    with CaptureQueriesContext(connection) as verifying:
        verify_figures(
            actor=actor,
            cycle=world.cycle,
            verifications=[Verification(figure_id=figure.pk) for figure in figures],
        )
    with CaptureQueriesContext(connection) as sending:
        send_back_figures(
            actor=actor,
            cycle=world.cycle,
            returned=[SendBack(figure_id=figure.pk, reason="请核对") for figure in figures],
        )

    assert (own_queries(verifying), own_queries(sending)) == (14, 10)
    assert set(states()) == {"sent_back"}
