"""Rows without model objects: what goes in comes out, and a refused row leaves nothing."""

from __future__ import annotations

import gc
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from districts.models import City
from huzhou_targets.bulk import collector_at_rest, in_parts, insert_rows, moment
from indicators.models import PolicyDocument
from rankings.models import RankingLine
from returns.models import QuarterlyReturn
from tests.factories import make_world
from tests.rankings.boards import districts_run, quarter_of_three

COLUMNS = ("city_id", "code", "title", "number", "issuer", "status", "note")


@pytest.mark.django_db
def test_rows_come_back_as_they_went_in_beyond_one_statement() -> None:
    city = City.objects.create(code="huzhou", name="湖州市")
    texts = ("湖政办发〔2025〕1号", '逗号,引号"\t制表\n换行\\反斜杠', "")

    insert_rows(
        PolicyDocument,
        COLUMNS,
        (
            (city.pk, f"document-{number}", texts[number % 3], texts[number % 3], "", "draft", "")
            for number in range(9000)
        ),
    )

    stored = PolicyDocument.objects.order_by("id").values_list("code", "title")
    assert list(stored) == [(f"document-{number}", texts[number % 3]) for number in range(9000)]


@pytest.mark.django_db
def test_a_refused_row_leaves_nothing() -> None:
    city = City.objects.create(code="huzhou", name="湖州市")
    rows = [(city.pk, code, "标题", "", "", "draft", "") for code in ("one", "two", "one")]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(PolicyDocument, COLUMNS, rows)

    assert not PolicyDocument.objects.exists()


@pytest.mark.django_db
def test_moments_and_missing_ones_are_kept() -> None:
    world = make_world()
    now = timezone.now()

    insert_rows(
        QuarterlyReturn,
        ("cycle_id", "organisation_id", "created_at", "submitted_at"),
        [
            (world.cycle.pk, world.wuxing.pk, moment(now), moment(now)),
            (world.cycle.pk, world.nanxun.pk, moment(now), moment(None)),
        ],
    )

    stored = QuarterlyReturn.objects.order_by("id").values_list("created_at", "submitted_at")
    assert list(stored) == [(now, now), (now, None)]


@pytest.mark.django_db
def test_decimals_and_json_of_a_ranking_are_those_of_model_objects() -> None:
    run = districts_run(quarter_of_three())

    line = RankingLine.objects.filter(entry__run=run, entry__unit="吴兴区").order_by("position").first()

    assert line is not None
    assert (line.attainment, line.score, line.detail) == (Decimal("116.67"), Decimal("116.67"), {})


def test_in_parts_keeps_order_and_leaves_nothing_out() -> None:
    assert list(in_parts(range(5), size=2)) == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize("before", [True, False])
def test_the_collector_rests_and_is_then_as_it_was(before: bool) -> None:
    if not before:
        gc.disable()
    try:
        with pytest.raises(ValueError, match="inside"), collector_at_rest():
            assert not gc.isenabled()
            raise ValueError("inside")

        assert gc.isenabled() is before
    finally:
        gc.enable()
