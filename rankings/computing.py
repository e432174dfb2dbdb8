"""From sealed inputs to a ranking document, by the scoring core alone: no database, no clock.

`compute_document` is what a fresh ranking, the check of a sealed one and every comparison call, so a
score is computed in one place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat
from typing import Any

from audit.canonical import (
    canonical_bytes,
    canonical_json,
    digest_bytes,
    digest_text,
    parse_canonical,
    plain_decimal,
)
from rankings.columns import board_columns, line_input
from rankings.external import external_document, is_external
from rankings.lines import Block, Sheet, read_line, sheet_of
from rankings.texts import (
    Quoted,
    Shown,
    as_list,
    by_unit,
    document_texts,
    input_texts,
)
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
from scoring.exact import EXPECTED_PLACES, PLACES, scaled_text

Document = dict[str, Any]
"""A ranking in the shape of DOMAIN section 8, without status and digest."""

Fields = dict[str, Any]
"""Column names of a stored row with the values they must hold."""

Values = tuple[Any, ...]
"""The values that a stored line must hold, in the order of LINE_FIELDS."""

Rows = list[tuple[str, Fields, list[Values]]]
"""For each entry its organisation's code, its fields, its lines' values."""


def thaw(inputs_text: str) -> dict[str, Any]:
    """The inputs as they were sealed: every number is a decimal string again."""
    value: dict[str, Any] = parse_canonical(inputs_text)
    return value


def freeze(inputs: Mapping[str, Any]) -> tuple[str, str]:
    """Canonical JSON of the inputs and its SHA-256. Floats are found when it is thawed to be computed."""
    text = canonical_json(inputs, without_floats=True)
    return text, digest_text(text)


def freeze_sheet(sheet: Sheet) -> tuple[str, str]:
    """Canonical JSON of a board's inputs and its SHA-256, without a dictionary for each line."""
    quoted = Quoted()
    texts = (input_texts(block, quoted) for block in sheet.blocks)
    units = [
        dict(unit) | {"lines": as_list(lines)}
        for unit, lines in zip(sheet.units, by_unit(sheet.blocks, texts, sheet.counts), strict=True)
    ]
    text = canonical_bytes(dict(sheet.head) | {"units": units})
    return text.decode(), digest_bytes(text)


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
    document: Document = parse_canonical(compute_board(sheet_of(inputs)).text)
    return document


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A computed board: the canonical JSON of its document, and the rows that it is stored as.

    Values are as the database takes them: a line's detail is JSON.
    """

    text: bytes
    rows: Rows

    @property
    def digest(self) -> str:
        """SHA-256 of the document, as `document_digest` of it."""
        return digest_bytes(self.text)


def compute_board(sheet: Sheet) -> Computed:
    """Score and rank a board: the one way from inputs to results, for a fresh ranking and every check of one."""
    head, board = sheet.head, board_columns(sheet)
    result = rules_for(head["rules_version"])(board, scheme_of(head))
    texts, rows = _lines_of(sheet, result)
    names = {block.terms["code"]: block.terms["indicator"] for block in sheet.blocks}
    ranks, scheme = _ranks_compared(head), head["scheme"]
    entries, stored = [], []
    for place, position in enumerate(result.ranked, start=1):
        unit = sheet.units[position]
        entry = _options(position, result, scheme["parameters"], names) | {
            "unit": unit["name"],
            "group": result.groups[position],
            "base": _hundredths(result.bases[position]),
            "bonus": _hundredths(board.bonuses[position]),
            "deduction": _hundredths(board.deductions[position]),
            "total": _hundredths(result.totals[position]),
            "rank": result.ranks[position],
            "group_rank": result.group_ranks[position],
            "excluded": None if result.totals[position] is not None else Reason.NOT_RANKED.value,
        }
        stored.append((unit["key"], _entry_fields(place, entry, unit["key"], ranks), rows[position]))
        entries.append(entry | {"lines": as_list(texts[position])})
    document = {
        "plan": head["plan"],
        "period": head["period"],
        "board": head["board"],
        "scheme": f"{scheme['code']}-v{scheme['version']}",
        "entries": entries,
    }
    return Computed(text=canonical_bytes(document), rows=stored)


def document_digest(document: Document) -> str:
    """SHA-256 of the document's canonical JSON; it holds texts, whole numbers and nothing else."""
    return digest_text(canonical_json(document, without_floats=True))


