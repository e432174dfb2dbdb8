"""The page and command of 并行核对: who may, what is kept, and that both sides' cells are the right ones."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from audit.models import AuditEntry
from indicators.periods import Period
from rankings.models import BoardImport, RankingRun
from rankings.recalculation import recalculation_workbook
from rankings.services.comparison import compare_file, compare_for
from rankings.services.history import seal_board, upload_board
from rankings.services.requests import run_due_requests
from rankings.services.runs import build_ranking
from returns.models import Upload
from returns.states import WrongState
from tests.factories import World, make_world
from tests.rankings.board_books import Rows, book

pytestmark = pytest.mark.django_db

PAGE = "/boards/sowing-2025/2025Q2/districts/compare/"
THEIRS: Rows = [
    ["2025年二季度区县榜"],
    ["名次", "单位", "总分", "parks目标", "parks完成", "parks得分"],
    [1, "吴兴区", 116.67, 12, 7, 116.67],
    [2, "南浔区", 100, 6, 3, 100],
]
"""Our own board has 南浔区 with 2 parks: 66.67."""


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for place, target, value in ((world.wuxing, "12", "7"), (world.nanxun, "6", "2")):
        world.target("parks", place, target)
        world.report(place.code, {("parks", place): value})
    run_due_requests()
    return world


def our_run(world: World) -> RankingRun:
    run = build_ranking(cycle=world.cycle, board="districts")
    assert run is not None
    return run


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def uploaded(rows: Rows = THEIRS) -> SimpleUploadedFile:
    return SimpleUploadedFile("对方.xlsx", book(rows))


def test_both_cells_of_a_difference_are_where_it_says(world: World) -> None:
    run = our_run(world)

    comparison = compare_file(run=run, filename="对方.xlsx", data=book(THEIRS))

    total, value, score = comparison.differences
    assert [(item.theirs.text, item.theirs.where) for item in (total, value, score)] == [
        ("100", "榜!C4"),
        ("3", "榜!E4"),
        ("100", "榜!F4"),
    ]
    workbook = openpyxl.load_workbook(io.BytesIO(recalculation_workbook(run)), data_only=True)
    ours = []
    for item in (total, value, score):
        sheet, cell = item.ours.where.removeprefix("复核表 ").split("!")
        ours.append((sheet, f"{workbook[sheet][cell].value:g}"))
    assert ours == [("汇总", "66.67"), ("明细", "2"), ("明细", "66.67")]


def test_comparison_stores_nothing_but_a_note(world: World) -> None:
    run = our_run(world)

    compare_for(actor=world.people["owner"], run=run, filename="C:\\对方.xlsx", data=book(THEIRS))

    assert not Upload.objects.filter(filename="对方.xlsx").exists()
    assert not BoardImport.objects.exists()
    note = AuditEntry.objects.get(verb="ranking.compared")
    assert {key: note.changes[key] for key in ("file", "compared", "equal", "causes")} == {
        "file": "对方.xlsx",
        "compared": 10,
        "equal": 7,
        "causes": {"figure": 3},
    }


@pytest.mark.parametrize("account", ["wuxing", "jxj", "leader", "auditor", "sysadmin", "secadmin"])
def test_only_the_owner_compares(world: World, account: str) -> None:
    with pytest.raises(PermissionDenied):
        compare_for(actor=world.people[account], run=our_run(world), filename="x.xlsx", data=book(THEIRS))

    assert not AuditEntry.objects.filter(verb="ranking.compared").exists()


@pytest.mark.parametrize(
    ("account", "status"),
    [("owner", 200), ("leader", 200), ("wuxing", 403), ("jxj", 403), ("auditor", 404), ("secadmin", 404)],
)
def test_page_is_open_to_the_owner_and_leaders(world: World, account: str, status: int) -> None:
    assert client_of(world, account).get(PAGE).status_code == status


def test_leader_reads_what_comparisons_came_to_and_may_not_upload(world: World) -> None:
    client_of(world, "owner").post(PAGE, {"file": uploaded()})
    client = client_of(world, "leader")

    page = client.get(PAGE).content.decode()
    refused = client.post(PAGE, {"file": uploaded()})

    assert "对方.xlsx" in page
    assert "完成值不同 3" in page
    assert 'type="file"' not in page
    assert refused.status_code == 403
    assert AuditEntry.objects.filter(verb="ranking.compared").count() == 1


def test_owner_sees_each_difference_with_its_cause(world: World) -> None:
    page = client_of(world, "owner").post(PAGE, {"file": uploaded()}).content.decode()

    assert "榜!C4" in page
    assert "换成对方的完成值：66.67→100.00，与对方一致" in page


def test_file_that_cannot_be_read_lists_its_problems(world: World) -> None:
    rows = [["名次", "单位", "总分"], [1, "吴星区", 100]]

    response = client_of(world, "owner").post(PAGE, {"file": uploaded(rows)})

    assert response.status_code == 422
    assert "榜!B2：找不到单位“吴星区”" in response.content.decode()


def test_names_are_found_by_alias_and_units_are_converted(world: World) -> None:
    world.indicator("land", unit="亩", additive=True, decimals=2)
    world.target("land", world.wuxing, "1.2", unit="万亩", unit_factor=10000)
    world.report("wuxing", {("land", world.wuxing): "6000"})
    rows = [["名次", "单位", "land完成（万亩）"], [1, "吴兴区", 0.6]]

    comparison = compare_file(run=our_run(world), filename="榜.xlsx", data=book(rows))

    assert [(item.item, item.unit) for item in comparison.differences] == [("unit", "南浔区")]


def test_external_board_is_not_compared(world: World) -> None:
    item = upload_board(
        actor=world.people["owner"],
        plan=world.plan,
        period=Period(2024, 2),
        board="districts",
        filename="榜.xlsx",
        data=book([["名次", "单位", "总分"], [1, "吴兴区", 100]]),
    )
    run = seal_board(actor=world.people["owner"], item=item)

    with pytest.raises(WrongState, match="外部计算"):
        compare_file(run=run, filename="榜.xlsx", data=book(THEIRS))
    response = client_of(world, "owner").get("/boards/sowing-2025/2024Q2/districts/compare/")
    assert response.status_code == 404


def test_command_prints_one_json_document(world: World, tmp_path: Path) -> None:
    path = tmp_path / "对方.xlsx"
    path.write_bytes(book(THEIRS))
    out = io.StringIO()

    call_command("compare_board", path, plan="sowing-2025", period="2025Q2", json=True, stdout=out)

    told = json.loads(out.getvalue())
    assert (told["compared"], told["equal"], told["by_cause"]) == (10, 7, {"figure": 3})
    assert told["differences"][0] == {
        "item": "total",
        "unit": "南浔区",
        "indicator": None,
        "theirs": {"text": "100", "where": "榜!C4"},
        "ours": {"text": "66.67", "where": told["differences"][0]["ours"]["where"]},
        "cause": "figure",
        "causes": ["figure"],
        "explanation": "换成对方的完成值：66.67→100.00，与对方一致",
    }


def test_command_refuses_a_file_without_a_board(world: World, tmp_path: Path) -> None:
    path = tmp_path / "空.xlsx"
    path.write_bytes(book([["说明"]]))
    out = io.StringIO()

    with pytest.raises(SystemExit):
        call_command("compare_board", path, plan="sowing-2025", period="2025Q2", stdout=out)

    assert "没有找到区县榜" in out.getvalue()
