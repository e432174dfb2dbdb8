"""The auditor's page: filter, paging, export; nobody else opens it."""

from __future__ import annotations

import csv
import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEntry
from audit.services import Act, record_many
from audit.showing import shown_changes
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    """Three entries: of the owner, of 吴兴区 with text like a formula, and of the system."""
    world = make_world()
    record_many(
        actor=world.people["owner"],
        acts=[Act(verb="cycle.opened", subject=world.cycle, plan_code="sowing-2025", period="2025Q2")],
    )
    changes = {"value": ["7", "=cmd|'/c calc'!A1"]}
    record_many(
        actor=world.people["wuxing"],
        acts=[Act(verb="figure.revised", subject=world.plan, changes=changes, reason="=1+1 笔误")],
    )
    record_many(actor=None, acts=[Act(verb="reference.loaded", subject=world.plan)])
    return world


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def verbs_at(client: Client, query: str) -> list[str]:
    """The verbs on the page, top down."""
    return [entry.verb for entry, _, _ in client.get(f"/trail/?{query}").context["rows"]]


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("", ["reference.loaded", "figure.revised", "cycle.opened"]),
        ("who=wuxing", ["figure.revised"]),
        ("who=系统", ["reference.loaded"]),
        ("verb=cycle.opened", ["cycle.opened"]),
        ("verb=group:填报与核定", ["figure.revised"]),
        ("subject=2025Q2", ["cycle.opened"]),
        ("q=calc", ["figure.revised"]),
        ("q=笔误", ["figure.revised"]),
        ("since=2999-01-01", []),
        ("until=2001-01-01", []),
        ("who=nobody", []),
    ],
)
def test_filter_finds_exactly(world: World, query: str, verbs: list[str]) -> None:
    assert verbs_at(client_of(world, "auditor"), query) == verbs


def test_days_of_the_filter_are_days_of_shanghai(world: World) -> None:
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    client = client_of(world, "auditor")

    assert len(verbs_at(client, f"since={today}&until={today}")) == 3
    assert verbs_at(client, f"since={tomorrow}") == []


def test_wrong_day_is_told_and_finds_nothing_silently(world: World) -> None:
    response = client_of(world, "auditor").get("/trail/?since=31.12.2025")

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert response.context["rows"] == []


@pytest.mark.parametrize("account", ["wuxing", "owner", "leader", "sysadmin", "secadmin"])
@pytest.mark.parametrize("address", ["/trail/", "/trail/file.csv", "/trail/file.xlsx"])
def test_nobody_else_reads_the_trail(world: World, account: str, address: str) -> None:
    assert client_of(world, account).get(address).status_code == 403


def test_export_takes_the_filter_and_is_recorded(world: World) -> None:
    client = client_of(world, "auditor")

    data = client.get("/trail/file.csv?who=wuxing&verb=").content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(data)))
    entry = AuditEntry.objects.get(verb="trail.exported")
    assert [row[5] for row in rows] == ["动作代码", "figure.revised"]
    assert rows[1][12] == "'=1+1 笔误"
    assert entry.changes == {"entries": 1, "filter": {"who": "wuxing"}}
    assert not AuditEntry.objects.filter(verb="file.downloaded").exists()


def test_workbook_holds_text_only(world: World) -> None:
    data = client_of(world, "auditor").get("/trail/file.xlsx").content

    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet.max_row == 4
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert sheet["M3"].value == "'=1+1 笔误"


def test_export_of_too_many_is_refused_with_a_way_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.trail_views.EXPORT_MAX", 2)
    client = client_of(world, "auditor")

    response = client.get("/trail/file.xlsx?subject=", follow=True)

    assert response.redirect_chain == [("/trail/?subject=", 302)]
    assert "缩小时间范围" in response.content.decode()
    assert not AuditEntry.objects.filter(verb="trail.exported").exists()


def test_pages_hold_fifty_entries(world: World) -> None:
    record_many(actor=None, acts=[Act(verb="targets.checked", subject=world.plan)] * 50)
    client = client_of(world, "auditor")

    assert len(verbs_at(client, "page=1")) == 50
    assert verbs_at(client, "page=2") == ["reference.loaded", "figure.revised", "cycle.opened"]


def test_changes_in_words() -> None:
    assert shown_changes({"value": [None, "7"], "is_demo": False, "lines": [{"code": "a"}]}) == [
        "数值：（空） → 7",
        "演示：否",
        "lines：code：a",
    ]


def test_changes_name_states_roles_and_boards_but_leave_other_words_alone() -> None:
    changes = {
        "state": ["open", "closed"],
        "role": "reporter",
        "user": "owner",
        "digests": {"districts": "ab"},
    }

    assert shown_changes(changes) == [
        "状态：填报中 → 已截止",
        "角色：填报员",
        "账号：owner",
        "发布摘要：区县榜：ab",
    ]
