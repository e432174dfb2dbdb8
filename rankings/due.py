"""本季应达 of every place of a cycle: the expected values that its rankings are scored against."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from rankings.computing import line_input
from rankings.inputs import gather, line_of
from rankings.services.schemes import scheme_for, validated
from returns.models import Cycle
from returns.workbook.cells import plain
from scoring import BoardInput, Kind, LineInput, Reason, UnitInput, score_board

CodedPlace = tuple[str, str]
"""(indicator code, organisation code)."""

NOTHING_DUE = frozenset({Reason.ZERO_TARGET, Reason.NOT_DUE})


def due_values(cycle: Cycle) -> dict[CodedPlace, Decimal]:
    """What is due by the end of the cycle's quarter at each place, in the indicator's unit.

    A stock that is judged by its change from a baseline is given as the level to be reached. Places that
    are not scored, or at which nothing is due yet, are absent.
    """
    material = gather(cycle, verified_only=False)
    lines: dict[int, list[LineInput]] = defaultdict(list)
    for target in material.targets:
        line = line_input(line_of(material, target, None))
        lines[target.organisation_id].append(replace(line, value=None))
    units = tuple(
        UnitInput(key=str(pk), order=position, group=None, lines=tuple(own))
        for position, (pk, own) in enumerate(lines.items())
    )
    scheme = scheme_for(cycle)
    result = score_board(
        board=BoardInput(quarter=cycle.quarter, units=units),
        scheme=validated(scheme),
        rules_version=scheme.rules_version,
    )
    found: dict[CodedPlace, Decimal] = {}
    for entry in result.entries:
        organisation = material.organisations[int(entry.key)].code
        for line, scored in zip(lines[int(entry.key)], entry.lines, strict=True):
            if scored.expected is not None and scored.reason not in NOTHING_DUE:
                found[scored.indicator, organisation] = plain(scored.expected + base_of_change(line))
    return found


def base_of_change(line: LineInput) -> Decimal:
    """The baseline of a stock that is judged by its change from it, else zero."""
    is_change = line.kind is Kind.STOCK and line.baseline is not None and line.baseline != line.target
    return line.baseline if is_change and line.baseline is not None else Decimal(0)
