"""报送单: what each handing in seals, its check code, and what changed since."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO, StringIO

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from audit.models import AuditEntry
from audit.protection import install, remove
from returns.models import Cycle, Figure
from returns.services.figures import submit_figures, withdraw_figure
from returns.services.review import send_back_figure
from returns.services.submissions import issue_sheet
from returns.states import CycleState, WrongState
from returns.submission_sheets import check_code, clean_code, compare, read_sheet
from returns.submissions import Submission
from tests.factories import World, grant, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code in ("parks", "firms"):
        world.indicator(code)
        world.target(code, world.wuxing, "12")
        world.target(code, world.nanxun, "10")
    return world


def hand_in(world: World, parks: str = "7", firms: str = "9") -> Submission:
    world.report("wuxing", {("parks", world.wuxing): parks, ("firms", world.wuxing): firms})
    return Submission.objects.latest("id")


def figure_of(code: str = "parks") -> Figure:
    return Figure.objects.select_related("indicator", "organisation", "cycle__plan").get(indicator__code=code)


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def now_said(submission: Submission) -> list[str]:
    return [item.said for item in compare(submission, read_sheet(submission).lines).lines]


def test_handing_in_seals_a_sheet_with_exactly_these_figures(world: World) -> None:
    submission = hand_in(world, "7.50", "0")

    contents = json.loads(submission.contents)
    assert [
        (
            item["indicator"],
            item["organisation"],
            item["value"],
            item["unit"],
            item["revision"],
            item["is_new"],
        )
        for item in contents["figures"]
    ] == [("parks", "wuxing", "7.5", "个", 1, True), ("firms", "wuxing", "0", "个", 1, True)]
    assert [contents[key] for key in ("plan", "period", "organisation", "number", "office")] == [
        "sowing-2025",
        "2025Q2",
        "wuxing",
        1,
        world.people["wuxing"].label,
    ]
    assert (submission.author, submission.figure_count) == (world.people["wuxing"], 2)
    assert AuditEntry.objects.get(verb="return.submitted").changes["sheet"] == submission.code


def test_code_is_the_first_sixty_bits_of_the_digest(world: World) -> None:
    submission = hand_in(world)

    bits = "".join(f"{byte:08b}" for byte in hashlib.sha256(submission.contents.encode()).digest())[:60]
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    spelled = "".join(alphabet[int(bits[start : start + 5], 2)] for start in range(0, 60, 5))
    assert submission.code == f"{spelled[:4]}-{spelled[4:8]}-{spelled[8:]}"


@pytest.mark.parametrize(
    ("digest", "code"),
    [("0" * 64, "2222-2222-2222"), ("f" * 64, "ZZZZ-ZZZZ-ZZZZ"), ("08" + "0" * 62, "3222-2222-2222")],
)
def test_code_of_known_digests(digest: str, code: str) -> None:
    assert check_code(digest) == code


@pytest.mark.parametrize("typed", ["abcd-efgh-2345", " ABCD EFGH 2345", "ABCDEFGH2345", "ABCD－EFGH—2345"])
def test_code_is_found_however_it_is_typed(typed: str) -> None:
    assert clean_code(typed) == "ABCD-EFGH-2345"


def test_drafts_and_saving_the_same_again_make_no_sheet(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"}, submit=False)
    drafts = Submission.objects.count()
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("wuxing", {("parks", world.wuxing): "7"})

    assert (drafts, Submission.objects.count()) == (0, 1)


def test_handing_in_drafts_by_the_button_makes_a_sheet_too(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"}, submit=False)

    submit_figures(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)

    (submission,) = Submission.objects.all()
    assert [(line.place, line.is_new) for line in read_sheet(submission).lines] == [
        (("parks", "wuxing"), True)
    ]


def test_correction_makes_a_second_sheet_and_keeps_the_first(world: World) -> None:
    first = hand_in(world)
    send_back_figure(actor=world.people["jxj"], figure=figure_of(), reason="核对")
    world.report("wuxing", {("parks", world.wuxing): "8"})

    second = Submission.objects.latest("id")
    assert [second.number, first.number] == [2, 1]
    assert [(line.value, line.revision, line.is_new) for line in read_sheet(second).lines] == [
        ("8", 2, True),
        ("9", 1, False),
    ]
    assert [line.value for line in read_sheet(Submission.objects.get(pk=first.pk)).lines] == ["7", "9"]
    assert now_said(first) == ["已改为 8", "未变，已报送"]


def test_what_changed_since_is_told_and_drafts_stay_private(world: World) -> None:
    submission = hand_in(world)
    fresh = compare(submission, read_sheet(submission).lines)
    world.report("wuxing", {("parks", world.wuxing): "70"}, submit=False)
    withdraw_figure(actor=world.people["wuxing"], figure=figure_of("firms"), reason="重复")

    later = compare(submission, read_sheet(submission).lines)
    assert (fresh.is_genuine, fresh.is_unchanged) == (True, True)
    assert (later.is_genuine, later.is_unchanged, later.changed) == (True, False, 1)
    assert now_said(submission) == ["未变，仍然有效；正在修改，新数还没有报送", "已撤回"]


def test_figures_handed_in_since_are_named(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    submission = Submission.objects.get()
    hand_in(world)

    assert compare(submission, read_sheet(submission).lines).added == (("firms", "吴兴区"),)


@pytest.mark.parametrize("table", ["returns_submission", "returns_signedscan"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = 'x'", "DELETE FROM {table}"])
def test_database_refuses_changes(world: World, table: str, statement: str) -> None:
    submission = hand_in(world)
    submission.scans.create(
        filename="a.pdf",
        kind="pdf",
        content="x",
        size=1,
        sha256="0" * 64,
        author=submission.author,
        created_at=timezone.now(),
    )
    column = "contents" if table == "returns_submission" else "sha256"

    with (
        pytest.raises(DatabaseError, match="不可改动或删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table=table, column=column))


@pytest.mark.parametrize(
    "forgery",
    [
        """UPDATE returns_submission SET contents = replace(contents, '"value":"7"', '"value":"8"')""",
        "UPDATE returns_figurerevision SET value = 8",
    ],
)
def test_forged_row_is_found_by_page_and_command(world: World, forgery: str) -> None:
    submission = hand_in(world)
    remove(connection=connection)
    with connection.cursor() as cursor:
        cursor.execute(forgery)
    install(connection=connection)

    page = client_of(world, "wuxing").get(f"/submissions/{submission.pk}/")
    assert "查验不通过" in page.content.decode()
    with pytest.raises(SystemExit):
        call_command("check_submission", submission.code, stdout=StringIO())


def test_command_tells_what_the_page_tells(world: World) -> None:
    submission = hand_in(world)
    world.report("wuxing", {("parks", world.wuxing): "8"})
    out = StringIO()

    call_command("check_submission", submission.code.lower().replace("-", ""), "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["genuine"], told["unchanged"], told["digest"]) == (True, False, submission.digest)
    assert [(item["value"], item["now"]) for item in told["figures"]] == [
        ("7", "已改为 8"),
        ("9", "未变，已报送"),
    ]
    with pytest.raises(CommandError, match="逐个字符核对"):
        call_command("check_submission", "2222-2222-2222", stdout=StringIO())


def test_page_finds_a_code_and_says_so_where_there_is_none(world: World) -> None:
    submission = hand_in(world)
    client = client_of(world, "wuxing")

    found = client.get("/submissions/", {"code": submission.code.lower()})
    missing = client.get("/submissions/", {"code": "2222-2222-2222"})
    foreign = client_of(world, "nanxun").get("/submissions/", {"code": submission.code})

    assert (found.status_code, found.headers["Location"]) == (302, f"/submissions/{submission.pk}/")
    assert (missing.status_code, "没有找到校验码" in missing.content.decode()) == (404, True)
    assert foreign.status_code == 404


def test_sheet_as_document_holds_figures_time_and_code(world: World) -> None:
    submission = hand_in(world)

    answer = client_of(world, "wuxing").get(f"/submissions/{submission.pk}/sheet.docx")

    document = docx.Document(BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    at = timezone.localtime(submission.created_at)
    for said in (submission.code, f"{at:%Y-%m-%d %H:%M}", "吴兴区", world.people["wuxing"].label, "盖章"):
        assert said in text
    assert [[cell.text for cell in row.cells][1:5] for row in document.tables[0].rows][1:] == [
        ["parks", "吴兴区", "个", "● 7"],
        ["firms", "吴兴区", "个", "● 9"],
    ]


def test_sealed_text_is_handed_out_byte_for_byte(world: World) -> None:
    submission = hand_in(world)

    answer = client_of(world, "wuxing").get(f"/submissions/{submission.pk}/sheet.json")

    assert hashlib.sha256(answer.content).hexdigest() == submission.digest
    assert client_of(world, "wuxing").get(f"/submissions/{submission.pk}/sheet.exe").status_code == 404


def test_sheet_is_read_by_those_involved_only(world: World) -> None:
    submission = hand_in(world)
    Cycle.objects.update(state=CycleState.FROZEN)

    seen = {
        name: client_of(world, name).get(f"/submissions/{submission.pk}/").status_code
        for name in world.people
    }

    assert {name for name, status in seen.items() if status == 200} == {"wuxing", "jxj", "owner", "leader"}
    assert set(seen.values()) == {200, 404}


def test_verifier_reads_the_lines_it_verifies_and_no_others(world: World) -> None:
    world.indicator("rate", lead=world.tjj)
    world.target("rate", world.wuxing, "5")
    world.report("wuxing", {("parks", world.wuxing): "7", ("rate", world.wuxing): "4.5678"})
    submission = Submission.objects.get()
    client = client_of(world, "jxj")

    page = client.get(f"/submissions/{submission.pk}/").content.decode()

    assert ("只列出由您核定的 1 项，本单共 2 项" in page, "4.5678" in page) == (True, False)
    assert {
        client.get(f"/submissions/{submission.pk}/sheet.{shape}").status_code for shape in ("pdf", "json")
    } == {404}


def test_figures_without_a_sheet_get_one_on_request_once(world: World) -> None:
    submission = hand_in(world)
    remove(connection=connection)
    submission.delete()
    install(connection=connection)

    issued = issue_sheet(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)

    assert [line.is_new for line in read_sheet(issued).lines] == [False, False]
    with pytest.raises(WrongState, match="不必再出一张"):
        issue_sheet(actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing)
    with pytest.raises(PermissionDenied):
        issue_sheet(actor=world.people["nanxun"], cycle=world.cycle, reporter=world.wuxing)
    with pytest.raises(WrongState, match="还没有已报送的数"):
        issue_sheet(actor=world.people["nanxun"], cycle=world.cycle, reporter=world.nanxun)


def test_unit_reviewer_reads_the_sheet(world: World) -> None:
    submission = hand_in(world)
    grant(world.people["tjj"], Role.REVIEWER, world.wuxing)

    assert client_of(world, "tjj").get(f"/submissions/{submission.pk}/").status_code == 200
