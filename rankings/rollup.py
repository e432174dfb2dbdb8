"""全市汇总: what the districts' figures add up to for each indicator, and who is missing.

Read from the inputs that a period's rankings were computed from, so that a sealed period shows what was
sealed. A sum that lacks somebody says so and who; it is never passed off as the city's figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from indicators.models import Indicator
from rankings.computing import thaw
from rankings.models import Board
from rankings.overviews import CycleRuns
from returns.models import Cycle
from scoring import Reason
from scoring.exact import from_hundredths, half_up


@dataclass(frozen=True, kw_only=True)
class Part:
    """One district's figure: its value in the indicator's unit, or why there is none."""

    unit: str
    value: Decimal | None
    is_due: bool
    """Whether it has a scored target, so that its figure belongs to the city's sum."""
    note: str


@dataclass(frozen=True, kw_only=True)
class CityLine:
    """One indicator for the whole city; numbers in the indicator's unit, None where nothing applies."""

    indicator: str
    unit: str
    lead: str
    is_additive: bool
    target_text: str
    target_unit: str
    """Unit of the target's text, where it is another than the indicator's."""
    target: Decimal | None
    parts: tuple[Part, ...]
    reported: Decimal | None
    """The department's own city figure."""

    @property
    def due(self) -> list[Part]:
        """The districts whose figures make the sum."""
        return [part for part in self.parts if part.is_due]

    @property
    def missing(self) -> list[str]:
        """Who has a target and has not reported."""
        return [part.unit for part in self.due if part.value is None]

    @property
    def present(self) -> int:
        """How many of those who have a target have reported."""
        return len(self.due) - len(self.missing)

    @property
    def total(self) -> Decimal | None:
        """The sum of what was reported; None for what does not add up, and where nobody reported."""
        values = [part.value for part in self.due if part.value is not None]
        if not self.is_additive or not values:
            return None
        return sum(values, start=Decimal(0))

    @property
    def is_complete(self) -> bool:
        """Whether the sum holds everybody who has a target."""
        return self.total is not None and not self.missing

    @property
    def city_value(self) -> Decimal | None:
        """The city's figure: the department's own, else a complete sum (DOMAIN section 5, Boards)."""
        if self.reported is not None:
            return self.reported
        return self.total if self.is_complete else None

    @property
    def completion(self) -> Decimal | None:
        """The city's figure against the year's target in percent, two decimals; None where either is missing."""
        if self.city_value is None or not self.target:
            return None
        share = Fraction(self.city_value) / Fraction(self.target) * 10_000
        return from_hundredths(half_up(share.numerator, share.denominator))

    @property
    def difference(self) -> Decimal | None:
        """The department's city figure less the complete sum, where they differ."""
        if self.reported is None or not self.is_complete or self.total is None:
            return None
        return self.reported - self.total or None


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """All indicators of a period for the whole city."""

    units: tuple[str, ...]
    """Names of the districts, in the official order."""
    lines: tuple[CityLine, ...]

    @property
    def incomplete(self) -> int:
        """How many sums lack somebody."""
        return sum(line.is_additive and bool(line.missing) for line in self.lines)


def city_rollup(cycle: Cycle, runs: CycleRuns) -> Rollup | None:
    """The roll-up from the runs of a cycle that count now; None where no ranking of ours has been computed."""
    districts = _inputs(runs, Board.DISTRICTS)
    departments = _inputs(runs, Board.DEPARTMENTS)
    if districts is None and departments is None:
        return None
    units = sorted(districts["units"] if districts else [], key=lambda unit: (unit["order"], unit["key"]))
    parts = _parts(units)
    city = {
        line["code"]: (unit["name"], line)
        for unit in (departments["units"] if departments else ())
        for line in unit["lines"]
    }
    indicators = Indicator.objects.filter(plan=cycle.plan_id).order_by("order", "code")
    lines = [
        _line(indicator, parts.get(indicator.code, {}), city.get(indicator.code), units)
        for indicator in indicators.select_related("lead")
        if indicator.code in parts or indicator.code in city
    ]
    return Rollup(units=tuple(unit["name"] for unit in units), lines=tuple(lines))


def _inputs(runs: CycleRuns, board: str) -> dict[str, Any] | None:
    run = runs.current(board)
    return None if run is None or run.is_external else thaw(run.inputs)


def _parts(units: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Part]]:
    """By indicator and district what was reported, or why nothing is expected."""
    found: dict[str, dict[str, Part]] = {}
    for unit in units:
        for line in unit["lines"]:
            found.setdefault(line["code"], {})[unit["key"]] = _part(unit["name"], line)
    return found


def _part(name: str, line: Mapping[str, Any]) -> Part:
    excluded = line["excluded"] or ""
    target = None if line["target"] is None else Decimal(line["target"])
    is_due = bool(target) or excluded == Reason.AWAITING_REFERENCE
    value = None if line["value"] is None else Decimal(line["value"])
    note = excluded or ("" if is_due else str(Reason.ZERO_TARGET))
    if value is None and is_due and excluded != Reason.NO_FIGURE_YET:
        note = str(Reason.UNREPORTED)
    return Part(unit=name, value=value, is_due=is_due, note=note)


def _line(
    indicator: Indicator,
    parts: Mapping[str, Part],
    city: tuple[str, Mapping[str, Any]] | None,
    units: Iterable[Mapping[str, Any]],
) -> CityLine:
    lead, line = city or (indicator.lead.name, None)
    own = line is not None and line["value"] is not None and "sum_of" not in line["detail"]
    return CityLine(
        indicator=line["indicator"] if line else indicator.name,
        unit=indicator.unit,
        lead=lead,
        is_additive=indicator.additive,
        target_text=line["target_text"] if line else "",
        target_unit=line["unit"] if line and line["unit"] != indicator.unit else "",
        target=Decimal(line["target"]) if line and line["target"] is not None else None,
        parts=tuple(
            parts.get(unit["key"], Part(unit=unit["name"], value=None, is_due=False, note=""))
            for unit in units
        )
        if parts
        else (),
        reported=Decimal(line["value"]) if own and line else None,
    )
