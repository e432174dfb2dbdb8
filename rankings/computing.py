"""From sealed inputs to a ranking document, by the scoring core alone: no database, no clock.

`compute_document` is what a fresh ranking, the check of a sealed one and every comparison call, so a
score is computed in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from audit.canonical import canonical_json, digest_text, parse_canonical, plain_decimal
from rankings.columns import Columns, Place, columns_of, line_input
from rankings.external import external_document, is_external
from scoring import (
    BlockResult,
    BoardColumnsResult,
    BoardInput,
    BoardResult,
    Light,
    Reason,
    Scheme,
    UnitInput,
    rules_for,
    score_board,
)
from scoring.exact import EXPECTED_PLACES, PLACES, from_hundredths, from_scaled

Document = dict[str, Any]
"""A ranking in the shape of DOMAIN section 8, without status and digest."""


def thaw(inputs_text: str) -> dict[str, Any]:
    """The inputs as they were sealed: every number is a decimal string again."""
    value: dict[str, Any] = parse_canonical(inputs_text)
    return value


def freeze(inputs: Mapping[str, Any]) -> tuple[str, str]:
    """Canonical JSON of the inputs and its SHA-256. Floats are found when it is thawed to be computed."""
    text = canonical_json(inputs, without_floats=True)
    return text, digest_text(text)


def board_input(inputs: Mapping[str, Any]) -> BoardInput:
    """Thawed inputs as the scoring core takes them."""
    return BoardInput(
        quarter=inputs["quarter"],
        units=tuple(_unit_input(unit) for unit in inputs["units"]),
        group_by_lines=inputs["board"] == "departments",
    )


def scheme_of(inputs: Mapping[str, Any]) -> Scheme:
    """The scheme that thawed inputs carry."""
    return Scheme.from_dict(inputs["scheme"]["parameters"])


def score_inputs(inputs: Mapping[str, Any], *, scheme: Scheme | None = None) -> BoardResult:
    """Score thawed inputs with the scheme and the rules version that they name (or another scheme)."""
    return score_board(
        board=board_input(inputs),
        scheme=scheme or scheme_of(inputs),
        rules_version=inputs["rules_version"],
    )


def compute_document(inputs_text: str) -> Document:
    """The ranking that follows from canonical inputs; of a board computed elsewhere, what its rows say."""
    return document_of(thaw(inputs_text))


def document_of(inputs: Mapping[str, Any]) -> Document:
    """The ranking that follows from thawed inputs: what was sealed and nothing else."""
    if is_external(inputs):
        return external_document(inputs)
    columns = columns_of(inputs)
    result = rules_for(inputs["rules_version"])(columns.board, scheme_of(inputs))
    scheme = inputs["scheme"]
    options = _options_of(scheme["parameters"])
    return {
        "plan": inputs["plan"],
        "period": inputs["period"],
        "board": inputs["board"],
        "scheme": f"{scheme['code']}-v{scheme['version']}",
        "entries": [
            _entry_document(position, inputs["units"][position], columns, result, options)
            for position in result.ranked
        ],
    }


def document_digest(document: Document) -> str:
    """SHA-256 of the document's canonical JSON; it holds texts, whole numbers and nothing else."""
    return digest_text(canonical_json(document, without_floats=True))


def _unit_input(unit: Mapping[str, Any]) -> UnitInput:
    return UnitInput(
        key=unit["key"],
        order=unit["order"],
        group=unit["group"],
        lines=tuple(line_input(line) for line in unit["lines"]),
        bonuses=tuple(Decimal(item["points"]) for item in unit["bonuses"]),
        deductions=tuple(Decimal(item["points"]) for item in unit["deductions"]),
        late_days=unit.get("late_days", 0),  # only inputs of schemes with a late rule carry it
    )


def _options_of(parameters: Mapping[str, Any]) -> frozenset[str]:
    """Which of late, grade and vetoed a scheme has; the documents of others never name them."""
    names = {"late": "late", "grades": "grade", "veto": "vetoed"}
    return frozenset(key for parameter, key in names.items() if parameters.get(parameter))


def _entry_document(
    position: int,
    unit: Mapping[str, Any],
    columns: Columns,
    result: BoardColumnsResult,
    options: frozenset[str],
) -> Document:
    lines, total = unit["lines"], result.totals[position]
    more: Document = {}
    if options:
        names = {line["code"]: line["indicator"] for line in lines}
        more = {
            "late": _hundredths(result.late[position]),
            "grade": result.grades[position],
            "vetoed": [names[code] for code in result.vetoed[position]],
        }
    return {key: value for key, value in more.items() if key in options} | {
        "unit": unit["name"],
        "group": result.groups[position],
        "base": _hundredths(result.bases[position]),
        "bonus": _hundredths(columns.board.bonuses[position]),
        "deduction": _hundredths(columns.board.deductions[position]),
        "total": _hundredths(total),
        "rank": result.ranks[position],
        "group_rank": result.group_ranks[position],
        "excluded": None if total is not None else Reason.NOT_RANKED.value,
        "lines": _line_documents(lines, columns.places[position], result.blocks),
    }


