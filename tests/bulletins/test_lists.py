"""红榜 and 黑榜 take two conditions each."""

from typing import Any

from bulletins.lists import black_list, place_lines, red_list


def entry(unit: str, attainment: str | None, light: str) -> dict[str, Any]:
    return {"unit": unit, "lines": [{"indicator": "园区", "attainment": attainment, "light": light}]}


def names(items: list[Any]) -> list[str]:
    return [item.unit for item in items]


def test_red_needs_more_than_the_schedule_and_a_front_place() -> None:
    placed = place_lines(
        [
            entry("甲", "130.00", "green"),
            entry("乙", "120.00", "green"),
            entry("丙", "101.00", "green"),
            entry("丁", "100.00", "green"),
        ]
    )

    assert names(red_list(placed, front=2)) == ["甲", "乙"]
    assert names(red_list(placed, front=4)) == ["甲", "乙", "丙"]


def test_black_needs_to_be_behind_and_at_the_end() -> None:
    placed = place_lines(
        [entry("甲", "130.00", "green"), entry("乙", "100.00", "green"), entry("丙", "95.00", "yellow")]
    )

    assert names(black_list(placed, end=2)) == ["丙"]


def test_nothing_reported_stands_behind_a_reported_zero() -> None:
    placed = place_lines(
        [entry("甲", "0.00", "red"), entry("乙", None, "red"), entry("丙", "90.00", "yellow")]
    )

    assert names(black_list(placed, end=1)) == ["乙"]


def test_ties_share_a_place() -> None:
    placed = place_lines(
        [entry("甲", "110.00", "green"), entry("乙", "110.00", "green"), entry("丙", "105.00", "green")]
    )

    assert [item.place for item in placed] == [1, 1, 3]
    assert names(red_list(placed, front=2)) == ["甲", "乙"]


def test_lines_that_are_not_scored_are_on_no_list() -> None:
    placed = place_lines([entry("甲", None, "grey"), entry("乙", "50.00", "red")])

    assert names(black_list(placed, end=2)) == ["乙"]
