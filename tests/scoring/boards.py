"""Boards the scoring tests share: the worked example of the scheme's description."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from scoring import SCHEME_V1, BoardInput, Direction, Kind, LineInput, Scheme, UnitInput

V1 = Scheme.from_dict(SCHEME_V1)

#: Columns of the worked example: name and kind.
COLUMNS = (
    ("产业园", Kind.FLOW),
    ("专精特新园区", Kind.STOCK),
    ("创新型小微", Kind.FLOW),
    ("其中未来产业", Kind.FLOW),
    ("专精特新企业", Kind.STOCK),
)

#: District, group, real 2025 targets, invented second-quarter figures (None: not reported).
DISTRICTS: tuple[tuple[str, str, tuple[int, ...], tuple[int | None, ...]], ...] = (
    ("吴兴区", "区县组", (12, 12, 160, 55, 160), (7, 11, 88, 29, 152)),
    ("南浔区", "区县组", (6, 1, 160, 55, 140), (3, 1, 76, 25, 133)),
    ("德清县", "区县组", (8, 2, 200, 70, 220), (4, 2, 104, 41, 211)),
    ("长兴县", "区县组", (4, 3, 200, 70, 220), (1, 3, 95, 30, None)),
    ("安吉县", "区县组", (3, 0, 200, 70, 135), (2, 0, 110, 40, 128)),
    ("南太湖新区", "功能区组", (1, 0, 50, 20, 70), (1, 0, 25, 9, 70)),
    ("长合区", "功能区组", (1, 0, 30, 10, 35), (0, 0, 15, 5, 33)),
)


def make_line(**changes: Any) -> LineInput:
    """A counted flow of 12 a year with 7 reported; every field can be changed, numbers as text or int."""
    fields: dict[str, Any] = {
        "indicator": "产业园",
        "kind": Kind.FLOW,
        "direction": Direction.HIGHER,
        "counted": True,
        "target": "12",
        "value": "7",
        "weight": "1",
    } | changes
    for name in ("target", "value", "baseline", "milestone_share", "milestone_amount", "weight"):
        if fields.get(name) is not None:
            fields[name] = Decimal(fields[name])
    return LineInput(**fields)


def make_unit(
    key: str, *lines: LineInput, order: int = 1, group: str | None = "区县组", **more: Any
) -> UnitInput:
    """An organisation with these lines."""
    return UnitInput(key=key, order=order, group=group, lines=lines, **more)


def district_lines(targets: Sequence[int], values: Sequence[int | None]) -> tuple[LineInput, ...]:
    """The five lines of a district in the worked example."""
    return tuple(
        make_line(indicator=name, kind=kind, target=target, value=value)
        for (name, kind), target, value in zip(COLUMNS, targets, values, strict=True)
    )


def worked_example(**replaced: tuple[int | None, ...]) -> BoardInput:
    """The second-quarter board of the worked example; figures of a district can be replaced by name."""
    return BoardInput(
        quarter=2,
        units=tuple(
            make_unit(name, *district_lines(targets, replaced.get(name, values)), order=order, group=group)
            for order, (name, group, targets, values) in enumerate(DISTRICTS, start=1)
        ),
    )