def _unit_input(unit: Mapping[str, Any]) -> UnitInput:
    return UnitInput(
        key=unit["key"],
        order=unit["order"],
        group=unit["group"],
        lines=tuple(line_input(read_line(line)) for line in unit["lines"]),
        bonuses=tuple(Decimal(item["points"]) for item in unit["bonuses"]),
        deductions=tuple(Decimal(item["points"]) for item in unit["deductions"]),
        late_days=unit.get("late_days", 0),  # only inputs of schemes with a late rule carry it
    )


def _options(
    position: int, result: BoardColumnsResult, parameters: Mapping[str, Any], names: Mapping[str, str]
) -> Document:
    """Days late, grade and missed vetoes where the scheme has such rules; the documents of others never name them."""
    found: Document = {}
    if parameters.get("late"):
        found["late"] = _hundredths(result.late[position])
    if parameters.get("grades"):
        found["grade"] = result.grades[position]
    if parameters.get("veto"):
        found["vetoed"] = [names[code] for code in result.vetoed[position]]
    return found


def _lines_of(sheet: Sheet, result: BoardColumnsResult) -> tuple[list[list[bytes]], list[list[Values]]]:
    """The lines of each organisation: as JSON of the document, and as rows."""
    texts, rows, quoted, printed = [], [], Quoted(), (_TwoPlaces(), _Expected())
    for block, scored in zip(sheet.blocks, result.blocks, strict=True):
        shown = _shown(block, scored, printed)
        texts.append(document_texts(block, shown, quoted))
        rows.append(_line_rows(block, shown))
    return by_unit(sheet.blocks, texts, sheet.counts), by_unit(sheet.blocks, rows, sheet.counts)


_LIGHTS = {light: light.value for light in Light}
_REASONS: dict[Reason | None, str | None] = {None: None} | {reason: reason.value for reason in Reason}


def _shown(block: Block, scored: BlockResult, printed: tuple[_TwoPlaces, _Expected]) -> Shown:
    """The columns of a block's results as they are printed, numbers in the document's unit."""
    columns, (hundredths, expected) = block.columns, printed
    return Shown(
        target=_in_unit(columns.target, columns.factor),
        expected=list(map(expected.__getitem__, zip(scored.expected, columns.factor, strict=True))),
        value=_in_unit(columns.value, columns.factor),
        baseline=_in_unit(columns.baseline, columns.factor),
        attainment=list(map(hundredths.__getitem__, scored.attainments)),
        completion=list(map(hundredths.__getitem__, scored.completions)),
        score=list(map(hundredths.__getitem__, scored.scores)),
        weight=_weight(scored.weight),
        light=list(map(_LIGHTS.__getitem__, scored.lights)),
        reason=list(map(_REASONS.__getitem__, scored.reasons)),
    )


_OWN = "1"
"""The factor of a line whose document uses the indicator's own unit."""


def _in_unit(numbers: Sequence[str | None], factors: Sequence[str]) -> Sequence[str | None]:
    """Sealed numbers in the document's unit; they are written as plainly as can be already."""
    if set(factors) == {_OWN}:
        return numbers
    return [
        number if number is None or factor == _OWN else in_own_unit(Decimal(number), Decimal(factor))
        for number, factor in zip(numbers, factors, strict=True)
    ]


class _Expected(dict[tuple[int | None, str], str | None]):
    """Expected values in the document's unit; each is written once."""

    def __missing__(self, cell: tuple[int | None, str]) -> str | None:
        scaled, factor = cell
        text = None if scaled is None else scaled_text(scaled, places=EXPECTED_PLACES)
        if text is not None and factor != _OWN:
            text = in_own_unit(Decimal(text), Decimal(factor))
        self[cell] = text
        return text


