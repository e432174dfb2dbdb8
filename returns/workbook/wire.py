"""How a request and its result travel between parent and child: plain tuples there, JSON back.

The way back is JSON because the child has handled an untrusted file: nothing it writes can run code here.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, fields
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, TextIO, TypeVar

from returns.workbook.types import FigureRow, PlaceTerm, Problem, ReadResult, TotalRow, Vocabulary

_T = TypeVar("_T")
_FIGURES_IN_A_PART = 5000
_TOTAL_FIELDS = tuple(field.name for field in fields(TotalRow))
_PROBLEM_FIELDS = tuple(field.name for field in fields(Problem))


def pack_vocabulary(vocabulary: Vocabulary) -> tuple[Any, ...]:
    """A vocabulary as plain tuples: ten thousand places pickle ten times faster so."""
    places = [
        (
            place.indicator,
            place.organisation,
            place.assessed,
            place.target_text,
            place.target_unit,
            place.may_report,
        )
        for place in vocabulary.places.values()
    ]
    head = {
        field.name: getattr(vocabulary, field.name) for field in fields(vocabulary) if field.name != "places"
    }
    return head, places


def unpack_vocabulary(packed: tuple[Any, ...]) -> Vocabulary:
    """The vocabulary as far as reading needs it: without targets' values and earlier figures."""
    head, places = packed
    return Vocabulary(
        **head,
        places={
            (row[0], row[1]): PlaceTerm(
                indicator=row[0],
                organisation=row[1],
                assessed=row[2],
                target_text=row[3],
                target_unit=row[4],
                may_report=row[5],
            )
            for row in places
        },
    )


def pack_result(result: ReadResult) -> Iterator[Any]:
    """A result as JSON-able parts: everything but the figures, then the figures some thousand at a time.

    Decimals and dates become strings. In parts neither side ever holds all figures twice.
    """
    yield {
        "layouts": list(result.layouts),
        "totals": [
            (row.indicator, row.label, list(row.organisations), str(row.value), row.sheet, row.cell)
            for row in result.totals
        ],
        "problems": [astuple(problem) for problem in result.problems],
    }
    for start in range(0, len(result.figures), _FIGURES_IN_A_PART):
        yield [
            (indicator, organisation, str(value), raw, sheet, cell, hidden, day and day.isoformat(), *texts)
            for indicator, organisation, value, raw, sheet, cell, hidden, day, *texts in result.figures[
                start : start + _FIGURES_IN_A_PART
            ]
        ]


def write_result(result: ReadResult, stream: TextIO) -> None:
    """Write a result, each part in a line of its own."""
    # dumps() and not dump(), which writes token by token and is ten times slower
    stream.writelines(json.dumps(part, separators=(",", ":")) + "\n" for part in pack_result(result))


def read_result(stream: BinaryIO) -> ReadResult:
    """The result that a child wrote. Raises KeyError, TypeError, ValueError or ArithmeticError for anything else."""
    head = json.loads(stream.readline())
    figures: list[FigureRow] = []
    known: dict[str | None, str | None] = {}
    for line in stream:
        figures.extend(_figure(row, known) for row in json.loads(line))
    return ReadResult(
        layouts=tuple(head["layouts"]),
        figures=tuple(figures),
        totals=tuple(
            _made(TotalRow, _TOTAL_FIELDS, [*row[:2], tuple(row[2]), Decimal(row[3]), *row[4:]])
            for row in head["totals"]
        ),
        problems=tuple(_made(Problem, _PROBLEM_FIELDS, row) for row in head["problems"]),
    )


def _figure(row: list[Any], known: dict[str | None, str | None]) -> FigureRow:
    """A figure; codes and sheets that were met before are the same objects again."""
    indicator, organisation, value, raw, sheet, cell, hidden, day, *texts = row
    return FigureRow(
        known.setdefault(indicator, indicator),  # type: ignore[arg-type]
        known.setdefault(organisation, organisation),  # type: ignore[arg-type]
        Decimal(value),
        raw,
        known.setdefault(sheet, sheet),
        cell,
        hidden,
        date.fromisoformat(day) if day else None,
        *texts,
    )


def _made(kind: Callable[..., _T], names: tuple[str, ...], values: list[Any]) -> _T:
    return kind(**dict(zip(names, values, strict=True)))
