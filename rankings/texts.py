"""Canonical JSON of a board's lines, a block at a time: the same bytes as of their dictionaries.

Keys, and cells that are alike in a whole block, are written once into a pattern; what is left is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from audit.canonical import canonical_bytes
from rankings.lines import Block

_T = TypeVar("_T")

Column = Sequence[bytes]
"""Cells that are JSON already, in UTF-8."""

Part = tuple[bytes, bytes | Column]
"""What stands before a cell, and the cell: one for all lines or a column."""


class Quoted(dict[Any, bytes]):
    """Texts and None as JSON; each is written once."""

    def __missing__(self, text: str | None) -> bytes:
        quoted = self[text] = orjson.dumps(text)
        return quoted

    def column(self, cells: Iterable[str | None]) -> list[bytes]:
        """A column as JSON."""
        return list(map(self.__getitem__, cells))


def filled(parts: Sequence[Part], *, end: bytes, count: int) -> list[bytes]:
    """The text of each line: the parts one after the other, then the end."""
    pattern: list[bytes] = []
    columns: list[Column] = []
    for before, cell in parts:
        alike = cell if isinstance(cell, bytes) else _alike(cell)
        if alike is None and not isinstance(cell, bytes):
            columns.append(cell)
        pattern += before, b"%b" if alike is None else alike.replace(b"%", b"%%")
    text = b"".join(pattern) + end
    if not columns:
        return [text % ()] * count
    return list(map(text.__mod__, zip(*columns, strict=True)))


def _alike(column: Column) -> bytes | None:
    """The cell that all lines have, if they have."""
    return column[0] if column[0] == column[-1] and len(set(column)) == 1 else None


_BOOLEANS = {True: b"true", False: b"false"}


def input_texts(block: Block, quoted: Quoted) -> list[bytes]:
    """Each line of a block as it is sealed."""
    terms, columns = {name: canonical_bytes(value) for name, value in block.terms.items()}, block.columns
    parts: list[Part] = [
        (b'{"baseline":', quoted.column(columns.baseline)),
        (b',"code":', terms["code"]),
        (b',"counted":', terms["counted"]),
        (b',"data_as_of":', quoted.column(columns.data_as_of)),
        (b',"detail":', _details(columns.detail)),
        (b',"direction":', terms["direction"]),
        (b',"due":', terms["due"]),
        (b',"excluded":', quoted.column(columns.excluded)),
        (b',"factor":', quoted.column(columns.factor)),
        (b',"figure":', [b"null" if figure is None else b"%d" % figure for figure in columns.figure]),
        (b',"indicator":', terms["indicator"]),
        (b',"kind":', terms["kind"]),
        (b',"milestone_amount":', terms["milestone_amount"]),
        (b',"milestone_share":', terms["milestone_share"]),
        *_source_parts(block, quoted),
        (b',"strict":', list(map(_BOOLEANS.__getitem__, columns.strict))),
        (b',"target":', quoted.column(columns.target)),
        (b',"target_text":', quoted.column(columns.target_text)),
        (b',"unit":', quoted.column(columns.unit)),
        (b',"value":', quoted.column(columns.value)),
        (b',"weight":', terms["weight"]),
    ]
    return filled(parts, end=b"}", count=len(block.units))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The columns of a block's results as the document prints them; weight is that of all of its lines."""

    target: Sequence[str | None]
    expected: Sequence[str | None]
    value: Sequence[str | None]
    baseline: Sequence[str | None]
    attainment: Sequence[str | None]
    completion: Sequence[str | None]
    score: Sequence[str | None]
    weight: str
    light: Sequence[str]
    reason: Sequence[str | None]


def document_texts(block: Block, shown: Shown, quoted: Quoted) -> list[bytes]:
    """Each line of a block as the ranking document prints it (DOMAIN section 8)."""
    parts: list[Part] = [
        (b'{"attainment":', quoted.column(shown.attainment)),
        (b',"baseline":', quoted.column(shown.baseline)),
        (b',"completion":', quoted.column(shown.completion)),
        (b',"expected":', quoted.column(shown.expected)),
        (b',"indicator":', quoted[block.terms["indicator"]]),
        (b',"light":', quoted.column(shown.light)),
        (b',"reason":', quoted.column(shown.reason)),
        (b',"score":', quoted.column(shown.score)),
        *_source_parts(block, quoted),
        (b',"target":', quoted.column(shown.target)),
        (b',"target_text":', quoted.column(block.columns.target_text)),
        (b',"value":', quoted.column(shown.value)),
        (b',"weight":', quoted[shown.weight]),
    ]
    return filled(parts, end=b"}", count=len(block.units))


def _source_parts(block: Block, quoted: Quoted) -> list[Part]:
    """The cell a figure came from; the object is left open for what is put behind its last cell."""
    columns = block.columns
    return [
        (b',"source":{"cell":', quoted.column(columns.cell)),
        (b',"file":', quoted.column(columns.file)),
        (b',"sheet":', quoted.column(columns.sheet)),
        (b"}", b""),
    ]


def _details(column: Sequence[Any]) -> Column | bytes:
    """What a line is made of, as JSON: of most lines there is nothing."""
    return [canonical_bytes(detail) for detail in column] if any(column) else b"{}"


def by_unit(blocks: Sequence[Block], parts: Iterable[Sequence[_T]], counts: Sequence[int]) -> list[list[_T]]:
    """What was made of each block's lines, as each organisation's own, in the order of its lines."""
    found: list[list[Any]] = [[None] * count for count in counts]
    for block, made in zip(blocks, parts, strict=True):
        for unit, number, item in zip(block.units, block.numbers, made, strict=True):
            found[unit][number] = item
    return found


def as_list(texts: Iterable[bytes]) -> orjson.Fragment:
    """A list of texts that are JSON already, for `canonical_bytes`."""
    return orjson.Fragment(b"[%b]" % b",".join(texts))
