"""The least figure that lifts an organisation one place, against trying every figure."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from scoring import SCHEME_V1, BoardInput, Direction, Kind, Reason, Scheme, ScoringError, score_board
from scoring.gap import Gap, find_gaps
from tests.scoring.boards import V1, make_line, make_unit, worked_example


def needs(gaps: tuple[Gap, ...]) -> dict[str, str | None]:
    return {gap.indicator: None if gap.needed is None else str(gap.needed) for gap in gaps}


def place_with(
    board: BoardInput, key: str, indicator: str, value: Decimal, *, scheme: Scheme, group: bool
) -> int | None:
    """The place an organisation has with this figure."""
    units = tuple(
        replace(
            unit,
            lines=tuple(
                replace(line, value=value) if line.indicator == indicator else line for line in unit.lines
            ),
        )
        if unit.key == key
        else unit
        for unit in board.units
    )
    entries = score_board(board=replace(board, units=units), scheme=scheme).entries
    entry = next(entry for entry in entries if entry.key == key)
    return entry.group_rank if group else entry.rank


def test_gaps_of_the_worked_example() -> None:
    gaps = find_gaps(board=worked_example(), scheme=V1, key="德清县", decimals={})

    assert needs(gaps) == {
        "产业园": "5",
        "专精特新园区": "3",
        "创新型小微": "106",
        "其中未来产业": "42",
        "专精特新企业": "215",
    }
    assert [(str(gap.total), gap.rank) for gap in gaps][:3] == [("107.41", 2), ("107.41", 2), ("103.81", 2)]


def test_gap_of_a_counted_thing_that_is_not_due_yet() -> None:
    gaps = find_gaps(board=worked_example(), scheme=V1, key="长合区", decimals={}, within_group=True)

    assert needs(gaps) == {"产业园": "1", "创新型小微": "17", "其中未来产业": "6", "专精特新企业": "38"}


def test_gap_may_be_out_of_reach_of_any_single_indicator() -> None:
    gaps = find_gaps(board=worked_example(), scheme=V1, key="吴兴区", decimals={})

    assert set(needs(gaps).values()) == {None}


@pytest.mark.parametrize("within_group", [False, True])
def test_first_place_has_no_gap(within_group: bool) -> None:
    assert (
        find_gaps(board=worked_example(), scheme=V1, key="安吉县", decimals={}, within_group=within_group)
        == ()
    )


def test_unit_that_is_not_ranked_has_no_gap() -> None:
    units = (make_unit("甲", make_line(target="0")), make_unit("乙", make_line(), order=2))

    assert find_gaps(board=BoardInput(quarter=2, units=units), scheme=V1, key="甲", decimals={}) == ()


def test_unknown_unit_is_refused() -> None:
    with pytest.raises(ScoringError, match="榜单中没有单位“杭州市”"):
        find_gaps(board=worked_example(), scheme=V1, key="杭州市", decimals={})


def board_of(*lines: object, rival: str = "90") -> BoardInput:
    """甲 with these lines behind 乙, which has one line worth rival."""
    other = make_line(indicator="对手", target="100", value=rival)
    return BoardInput(
        quarter=4,
        units=(make_unit("甲", *lines), make_unit("乙", other, order=2)),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("decimals", "needed"), [(0, "9"), (1, "9"), (2, "9"), (6, "8.9995")])
def test_meeting_the_place_above_is_enough(decimals: int, needed: str) -> None:
    board = board_of(make_line(target="10", value="8.5", counted=False))

    (gap,) = find_gaps(board=board, scheme=V1, key="甲", decimals={"产业园": decimals})

    assert (str(gap.needed), str(gap.total), gap.rank) == (needed, "90.00", 1)


@pytest.mark.parametrize(("decimals", "needed"), [(0, "7"), (1, "6.3"), (2, "6.3"), (4, "6.2997")])
def test_needed_figure_has_the_decimals_of_the_indicator(decimals: int, needed: str) -> None:
    # 90 % of 7 is 6.3; 6.2997 still rounds to 90.00.
    board = board_of(make_line(target="7", value="5", counted=False))

    (gap,) = find_gaps(board=board, scheme=V1, key="甲", decimals={"产业园": decimals})

    assert str(gap.needed) == needed


def test_falling_indicator_needs_a_lower_figure() -> None:
    line = make_line(kind=Kind.RATE, direction=Direction.LOWER, counted=False, target="1", value="1.6")

    (gap,) = find_gaps(board=board_of(line), scheme=V1, key="甲", decimals={})

    assert str(gap.needed) == "1.11"


def test_falling_stock_with_baseline_needs_a_lower_figure() -> None:
    line = make_line(kind=Kind.STOCK, direction=Direction.LOWER, target="40", baseline="50", value="48")

    (gap,) = find_gaps(board=board_of(line), scheme=V1, key="甲", decimals={})

    assert str(gap.needed) == "41"


def test_negative_target_needs_a_figure_between() -> None:
    line = make_line(kind=Kind.RATE, counted=False, target="-5", value="-9")

    (gap,) = find_gaps(board=board_of(line), scheme=V1, key="甲", decimals={})

    assert str(gap.needed) == "-5.5"


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, "9"),
        ({"direction": Direction.LOWER, "kind": Kind.RATE, "counted": False}, "11.11"),
        ({"kind": Kind.RATE, "counted": False, "target": "-5"}, "-5.5"),
        ({"kind": Kind.STOCK, "baseline": "4"}, "10"),
        ({"kind": Kind.STOCK, "baseline": "20", "direction": Direction.LOWER}, "11"),
    ],
)
def test_unreported_line_needs_a_figure_too(changes: dict[str, object], needed: str) -> None:
    board = board_of(make_line(**{"target": "10", "value": None} | changes))

    (gap,) = find_gaps(board=board, scheme=V1, key="甲", decimals={})

    assert (gap.current, str(gap.needed)) == (None, needed)


def test_lines_that_are_not_scored_are_left_out() -> None:
    lines = [
        make_line(indicator="计分", target="10", value="5"),
        make_line(indicator="零目标", target="0", value="5"),
        make_line(indicator="不考核", target=None, value=None, excluded=Reason.NOT_ASSESSED),
        make_line(indicator="未到", due=False),
    ]

    gaps = find_gaps(board=board_of(*lines), scheme=V1, key="甲", decimals={})

    assert needs(gaps) == {"计分": "9"}


def test_gap_under_a_comparing_method_looks_at_the_whole_board() -> None:
    units = tuple(
        make_unit(key, make_line(target="100", value=value), order=order)
        for order, (key, value) in enumerate([("甲", "80"), ("乙", "70"), ("丙", "60")], start=1)
    )
    scheme = Scheme.from_dict(SCHEME_V1 | {"method": "rank_step"})

    (gap,) = find_gaps(board=BoardInput(quarter=4, units=units), scheme=scheme, key="丙", decimals={})

    assert (str(gap.needed), gap.rank) == ("70", 2)


def random_board(dice: random.Random) -> BoardInput:
    """A small board with every direction, baseline, missing figure and tie."""
    units = []
    for order in range(dice.randint(2, 5)):
        lines = []
        for number in range(dice.randint(1, 3)):
            kind = dice.choice(list(Kind))
            lines.append(
                make_line(
                    indicator=f"指标{number}",
                    kind=kind,
                    direction=dice.choice([Direction.HIGHER, Direction.HIGHER, Direction.LOWER]),
                    counted=dice.random() < 0.6,
                    target=str(dice.choice([1, 3, 8, 20])),
                    value=dice.choice([None, str(dice.randint(0, 24)), str(dice.randint(0, 24))]),
                    baseline=dice.choice([None, "5"]),
                    weight=dice.choice(["1", "2"]),
                )
            )
        units.append(make_unit(f"单位{order}", *lines, order=order, group=dice.choice("甲乙")))
    return BoardInput(quarter=dice.randint(1, 4), units=tuple(units))


@pytest.mark.parametrize("seed", range(80))
def test_needed_figure_is_the_least_that_lifts(seed: int) -> None:
    dice = random.Random(seed)
    board, within_group = random_board(dice), dice.random() < 0.5
    unit = dice.choice(board.units)
    entry = next(entry for entry in score_board(board=board, scheme=V1).entries if entry.key == unit.key)
    before = entry.group_rank if within_group else entry.rank

    gaps = find_gaps(
        board=board,
        scheme=V1,
        key=unit.key,
        decimals={line.indicator: 0 for line in unit.lines},
        within_group=within_group,
    )

    for gap in gaps:
        line = next(line for line in unit.lines if line.indicator == gap.indicator)
        upward = line.direction is Direction.HIGHER
        start = line.value if line.value is not None else Decimal(-1 if upward else 400)
        end = -80 if line.baseline is not None else -1  # less than nothing means nothing
        tried = range(int(start) + 1, 80) if upward else range(int(start) - 1, end, -1)
        least = next(
            (
                value
                for value in tried
                if (
                    place := place_with(
                        board, unit.key, gap.indicator, Decimal(value), scheme=V1, group=within_group
                    )
                )
                is not None
                and before is not None
                and place < before
            ),
            None,
        )
        assert gap.needed == least
