from decimal import Decimal

import pytest

from rankings.models import RankingEntry, RankingLine, RankingRun
from rankings.overviews import visible_entries
from rankings.services.runs import build_ranking
from rankings.why import gaps_of, losses_of, median_of, standings_of
from tests.factories import World
from tests.rankings.boards import districts_run, quarter_of_three

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return quarter_of_three()


def _entries(world: World, run: RankingRun) -> dict[str, RankingEntry]:
    entries, _ = visible_entries(world.people["owner"], run)
    return {entry.unit: entry for entry in entries}


def _lines(*rows: tuple[str | None, str]) -> list[RankingLine]:
    return [
        RankingLine(
            position=position,
            indicator_code=str(position),
            score=None if score is None else Decimal(score),
            weight=weight,
        )
        for position, (score, weight) in enumerate(rows, start=1)
    ]


def test_losses_are_listed_largest_first_with_what_they_take_from_the_total() -> None:
    losses = losses_of(_lines(("91.67", "1"), ("80.00", "2"), ("120.00", "1"), (None, "5")))

    assert [(item.line.position, item.missing, item.points) for item in losses.lost] == [
        (2, Decimal("20.00"), Decimal("10.00")),
        (1, Decimal("8.33"), Decimal("2.08")),
    ]
    assert [(item.line.position, item.points) for item in losses.gained] == [(3, Decimal("5.00"))]
    assert (losses.total_lost, losses.total_gained) == (Decimal("12.08"), Decimal("5.00"))


def test_unreported_line_loses_everything_and_an_unscored_one_nothing() -> None:
    losses = losses_of(_lines(("0.00", "1"), (None, "1")))

    assert [(item.line.position, item.points) for item in losses.lost] == [(1, Decimal("100.00"))]


@pytest.mark.parametrize("rows", [[], [(None, "1")], [("100.00", "0")]])
def test_without_scored_lines_nothing_is_lost(rows: list[tuple[str | None, str]]) -> None:
    losses = losses_of(_lines(*rows))

    assert (losses.lost, losses.gained, losses.total_lost) == ((), (), Decimal("0.00"))


@pytest.mark.parametrize(
    ("numbers", "median"),
    [
        ([], None),
        (["3.00"], "3.00"),
        (["9.00", "1.00", "5.00"], "5.00"),
        (["100.00", "95.01"], "97.51"),
        (["0.00", "0.00"], "0.00"),
    ],
)
def test_median_is_the_middle_or_the_rounded_mean_of_two(numbers: list[str], median: str | None) -> None:
    assert median_of([Decimal(number) for number in numbers]) == (median and Decimal(median))


def test_standing_is_among_the_group_with_the_board_beside_it(world: World) -> None:
    run = districts_run(world)
    entries = _entries(world, run)

    standings = standings_of(entries["南浔区"], list(entries.values()))

    assert [
        (item.name, item.own, item.place, item.count, item.median, item.best, item.board_median)
        for item in standings
    ] == [
        ("总分", *(Decimal(n) for n in ("97.50",)), 2, 2, *map(Decimal, ("104.17", "110.84", "100.00"))),
        ("产业园", Decimal("100.00"), 2, 2, *map(Decimal, ("108.34", "116.67", "100.00"))),
        ("小微企业", Decimal("95.00"), 2, 2, *map(Decimal, ("100.00", "105.00", "100.00"))),
    ]


def test_gap_is_the_least_figure_with_which_the_board_itself_ranks_higher(world: World) -> None:
    run = districts_run(world)
    entries = _entries(world, run)

    gaps = gaps_of(run, entries["南浔区"], list(entries.values()))

    assert (gaps.above, gaps.distance) == ("南太湖新区", Decimal("2.50"))
    assert [(row.indicator, row.current, row.needed, row.difference, row.rank) for row in gaps.rows] == [
        ("产业园", "3", "4", "1", 2),
        ("小微企业", "76", "80", "4", 2),
    ]
    assert gaps.with_group
    assert [(row.group_needed, row.group_rank) for row in gaps.rows] == [(None, None), (None, None)]
    for value, rank in (("79", 3), ("80", 2)):
        world.report("nanxun", {("firms", world.nanxun): value}, reason="核对差距")
        world.verify("jxj", *world.cycle.figures.filter(state="submitted"))
        again = build_ranking(cycle=world.cycle, board="districts")
        assert again is not None
        assert again.entries.get(unit="南浔区").rank == rank


def test_first_place_has_no_gap(world: World) -> None:
    run = districts_run(world)
    entries = _entries(world, run)

    gaps = gaps_of(run, entries["吴兴区"], list(entries.values()))

    assert (gaps.rows, gaps.above, gaps.distance) == ((), "", None)


def test_gap_of_an_unreported_line_names_the_figure_and_no_difference(world: World) -> None:
    world.indicator("late", name="迟到的指标")
    world.target("late", world.nanxun, "10")
    run = districts_run(world)
    entries = _entries(world, run)

    gaps = gaps_of(run, entries["南浔区"], list(entries.values()))

    row = gaps.rows[-1]
    assert (row.indicator, row.current, row.needed, row.difference) == ("迟到的指标", None, "6", None)
