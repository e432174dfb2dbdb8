"""Each list page runs with one and with three organisations under the same literal number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from indicators.models import Task, TaskResponsibility
from parks.models import Park
from rankings.services.requests import run_due_requests
from returns.models import Figure, Upload
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

BOARD = "/boards/sowing-2025/2025Q2/districts/"


def fill(count: int) -> World:
    """The city with so many organisations reporting, verified figures, uploads, parks and tasks."""
    world = make_world()
    places = [world.wuxing, world.nanxun, world.nantaihu][:count]
    for code in ("parks", "enterprises"):
        world.indicator(code)
        world.target(code, world.whole_city, "36")
        for place in places:
            world.target(code, place, "12", row_order=place.order, column_order=len(world.indicators))
    for number, place in enumerate(places, start=1):
        for code in ("parks", "enterprises"):
            world.report(place.code, {(code, place): "7"})
        Park.objects.create(plan=world.plan, number=number, name=f"园区{number}", district=place)
        task = Task.objects.create(
            plan=world.plan,
            code=f"task-{number}",
            part="重点任务",
            number=str(number),
            title="任务",
            text="内容",
        )
        TaskResponsibility.objects.create(task=task, organisation=place, order=1)
        Upload.objects.create(
            cycle=world.cycle,
            organisation=place,
            uploaded_by=world.people[place.code],
            filename=f"{place.name}.xlsx",
            size=1,
            sha256="0" * 64,
        )
    world.verify("jxj", *Figure.objects.filter(indicator__code="parks"))
    run_due_requests()
    return world


def look(world: World, account: str) -> Client:
    """A client signed in as the account, after one visit that fills caches outside the page."""
    client = Client()
    client.force_login(world.people[account])
    client.get("/help/")
    return client


@pytest.fixture(scope="module", params=[1, 3])
def built(module_rows: None, request: pytest.FixtureRequest) -> Iterator[World]:
    with transaction.atomic():
        yield fill(request.param)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("account", "address", "queries"),
    [
        ("owner", "/", 10),
        ("owner", "/boards/all/", 6),
        ("wuxing", "/", 11),
        ("owner", BOARD, 11),
        ("wuxing", BOARD, 11),
        ("owner", "/boards/sowing-2025/2025Q2/departments/", 11),
        ("owner", f"{BOARD}wuxing/", 11),
        ("owner", f"{BOARD}wuxing/?leader=%E5%B8%82%E9%95%BF", 12),
        ("owner", "/cycles/sowing-2025/2025Q2/", 10),
        ("wuxing", "/returns/", 9),
        ("wuxing", "/returns/sowing-2025/2025Q2/form/", 11),
        ("jxj", "/returns/sowing-2025/2025Q2/form/", 10),
        ("owner", "/submissions/", 6),
        ("owner", "/submissions/1/", 11),
        ("wuxing", "/returns/sowing-2025/2025Q2/submit/", 11),
        ("wuxing", "/returns/sowing-2025/2025Q2/upload/", 7),
        ("owner", "/uploads/", 6),
        ("jxj", "/review/", 7),
        ("jxj", "/review/sowing-2025/2025Q2/", 12),
        ("owner", "/plans/", 6),
        ("owner", "/plans/sowing-2025/", 7),
        ("owner", "/plans/sowing-2025/tables/annex1/", 8),
        ("owner", "/plans/sowing-2025/tasks/", 8),
        ("owner", "/plans/sowing-2025/indicators/", 9),
        ("owner", "/parks/", 9),
        ("owner", "/parks/sowing-2025/1/", 5),
    ],
)
def test_page_takes_the_same_queries_for_one_and_three_organisations(
    world: World,
    django_assert_num_queries: DjangoAssertNumQueries,
    account: str,
    address: str,
    queries: int,
) -> None:
    client = look(world, account)

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200


def test_figure_page_takes_the_same_queries_after_more_revisions(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    figure = Figure.objects.get(indicator__code="enterprises", organisation=world.wuxing)
    for value in ("8", "9"):
        world.report("wuxing", {("enterprises", world.wuxing): value}, reason="更正")
    client = look(world, "owner")

    with django_assert_num_queries(12):
        response = client.get(f"/figures/{figure.pk}/")

    assert response.context["figure"].value == Decimal(9)
