"""How a request and its result travel between parent and child: plain tuples there, JSON back.

The way back is JSON because the child has handled an untrusted file: nothing it writes can run code here.
"""

from collections.abc import Callable
from dataclasses import astuple, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from returns.workbook.types import FigureRow, PlaceTerm, Problem, ReadResult, TotalRow, Vocabulary

_T = TypeVar("_T")
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


def pack_result(result: ReadResult) -> dict[str, Any]:
    """A result as JSON-able data; decimals and dates become strings."""
    return {
        "layouts": list(result.layouts),
        "figures": [
            (indicator, organisation, str(value), raw, sheet, cell, hidden, day and day.isoformat(), *texts)
            for indicator, organisation, value, raw, sheet, cell, hidden, day, *texts in result.figures
        ],
        "totals": [
            (row.indicator, row.label, list(row.organisations), str(row.value), row.sheet, row.cell)
            for row in result.totals
        ],
        "problems": [astuple(problem) for problem in result.problems],
    }


def unpack_result(data: dict[str, Any]) -> ReadResult:
    """The result that a child sent. Raises KeyError, TypeError or ValueError for anything else."""
    return ReadResult(
        layouts=tuple(data["layouts"]),
        figures=tuple(map(_figure, data["figures"])),
        totals=tuple(
            _made(TotalRow, _TOTAL_FIELDS, [*row[:2], tuple(row[2]), Decimal(row[3]), *row[4:]])
            for row in data["totals"]
        ),
        problems=tuple(_made(Problem, _PROBLEM_FIELDS, row) for row in data["problems"]),
    )


def _figure(row: list[Any]) -> FigureRow:
    row[2] = Decimal(row[2])
    if row[7]:
        row[7] = date.fromisoformat(row[7])
    return FigureRow._make(row)


def _made(kind: Callable[..., _T], names: tuple[str, ...], values: list[Any]) -> _T:
    return kind(**dict(zip(names, values, strict=True)))
