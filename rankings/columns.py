"""Thawed inputs as the columns in which the core computes, and back to the lines of each organisation.

The core's dataclasses are for few lines; a board of a city's companies has hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scoring import (
    BoardColumns,
    Direction,
    Kind,
    LineBlock,
    LineInput,
    Reason,
    ScoringError,
    Terms,
)
from scoring.board import points_of, terms_of
from scoring.exact import to_millionths
from scoring.types import GIVEN_REASONS

Place = tuple[int, int]
"""A line on a board: number of its block, number in the block."""

_GIVEN: Mapping[str | None, Reason | None] = {None: None} | {reason.value: reason for reason in GIVEN_REASONS}


def number_of(text: str | None) -> Decimal | None:
    """A sealed number."""
    return None if text is None else Decimal(text)


def line_input(line: Mapping[str, Any]) -> LineInput:
    """A thawed line as the core's dataclass."""
    return LineInput(
        indicator=line["code"],
        kind=Kind(line["kind"]),
        direction=Direction(line["direction"]),
        counted=line["counted"],
        target=number_of(line["target"]),
        strict=line["strict"],
        excluded=Reason(line["excluded"]) if line["excluded"] else None,
        value=number_of(line["value"]),
        baseline=number_of(line["baseline"]),
        milestone_share=number_of(line["milestone_share"]),
        milestone_amount=number_of(line["milestone_amount"]),
        weight=Decimal(line["weight"]),
        due=line["due"],
    )


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A board as columns, and the places of each organisation's lines in their own order."""

    board: BoardColumns
    places: tuple[tuple[Place, ...], ...]


@dataclass(slots=True)
class _OpenBlock:
    """A block while its lines are collected."""

    number: int
    terms: Terms
    units: list[int] = field(default_factory=list)
    targets: list[int | None] = field(default_factory=list)
    values: list[int | None] = field(default_factory=list)
    baselines: list[int | None] = field(default_factory=list)
    strict: list[bool] = field(default_factory=list)
    excluded: list[Reason | None] = field(default_factory=list)

    def close(self) -> LineBlock:
        """The finished block; columns that say nothing are left out."""
        return LineBlock(
            terms=self.terms,
            units=self.units,
            targets=self.targets,
            values=self.values,
            baselines=self.baselines if any(item is not None for item in self.baselines) else None,
            strict=self.strict if any(self.strict) else None,
            excluded=self.excluded if any(self.excluded) else None,
        )


class _Millionths(dict[str | None, int | None]):
    """Sealed texts as whole millionths; each text is read once."""

    def __init__(self, what: str) -> None:
        super().__init__({None: None})
        self._what = what

    def __missing__(self, text: str) -> int:
        number = self[text] = to_millionths(Decimal(text), what=self._what)
        return number


class _Builder:
    """Sorts lines into blocks of one indicator on the same terms."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[object, ...], _OpenBlock] = {}
        self._targets = _Millionths("目标值")
        self._values = _Millionths("完成值")
        self._baselines = _Millionths("基期值")

    def add(self, position: int, unit: Mapping[str, Any]) -> tuple[Place, ...]:
        """Put an organisation's lines into their blocks; an error names organisation and indicator."""
        places = []
        for line in unit["lines"]:
            try:
                places.append(self._add(position, line))
            except ScoringError as error:
                raise ScoringError(f"“{unit['key']}”的指标“{line['code']}”：{error}") from error
        codes = [line["code"] for line in unit["lines"]]
        if len(set(codes)) != len(codes):
            twice = next(code for code in codes if codes.count(code) > 1)
            raise ScoringError(f"“{unit['key']}”的指标“{twice}”：出现两次。")
        return tuple(places)

    def _add(self, position: int, line: Mapping[str, Any]) -> Place:
        key = (
            *(line["code"], line["kind"], line["direction"], line["counted"], line["weight"]),
            *(line["milestone_share"], line["milestone_amount"], line["due"]),
        )
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = _OpenBlock(len(self._blocks), terms_of(line_input(line)))
        if line["excluded"] not in _GIVEN:
            raise ScoringError(f"不能以“{line['excluded']}”为由不计分。")
        place = block.number, len(block.units)
        block.targets.append(self._targets[line["target"]])
        block.values.append(self._values[line["value"]])
        block.baselines.append(self._baselines[line["baseline"]])
        block.units.append(position)
        block.strict.append(line["strict"])
        block.excluded.append(_GIVEN[line["excluded"]])
        return place

    def close(self) -> list[LineBlock]:
        """All blocks in the order in which they were opened."""
        return [block.close() for block in self._blocks.values()]


def columns_of(inputs: Mapping[str, Any]) -> Columns:
    """The board of thawed inputs. Raises ScoringError as `scoring.score_board` does."""
    units: Sequence[Mapping[str, Any]] = inputs["units"]
    keys = [unit["key"] for unit in units]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ScoringError(f"单位“{twice}”在同一榜单中出现两次。")
    builder = _Builder()
    places = tuple(builder.add(position, unit) for position, unit in enumerate(units))
    board = BoardColumns(
        quarter=inputs["quarter"],
        keys=keys,
        orders=[unit["order"] for unit in units],
        groups=[unit["group"] for unit in units],
        bonuses=[_points(unit, "bonuses", "加分") for unit in units],
        deductions=[_points(unit, "deductions", "扣分") for unit in units],
        blocks=builder.close(),
        group_by_lines=inputs["board"] == "departments",
        late_days=[unit.get("late_days", 0) for unit in units],
    )
    return Columns(board=board, places=places)


def _points(unit: Mapping[str, Any], side: str, word: str) -> int:
    return points_of([Decimal(item["points"]) for item in unit[side]], what=f"“{unit['key']}”的{word}")