_LIGHTS = {light: light.value for light in Light}
_REASONS: dict[Reason | None, str | None] = {None: None} | {reason: reason.value for reason in Reason}


def _line_documents(
    lines: Sequence[Mapping[str, Any]], places: Sequence[Place], blocks: Sequence[BlockResult]
) -> list[Document]:
    documents = []
    for line, (number, row) in zip(lines, places, strict=True):
        block, factor = blocks[number], line["factor"]
        documents.append(
            {
                "indicator": line["indicator"],
                "target_text": line["target_text"],
                "target": _in_text(line["target"], factor),
                "expected": _expected(block.expected[row], factor),
                "value": _in_text(line["value"], factor),
                "baseline": _in_text(line["baseline"], factor),
                "attainment": _hundredths(block.attainments[row]),
                "completion": _hundredths(block.completions[row]),
                "score": _hundredths(block.scores[row]),
                "weight": _weight(block.weight),
                "light": _LIGHTS[block.lights[row]],
                "reason": _REASONS[block.reasons[row]],
                "source": line["source"],
            }
        )
    return documents


_OWN = "1"
"""The factor of a line whose document uses the indicator's own unit."""


def _in_text(number: str | None, factor: str) -> str | None:
    """A sealed number in the document's unit; sealed numbers are written as plainly as can be already."""
    if number is None or factor == _OWN:
        return number
    return in_own_unit(Decimal(number), Decimal(factor))


@lru_cache(maxsize=65536)
def _expected(scaled: int | None, factor: str) -> str | None:
    number = None if scaled is None else from_scaled(scaled, places=EXPECTED_PLACES)
    return in_own_unit(number, Decimal(factor))


@lru_cache(maxsize=65536)
def _hundredths(number: int | None) -> str | None:
    return None if number is None else two_places(from_hundredths(number))


@lru_cache(maxsize=1024)
def _weight(scaled: int) -> str:
    return plain_decimal(from_scaled(scaled, places=PLACES))


def in_own_unit(number: Decimal | None, factor: Decimal) -> str | None:
    """A number of the indicator's unit as an exact decimal string in the target's own unit."""
    return None if number is None else plain_decimal(number / factor)


def two_places(number: Decimal | None) -> str | None:
    """A number that the core already rounded to two places, with both of them written."""
    return None if number is None else format(number, ".2f")


Fields = dict[str, Any]
"""Column names of a stored row with the values they must hold."""

Values = tuple[Any, ...]
"""The values that a stored line must hold, in the order of LINE_FIELDS."""


ENTRY_FIELDS = (
    *("position", "unit", "group", "base", "bonus", "deduction", "total", "rank", "group_rank"),
    *("excluded", "late", "grade", "vetoed", "previous_rank", "last_year_rank"),
)
LINE_FIELDS = (
    *("position", "indicator_code", "indicator", "unit", "target_text", "target", "expected", "value"),
    *("baseline", "attainment", "completion", "score", "weight", "light", "reason", "figure_id"),
    *("source_file", "source_sheet", "source_cell", "detail"),
)
"""Columns of a stored entry and line beside their keys, in the order in which they are written."""


def rows_of(inputs: Mapping[str, Any], document: Document) -> list[tuple[str, Fields, list[Values]]]:
    """The rows that a run is stored as: for each entry its organisation's code, its fields, its lines'.

    Lines come as bare values in the order of LINE_FIELDS. The store writes the rows and the check of sealed
    rankings compares every field with them.
    """
    units = {unit["name"]: unit for unit in inputs["units"]}
    ranks = {name: (inputs["comparisons"][name] or {}).get("ranks", {}) for name in ("previous", "last_year")}
    rows = []
    for position, item in enumerate(document["entries"], start=1):
        unit = units[item["unit"]]
        fields = {
            "position": position,
            "unit": item["unit"],
            "group": item["group"] or "",
            "base": item["base"],
            "bonus": item["bonus"],
            "deduction": item["deduction"],
            "total": item["total"],
            "rank": item["rank"],
            "group_rank": item["group_rank"],
            "excluded": item["excluded"] or "",
            "late": item.get("late"),
            "grade": item.get("grade"),
            "vetoed": item.get("vetoed"),
            "previous_rank": ranks["previous"].get(unit["key"]),
            "last_year_rank": ranks["last_year"].get(unit["key"]),
        }
        pairs = zip(item["lines"], unit["lines"], strict=True)
        lines = [_line_values(place, line, source) for place, (line, source) in enumerate(pairs, start=1)]
        rows.append((unit["key"], fields, lines))
    return rows


def _line_values(position: int, line: Document, source: Mapping[str, Any]) -> Values:
    origin = line["source"]
    return (
        *(position, source["code"], line["indicator"], source["unit"], line["target_text"]),
        *(line["target"] or "", line["expected"] or "", line["value"] or "", line["baseline"] or ""),
        *(line["attainment"], line["completion"], line["score"], line["weight"] or ""),
        *(line["light"], line["reason"] or "", source["figure"]),
        *(origin["file"] or "", origin["sheet"] or "", origin["cell"] or "", source["detail"]),
    )
