"""Comments and evidence by the API: what the figure's page does, with the same rights and refusals."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from audit.models import AuditEntry
from returns.models import Cycle, Figure
from returns.papers import Comment, Evidence
from returns.services.comments import write_comment
from returns.services.evidence import attach_evidence, withdraw_evidence
from returns.states import CycleState
from tests.factories import World, make_world
from tests.factories.files import CONTENT_TYPES, PDF, docx, upload, zipped

pytestmark = pytest.mark.django_db

READERS = {"wuxing": 200, "jxj": 200, "owner": 200, "leader": 200}
STRANGERS = {"nanxun": 404, "tjj": 404, "auditor": 403, "sysadmin": 403, "secadmin": 403, "": 403}


@pytest.fixture
def world() -> World:
    world = make_world()
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    return world


def figure() -> Figure:
    return Figure.objects.select_related("indicator", "organisation", "cycle__plan").get()


def client_of(world: World, name: str) -> Client:
    """A signed-in client of the site: web pages and API alike; nobody for a blank name."""
    client = APIClient(raise_request_exception=False)
    if name:
        client.force_login(world.people[name])
    return client


def at(what: str) -> str:
    return f"/api/figures/{figure().pk}/{what}/"


def attach(world: World, name: str = "名单.pdf") -> Evidence:
    attached = attach_evidence(
        actor=world.people["wuxing"], figure=figure(), files=[upload(name, PDF + name.encode())]
    )
    return attached.evidence[0]


def test_comments_are_read_and_written_beside_the_value(world: World) -> None:
    write_comment(actor=world.people["jxj"], figure=figure(), text="请附名单")

    written = client_of(world, "wuxing").post(at("comments"), {"text": " 已附 "}, format="json")
    listed = client_of(world, "leader").get(at("comments")).json()

    assert written.status_code == 201
    assert (listed["count"], listed["next"], listed["previous"]) == (2, None, None)
    assert [
        (item["text"], item["author"], item["value"], item["revision_number"]) for item in listed["results"]
    ] == [
        ("请附名单", world.people["jxj"].label, "7.000000", 1),
        ("已附", world.people["wuxing"].label, "7.000000", 1),
    ]
    assert written.json() == listed["results"][1]
    assert AuditEntry.objects.filter(verb="comment.written").count() == 2


@pytest.mark.parametrize(("text", "told"), [("  ", "批注是空的"), ("长" * 2001, "最多 2000 字")])
def test_unfit_comment_is_refused_with_its_code(world: World, text: str, told: str) -> None:
    answer = client_of(world, "wuxing").post(at("comments"), {"text": text}, format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "comment_refused")
    assert told in answer.json()["error"]["message"]
    assert Comment.objects.count() == 0


def test_files_are_attached_listed_and_handed_out_as_they_came(world: World) -> None:
    files = [SimpleUploadedFile("名单.pdf", PDF), SimpleUploadedFile("批文.pdf", PDF + b"2")]

    attached = client_of(world, "wuxing").post(at("evidence"), {"evidence": files}, format="multipart")
    withdraw_evidence(actor=world.people["wuxing"], evidence=Evidence.objects.first(), reason="传错了")
    client = client_of(world, "jxj")
    listed = client.get(at("evidence")).json()["results"]
    file = client.get(listed[1]["file"], headers={"accept": "application/pdf"})

    assert attached.status_code == 201
    assert [item["filename"] for item in attached.json()] == ["名单.pdf", "批文.pdf"]
    assert [(item["sha256"], item["size"], item["withdrawal_reason"]) for item in listed] == [
        (hashlib.sha256(PDF).hexdigest(), len(PDF), "传错了"),
        (hashlib.sha256(PDF + b"2").hexdigest(), len(PDF) + 1, ""),
    ]
    assert [item["withdrawn_at"] is None for item in listed] == [False, True]
    assert (file.status_code, file.content) == (200, PDF + b"2")
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment;")
    assert file["X-Content-Type-Options"] == "nosniff"
    verbs = AuditEntry.objects.filter(verb__regex=r"^(evidence|file)\.").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "evidence.attached",
        "evidence.attached",
        "evidence.withdrawn",
        "evidence.downloaded",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00",
        b"<!DOCTYPE html><p>",
        b"GIF89a<script>",
        PDF + b"<</S/JavaScript/JS(app.alert(1))>>",
        docx("word/vbaProject.bin"),
        zipped(CONTENT_TYPES, "xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
        zipped("readme.txt", "evil.pdf"),
        None,
    ],
    ids=["empty", "program", "page", "gif", "pdf-script", "macro", "macro-sheet", "zip", "none"],
)
def test_hostile_files_are_refused_in_the_words_of_the_page(world: World, data: bytes | None) -> None:
    def body() -> dict[str, object]:
        return {} if data is None else {"evidence": [upload("a.pdf"), upload("b.pdf", data)]}

    client = client_of(world, "wuxing")
    by_api = client.post(at("evidence"), body(), format="multipart")
    by_page = client.post(f"/figures/{figure().pk}/evidence/", body(), format="multipart")

    assert (by_api.status_code, by_page.status_code) == (400, 422)
    assert by_api.json()["error"]["code"] == "evidence_refused"
    ((code, message),) = [(item["code"], item["message"]) for item in by_api.json()["error"]["problems"]]
    assert code == "evidence_refused"
    assert message in by_page.content.decode()
    assert Evidence.objects.count() == 0
    assert AuditEntry.objects.filter(verb="evidence.refused").count() == 2


def test_papers_open_to_those_involved_only(world: World) -> None:
    evidence = attach(world)
    Figure.objects.update(
        state="verified", verified_value=7, verified_at=figure().submitted_at, verified_by=world.people["jxj"]
    )
    Cycle.objects.update(state=CycleState.FROZEN)  # the figure opens to others now, its papers do not
    addresses = (at("comments"), at("evidence"), f"/api/evidence/{evidence.pk}/file/")

    answers = {
        name: [client_of(world, name).get(address) for address in addresses] for name in READERS | STRANGERS
    }

    assert {name: {answer.status_code for answer in found} for name, found in answers.items()} == {
        name: {status} for name, status in (READERS | STRANGERS).items()
    }
    assert all(
        answer.json()["error"]["message"]
        for name, found in answers.items()
        if name in STRANGERS
        for answer in found
    )


@pytest.mark.parametrize(
    ("name", "comment", "file"),
    [
        ("nanxun", 404, 404),
        ("leader", 403, 403),
        ("jxj", 201, 403),
        ("owner", 201, 403),
        ("wuxing", 201, 201),
    ],
)
def test_writing_takes_the_rights_of_the_page(world: World, name: str, comment: int, file: int) -> None:
    client = client_of(world, name)

    said = client.post(at("comments"), {"text": "请核对"}, format="json")
    sent = client.post(at("evidence"), {"evidence": upload("a.pdf")}, format="multipart")

    assert (said.status_code, sent.status_code) == (comment, file)
    assert (Comment.objects.count(), Evidence.objects.count()) == (comment == 201, file == 201)


def test_a_frozen_quarter_takes_neither(world: World) -> None:
    Cycle.objects.update(state=CycleState.FROZEN)
    client = client_of(world, "wuxing")

    said = client.post(at("comments"), {"text": "请核对"}, format="json")
    sent = client.post(at("evidence"), {"evidence": upload("a.pdf")}, format="multipart")

    assert [(item.status_code, item.json()["error"]["code"]) for item in (said, sent)] == [
        (409, "wrong_state")
    ] * 2


@pytest.mark.parametrize("amount", [1, 3])
def test_lists_are_paged_and_cost_the_same_whatever_their_length(
    world: World, amount: int, django_assert_num_queries, settings
) -> None:
    for number in range(amount):
        write_comment(actor=world.people["wuxing"], figure=figure(), text=f"第{number}条")
        attach(world, f"{number}.pdf")
    client, comments, evidence = client_of(world, "wuxing"), at("comments"), at("evidence")
    client.get(comments)

    with django_assert_num_queries(6):
        listed = client.get(comments).json()
    with django_assert_num_queries(6):
        files = client.get(evidence).json()

    assert (len(listed["results"]), listed["count"], files["count"]) == (amount, amount, amount)
    assert client.get(f"{comments}?page=2").status_code == 404
