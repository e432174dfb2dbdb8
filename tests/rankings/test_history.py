"""历史榜: a board made in a spreadsheet, sealed as it is, compared with by later quarters, never recomputed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from audit import protection
from audit.models import AuditEntry
from indicators.periods import Period
from rankings.exports import ranking_csv, ranking_xlsx
from rankings.models import BoardImport, RankingEntry, RankingLine, RankingRun
from rankings.selectors import current_run, ranking_document
from rankings.services.history import seal_board, upload_board
from rankings.services.requests import run_due_requests
from rankings.services.runs import build_ranking
from rankings.services.sealing import (
    freeze_correction,
    freeze_cycle,
    publish_correction,
    publish_cycle,
    sign_off_cycle,
)
from rankings.tables import ranking_table
from rankings.verification import external_remarks, verify_sealed
from returns.models import Cycle, Figure
from returns.services.cycles import change_cycle_state
from returns.states import CycleState, WrongState
from tests.factories import World, make_world
from tests.rankings.board_books import Rows, book

pytestmark = pytest.mark.django_db

LAST_YEAR = Period(2024, 2)
BOARD: Rows = [
    ["2024年二季度区县晾晒榜"],
    ["名次", "单位", "组别", "总分", "parks得分", "parks完成值（个）", "parks目标"],
    [1, "南浔区", "区县组", 98.456, 110, 9, "12个以上"],
    [2, "吴兴区", "区县组", 91.2, 100.5, 8, 16],
    ["/", "南太湖新区", "功能区组", "不参评", None, None, None],
]


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for place in (world.wuxing, world.nanxun):
        world.target("parks", place, "12")
    return world


def upload(
    world: World,
    rows: Rows = BOARD,
    *,
    period: Period = LAST_YEAR,
    board: str = "districts",
    who: str = "owner",
) -> BoardImport:
    return upload_board(
        actor=world.people[who],
        plan=world.plan,
        period=period,
        board=board,
        filename="C:\\榜\\2024年二季度.xlsx",
        data=book(rows),
    )


def seal(world: World, rows: Rows = BOARD, *, period: Period = LAST_YEAR, reason: str = "") -> RankingRun:
    item = upload(world, rows, period=period)
    return seal_board(actor=world.people["owner"], item=item, reason=reason)


def publish(world: World, run: RankingRun) -> RankingRun:
    sign_off_cycle(actor=world.people["leader"], cycle=run.cycle)
    cycle = Cycle.objects.get(pk=run.cycle_id)
    act = publish_correction if cycle.state == CycleState.CORRECTING else publish_cycle
    act(actor=world.people["owner"], cycle=cycle)
    return RankingRun.objects.select_related("cycle__plan").get(pk=run.pk)


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def test_upload_shows_what_was_read_and_seals_nothing(world: World) -> None:
    item = upload(world)

    assert (item.filename, item.errors) == ("2024年二季度.xlsx", [])
    assert [(unit["key"], unit["rank"], unit["total"]) for unit in item.rows["units"]] == [
        ("wuxing", 2, "91.20"),
        ("nanxun", 1, "98.46"),
        ("nantaihu", None, None),
    ]
    assert item.rows["units"][0]["cells"]["total"] == {"cell": "D4", "text": "91.2"}
    assert [problem["code"] for problem in item.problems] == ["rounded"]
    assert not Cycle.objects.filter(year=2024).exists()
    assert not RankingRun.objects.exists()


def test_sealed_board_is_external_and_says_what_the_file_says(world: World) -> None:
    run = publish(world, seal(world))

    document = ranking_document(run)

    assert (run.origin, run.scheme, run.number, run.signed_by_label) == (
        "external",
        None,
        1,
        world.people["leader"].label,
    )
    assert (document["status"], document["scheme"]) == ("published", "external")
    assert [
        (entry["unit"], entry["rank"], entry["total"], entry["excluded"], entry["group"])
        for entry in document["entries"]
    ] == [
        ("南浔区", 1, "98.46", None, "区县组"),
        ("吴兴区", 2, "91.20", None, "区县组"),
        ("南太湖新区", None, None, "不参评", "功能区组"),
    ]
    assert document["entries"][0]["lines"] == [
        {
            "indicator": "parks",
            "target_text": "12个以上",
            "target": None,
            "expected": None,
            "value": "9",
            "baseline": None,
            "attainment": None,
            "completion": None,
            "score": "110.00",
            "weight": None,
            "light": "grey",
            "reason": "外部计算",
            "source": {"file": "2024年二季度.xlsx", "sheet": "榜", "cell": "E3"},
        }
    ]


def test_sealed_board_joins_the_chain_and_is_verified_from_its_rows(world: World) -> None:
    run = publish(world, seal(world))

    assert run.chain_position == 1
    assert verify_sealed(anchor=run.digest) == (1, [])
    assert external_remarks() == []


def test_movement_and_last_year_s_place_come_from_sealed_boards(world: World) -> None:
    publish(world, seal(world))
    first = [["名次", "区县", "总分"], [1, "吴兴区", 99], [2, "南浔区", 98]]
    publish(world, seal(world, first, period=Period(2025, 1)))
    world.report("wuxing", {("parks", world.wuxing): "3"})
    world.report("nanxun", {("parks", world.nanxun): "6"})

    run = build_ranking(cycle=world.cycle, board="districts")

    assert run is not None
    assert [
        (entry.unit, entry.rank, entry.previous_rank, entry.last_year_rank) for entry in run.entries.all()
    ] == [("南浔区", 1, 2, 1), ("吴兴区", 2, 1, 2)]


def test_publishing_a_past_board_makes_later_ones_compare_again(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "3"})
    world.report("nanxun", {("parks", world.nanxun): "6"})
    run_due_requests()
    publish(world, seal(world))

    run_due_requests()

    run = current_run(world.cycle, "districts")
    assert run is not None
    assert list(run.entries.values_list("unit", "last_year_rank")) == [("南浔区", 1), ("吴兴区", 2)]


def test_ranks_that_do_not_follow_from_totals_are_told_and_kept(world: World) -> None:
    rows = [["名次", "区县", "总分"], [1, "吴兴区", 90], [1, "南浔区", 95], [3, "南太湖新区", 80]]
    item = upload(world, rows)
    run = publish(world, seal_board(actor=world.people["owner"], item=item))

    assert item.errors == []
    assert [difference.what for difference in external_remarks()] == [
        "吴兴区总分 90.00，按总分应为第 2 名，表中为第 1 名",
        "第 1 名有 2 个单位，总分并不相同",
    ]
    assert [entry["rank"] for entry in ranking_document(run)["entries"]] == [1, 1, 3]
    assert verify_sealed() == (1, [])


def test_file_with_errors_cannot_be_sealed(world: World) -> None:
    rows = [["名次", "区县", "总分"], [1, "吴星区", 90], ["", "南浔区", 80], [3, "南太湖新区", "/"]]
    item = upload(world, rows)

    with pytest.raises(WrongState, match="3 处错误"):
        seal_board(actor=world.people["owner"], item=item)

    assert [(problem["code"], problem["cell"]) for problem in item.errors] == [
        ("unknown_unit", "B2"),
        ("half_filled", "B3"),
        ("half_filled", "B4"),
    ]
    assert not RankingRun.objects.exists()


def test_quarter_that_has_not_ended_takes_no_board(world: World) -> None:
    with pytest.raises(WrongState, match="还没有结束"):
        upload(world, period=Period(2100, 1))


def test_quarter_with_figures_is_computed_and_not_imported(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "3"})
    item = upload(world, [["名次", "区县", "总分"], [1, "吴兴区", 90]], period=Period(2025, 2))

    with pytest.raises(WrongState, match="已有填报数据"):
        seal_board(actor=world.people["owner"], item=item)

    world.cycle.refresh_from_db()
    assert world.cycle.state == CycleState.OPEN


def test_quarter_with_a_computed_board_takes_no_other(world: World) -> None:
    owner = world.people["owner"]
    world.report("wuxing", {("parks", world.wuxing): "3"})
    world.verify("jxj", *Figure.objects.all())
    change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=world.cycle)
    item = upload(world, [["名次", "区县", "总分"], [1, "吴兴区", 90]], period=Period(2025, 2))

    with pytest.raises(WrongState, match="已有系统计算"):
        seal_board(actor=owner, item=item)


def test_frozen_board_is_replaced_by_a_better_file_before_publication(world: World) -> None:
    seal(world)
    second = seal(world, [["名次", "区县", "总分"], [1, "吴兴区", 99]])

    assert list(RankingRun.objects.values_list("pk", "number")) == [(second.pk, 1)]
    with pytest.raises(WrongState, match="已经封存"):
        seal_board(actor=world.people["owner"], item=BoardImport.objects.get(run=second))


def test_sign_off_of_a_replaced_file_does_not_publish_the_new_one(world: World) -> None:
    run = seal(world)
    sign_off_cycle(actor=world.people["leader"], cycle=run.cycle)
    seal(world, [["名次", "区县", "总分"], [1, "吴兴区", 99]])

    with pytest.raises(WrongState, match="签发"):
        publish_cycle(actor=world.people["owner"], cycle=run.cycle)


def test_published_board_is_corrected_by_another_file_with_a_reason(world: World) -> None:
    first = publish(world, seal(world))
    before = ranking_document(first)

    with pytest.raises(WrongState, match="须写明理由"):
        seal(world, [["名次", "区县", "总分"], [1, "吴兴区", 99]])
    second = publish(world, seal(world, [["名次", "区县", "总分"], [1, "吴兴区", 99]], reason="原榜录错"))

    assert (second.number, second.reason) == (2, "原榜录错")
    assert ranking_document(RankingRun.objects.get(pk=first.pk)) == before
    assert verify_sealed() == (2, [])


def test_imported_quarter_is_never_computed(world: World) -> None:
    run = publish(world, seal(world))
    owner = world.people["owner"]
    change_cycle_state(actor=owner, cycle=run.cycle, to=CycleState.CORRECTING, reason="试")

    with pytest.raises(WrongState, match="外部计算"):
        freeze_correction(actor=owner, cycle=run.cycle, reason="试")


def test_tampering_with_an_external_board_is_found(world: World) -> None:
    run = publish(world, seal(world))
    protection.remove(connection=transaction.get_connection())
    entries, lines = RankingEntry.objects.filter(run=run), RankingLine.objects.filter(entry__run=run)
    tamper = (
        lambda: entries.filter(unit="吴兴区").update(rank=1),
        lambda: entries.filter(unit="吴兴区").update(total="99.00"),
        lambda: lines.update(score="99.00"),
        lambda: RankingRun.objects.update(inputs=run.inputs.replace("98.46", "98.47")),
        lambda: RankingRun.objects.update(signed_by_label="他人"),
        lambda: entries.filter(unit="吴兴区").delete(),
    )

    found = []
    for change in tamper:
        point = transaction.savepoint()
        if change is tamper[-1]:
            lines.filter(entry__unit="吴兴区").delete()
        change()
        found.append(len(verify_sealed()[1]) > 0)
        transaction.savepoint_rollback(point)

    assert found == [True] * len(tamper)


@pytest.mark.parametrize("account", ["wuxing", "jxj", "leader", "auditor", "sysadmin", "secadmin"])
def test_only_the_owner_uploads_and_seals(world: World, account: str) -> None:
    item = upload(world)

    with pytest.raises(PermissionDenied):
        upload(world, who=account)
    with pytest.raises(PermissionDenied):
        seal_board(actor=world.people[account], item=item)

    assert BoardImport.objects.count() == 1


@pytest.mark.parametrize("part", ["", "{pk}/", "{pk}/file/"])
@pytest.mark.parametrize(
    ("account", "status"),
    [("owner", 200), ("leader", 200), ("wuxing", 403), ("jxj", 403), ("auditor", 404), ("sysadmin", 404)],
)
def test_pages_are_open_to_the_owner_and_leaders(world: World, account: str, status: int, part: str) -> None:
    item = upload(world)

    response = client_of(world, account).get(f"/history/sowing-2025/{part.format(pk=item.pk)}")

    assert response.status_code == status


def test_import_of_another_plan_is_not_found(world: World) -> None:
    item = upload(world)

    assert client_of(world, "owner").get(f"/history/another/{item.pk}/").status_code == 404


def test_leader_may_neither_upload_nor_seal_through_the_pages(world: World) -> None:
    item = upload(world)
    client = client_of(world, "leader")

    uploaded = client.post("/history/sowing-2025/", {"year": 2024})
    sealed = client.post(f"/history/sowing-2025/{item.pk}/")

    assert (uploaded.status_code, sealed.status_code) == (403, 403)
    assert "确认封存" not in client.get(f"/history/sowing-2025/{item.pk}/").content.decode()


def test_board_is_uploaded_looked_at_and_sealed_through_the_pages(world: World) -> None:
    client = client_of(world, "owner")
    file = SimpleUploadedFile("榜.xlsx", book(BOARD))

    uploaded = client.post(
        "/history/sowing-2025/", {"year": 2024, "quarter": 2, "board": "districts", "file": file}
    )
    preview = client.get(uploaded["Location"]).content.decode()
    sealed = client.post(uploaded["Location"])

    assert "98.46" in preview
    assert "确认封存" in preview
    assert sealed["Location"] == "/cycles/sowing-2025/2024Q2/"
    assert RankingRun.objects.get().origin == "external"


def test_published_external_board_is_marked_on_its_pages(world: World) -> None:
    publish(world, seal(world))
    client = client_of(world, "wuxing")

    board = client.get("/boards/sowing-2025/2024Q2/districts/")
    entry = client.get("/boards/sowing-2025/2024Q2/districts/nanxun/")
    formulas = client.get("/boards/sowing-2025/2024Q2/districts/recalculation.xlsx")

    assert "外部计算" in board.content.decode()
    assert "外部计算" in entry.content.decode()
    assert formulas.status_code != 200


def test_command_seals_and_reports_as_json(world: World, tmp_path: Path) -> None:
    path = tmp_path / "榜.xlsx"
    path.write_bytes(book(BOARD))
    out = io.StringIO()
    options = {"plan": "sowing-2025", "period": "2024Q2", "username": "owner", "json": True, "stdout": out}

    call_command("import_historical_board", path, **options)

    told = json.loads(out.getvalue())
    assert (told["sealed"], told["units"], told["errors"]) == (True, 3, [])
    assert told["digest"] == RankingRun.objects.get().input_digest
    assert AuditEntry.objects.filter(verb="ranking.imported").count() == 1


def test_command_refuses_with_every_problem(world: World, tmp_path: Path) -> None:
    path = tmp_path / "榜.xlsx"
    path.write_bytes(book([["名次", "区县", "总分"], [1, "吴星区", 90], ["x", "南浔区", 80]]))
    out = io.StringIO()
    options = {"plan": "sowing-2025", "period": "2024Q2", "username": "owner", "json": True, "stdout": out}

    with pytest.raises(SystemExit):
        call_command("import_historical_board", path, **options)

    assert [(error["sheet"], error["cell"]) for error in json.loads(out.getvalue())["errors"]] == [
        ("榜", "B2"),
        ("榜", "A3"),
        ("榜", "B3"),
    ]
    assert not RankingRun.objects.exists()


def test_dry_run_stores_nothing(world: World, tmp_path: Path) -> None:
    path = tmp_path / "榜.xlsx"
    path.write_bytes(book(BOARD))
    out = io.StringIO()

    call_command(
        "import_historical_board",
        path,
        plan="sowing-2025",
        period="2024Q2",
        username="owner",
        dry_run=True,
        stdout=out,
    )

    assert "可以封存：读出 3 个单位" in out.getvalue()
    assert not BoardImport.objects.exists()


def test_external_board_is_marked_in_tables_and_files(world: World) -> None:
    document = ranking_document(publish(world, seal(world)))

    table = ranking_table(document)
    text = ranking_csv(document).decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(ranking_xlsx(document, chain=None)))["区县榜"]

    assert "区县榜（已发布，外部计算）" in table
    assert "南浔区,parks,12个以上,,,9,,,,110.00,,外部计算" in text
    assert sheet["A1"].value == "sowing-2025 2024Q2 区县榜（已发布，外部计算）"
