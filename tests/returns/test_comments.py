"""Comments on figures: who writes, what is kept, and whom the bell tells."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Role
from audit.models import AuditEntry
from returns.discussions import unseen_comments
from returns.models import Cycle, Figure
from returns.papers import Comment
from returns.rules import may_read_papers
from returns.services.comments import write_comment
from returns.services.review import send_back_figure
from returns.states import CycleState, WrongState
from tests.factories import UserFactory, World, grant, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for place in (world.wuxing, world.nanxun):
        world.target("parks", place, "12")
        world.report(place.code, {("parks", place): "7"})
    world.people["reviewer"] = UserFactory.create(username="reviewer", organisation=world.wuxing)
    grant(world.people["reviewer"], Role.REVIEWER, world.wuxing)
    return world


def own_figure(world: World) -> Figure:
    return Figure.objects.select_related("cycle__plan", "indicator", "organisation").get(
        organisation=world.wuxing
    )


def say(world: World, account: str, text: str) -> Comment:
    return write_comment(actor=world.people[account], figure=own_figure(world), text=text)


def rung(world: World, account: str) -> list[tuple[str, int]]:
    return [(item.newest.text, item.unseen) for item in unseen_comments(world.people[account])]


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


@pytest.mark.parametrize("account", ["wuxing", "reviewer", "jxj", "owner"])
def test_those_with_a_part_in_the_figure_comment_on_it(world: World, account: str) -> None:
    comment = say(world, account, " 名单附后 ")

    assert (comment.text, comment.value, comment.revision_number) == ("名单附后", 7, 1)
    entry = AuditEntry.objects.get(verb="comment.written")
    assert (entry.subject_id, entry.changes["comment"]) == (str(own_figure(world).pk), comment.pk)
    assert "名单" not in str(entry.changes)


@pytest.mark.parametrize("account", ["nanxun", "leader", "tjj", "auditor", "sysadmin", "secadmin"])
def test_others_do_not_comment(world: World, account: str) -> None:
    with pytest.raises(PermissionDenied):
        say(world, account, "看看")

    assert Comment.objects.count() == 0


def test_comment_keeps_the_value_that_the_figure_had(world: World) -> None:
    say(world, "jxj", "请核对")
    world.report("wuxing", {("parks", world.wuxing): "8"}, reason="漏报")
    say(world, "wuxing", "已改")

    kept = Comment.objects.order_by("id").values_list("text", "value", "revision_number")

    assert list(kept) == [("请核对", 7, 1), ("已改", 8, 2)]


def test_blank_too_long_and_frozen_are_refused(world: World) -> None:
    with pytest.raises(WrongState, match="批注是空的"):
        say(world, "wuxing", " \n ")
    with pytest.raises(WrongState, match="有 2001 字，最多 2000 字"):
        say(world, "wuxing", "长" * 2001)
    Cycle.objects.update(state=CycleState.FROZEN)
    with pytest.raises(WrongState, match="已冻结"):
        say(world, "wuxing", "晚了")

    assert Comment.objects.count() == 0


def test_database_refuses_to_change_or_delete_a_comment(world: World) -> None:
    say(world, "wuxing", "原话")

    for statement in ("UPDATE returns_comment SET text = '改过'", "DELETE FROM returns_comment"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Comment.objects.get().text == "原话"


def test_bell_rings_on_the_other_side_until_the_page_was_opened(world: World) -> None:
    say(world, "jxj", "请附名单")
    say(world, "jxj", "本周内")
    figure = own_figure(world)

    before = {account: rung(world, account) for account in ("wuxing", "reviewer", "jxj", "nanxun", "owner")}
    listed = client_of(world, "wuxing").get("/returns/").content.decode()
    client_of(world, "wuxing").get(f"/figures/{figure.pk}/")
    after = {account: rung(world, account) for account in ("wuxing", "reviewer")}
    say(world, "wuxing", "已附")

    told = [("本周内", 2)]
    assert before == {"wuxing": told, "reviewer": told, "jxj": [], "nanxun": [], "owner": []}
    assert "本周内" in listed
    assert after == {"wuxing": [], "reviewer": told}
    assert rung(world, "jxj") == [("已附", 1)]
    assert "已附" in client_of(world, "jxj").get("/review/").content.decode()


def test_owner_is_rung_where_the_owner_has_spoken(world: World) -> None:
    say(world, "wuxing", "一")
    silent = rung(world, "owner")
    say(world, "owner", "二")
    say(world, "wuxing", "三")

    assert silent == []
    assert rung(world, "owner") == [("三", 2)]


def test_sending_back_stands_in_the_thread(world: World) -> None:
    say(world, "jxj", "请附名单")
    send_back_figure(actor=world.people["jxj"], figure=own_figure(world), reason="没有名单")
    say(world, "wuxing", "已补")

    response = client_of(world, "wuxing").get(f"/figures/{own_figure(world).pk}/")

    said = [text for event in response.context["thread"] for _, text in event.said]
    assert said == ["请附名单", "没有名单", "已补"]
    review = client_of(world, "jxj").get("/review/sowing-2025/2025Q2/?state=sent_back")
    figure = review.context["ticking"].rows[0].line.figure
    assert (figure.comment_count, figure.comment_text) == (3, "已补")


def test_refused_comment_stays_in_the_form(world: World) -> None:
    response = client_of(world, "wuxing").post(
        f"/figures/{own_figure(world).pk}/comments/", {"text": "长" * 2001}
    )

    assert response.status_code == 422
    assert response.context["said"] == "长" * 2001


def test_condition_on_rows_and_predicate_say_the_same(world: World) -> None:
    world.report("jxj", {("parks", world.whole_city): "20", ("parks", world.wuxing): "6"})
    figures = list(Figure.objects.select_related("cycle__plan", "indicator", "organisation"))

    for name, user in world.people.items():
        by_rows = set(Figure.objects.involving(user).values_list("pk", flat=True))
        by_rule = {figure.pk for figure in figures if may_read_papers(user, figure)}
        assert by_rows == by_rule, name
    assert Figure.objects.involving(world.people["wuxing"]).get().reporter == world.wuxing
    assert Figure.objects.involving(world.people["tjj"]).get().organisation == world.whole_city


def test_papers_stay_closed_to_neighbours_after_the_freeze(world: World) -> None:
    say(world, "wuxing", "内情")
    figure = own_figure(world)
    world.verify("jxj", figure)
    Cycle.objects.update(state=CycleState.PUBLISHED)

    response = client_of(world, "nanxun").get(f"/figures/{figure.pk}/")

    assert response.status_code == 200
    assert "内情" not in response.content.decode()
    assert (
        client_of(world, "nanxun").post(f"/figures/{figure.pk}/comments/", {"text": "x"}).status_code == 404
    )
