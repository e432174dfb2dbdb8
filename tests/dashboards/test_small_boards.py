"""The leadership page of a board with one or two places, and of one that is not complete."""

from __future__ import annotations

import pytest

from tests.dashboards.quarters import page_of
from tests.rankings.boards import quarter_of_three

pytestmark = pytest.mark.django_db


def test_certainty_counts_reported_confirmed_and_missing_lines() -> None:
    world = quarter_of_three(count=2)
    world.target("parks", world.nantaihu, "2")
    world.target("firms", world.nantaihu, "50")
    world.report("nantaihu", {("parks", world.nantaihu): "1"})

    page = page_of(world)

    coverage = page.coverage
    assert (coverage.due, coverage.reported, coverage.verified, coverage.waiting) == (6, 5, 4, 1)
    assert (coverage.unreported, coverage.is_complete) == (1, False)
    assert [(row.entry.unit, [line.indicator for line in row.unreported]) for row in page.unreported] == [
        ("南太湖新区", ["小微企业"])
    ]
    assert page.changes is None
    assert (page.last.streak.former, page.last.streak.count) == (None, 1)


def test_nobody_is_last_where_one_alone_is_ranked() -> None:
    page = page_of(quarter_of_three(count=1))

    assert page.last is None
    assert [row.entry.unit for row in page.rows] == ["吴兴区"]
