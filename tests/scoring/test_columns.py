"""The columns that a caller with very many lines fills itself: the same core as the dataclasses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from scoring import (
    BoardColumns,
    Direction,
    Kind,
    LineBlock,
    Reason,
    ScoringError,
    Terms,
    score_board,
    score_columns,
)
from scoring.exact import ONE, from_hundredths, to_millionths
from tests.scoring.boards import COLUMNS, DISTRICTS, V1, worked_example


def worked_columns(**changes: Any) -> BoardColumns:
    """The worked example as columns."""
    blocks = [
        LineBlock(
            terms=Terms(name, kind, Direction.HIGHER, counted=True, weight=ONE),
            units=range(len(DISTRICTS)),
            targets=[targets[number] * ONE for _, _, targets, _ in DISTRICTS],
            values=[
                None if (value := values[number]) is None else value * ONE for _, _, _, values in DISTRICTS
            ],
        )
        for number, (name, kind) in enumerate(COLUMNS)
    ]
    columns = BoardColumns(
        quarter=2,
        keys=[name for name, _, _, _ in DISTRICTS],
        orders=range(len(DISTRICTS)),
        groups=[group for _, group, _, _ in DISTRICTS],
        bonuses=[0] * len(DISTRICTS),
        deductions=[0] * len(DISTRICTS),
        blocks=blocks,
    )
    return replace(columns, **changes)


def test_columns_give_what_the_dataclasses_give() -> None:
    entries = score_board(board=worked_example(), scheme=V1).entries

    result = score_columns(worked_columns(), V1)

    assert [DISTRICTS[position][0] for position in result.ranked] == [entry.key for entry in entries]
    for position, entry in zip(result.ranked, entries, strict=True):
        assert result.totals[position] == Fraction(entry.total or 0) * 100
        assert (result.ranks[position], result.group_ranks[position]) == (entry.rank, entry.group_rank)
        scores = [block.scores[position] for block in result.blocks]
        assert [None if score is None else from_hundredths(score) for score in scores] == [
            line.score for line in entry.lines
        ]


def test_columns_of_unequal_length_are_refused() -> None:
    board = worked_columns()
    short = replace(board.blocks[0], values=board.blocks[0].values[:-1])

    with pytest.raises(ScoringError, match="指标“产业园”各列长度不一致"):
        score_columns(replace(board, blocks=[short]), V1)


def test_late_days_below_zero_are_refused() -> None:
    with pytest.raises(ScoringError, match="迟报天数不能小于 0"):
        score_columns(worked_columns(late_days=[-1] * len(DISTRICTS)), V1)


def test_column_left_out_means_nothing_special() -> None:
    board = worked_columns()
    count = len(DISTRICTS)
    spelled = [
        replace(block, baselines=[None] * count, strict=[False] * count, excluded=[None] * count)
        for block in board.blocks
    ]

    assert score_columns(replace(board, blocks=spelled), V1) == score_columns(board, V1)


def test_block_of_one_indicator_may_leave_single_lines_out() -> None:
    excluded = [None, Reason.MERGED, *[None] * (len(DISTRICTS) - 2)]
    board = worked_columns()

    result = score_columns(replace(board, blocks=[replace(board.blocks[0], excluded=excluded)]), V1)

    assert result.blocks[0].reasons[:3] == [None, Reason.MERGED, None]
    assert result.totals[1] is None


def test_millionths_are_exact() -> None:
    assert [
        to_millionths(number, what="") for number in map(Decimal, ("0.000001", "12", "-0.5", "1E+3"))
    ] == [
        1,
        12_000_000,
        -500_000,
        1_000_000_000,
    ]


def test_kind_is_only_a_name_for_columns_without_baseline() -> None:
    board = worked_columns()
    as_rates = [replace(block, terms=replace(block.terms, kind=Kind.RATE)) for block in board.blocks]
    as_stocks = [replace(block, terms=replace(block.terms, kind=Kind.STOCK)) for block in board.blocks]

    rates = score_columns(replace(board, blocks=as_rates), V1)
    stocks = score_columns(replace(board, blocks=as_stocks), V1)

    assert rates.totals == stocks.totals
