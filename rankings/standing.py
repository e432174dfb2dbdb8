"""Attainment and light of figures that somebody is typing: the lines of a ranking, before there is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from indicators.models import Target
from rankings.columns import line_input
from rankings.inputs import line_of, material_of
from rankings.services.schemes import scheme_for, validated
from returns.models import Cycle
from returns.selectors import Place
from returns.standing import Standing
from returns.workbook.cells import plain
from scoring import BoardInput, Kind, LineInput, LineResult, Reason, UnitInput, score_board

NOTHING_DUE = frozenset({Reason.ZERO_TARGET, Reason.NOT_DUE})


def standings(
    cycle: Cycle, targets: Sequence[Target], values: Mapping[Place, Decimal]
) -> dict[Place, Standing]:
    """How these values stand against their targets, scored as the cycle's rankings score them."""
    material = material_of(cycle, targets=targets, figures={})
    lines: dict[int, list[tuple[Place, LineInput]]] = defaultdict(list)
    for target in material.targets:
        place = (target.indicator_id, target.organisation_id)
        line = line_input(line_of(material, target, None))
        lines[target.organisation_id].append((place, replace(line, value=values.get(place))))
    units = tuple(
        UnitInput(key=str(pk), order=position, group=None, lines=tuple(line for _, line in own))
        for position, (pk, own) in enumerate(lines.items())
    )
    scheme = scheme_for(cycle)
    result = score_board(
        board=BoardInput(quarter=cycle.quarter, units=units),
        scheme=validated(scheme),
        rules_version=scheme.rules_version,
    )
    return {
        place: _standing(line, scored)
        for entry in result.entries
        for (place, line), scored in zip(lines[int(entry.key)], entry.lines, strict=True)
    }


def _standing(line: LineInput, scored: LineResult) -> Standing:
    is_due = scored.expected is not None and scored.reason not in NOTHING_DUE
    return Standing(
        due=plain(scored.expected + _base_of_change(line))
        if is_due and scored.expected is not None
        else None,
        attainment=scored.attainment,
        completion=scored.completion,
        light=str(scored.light),
        reason=str(scored.reason) if scored.reason else "",
    )


def _base_of_change(line: LineInput) -> Decimal:
    """The baseline of a stock that is judged by its change from it, else zero."""
    is_change = line.kind is Kind.STOCK and line.baseline is not None and line.baseline != line.target
    return line.baseline if is_change and line.baseline is not None else Decimal(0)
