"""Pages' tables as files: what a page shows is what its file holds, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client

from audit.models import AuditEntry
from huzhou_targets.table_files import PageTable, PageTables, read_page, tables_csv, tables_xlsx
from rankings.services.requests import run_due_requests
from returns.models import Upload
from tests.factories import World, make_world

BOARD = "/boards/sowing-2025/2025Q2/districts/"
PAGE = """<html><head><title>清单 · 湖州目标晾晒</title></head><body><div class="demo-strip">演示</div><main>
<p class="page-facts"><span>预排名</span><span>数据截至 2025-06-30</span></p>
<nav aria-label="按状态"><ul class="tabs"><li><a href="/other/">别页</a></li>
<li><a href="?state=done" aria-current="page">已办</a></li></ul></nav>
<form method="get"><label for="g">组别</label><select id="g"><option value="">全部</option>
<option selected>区县组</option></select><label for="q">单位</label><input id="q" value="吴"></form>
<div role="region" aria-label="名次表"><table><thead>
<tr><th rowspan="2">单位</th><th colspan="2">完成</th><th class="no-file" rowspan="2">操作</th></tr>
<tr><th>数</th><th>率</th></tr></thead><tbody>
<tr><th rowspan="2">吴兴区</th><td>7</td><td>58.33%</td><td><form><button>改</button></form></td></tr>
<tr><td><span><span aria-hidden="true">↓1</span><span class="visually-hidden">下降1位</span></span></td>
<td>−0.37</td><td><a href="#">看</a></td></tr>
<tr><td colspan="4" class="empty">没有</td></tr></tbody>
<tfoot><tr><th>合计</th><td>7<br>家</td><td><a href="#">表 E5<span class="visually-hidden">（来源）</span></a></td>
<td></td></tr></tfoot></table></div></main></body></html>"""
LIGHTS = """<title>榜</title><main><table><thead><tr><th>单位</th><th class="mid column-head">园区</th></tr></thead>
<tbody><tr><th>吴兴区</th><td class="light-cell"><span class="light">滞后</span><span class="light-score">50.00</span></td></tr>
<tr><th>长合区</th><td class="light-cell">–</td></tr></tbody></table></main>"""
DANGEROUS = ["=1+1", "+86-1", "@SUM(A1)", "-x", "\t=1", '=HYPERLINK("http://a")']


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for place in (world.wuxing, world.nanxun, world.nantaihu):
        world.target("parks", place, "12")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("nanxun", {("parks", world.nanxun): "3"})
    run_due_requests()
    return world


def fetch(world: World, account: str, address: str, **extra: Any) -> HttpResponse:
    client = Client()
    client.force_login(world.people[account])
    return client.get(address, **extra)


def rows_of(response: HttpResponse) -> list[list[str]]:
    """The rows of a .csv below its notes."""
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    return rows[rows.index([]) + 1 :]


def table(*rows: str) -> PageTables:
    one = PageTable(name="表", head=(("名称",),), body=tuple((text,) for text in rows))
    return PageTables(title="页", notes=("页",), tables=(one,))


def test_read_page_takes_tables_as_they_are_read_out() -> None:
    page = read_page(PAGE)

    assert page.title == "清单"
    assert page.notes[1:4] == (
        "演示数据：完成值均为虚构，不代表任何单位的实际情况",
        "预排名 数据截至 2025-06-30",
        "筛选：按状态：已办，组别：区县组，单位：吴",
    )
    assert page.tables == (
        PageTable(
            name="名次表",
            head=(("单位", "完成", "完成"), ("单位", "数", "率")),
            body=(
                ("吴兴区", "7", "58.33%"),
                ("吴兴区", "下降1位", "−0.37"),
                ("合计", "7 家", "表 E5"),
            ),
        ),
    )


def test_read_page_gives_light_and_score_a_column_each() -> None:
    (found,) = read_page(LIGHTS).tables

    assert found.head == (("单位", "园区 亮灯", "园区 得分"),)
    assert found.body == (("吴兴区", "滞后", "50.00"), ("长合区", "–", ""))


@pytest.mark.parametrize("text", DANGEROUS)
def test_files_neutralise_what_a_spreadsheet_would_compute(text: str) -> None:
    written = list(csv.reader(io.StringIO(tables_csv(table(text)).decode("utf-8-sig"))))
    cell = openpyxl.load_workbook(io.BytesIO(tables_xlsx(table(text))))["表"]["A4"]

    assert written[-1] == [f"'{text}"]
    assert (cell.value, cell.data_type) == (f"'{text}", "s")


def test_files_keep_numbers_as_they_are_printed() -> None:
    page = table("12", "100.00", "−0.37", "58.33%", "007", "1234567890123456", "2025年")

    data = tables_csv(page)
    sheet = openpyxl.load_workbook(io.BytesIO(tables_xlsx(page)))["表"]

    assert data.startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) if row][2:] == [
        "12",
        "100.00",
        "-0.37",
        "58.33%",
        "007",
        "1234567890123456",
        "2025年",
    ]
    assert [(cell.value, cell.number_format) for (cell,) in sheet["A4:A10"]] == [
        (12, "0"),
        (100, "0.00"),
        (-0.37, "0.00"),
        (0.5833, "0.00%"),
        ("007", "General"),
        ("1234567890123456", "General"),
        ("2025年", "General"),
    ]
    assert Decimal(str(sheet["A6"].value)) == Decimal("-0.37")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "units"),
    [
        (f"{BOARD}?format=csv", ["吴兴区", "南浔区", "南太湖新区"]),
        (f"{BOARD}?format=csv&sort=total", ["南太湖新区", "南浔区", "吴兴区"]),
        (f"{BOARD}?format=csv&group=功能区组", ["南太湖新区"]),
    ],
)
def test_board_file_follows_filter_and_order(world: World, address: str, units: list[str]) -> None:
    head, *rows = rows_of(fetch(world, "owner", address))

    assert [row[head.index("单位")] for row in rows] == units


@pytest.mark.django_db
def test_board_file_of_a_reporter_before_the_freeze_holds_its_own_row_without_ranks(world: World) -> None:
    response = fetch(world, "wuxing", f"{BOARD}?format=csv")
    head, *rows = rows_of(response)

    assert [row[0] for row in rows] == ["吴兴区"]
    assert "名次" not in head
    assert "南浔区" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("account", "status"), [("wuxing", 403), ("jxj", 200)])
def test_file_of_a_page_has_the_rights_of_the_page(world: World, account: str, status: int) -> None:
    assert fetch(world, account, "/review/?format=xlsx").status_code == status


@pytest.mark.django_db
def test_file_asks_for_sign_in_and_knows_two_formats(world: World) -> None:
    stranger = Client().get(f"{BOARD}?format=xlsx")
    unknown = fetch(world, "owner", f"{BOARD}?format=pdf")

    assert stranger.status_code == 302
    assert unknown.status_code == 404


@pytest.mark.django_db
def test_htmx_gets_its_fragment_and_no_file(world: World) -> None:
    response = fetch(world, "owner", f"{BOARD}?format=csv", headers={"HX-Request": "true"})

    assert response["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_file_holds_all_rows_of_a_list_in_parts_and_no_live_formula(world: World) -> None:
    for number in range(60):
        upload = Upload(
            cycle=world.cycle,
            organisation=world.wuxing,
            uploaded_by=world.people["wuxing"],
            filename=f"=季报{number}.xlsx",
            size=4,
            sha256="0" * 64,
        )
        upload.content.save("upload.bin", ContentFile(b"demo"), save=False)
        upload.save()

    page = fetch(world, "wuxing", "/uploads/").content.decode()
    head, *rows = rows_of(fetch(world, "wuxing", "/uploads/?format=csv&page=2"))
    book = openpyxl.load_workbook(io.BytesIO(fetch(world, "wuxing", "/uploads/?format=xlsx").content))

    assert page.count("=季报") < 60
    assert len(rows) == 60
    assert {row[head.index("文件")][:4] for row in rows} == {"'=季报"}
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.django_db
def test_trail_notes_each_file(world: World) -> None:
    fetch(world, "leader", f"{BOARD}?format=xlsx")

    entry = AuditEntry.objects.get(verb="file.downloaded")

    assert (entry.subject_type, entry.subject_label, entry.plan_code) == (
        "board",
        "播种计划 2025年二季度区县榜.xlsx",
        "sowing-2025",
    )


@pytest.mark.django_db
def test_trial_of_other_figures_goes_into_a_file_that_says_what_it_is(world: World) -> None:
    address = f"{BOARD}what-if/?unit=wuxing&f.wuxing.parks=6&format=csv"

    text = fetch(world, "leader", address).content.decode("utf-8-sig")

    assert "测算，非正式结果" in text
    assert "1,吴兴区,持平,100.00,-16.67" in text.replace("−", "-")
    assert "改为" not in text