class _TwoPlaces(dict[int | None, str | None]):
    """Hundredths with both places written."""

    def __missing__(self, number: int | None) -> str | None:
        text = self[number] = _hundredths(number)
        return text


def _hundredths(number: int | None) -> str | None:
    if number is None:
        return None
    whole, rest = divmod(abs(number), 100)
    return f"{'-' if number < 0 else ''}{whole}.{rest:02}"


def _weight(scaled: int) -> str:
    return scaled_text(scaled, places=PLACES)


def in_own_unit(number: Decimal | None, factor: Decimal) -> str | None:
    """A number of the indicator's unit as an exact decimal string in the target's own unit."""
    return None if number is None else plain_decimal(number / factor)


def two_places(number: Decimal | None) -> str | None:
    """A number that the core already rounded to two places, with both of them written."""
    return None if number is None else format(number, ".2f")


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


def rows_of(inputs: Mapping[str, Any], document: Document) -> Rows:
    """The rows that a ranking must be stored as, from its document alone: what the check of sealed ones expects.

    For each entry its organisation's code, its fields, its lines' values in the order of LINE_FIELDS.
    """
    units, ranks = {unit["name"]: unit for unit in inputs["units"]}, _ranks_compared(inputs)
    rows: Rows = []
    for position, item in enumerate(document["entries"], start=1):
        unit = units[item["unit"]]
        pairs = zip(item["lines"], unit["lines"], strict=True)
        lines = [_line_values(place, line, source) for place, (line, source) in enumerate(pairs, start=1)]
        rows.append((unit["key"], _entry_fields(position, item, unit["key"], ranks), lines))
    return rows


Ranks = Mapping[str, Mapping[str, int | None]]
"""Ranks by organisation, of the previous quarter and of last year."""


def _ranks_compared(head: Mapping[str, Any]) -> Ranks:
    return {name: (head["comparisons"][name] or {}).get("ranks", {}) for name in ("previous", "last_year")}


def _entry_fields(position: int, item: Document, key: str, ranks: Ranks) -> Fields:
    return {
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
        "previous_rank": ranks["previous"].get(key),
        "last_year_rank": ranks["last_year"].get(key),
    }


def _line_values(position: int, line: Document, source: Mapping[str, Any]) -> Values:
    origin = line["source"]
    return (
        *(position, source["code"], line["indicator"], source["unit"], line["target_text"]),
        *(line["target"] or "", line["expected"] or "", line["value"] or "", line["baseline"] or ""),
        *(line["attainment"], line["completion"], line["score"], line["weight"] or ""),
        *(line["light"], line["reason"] or "", source["figure"]),
        *(origin["file"] or "", origin["sheet"] or "", origin["cell"] or "", source["detail"]),
    )


def _line_rows(block: Block, shown: Shown) -> list[Values]:
    """The same values as `_line_values`, a block at a time."""
    columns = block.columns
    return list(
        zip(
            [number + 1 for number in block.numbers],
            repeat(block.terms["code"]),
            repeat(block.terms["indicator"]),
            columns.unit,
            columns.target_text,
            _blank(shown.target),
            _blank(shown.expected),
            _blank(shown.value),
            _blank(shown.baseline),
            shown.attainment,
            shown.completion,
            shown.score,
            repeat(shown.weight),
            shown.light,
            _blank(shown.reason),
            columns.figure,
            _blank(columns.file),
            _blank(columns.sheet),
            _blank(columns.cell),
            [json.dumps(detail) if detail else "{}" for detail in columns.detail],
            strict=False,  # some of them are the same without end
        )
    )


def _blank(column: Sequence[str | None]) -> list[str]:
    return [cell or "" for cell in column]


def as_stored(rows: Rows) -> Rows:
    """Rows with each line's detail as JSON, as the database takes it."""
    return [
        (key, fields, [(*line[:-1], json.dumps(line[-1]) if line[-1] else "{}") for line in lines])
        for key, fields, lines in rows
    ]
