"""How long the core takes: `python -m bench.columns [organisations indicators]`.

Prints seconds for scoring and ranking a board held as columns, and for the same board
through the dataclasses. 3,000 organisations with 100 indicators by default.
"""

from __future__ import annotations

import random
import sys
import time
from decimal import Decimal

from scoring import (
    SCHEME_V1,
    BoardColumns,
    BoardInput,
    Direction,
    Kind,
    LineBlock,
    LineInput,
    Reason,
    Scheme,
    Terms,
    UnitInput,
    score_board,
    score_columns,
)
from scoring.exact import ONE, PLACES, from_scaled


def make_board(*, organisations: int, indicators: int) -> BoardColumns:
    """A board of every kind and direction, 3 % unreported, some left out, some with a baseline."""
    dice = random.Random(1)  # noqa: S311 - invented data
    blocks = []
    for number in range(indicators):
        direction = Direction.LOWER if number % 7 == 0 else Direction.HIGHER
        blocks.append(
            LineBlock(
                terms=Terms(f"指标{number}", list(Kind)[number % 3], direction, number % 2 == 0, ONE),
                units=range(organisations),
                targets=[dice.randint(0, 5000) * ONE // 10 for _ in range(organisations)],
                values=[
                    None if dice.random() < 0.03 else dice.randint(0, 5000) * ONE // 10
                    for _ in range(organisations)
                ],
                baselines=[dice.randint(0, 500) * ONE for _ in range(organisations)]
                if number % 6 == 1
                else None,
                excluded=[Reason.PENDING if dice.random() < 0.05 else None for _ in range(organisations)]
                if number % 5 == 0
                else None,
            )
        )
    return BoardColumns(
        quarter=2,
        keys=[f"单位{number}" for number in range(organisations)],
        orders=range(organisations),
        groups=[f"第{number % 7}组" for number in range(organisations)],
        bonuses=[0] * organisations,
        deductions=[0] * organisations,
        blocks=blocks,
    )


def to_dataclasses(board: BoardColumns) -> BoardInput:
    """The same board for the other face of the core."""

    def decimal(number: int | None) -> Decimal | None:
        return None if number is None else from_scaled(number, places=PLACES)

    units = []
    for unit, key in enumerate(board.keys):
        lines = tuple(
            LineInput(
                indicator=block.terms.indicator,
                kind=block.terms.kind,
                direction=block.terms.direction,
                counted=block.terms.counted,
                target=decimal(block.targets[unit]),
                value=decimal(block.values[unit]),
                baseline=decimal(block.baselines[unit]) if block.baselines else None,
                excluded=block.excluded[unit] if block.excluded else None,
            )
            for block in board.blocks
        )
        units.append(UnitInput(key=key, order=unit, group=board.groups[unit], lines=lines))
    return BoardInput(quarter=board.quarter, units=tuple(units))


def main() -> None:
    """Measure and print, best of three."""
    organisations, indicators = map(int, sys.argv[1:3] or ("3000", "100"))
    scheme = Scheme.from_dict(SCHEME_V1)
    columns = make_board(organisations=organisations, indicators=indicators)
    board = to_dataclasses(columns)
    seconds: dict[str, list[float]] = {"columns": [], "dataclasses": []}
    for _ in range(3):
        start = time.perf_counter()
        score_columns(columns, scheme)
        middle = time.perf_counter()
        score_board(board=board, scheme=scheme)
        seconds["columns"].append(middle - start)
        seconds["dataclasses"].append(time.perf_counter() - middle)
    lines = organisations * indicators
    for face, times in seconds.items():
        print(f"{face}: {lines} lines in {min(times):.3f} s, {lines / min(times):,.0f} lines/s")


if __name__ == "__main__":
    main()
