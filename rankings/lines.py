"""A board's lines as they are sealed, and sorted into blocks: those of one indicator on the same terms.

A board of a city's companies has hundreds of thousands of lines. What they share is held once, what differs in
columns, so that the core, the sealed text and the stored rows are all made a column at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scoring import ScoringError

Terms = Mapping[str, Any]
"""What lines of a block share, by the keys of TERMS."""

TERMS = (
    *("code", "indicator", "kind", "direction", "counted", "weight"),
    *("milestone_share", "milestone_amount", "due"),
)


class Line(NamedTuple):
    """One line as it is sealed. Numbers are plain decimal texts, `None` where there is nothing.

    Lines on the same terms share one object of them: blocks are told apart by it.
    """

    terms: Terms
    unit: str
    factor: str
    target_text: str
    target: str | None
    strict: bool
    excluded: str | None
    value: str | None
    baseline: str | None
    figure: int | None
    file: str | None
    sheet: str | None
    cell: str | None
    data_as_of: str | None
    detail: Mapping[str, Any]


class Columns(NamedTuple):
    """The lines of a block as columns, named as in `Line`."""

    unit: Sequence[str]
    factor: Sequence[str]
    target_text: Sequence[str]
    target: Sequence[str | None]
    strict: Sequence[bool]
    excluded: Sequence[str | None]
    value: Sequence[str | None]
    baseline: Sequence[str | None]
    figure: Sequence[int | None]
    file: Sequence[str | None]
    sheet: Sequence[str | None]
    cell: Sequence[str | None]
    data_as_of: Sequence[str | None]
    detail: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one indicator on the same terms; the sequences are parallel.

    units holds each line's organisation as its position on the board, numbers the line's place among the lines
    of that organisation.
    """

    terms: Terms
    units: list[int]
    numbers: list[int]
    columns: Columns


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A board before it is scored: the sealed value without its organisations, those without lines, the lines.

    head and units hold what the keys of the sealed value say; counts is how many lines an organisation has.
    """

    head: Mapping[str, Any]
    units: Sequence[Mapping[str, Any]]
    blocks: Sequence[Block]
    counts: Sequence[int]


def make_sheet(
    *, head: Mapping[str, Any], units: Sequence[Mapping[str, Any]], lines: Iterable[Sequence[Line]]
) -> Sheet:
    """Sort each organisation's lines, in their order, into blocks.

    Raises ScoringError where an organisation or one of its indicators comes twice.
    """
    _refuse_twice([unit["key"] for unit in units])
    found: dict[int, tuple[list[int], list[int], list[Line]]] = {}
    counts = []
    for position, own in enumerate(lines):
        if len({line.terms["code"] for line in own}) != len(own):
            _refuse_line_twice(units[position]["key"], own)
        counts.append(len(own))
        for number, line in enumerate(own):
            block = found.get(id(line[0]))
            if block is None:
                block = found[id(line[0])] = ([], [], [])
            block[0].append(position)
            block[1].append(number)
            block[2].append(line)
    blocks = [
        Block(members[0].terms, positions, numbers, Columns(*list(zip(*members, strict=True))[1:]))
        for positions, numbers, members in found.values()
    ]
    return Sheet(head=head, units=units, blocks=blocks, counts=counts)


def _refuse_twice(keys: Sequence[str]) -> None:
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ScoringError(f"单位“{twice}”在同一榜单中出现两次。")


def _refuse_line_twice(unit: str, lines: Sequence[Line]) -> None:
    codes = [line.terms["code"] for line in lines]
    twice = next(code for code in codes if codes.count(code) > 1)
    raise ScoringError(f"“{unit}”的指标“{twice}”：出现两次。")


def sheet_of(inputs: Mapping[str, Any]) -> Sheet:
    """Thawed inputs as a sheet. Raises ScoringError as `make_sheet` does."""
    shared: dict[tuple[object, ...], Terms] = {}
    return make_sheet(
        head={key: value for key, value in inputs.items() if key != "units"},
        units=[{key: value for key, value in unit.items() if key != "lines"} for unit in inputs["units"]],
        lines=([read_line(line, shared) for line in unit["lines"]] for unit in inputs["units"]),
    )


def read_line(line: Mapping[str, Any], shared: dict[tuple[object, ...], Terms] | None = None) -> Line:
    """A thawed line. shared holds the terms met before, so that lines on the same terms share them."""
    terms: Terms = {name: line[name] for name in TERMS}
    if shared is not None:
        terms = shared.setdefault(tuple(terms.values()), terms)
    source = line["source"]
    return Line(
        terms,
        line["unit"],
        line["factor"],
        line["target_text"],
        line["target"],
        line["strict"],
        line["excluded"],
        line["value"],
        line["baseline"],
        line["figure"],
        source["file"],
        source["sheet"],
        source["cell"],
        line["data_as_of"],
        line["detail"],
    )
