"""Choosing figures to review: nothing at first, all without a hint on demand, alike for 核定 and 单位审核."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import Role
from returns.models import Figure
from returns.services.unit_review import switch_unit_review
from tests.factories import UserFactory, World, grant, make_world

pytestmark = pytest.mark.django_db

PAGES = {"review": "/review/sowing-2025/2025Q2/", "unit-review": "/unit-review/sowing-2025/2025Q2/"}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> tuple[Client, str]:
    """A reviewer's browser and the page with three figures: one bears a warning, one is the reviewer's own work."""
    world = make_world()
    for code in ("parks", "firms", "jobs"):
        world.indicator(code)
        world.target(code, world.wuxing, "12")
    reviewer = UserFactory.create(username="reviewer", organisation=world.wuxing)
    world.people["reviewer"] = reviewer
    grant(reviewer, Role.REPORTER, world.wuxing)
    if request.param == "review":
        grant(reviewer, Role.VERIFIER, world.jxj)
    else:
        grant(reviewer, Role.REVIEWER, world.wuxing)
        switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=True, reason="防止误报")
    _report(world)
    client = Client()
    client.force_login(reviewer)
    return client, PAGES[request.param]


def _report(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report(
        "wuxing", {("firms", world.wuxing): "40"}, warnings={("firms", "wuxing"): ["target_magnitude：偏大"]}
    )
    world.report("reviewer", {("jobs", world.wuxing): "3"})


def figure_id(code: str) -> int:
    return Figure.objects.get(indicator__code=code).pk


def ticked(html: str) -> list[int]:
    boxes = re.findall(r'<input type="checkbox" name="figure" value="(\d+)"[^>]*>', html)
    return [int(value) for value in boxes if re.search(rf'value="{value}"[^>]* checked>', html)]


def test_nothing_is_ticked_at_first_and_the_links_say_what_they_tick(page: tuple[Client, str]) -> None:
    client, address = page

    first = client.get(address).content.decode()
    clean = client.get(f"{address}?state=waiting&ticked=clean").content.decode()

    assert (first.count('name="figure"'), ticked(first)) == (3, [])
    assert ticked(clean) == [figure_id("parks")]
    assert f'href="{address}?ticked=clean" data-tick="clean">选中全部无提示的数据（1 项）</a>' in first
    assert f'href="{address}" data-tick="none">全不选</a>' in first
    assert f'href="{address}?state=waiting" data-tick="none"' in clean
    assert "本账号填报过，须由另一个账号" in first
    assert 'src="/static/returns/ticking.js" defer' in first


def test_a_refusal_keeps_the_ticks_and_a_success_ticks_nothing_more(page: tuple[Client, str]) -> None:
    client, address = page
    action = "verify" if address == PAGES["review"] else "pass"
    body = {"action": action, "figure": [figure_id("firms"), figure_id("jobs")]}

    refused = client.post(f"{address}?ticked=clean", body)
    done = client.post(f"{address}?ticked=clean", body | {"figure": [figure_id("firms")]})

    assert (refused.status_code, ticked(refused.content.decode())) == (422, sorted(body["figure"]))
    assert "有本账号填报的" in refused.content.decode()
    assert (done.status_code, done.headers["Location"]) == (302, address)
    assert list(Figure.objects.order_by("id").values_list("state", flat=True)).count("submitted") == (
        2 if action == "verify" else 1
    )
