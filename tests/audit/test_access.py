"""Refusals and downloads enter the trail by themselves, whatever page they come from."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import AuditEntry
from returns.models import Figure
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for place in (world.wuxing, world.nanxun):
        world.target("parks", place, "12")
    return world


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def recorded() -> list[tuple[str, str, str]]:
    """Verb, account and subject of every entry about access."""
    entries = AuditEntry.objects.filter(verb__regex=r"^(access|file)\.").order_by("id")
    return [
        (entry.verb, entry.actor.username if entry.actor else "", entry.subject_label) for entry in entries
    ]


def test_refused_page_is_recorded_with_its_address(world: World) -> None:
    client_of(world, "wuxing").get("/review/", REMOTE_ADDR="10.1.2.3")

    entry = AuditEntry.objects.get()
    assert recorded() == [("access.refused", "wuxing", "/review/")]
    assert (entry.subject_type, entry.address) == ("review_list", "10.1.2.3")
    assert entry.changes == {"method": "GET", "path": "/review/"}


def test_guessed_row_of_somebody_else_is_recorded(world: World) -> None:
    world.report("nanxun", {("parks", world.nanxun): "7"})
    number = Figure.objects.get().pk

    client_of(world, "wuxing").get(f"/figures/{number}/")

    assert recorded() == [("access.not-found", "wuxing", f"/figures/{number}/")]


def test_address_that_is_no_page_is_not_recorded(world: World) -> None:
    client_of(world, "wuxing").get("/wp-login.php")

    assert recorded() == []


def test_strangers_do_not_fill_the_trail(world: World) -> None:
    Client().get("/review/")
    Client().get("/api/plans/")

    assert recorded() == []


def test_refused_api_call_is_recorded(world: World) -> None:
    client_of(world, "sysadmin").get("/api/plans/sowing-2025/2025Q2/figures/")

    assert recorded() == [("access.refused", "sysadmin", "/api/plans/sowing-2025/2025Q2/figures/")]


def test_download_is_recorded_with_the_name_of_the_file(world: World) -> None:
    client_of(world, "wuxing").get("/returns/sowing-2025/2025Q2/template/")

    entry = AuditEntry.objects.get(verb="file.downloaded")
    assert entry.subject_label == "播种计划2025年二季度填报表-吴兴区.xlsx"
    assert (entry.subject_type, entry.plan_code, entry.period) == ("return_template", "sowing-2025", "2025Q2")
