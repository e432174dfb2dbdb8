"""The year's result from the quarters."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring import SCHEME_V1, Scheme, ScoringError
from scoring.year import YearInput, score_year
from tests.scoring.boards import V1

WEIGHTED = Scheme.from_dict(SCHEME_V1 | {"year": ["0.15", "0.25", "0.25", "0.35"]})


def unit(key: str, *totals: str | None, order: int = 1, group: str | None = "区县组") -> YearInput:
    return YearInput(
        key=key,
        order=order,
        group=group,
        totals=tuple(None if total is None else Decimal(total) for total in totals),
    )


@pytest.mark.parametrize(
    ("totals", "total"), [(("90", "100", "110", "95"), "99.25"), (("104", "98", "101", "100"), "100.35")]
)
def test_quarters_are_weighted_for_the_year(totals: tuple[str, ...], total: str) -> None:
    (entry,) = score_year(units=[unit("甲", *totals)], scheme=WEIGHTED)

    assert str(entry.total) == total


def test_year_of_scheme_v1_is_its_last_quarter() -> None:
    (entry,) = score_year(units=[unit("甲", "90", None, "110", "95.55")], scheme=V1)

    assert str(entry.total) == "95.55"


def test_quarter_without_a_total_shares_its_weight_out() -> None:
    (entry,) = score_year(units=[unit("甲", None, "100", "100", "80")], scheme=WEIGHTED)

    assert str(entry.total) == "91.76"  # (25 + 25 + 28) / 0.85


def test_year_is_ranked_like_a_quarter() -> None:
    units = [
        unit("甲", "0", "0", "0", "90", order=1),
        unit("乙", "0", "0", "0", "95", order=2, group="功能区组"),
        unit("丙", "0", "0", "0", None, order=3),
        unit("丁", "0", "0", "0", "90", order=4),
        unit("戊", "0", "0", "0", "80", order=5),
    ]

    entries = score_year(units=units, scheme=V1)

    assert [(entry.key, entry.rank, entry.group_rank) for entry in entries] == [
        ("乙", 1, 1),
        ("甲", 2, 1),
        ("丁", 2, 1),
        ("戊", 4, 3),
        ("丙", None, None),
    ]


def test_year_needs_four_quarters() -> None:
    with pytest.raises(ScoringError, match="“甲”应有四个季度的总分，现在是 3 个"):
        score_year(units=[unit("甲", "1", "2", "3")], scheme=V1)
