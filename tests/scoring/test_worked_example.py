"""The worked example of the scheme, to the digit, and what was computed beside it by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring import SCHEME_V1, BoardResult, Light, Reason, Scheme, score_board
from tests.scoring.boards import COLUMNS, DISTRICTS, V1, make_unit, worked_example

G, Y, R, B, N = Light.GREEN, Light.YELLOW, Light.RED, Light.BLUE, Light.GREY


def places(result: BoardResult) -> list[tuple[str, str, int | None, int | None]]:
    return [(entry.key, str(entry.total), entry.rank, entry.group_rank) for entry in result.entries]


def scores(result: BoardResult) -> dict[str, list[str | None]]:
    return {
        entry.key: [None if line.score is None else str(line.score) for line in entry.lines]
        for entry in result.entries
    }


def test_worked_example_ranks_and_totals() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    assert places(result) == [
        ("安吉县", "109.78", 1, 1),
        ("吴兴区", "103.76", 2, 2),
        ("德清县", "103.41", 3, 3),
        ("南太湖新区", "102.50", 4, 1),
        ("长合区", "98.10", 5, 2),
        ("南浔区", "96.18", 6, 4),
        ("长兴县", "66.14", 7, 5),
    ]


def test_worked_example_line_scores() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    assert scores(result) == {
        "吴兴区": ["116.67", "91.67", "110.00", "105.45", "95.00"],
        "南浔区": ["100.00", "100.00", "95.00", "90.91", "95.00"],
        "德清县": ["100.00", "100.00", "104.00", "117.14", "95.91"],
        "长兴县": ["50.00", "100.00", "95.00", "85.71", "0.00"],
        "安吉县": ["120.00", None, "110.00", "114.29", "94.81"],
        "南太湖新区": ["120.00", None, "100.00", "90.00", "100.00"],
        "长合区": [None, None, "100.00", "100.00", "94.29"],
    }


def test_worked_example_lights() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    assert {entry.key: [line.light for line in entry.lines] for entry in result.entries} == {
        "吴兴区": [G, Y, G, G, Y],
        "南浔区": [G, G, Y, Y, Y],
        "德清县": [G, G, G, G, Y],
        "长兴县": [R, G, Y, Y, R],
        "安吉县": [G, N, G, G, Y],
        "南太湖新区": [B, N, G, Y, G],
        "长合区": [N, N, G, G, Y],
    }


def test_worked_example_reasons() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    reasons = {
        (entry.key, line.indicator): line.reason
        for entry in result.entries
        for line in entry.lines
        if line.reason is not None
    }
    assert reasons == {
        ("长兴县", "专精特新企业"): Reason.UNREPORTED,
        ("安吉县", "专精特新园区"): Reason.ZERO_TARGET,
        ("南太湖新区", "专精特新园区"): Reason.ZERO_TARGET,
        ("长合区", "产业园"): Reason.NOT_DUE,
        ("长合区", "专精特新园区"): Reason.ZERO_TARGET,
    }


def test_worked_example_attainment_is_uncapped_and_completion_not_prorated() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    anji = next(entry for entry in result.entries if entry.key == "安吉县")
    assert [str(line.attainment) for line in anji.lines] == ["133.33", "None", "110.00", "114.29", "94.81"]
    assert [str(line.completion) for line in anji.lines] == ["66.67", "None", "55.00", "57.14", "94.81"]
    assert [str(line.expected) for line in anji.lines] == ["1.5", "0", "100", "35", "135"]


def test_worked_example_with_cap_100_puts_deqing_first() -> None:
    scheme = Scheme.from_dict(SCHEME_V1 | {"cap": "1.00"})

    result = score_board(board=worked_example(), scheme=scheme)

    assert places(result) == [
        ("德清县", "99.18", 1, 1),
        ("安吉县", "98.70", 2, 2),
        ("长合区", "98.10", 3, 1),
        ("南太湖新区", "97.50", 4, 2),
        ("吴兴区", "97.33", 5, 3),
        ("南浔区", "96.18", 6, 4),
        ("长兴县", "66.14", 7, 5),
    ]


def test_every_line_is_rounded_before_the_total() -> None:
    result = score_board(board=worked_example(吴兴区=(7, 9, 80, 20, 131)), scheme=V1)

    wuxing = next(entry for entry in result.entries if entry.key == "吴兴区")
    assert wuxing.total == Decimal("89.26")  # rounded once at the end it would be 89.25


def test_worked_example_with_weights() -> None:
    weights = dict(zip((name for name, _ in COLUMNS), ("25", "20", "25", "10", "20"), strict=True))
    scheme = Scheme.from_dict(
        SCHEME_V1 | {"indicators": {name: {"weight": weight} for name, weight in weights.items()}}
    )

    result = score_board(board=worked_example(), scheme=scheme)

    # 长合区 would have 67.32 if its 0 of 1 park counted; half a park cannot be built, so it does not.
    totals = {entry.key: str(entry.total) for entry in result.entries}
    assert totals == {
        "吴兴区": "104.55",
        "南浔区": "96.84",
        "德清县": "101.90",
        "长兴县": "64.82",
        "安吉县": "109.86",
        "南太湖新区": "105.00",
        "长合区": "97.92",
    }


def test_leaving_out_the_unreported_line_would_reward_silence() -> None:
    board = worked_example()
    changxing = next(unit for unit in board.units if unit.key == "长兴县")

    silent = score_board(board=board, scheme=V1)
    without = score_board(
        board=type(board)(quarter=2, units=(make_unit("长兴县", *changxing.lines[:4]),)), scheme=V1
    )

    assert [entry.total for entry in silent.entries if entry.key == "长兴县"] == [Decimal("66.14")]
    assert without.entries[0].total == Decimal("82.68")


@pytest.mark.parametrize(("name", "group", "targets", "values"), DISTRICTS)
def test_published_total_can_be_recomputed_from_published_scores(
    name: str, group: str, targets: tuple[int, ...], values: tuple[int | None, ...]
) -> None:
    result = score_board(board=worked_example(), scheme=V1)

    entry = next(entry for entry in result.entries if entry.key == name)
    published = [line.score for line in entry.lines if line.score is not None]
    hundredths = [int(score.scaleb(2)) for score in published]
    assert entry.base is not None
    assert int(entry.base.scaleb(2)) == (2 * sum(hundredths) + len(hundredths)) // (2 * len(hundredths))
