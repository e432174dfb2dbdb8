"""Drafting, editing, signing, issuing: who may, when, and what can no longer change."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from audit.models import AuditEntry
from bulletins.models import Bulletin
from bulletins.services import (
    HEADER_FIELDS,
    TextRefused,
    discard_bulletin,
    edit_bulletin,
    issue_bulletin,
    next_sequence,
    save_wording,
    sign_bulletin,
    start_brief,
    start_notice,
    take_back,
)
from returns.states import WrongState
from tests.factories import World, open_cycle_of

DAY = datetime.date(2025, 7, 25)


def header(bulletin: Bulletin, **changes: str) -> dict[str, str]:
    return {name: getattr(bulletin, name) for name in HEADER_FIELDS} | changes


def edit(world: World, bulletin: Bulletin, **texts: str) -> Bulletin:
    return edit_bulletin(
        actor=world.people["owner"],
        bulletin=bulletin,
        header=header(bulletin),
        texts=texts,
        revision=bulletin.revision,
    )


def signed(world: World, bulletin: Bulletin) -> Bulletin:
    return sign_bulletin(actor=world.people["leader"], bulletin=bulletin, revision=bulletin.revision)


def issued(world: World, bulletin: Bulletin, sequence: int = 12) -> Bulletin:
    return issue_bulletin(
        actor=world.people["owner"], bulletin=bulletin, code="湖政办督", sequence=sequence, dated_on=DAY
    )


def test_start_notice_composes_every_section_from_the_sealed_ranking(world: World, notice: Bulletin) -> None:
    texts = {section["key"]: section["text"] for section in notice.sections}

    assert list(texts) == ["overview", "indicators", "lists", "problems", "requirements"]
    assert "吴兴区{吴兴区·总分}分" in texts["overview"]
    assert notice.facts["吴兴区·总分"] == "110.84"
    assert notice.facts["红榜条件"] == "进度超过序时且居该项指标前3位"
    assert [run.digest for run in notice.runs.order_by("board")] == [
        run.digest for run in world.cycle.runs.order_by("board")
    ]


def test_start_notice_waits_for_publication(world: World) -> None:
    third = open_cycle_of(world, 2025, 3)

    with pytest.raises(WrongState, match="还没有发布"):
        start_notice(actor=world.people["owner"], cycle=third)


@pytest.mark.parametrize("who", ["wuxing", "jxj", "leader", "sysadmin"])
def test_only_the_owner_drafts(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        start_notice(actor=world.people[who], cycle=world.cycle)


def test_edit_keeps_the_text_and_the_trail_says_old_and_new(world: World, notice: Bulletin) -> None:
    was = notice.sections[4]["text"]

    saved = edit(world, notice, requirements="各单位要抓紧补短。")

    assert saved.sections[4]["text"] == "各单位要抓紧补短。"
    assert saved.revision == 2
    entry = AuditEntry.objects.filter(verb="bulletin.edited").get()
    assert entry.changes == {"requirements": [was, "各单位要抓紧补短。"]}


def test_edit_refuses_a_typed_figure_and_keeps_nothing(world: World, notice: Bulletin) -> None:
    with pytest.raises(TextRefused) as refused:
        edit(world, notice, overview="吴兴区得120分", requirements="{没有}")

    assert len(refused.value.problems) == 2
    notice.refresh_from_db()
    assert notice.revision == 1


def test_edit_of_a_stale_page_is_refused(world: World, notice: Bulletin) -> None:
    edit(world, notice, requirements="先保存的。")

    with pytest.raises(WrongState, match="已被别人改过"):
        edit(world, notice, requirements="后保存的。")


def test_a_signed_text_cannot_be_edited_until_it_is_taken_back(world: World, notice: Bulletin) -> None:
    done = signed(world, notice)

    with pytest.raises(WrongState, match="已签发"):
        edit(world, done, requirements="改。")
    back = take_back(actor=world.people["owner"], bulletin=done, reason="补充要求")
    saved = edit(world, back, requirements="改。")
    assert (saved.state, saved.digest, saved.signed_by_label) == ("draft", "", "")


def test_only_a_leader_signs_and_only_what_was_seen(world: World, notice: Bulletin) -> None:
    with pytest.raises(PermissionDenied):
        sign_bulletin(actor=world.people["owner"], bulletin=notice, revision=1)
    edit(world, notice, requirements="改过。")
    with pytest.raises(WrongState, match="刚被修改过"):
        sign_bulletin(actor=world.people["leader"], bulletin=notice, revision=1)


def test_issue_numbers_the_document(world: World, notice: Bulletin) -> None:
    done = issued(world, signed(world, notice))

    assert done.number == "湖政办督〔2025〕12号"
    assert next_sequence("湖政办督", 2025) == 13
    assert Bulletin.objects.visible_to(world.people["wuxing"]).get() == done


def test_issue_needs_a_signature_and_a_free_number(world: World, notice: Bulletin) -> None:
    with pytest.raises(WrongState, match="还没有经领导签发"):
        issued(world, notice)
    issued(world, signed(world, notice))
    other = signed(world, start_notice(actor=world.people["owner"], cycle=world.cycle))
    with pytest.raises(WrongState, match="已经用过"):
        issued(world, other)


def test_issue_refuses_content_that_is_not_what_was_signed(world: World, notice: Bulletin) -> None:
    done = signed(world, notice)
    Bulletin.objects.filter(pk=done.pk).update(state="draft")
    Bulletin.objects.filter(pk=done.pk).update(facts=done.facts | {"吴兴区·总分": "120.00"})
    Bulletin.objects.filter(pk=done.pk).update(state="signed")

    with pytest.raises(WrongState, match="与签发时不一致"):
        issued(world, done)


@pytest.mark.parametrize(
    "change", [{"title": "另一个标题"}, {"facts": {}}, {"sections": []}, {"tables": []}, {"digest": "0" * 64}]
)
def test_the_database_refuses_to_change_a_signed_text(
    world: World, notice: Bulletin, change: dict[str, object]
) -> None:
    done = signed(world, notice)

    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=done.pk).update(**change)


def test_the_database_refuses_to_touch_an_issued_document(world: World, notice: Bulletin) -> None:
    done = issued(world, signed(world, notice))

    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=done.pk).update(state="draft")
    with pytest.raises(DatabaseError), transaction.atomic():
        done.runs.clear()
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=done.pk).delete()


def test_drafts_are_seen_by_owner_and_leader_alone(world: World, notice: Bulletin) -> None:
    seen = {
        who: Bulletin.objects.visible_to(world.people[who]).exists()
        for who in ("owner", "leader", "wuxing", "jxj", "auditor", "sysadmin")
    }

    assert seen == {
        "owner": True,
        "leader": True,
        "wuxing": False,
        "jxj": False,
        "auditor": False,
        "sysadmin": False,
    }


def test_discard_leaves_a_trace(world: World, notice: Bulletin) -> None:
    discard_bulletin(actor=world.people["owner"], bulletin=notice)

    assert not Bulletin.objects.exists()
    assert AuditEntry.objects.filter(verb="bulletin.discarded").count() == 1


def test_a_plan_has_its_own_wording(world: World, notice: Bulletin) -> None:
    wording = save_wording(
        actor=world.people["owner"],
        plan=world.plan,
        templates={"overview": "共{{ 单位数 }}家。"},
        front=1,
        end=1,
    )

    other = start_notice(actor=world.people["owner"], cycle=world.cycle)
    assert wording.version == 1
    assert other.sections[0]["text"] == "共{参评单位数}家。"
    assert other.facts["红榜条件"] == "进度超过序时且居该项指标前1位"
    notice.refresh_from_db()
    assert notice.sections[0]["text"] != other.sections[0]["text"]


def test_wording_with_a_mistake_is_refused_with_its_section(world: World) -> None:
    with pytest.raises(TextRefused, match="总体情况"):
        save_wording(
            actor=world.people["owner"], plan=world.plan, templates={"overview": "{% if %}"}, front=1, end=1
        )


def test_a_brief_covers_every_plan_with_a_published_board(world: World) -> None:
    brief = start_brief(actor=world.people["owner"], city=world.city)

    name = world.plan.short_name
    assert brief.facts[f"{name}·计分项次"] == "6"
    assert f"居首的是吴兴区（{{{name}·吴兴区·总分}}分）" in brief.sections[0]["text"]
