"""The rows of a source with their values: each line and each organisation, sealed and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from huzhou_targets.sheets import neutralise
from rankings.computing import Document
from rankings.exports import LIGHTS
from rankings.recalculation.columns import Cell, Column, RowValues
from rankings.recalculation.detail_columns import DETAIL_COLUMNS
from rankings.recalculation.parameters import ParameterSheet, parameter_sheet, rule_key
from rankings.recalculation.source import Source
from rankings.recalculation.words import DIRECTIONS, KINDS, YES
from rankings.recalculation.work_columns import work_columns
from scoring import Direction, Kind, Reason


class BoardValues:
    """Parameters, lines and entries of a source, entries in published order."""

    def __init__(self, source: Source, columns: Sequence[Column]) -> None:
        self._source = source
        self._columns = {column.key: column for column in columns}
        line_columns = (*DETAIL_COLUMNS, *work_columns(late=source.has_late_rule))
        self._line_columns = {column.key: column for column in line_columns}
        published: Sequence[Document] = source.document["entries"]
        units = {unit["name"]: unit for unit in source.inputs["units"]}
        sealed = [units[entry["unit"]] for entry in published]
        numbers = {unit["key"]: number for number, unit in enumerate(sealed, start=1)}
        self.parameters: ParameterSheet = parameter_sheet(source, numbers)
        self._orders = _official_places(source.inputs["units"])
        lines = [
            self._lines_of(*each) for each in zip(sealed, published, range(1, len(sealed) + 1), strict=True)
        ]
        self.lines = [row for rows in lines for row in rows]
        self.entries = [
            self._entry(unit, entry, number, rows)
            for number, (unit, entry, rows) in enumerate(zip(sealed, published, lines, strict=True), start=1)
        ]
        for row in self.entries:
            row["rows"] = self.entries

    def _lines_of(self, unit: Mapping[str, Any], entry: Document, number: int) -> list[RowValues]:
        rows = []
        for sealed, published in zip(unit["lines"], entry["lines"], strict=True):
            key = rule_key(sealed)
            given = {
                **self.parameters.values,
                **self.parameters.rule_values[key],
                **_sealed_line(sealed),
                **_published_line(published),
                "line_no": number,
                "late_days": unit.get("late_days", 0),
                "unit": neutralise(unit["name"]),
                "rule": key,
            }
            if not given["is_live"]:
                score = given["published_score"]
                given["score_int"] = "" if score is None else int(score.scaleb(2))
            rows.append(RowValues(given, self._line_columns))
        return rows

    def _entry(
        self, unit: Mapping[str, Any], entry: Document, number: int, lines: Sequence[RowValues]
    ) -> RowValues:
        given = {
            **self.parameters.values,
            **_published_entry(entry, number),
            "no": number,
            "name": neutralise(unit["name"]),
            "order": self._orders[unit["key"]],
            "lines_scored": sum(row["scored"] for row in lines),
            "lines_weighted": sum(row["weighted"] for row in lines),
            "lines_weight": sum(row["scored_weight"] for row in lines),
            "lines_missed": sum(row["missed"] for row in lines),
            "bonus_given": _hundredths_of(unit["bonuses"]),
            "deduction_given": _hundredths_of(unit["deductions"]),
            "late_days": unit.get("late_days", 0),
        }
        if not self._source.groups_by_lines:
            given["group"] = neutralise(unit["group"] or "")
        return RowValues(given, self._columns)


def _official_places(units: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Each organisation's place in the official order, 1 to n; equal orders as they were sealed."""
    ordered = sorted(units, key=lambda unit: unit["order"])
    return {unit["key"]: place for place, unit in enumerate(ordered, start=1)}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _sealed_line(line: Mapping[str, Any]) -> dict[str, Cell]:
    given = line["excluded"]
    if given is None and not line["due"] and line["target"] is not None:
        given = Reason.NOT_DUE.value  # a plan-end target before its last quarter
    factor, source = Decimal(line["factor"]), line["source"]
    parts = line["detail"].get("sum_of", {})
    return {
        "indicator": neutralise(line["indicator"]),
        "target_text": neutralise(line["target_text"]),
        "measure": neutralise(_measure(line["unit"] or "", factor)),
        "kind": KINDS[Kind(line["kind"])],
        "direction": DIRECTIONS[Direction(line["direction"])],
        "strict": YES if line["strict"] else None,
        "counted": YES if line["counted"] else None,
        "given": given,
        "target": _decimal(line["target"]),
        "baseline": _decimal(line["baseline"]),
        "amount": _decimal(line["milestone_amount"]),
        "value": _decimal(line["value"]),
        "share": _decimal(line["milestone_share"]),
        "factor": factor,
        "file": neutralise(source["file"] or _parts_text(line["detail"])),
        "sheet": neutralise(source["sheet"] or ""),
        "cell": neutralise(source["cell"] or ""),
        "parts": tuple(parts.values()) if line["value"] is not None else (),
    }


def _measure(unit: str, factor: Decimal) -> str:
    """The unit in which the numbers stand: the indicator's own, where the document's unit is another."""
    return unit if factor == 1 or not unit else f"{unit}÷{factor}"


def _parts_text(detail: Mapping[str, Any]) -> str:
    """Where a city figure is the sum of its districts: each of them, or who is missing."""
    if detail.get("missing"):
        return f"不完整，缺：{'、'.join(detail['missing'])}"
    parts = "、".join(f"{name} {value}" for name, value in detail.get("sum_of", {}).items())
    return f"各区县相加：{parts}" if parts else ""


def _published_line(line: Document) -> dict[str, Cell]:
    return {
        "published_expected": _decimal(line["expected"]),
        "published_attainment": _decimal(line["attainment"]),
        "published_completion": _decimal(line["completion"]),
        "published_score": _decimal(line["score"]),
        "published_light": LIGHTS[line["light"]],
        "published_reason": line["reason"],
    }


def _published_entry(entry: Document, position: int) -> dict[str, Cell]:
    return {
        "published_group": neutralise(entry["group"] or ""),
        "published_base": _decimal(entry["base"]),
        "published_bonus": _decimal(entry["bonus"]),
        "published_deduction": _decimal(entry["deduction"]),
        "published_total": _decimal(entry["total"]),
        "published_rank": entry["rank"],
        "published_group_rank": entry["group_rank"],
        "published_position": position,
        "published_note": entry["excluded"],
        "published_late": _decimal(entry.get("late")),
    }


def _hundredths_of(entries: Sequence[Mapping[str, Any]]) -> int:
    return sum(int(Decimal(entry["points"]).scaleb(2)) for entry in entries)
