"""The pages of analysis run with one and with three organisations under the same literal number of queries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from rankings.services.requests import run_due_requests
from tests.factories import World
from tests.rankings.boards import quarter_of_three

BOARD = "/boards/sowing-2025/2025Q2/districts/"


@pytest.fixture(scope="module", params=[1, 3])
def built(module_rows: None, request: pytest.FixtureRequest) -> Iterator[World]:
    with transaction.atomic():
        world = quarter_of_three(count=request.param)
        run_due_requests()
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("account", "address", "queries"),
    [
        ("owner", f"{BOARD}wuxing/why/", 11),
        ("wuxing", f"{BOARD}wuxing/why/", 9),
        ("owner", f"{BOARD}what-if/", 8),
        ("owner", "/years/sowing-2025/2025/districts/", 10),
        ("owner", "/city/sowing-2025/2025Q2/", 9),
        ("owner", "/schemes/", 8),
        ("wuxing", "/schemes/quarterly/1/", 7),
        ("owner", "/schemes/quarterly/1/", 10),
        ("owner", "/cycles/sowing-2025/2025Q2/adjustments/", 8),
        ("owner", "/jobs/", 9),
    ],
)
def test_page_takes_the_same_queries_for_one_and_three_organisations(
    world: World,
    django_assert_num_queries: DjangoAssertNumQueries,
    account: str,
    address: str,
    queries: int,
) -> None:
    client = Client()
    client.force_login(world.people[account])
    client.get("/help/")  # fills caches outside the page

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200
