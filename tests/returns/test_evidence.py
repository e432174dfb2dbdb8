"""Evidence files of figures: attaching from the figure's page and the grid, taking back, handing out."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client

from audit.models import AuditEntry
from returns.models import Cycle, Figure
from returns.papers import Evidence, EvidenceWithdrawal
from returns.services.comments import write_comment
from returns.services.evidence import attach_evidence, withdraw_evidence
from returns.states import CycleState, FigureState, WrongState
from tests.factories import World, make_world
from tests.factories.files import PDF, PNG, upload

pytestmark = pytest.mark.django_db

FORM = "/returns/sowing-2025/2025Q2/form/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code in ("parks", "firms"):
        world.indicator(code)
        world.target(code, world.wuxing, "12")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    return world


def figure_of(code: str = "parks") -> Figure:
    return Figure.objects.select_related("indicator", "organisation", "cycle__plan").get(indicator__code=code)


def attach(world: World, *names: str) -> list[Evidence]:
    files = [upload(name, PDF + name.encode()) for name in names]
    attached = attach_evidence(actor=world.people["wuxing"], figure=figure_of(), files=files)
    assert attached.problems == ()
    return list(attached.evidence)


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def verbs() -> list[str]:
    return list(
        AuditEntry.objects.filter(verb__startswith="evidence.").order_by("id").values_list("verb", flat=True)
    )


def test_files_are_kept_with_fingerprint_author_and_trail(world: World) -> None:
    (evidence,) = attach(world, "名单.pdf")

    data = PDF + "名单.pdf".encode()
    with evidence.content.open("rb") as kept:
        assert kept.read() == data
    assert evidence.sha256 == hashlib.sha256(data).hexdigest()
    assert (evidence.author, evidence.revision_number, evidence.size) == (
        world.people["wuxing"],
        1,
        len(data),
    )
    entry = AuditEntry.objects.get(verb="evidence.attached")
    assert (entry.subject_id, entry.changes["sha256"]) == (str(figure_of().pk), evidence.sha256)
    assert figure_of().state == FigureState.SUBMITTED


def test_one_bad_file_keeps_all_outside_and_every_reason_is_told(world: World) -> None:
    files = [upload("a.pdf"), upload("b.pdf", b"MZ\x90"), upload("c.pdf", b"<html>")]

    attached = attach_evidence(actor=world.people["wuxing"], figure=figure_of(), files=files)

    assert [problem.message for problem in attached.problems] == [
        "佐证“b.pdf”没有收下：这是程序，不能上传。",
        "佐证“c.pdf”没有收下：这是网页文件，不能上传，请打印成 PDF 后上传。",
    ]
    assert Evidence.objects.count() == 0
    assert verbs() == ["evidence.refused"]


def test_same_content_and_too_many_are_told_with_the_limit(world: World, settings: Any) -> None:
    settings.EVIDENCE_FILES_MAX = 1
    files = [upload("a.pdf"), upload("b.pdf"), upload("c.png", PNG)]

    attached = attach_evidence(actor=world.people["wuxing"], figure=figure_of(), files=files)

    assert [problem.message for problem in attached.problems] == [
        "佐证“b.pdf”没有收下：与“a.pdf”内容相同，不必重复上传。",
        "佐证“c.png”没有收下：每项最多 1 个佐证文件，请合并后上传，或先撤回不用的。",
    ]
    assert Evidence.objects.count() == 0


def test_size_limit_is_a_setting_and_named(world: World, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    response = client_of(world, "wuxing").post(
        f"/figures/{figure_of().pk}/evidence/", {"evidence": [upload("a.pdf", PDF.ljust(1024 * 1024 + 1))]}
    )

    assert response.status_code == 422
    assert "超过每个文件 1 MB 的上限" in response.content.decode()


@pytest.mark.parametrize("account", ["jxj", "owner", "leader"])
def test_only_the_reporter_attaches_and_takes_back(world: World, account: str) -> None:
    (evidence,) = attach(world, "名单.pdf")

    with pytest.raises(PermissionDenied):
        attach_evidence(actor=world.people[account], figure=figure_of(), files=[upload("b.pdf")])
    with pytest.raises(PermissionDenied):
        withdraw_evidence(actor=world.people[account], evidence=evidence, reason="错")


def test_taking_back_needs_a_reason_and_keeps_the_file(world: World) -> None:
    (evidence,) = attach(world, "名单.pdf")
    with pytest.raises(WrongState, match="理由"):
        withdraw_evidence(actor=world.people["wuxing"], evidence=evidence, reason=" ")

    withdraw_evidence(actor=world.people["wuxing"], evidence=evidence, reason="传错了")

    with pytest.raises(WrongState, match="已经撤回过"):
        withdraw_evidence(actor=world.people["wuxing"], evidence=evidence, reason="再来")
    response = client_of(world, "jxj").get(f"/figures/{figure_of().pk}/")
    assert response.context["evidence_count"] == 0
    assert [event.what for event in response.context["history"]][:2] == ["撤回佐证", "上传佐证"]
    assert client_of(world, "jxj").get(f"/evidence/{evidence.pk}/file/").status_code == 200


def test_evidence_of_a_verified_figure_stays(world: World) -> None:
    (evidence,) = attach(world, "名单.pdf")
    world.verify("jxj", figure_of())

    with pytest.raises(WrongState, match="核定的依据"):
        withdraw_evidence(actor=world.people["wuxing"], evidence=evidence, reason="传错了")


def test_nothing_is_attached_or_taken_back_after_the_freeze(world: World) -> None:
    (evidence,) = attach(world, "名单.pdf")
    Cycle.objects.update(state=CycleState.FROZEN)

    with pytest.raises(WrongState, match="已冻结，不能再上传佐证"):
        attach_evidence(actor=world.people["wuxing"], figure=figure_of(), files=[upload("b.pdf")])
    with pytest.raises(WrongState, match="已冻结，不能再撤回佐证"):
        withdraw_evidence(actor=world.people["wuxing"], evidence=evidence, reason="传错了")


def test_database_refuses_to_change_or_delete_evidence(world: World) -> None:
    (evidence,) = attach(world, "名单.pdf")
    withdraw_evidence(actor=world.people["wuxing"], evidence=evidence, reason="传错了")

    for table in ("returns_evidence", "returns_evidencewithdrawal"):
        for statement in (f"UPDATE {table} SET created_at = NULL", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert (Evidence.objects.count(), EvidenceWithdrawal.objects.count()) == (1, 1)


def test_file_goes_out_as_download_that_no_browser_opens(world: World) -> None:
    (evidence,) = attach(world, "名单.pdf")

    response = client_of(world, "jxj").get(f"/evidence/{evidence.pk}/file/")

    assert response.content == PDF + "名单.pdf".encode()
    assert response["Content-Disposition"].startswith("attachment")
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == (
        "nosniff",
        "application/octet-stream",
    )
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.verb, entry.changes["sha256"], entry.period) == (
        "evidence.downloaded",
        evidence.sha256,
        "2025Q2",
    )
    assert not AuditEntry.objects.filter(verb="file.downloaded").exists()


def test_grid_saves_figures_and_files_together(world: World) -> None:
    body = {
        "firms.wuxing": "5",
        "evidence-firms.wuxing": [upload("a.pdf"), upload("b.png", PNG)],
        "save": "1",
    }

    response = client_of(world, "wuxing").post(FORM, body)

    assert response.status_code == 302
    assert list(figure_of("firms").evidence.values_list("filename", "kind")) == [
        ("a.pdf", "pdf"),
        ("b.png", "png"),
    ]
    page = client_of(world, "wuxing").get(FORM).content.decode()
    assert "佐证 2" in page


def test_grid_stores_neither_figure_nor_file_where_one_is_refused(world: World) -> None:
    body = {"firms.wuxing": "5", "evidence-firms.wuxing": [upload("a.pdf", b"MZ")], "save": "1"}
    client = client_of(world, "wuxing")

    bad_file = client.post(FORM, body)
    no_figure = client.post(
        FORM, {"parks.wuxing": "8", "evidence-firms.wuxing": [upload("a.pdf")], "save": "1"}
    )

    assert (bad_file.status_code, no_figure.status_code) == (422, 422)
    assert "这一项还没有完成值，请先填数再附佐证" in no_figure.content.decode()
    assert (Evidence.objects.count(), Figure.objects.count(), figure_of().value) == (0, 1, 7)


@pytest.mark.parametrize("count", [1, 5])
def test_attaching_takes_the_same_queries_for_one_and_five_files(
    world: World, django_assert_num_queries: Any, count: int
) -> None:
    figure, actor = figure_of(), world.people["wuxing"]
    files = [upload(f"{number}.pdf", PDF + bytes([number])) for number in range(count)]
    attach(world, "first.pdf")  # the trail's head exists from now on

    with django_assert_num_queries(9):
        attach_evidence(actor=actor, figure=figure, files=files)


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(
    ("account", "address"),
    [
        ("jxj", "/review/sowing-2025/2025Q2/"),
        ("wuxing", FORM),
        ("jxj", "/figures/{}/"),
        ("owner", "/figures/{}/"),
    ],
)
def test_pages_take_at_most_twelve_queries_for_one_and_five_papers(
    world: World, django_assert_max_num_queries: Any, count: int, account: str, address: str
) -> None:
    attach(world, *(f"{number}.pdf" for number in range(count)))
    for number in range(count):
        for writer in ("jxj", "wuxing"):
            write_comment(actor=world.people[writer], figure=figure_of(), text=f"{number}")
    client, address = client_of(world, account), address.format(figure_of().pk)
    client.get(address)  # notes what has been seen

    with django_assert_max_num_queries(12):
        response = client.get(address)

    assert response.status_code == 200
