"""From sealed inputs to a ranking document, by the scoring core alone: no database, no clock.

`compute_document` is what a fresh ranking, the check of a sealed one and every comparison call, so a
score is computed in one place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from audit.canonical import canonical_json, digest_text, plain_decimal
from rankings.external import external_document, is_external
from scoring import (
    BoardInput,
    BoardResult,
    Direction,
    EntryResult,
    Kind,
    LineInput,
    LineResult,
    Reason,
    Scheme,
    UnitInput,
    score_board,
)

Document = dict[str, Any]
"""A ranking in the shape of DOMAIN section 8, without status and digest."""


def thaw(inputs_text: str) -> dict[str, Any]:
    """The inputs as they were sealed: every number is a decimal string again."""
    value: dict[str, Any] = json.loads(inputs_text)
    return value


def freeze(inputs: Mapping[str, Any]) -> tuple[str, str]:
    """Canonical JSON of the inputs and its SHA-256."""
    text = canonical_json(inputs)
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
    inputs = thaw(inputs_text)
    if is_external(inputs):
        return external_document(inputs)
    result = score_inputs(inputs)
    units = {unit["key"]: unit for unit in inputs["units"]}
    scheme = inputs["scheme"]
    options = _options_of(scheme["parameters"])
    return {
        "plan": inputs["plan"],
        "period": inputs["period"],
        "board": inputs["board"],
        "scheme": f"{scheme['code']}-v{scheme['version']}",
        "entries": [_entry_document(entry, units[entry.key], options) for entry in result.entries],
    }


def document_digest(document: Document) -> str:
    """SHA-256 of the document's canonical JSON."""
    return digest_text(canonical_json(document))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


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


def line_input(line: Mapping[str, Any]) -> LineInput:
    """A thawed line as the scoring core takes it."""
    return LineInput(
        indicator=line["code"],
        kind=Kind(line["kind"]),
        direction=Direction(line["direction"]),
        counted=line["counted"],
        target=_number(line["target"]),
        strict=line["strict"],
        excluded=Reason(line["excluded"]) if line["excluded"] else None,
        value=_number(line["value"]),
        baseline=_number(line["baseline"]),
        milestone_share=_number(line["milestone_share"]),
        milestone_amount=_number(line["milestone_amount"]),
        weight=Decimal(line["weight"]),
        due=line["due"],
    )


def _options_of(parameters: Mapping[str, Any]) -> frozenset[str]:
    """Which of late, grade and vetoed a scheme has; the documents of others never name them."""
    names = {"late": "late", "grades": "grade", "veto": "vetoed"}
    return frozenset(key for parameter, key in names.items() if parameters.get(parameter))


def _entry_document(entry: EntryResult, unit: Mapping[str, Any], options: frozenset[str]) -> Document:
    names = {line["code"]: line["indicator"] for line in unit["lines"]}
    more = {
        "late": two_places(entry.late),
        "grade": entry.grade,
        "vetoed": [names[code] for code in entry.vetoed],
    }
    return {key: value for key, value in more.items() if key in options} | {
        "unit": unit["name"],
        "group": entry.group,
        "base": two_places(entry.base),
        "bonus": two_places(entry.bonus),
        "deduction": two_places(entry.deduction),
        "total": two_places(entry.total),
        "rank": entry.rank,
        "group_rank": entry.group_rank,
        "excluded": entry.excluded,
        "lines": [
            _line_document(result, line) for result, line in zip(entry.lines, unit["lines"], strict=True)
        ],
    }


def _line_document(result: LineResult, line: Mapping[str, Any]) -> Document:
    factor = Decimal(line["factor"])
    return {
        "indicator": line["indicator"],
        "target_text": line["target_text"],
        "target": in_own_unit(_number(line["target"]), factor),
        "expected": in_own_unit(result.expected, factor),
        "value": in_own_unit(_number(line["value"]), factor),
        "baseline": in_own_unit(_number(line["baseline"]), factor),
        "attainment": two_places(result.attainment),
        "completion": two_places(result.completion),
        "score": two_places(result.score),
        "weight": plain_decimal(result.weight),
        "light": str(result.light),
        "reason": str(result.reason) if result.reason else None,
        "source": dict(line["source"]),
    }


def in_own_unit(number: Decimal | None, factor: Decimal) -> str | None:
    """A number of the indicator's unit as an exact decimal string in the target's own unit."""
    return None if number is None else plain_decimal(number / factor)


def two_places(number: Decimal | None) -> str | None:
    """A number that the core already rounded to two places, with both of them written."""
    return None if number is None else format(number, ".2f")


Fields = dict[str, Any]
"""Column names of a stored row with the values they must hold."""


def rows_of(inputs: Mapping[str, Any], document: Document) -> list[tuple[str, Fields, list[Fields]]]:
    """The rows that a run is stored as: for each entry its organisation's code, its fields, its lines'.

    The store writes them and the check of sealed rankings compares every field with them.
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
        lines = [_line_fields(place, line, source) for place, (line, source) in enumerate(pairs, start=1)]
        rows.append((unit["key"], fields, lines))
    return rows


def _line_fields(position: int, line: Document, source: Mapping[str, Any]) -> Fields:
    return {
        "position": position,
        "indicator_code": source["code"],
        "indicator": line["indicator"],
        "unit": source["unit"],
        "target_text": line["target_text"],
        "target": line["target"] or "",
        "expected": line["expected"] or "",
        "value": line["value"] or "",
        "baseline": line["baseline"] or "",
        "attainment": line["attainment"],
        "completion": line["completion"],
        "score": line["score"],
        "weight": line["weight"] or "",
        "light": line["light"],
        "reason": line["reason"] or "",
        "figure_id": source["figure"],
        "source_file": line["source"]["file"] or "",
        "source_sheet": line["source"]["sheet"] or "",
        "source_cell": line["source"]["cell"] or "",
        "detail": source["detail"],
    }
