"""领导分工: who may enter it, what an office is, the trail, and its page."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from audit.models import AuditEntry
from indicators.leaders import OFFICE, LeadersRefused, assign_leaders, offices_of
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

INDUSTRY, SCIENCE = "分管工业的副市长", "分管科技的副市长"
PAGE = "/plans/sowing-2025/leaders/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code in ("parks", "enterprises"):
        world.indicator(code)
    return world


def assign(world: World, offices: dict[str, str], *, by: str = "owner", basis: str = "分工通知") -> int:
    return assign_leaders(actor=world.people[by], plan=world.plan, offices=offices, basis=basis)


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def test_owner_assigns_replaces_and_takes_away_with_a_trail(world: World) -> None:
    first = assign(world, {"parks": INDUSTRY, "enterprises": INDUSTRY})
    second = assign(world, {"parks": INDUSTRY, "enterprises": f" {SCIENCE} "})
    third = assign(world, {"parks": ""}, basis="分工调整")

    assert (first, second, third) == (2, 1, 1)
    assert offices_of(world.plan) == {"enterprises": SCIENCE}
    entries = AuditEntry.objects.filter(verb="leaders.assigned").order_by("id")
    assert [(entry.changes, entry.reason) for entry in entries] == [
        ({"parks": ["", INDUSTRY], "enterprises": ["", INDUSTRY]}, "分工通知"),
        ({"enterprises": [INDUSTRY, SCIENCE]}, "分工通知"),
        ({"parks": [INDUSTRY, ""]}, "分工调整"),
    ]


def test_same_assignment_again_changes_nothing(world: World) -> None:
    assign(world, {"parks": INDUSTRY})

    assert assign(world, {"parks": INDUSTRY, "enterprises": ""}, basis="") == 0
    assert AuditEntry.objects.filter(verb="leaders.assigned").count() == 1


@pytest.mark.parametrize("account", ["wuxing", "jxj", "leader"])
def test_others_than_the_owner_are_refused(world: World, account: str) -> None:
    with pytest.raises(PermissionDenied):
        assign(world, {"parks": INDUSTRY}, by=account)

    assert offices_of(world.plan) == {}


def test_every_problem_is_told_and_nothing_stored(world: World) -> None:
    with pytest.raises(LeadersRefused) as refused:
        assign(world, {"parks": "王副市长", "enterprises": INDUSTRY, "none": INDUSTRY}, basis=" ")

    assert sorted(refused.value.problems) == ["", "none", "parks"]
    assert "只写职务，不写姓名" in refused.value.problems["parks"]
    assert offices_of(world.plan) == {}


@pytest.mark.parametrize(
    ("text", "is_office"),
    [
        ("市长", True),
        ("常务副市长", True),
        ("分管工业的副市长", True),
        ("分管工业、科技的副市长（演示）", True),
        ("市委常委、副市长", True),
        ("市政府秘书长", True),
        ("王副市长", False),
        ("副市长王某", False),
        ("分管工业", False),
        ("=1+1", False),
    ],
)
def test_an_office_is_told_from_a_name(text: str, is_office: bool) -> None:
    assert (OFFICE.fullmatch(text) is not None) == is_office


def test_page_stores_what_the_owner_types(world: World) -> None:
    client = client_of(world, "owner")

    answer = client.post(PAGE, {"office-parks": INDUSTRY, "office-enterprises": "", "basis": "分工通知"})

    assert answer.status_code == 302
    assert offices_of(world.plan) == {"parks": INDUSTRY}


def test_page_shows_problems_and_keeps_the_input(world: World) -> None:
    answer = client_of(world, "owner").post(PAGE, {"office-parks": "王副市长", "basis": ""})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("没有保存，请先改正") == 1
    assert "没有写依据" in text
    assert 'value="王副市长"' in text


def test_page_is_read_only_for_others(world: World) -> None:
    assign(world, {"parks": INDUSTRY})
    client = client_of(world, "wuxing")

    text = client.get(PAGE).content.decode()

    assert INDUSTRY in text
    assert "office-parks" not in text
    assert client.post(PAGE, {"office-parks": ""}).status_code == 403
