"""The scored and reported lines of one indicator, as a scoring method sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from scoring.columns import LineBlock
from scoring.exact import ONE
from scoring.lines import ONE_UNIT, Measured, Ratio, attainment_ratio
from scoring.types import Direction, Kind, ScoringError

#: What a method can look at, with its Chinese name.
MEASURES: Mapping[str, str] = MappingProxyType(
    {"attainment": "序时达成率", "completion": "全年完成率", "value": "完成值"}
)


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each line; upward says whether the higher is the better."""

    values: Sequence[Fraction]
    upward: bool

    def best(self) -> Fraction:
        """The best of the numbers, of which there is at least one."""
        return max(self.values) if self.upward else min(self.values)

    def worst(self) -> Fraction:
        """The worst of the numbers, of which there is at least one."""
        return min(self.values) if self.upward else max(self.values)

    def places(self) -> list[int]:
        """Competition places 1, 2, 2, 4 from the best down, parallel to the numbers."""
        place_of: dict[Fraction, int] = {}
        for place, value in enumerate(sorted(self.values, reverse=self.upward), start=1):
            place_of.setdefault(value, place)
        return [place_of[value] for value in self.values]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one measured block, all of them scored and reported."""

    block: LineBlock
    measured: Measured
    rows: Sequence[int]


class Lines:
    """Scored and reported lines of one indicator, from one block or several.

    A method asks for what it needs; nothing else is copied. cap stands for P where
    lower is better and the figure is 0 or less.
    """

    __slots__ = ("_cap", "_parts", "_upward")

    def __init__(self, parts: Sequence[Rows], *, cap: Ratio) -> None:
        directions = {part.block.terms.direction for part in parts}
        if len(directions) > 1:
            indicator = parts[0].block.terms.indicator
            raise ScoringError(f"指标“{indicator}”的方向不一致，不能放在一起比较。")
        self._parts = parts
        self._cap = cap
        self._upward = Direction.LOWER not in directions

    def attainments(self) -> list[int]:
        """P in hundredths of a per cent, rounded."""
        return [
            item
            for part in self._parts
            for row in part.rows
            if (item := part.measured.attainments[row]) is not None
        ]

    def read(self, measure: str) -> Series:
        """The exact numbers a method looks at, by the name of the measure."""
        if measure == "attainment":
            ratios = [
                ratio
                for part in self._parts
                for row in part.rows
                if (ratio := part.measured.ratios[row]) is not None
            ]
            return Series([Fraction(*ratio) for ratio in ratios], upward=True)
        figures = self._figures()
        if measure == "value":
            return Series([Fraction(value, ONE) for _, value in figures], upward=self._upward)
        ratios = [
            attainment_ratio(expected=target, actual=value, upward=self._upward, cap=self._cap)
            for target, value in figures
        ]
        return Series([Fraction(*ratio) for ratio in ratios], upward=True)

    def shortfalls(self) -> list[Fraction]:
        """What is missing to E in the indicator's unit; 0 where E is reached or passed."""
        missing = []
        for part in self._parts:
            block, expected = part.block, part.measured.expected
            baselines = block.baselines if block.terms.kind is Kind.STOCK else None
            for row in part.rows:
                target, value, due = block.targets[row], block.values[row], expected[row]
                if target is None or value is None or due is None:
                    continue
                base = None if baselines is None else baselines[row]
                actual = (value if base is None or base == target else value - base) * ONE
                gap = due - actual if self._upward else actual - due
                missing.append(Fraction(max(0, gap), ONE_UNIT))
        return missing

    def _figures(self) -> list[tuple[int, int]]:
        """Target and figure of each line in millionths."""
        return [
            (target, value)
            for part in self._parts
            for row in part.rows
            if (target := part.block.targets[row]) is not None
            and (value := part.block.values[row]) is not None
        ]
