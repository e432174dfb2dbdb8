"""Parks beside each other: areas, floor-area ratio, enterprises and their density, with outliers marked.

What the document leaves blank, or gives in words (升级中), is no number: it takes part in no sum, no order and
no quartile, and is shown as what it is. Ratios follow from the register's numbers, rounded half up to two
decimals after everything else.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from parks.models import Park
from scoring.exact import from_hundredths, half_up

SQUARE_METRES_OF_MU = Fraction(2000, 3)
"""1 亩 = 666.67 m²."""

UNIT_OF_DENSITY = 10_000
"""Enterprises are counted for each 10 000 m² of floor."""

FENCE = Fraction(3, 2)
"""An outlier lies more than so many interquartile ranges outside the quartiles (Tukey's rule)."""

PLAUSIBLE_RATIO = (Fraction(1, 2), Fraction(3))
"""A floor-area ratio outside is worth asking about, whatever the others have."""

FEWEST_FOR_QUARTILES = 8
"""With fewer numbers no quartile says anything, and nothing is an outlier by them."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number of a park: its code in the address, its heading, and where it comes from."""

    code: str
    label: str
    value: Callable[[Park], Fraction | None]
    text: Callable[[Park], str] | None = None
    """The document's own writing; None for what is derived here."""


def _ratio(park: Park) -> Fraction | None:
    if park.floor_area_m2 is None or not park.land_mu:
        return None
    return Fraction(park.floor_area_m2) / (Fraction(park.land_mu) * SQUARE_METRES_OF_MU)


def _density(park: Park) -> Fraction | None:
    if park.enterprises is None or not park.floor_area_m2:
        return None
    return Fraction(park.enterprises * UNIT_OF_DENSITY) / Fraction(park.floor_area_m2)


def _optional(value: Decimal | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)


MEASURES = (
    Measure(
        code="land",
        label="占地面积（亩）",
        value=lambda park: _optional(park.land_mu),
        text=lambda park: park.land_text,
    ),
    Measure(
        code="floor",
        label="建筑面积（m²）",
        value=lambda park: _optional(park.floor_area_m2),
        text=lambda park: park.floor_area_text,
    ),
    Measure(code="ratio", label="容积率", value=_ratio),
    Measure(
        code="enterprises",
        label="现有企业数（家）",
        value=lambda park: _optional(park.enterprises),
        text=lambda park: park.enterprises_text,
    ),
    Measure(code="density", label="企业密度（家／万m²）", value=_density),
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One park's number of one measure: what is shown, and the number in it; value is None where there is none."""

    value: Decimal | None
    text: str
    why_outlier: str = ""
    """Why it is marked, for people; empty where it is not."""


@dataclass(frozen=True, kw_only=True)
class ComparedPark:
    """A park with a cell for each measure, in their order."""

    park: Park
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Between which numbers a measure's values are ordinary, two decimals; None where too few are known."""

    low: Decimal | None
    high: Decimal | None
    count: int


@dataclass(frozen=True, kw_only=True)
class DistrictSum:
    """The parks of one district: how many, their sums, and how many lacked a number for each."""

    name: str
    parks: int
    land: Decimal
    floor: Decimal
    enterprises: int
    without_land: int
    without_floor: int
    without_enterprises: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Compared parks in the wanted order, with what counts as ordinary for each measure."""

    parks: tuple[ComparedPark, ...]
    bounds: tuple[Bounds, ...]
    districts: tuple[DistrictSum, ...]


def compare_parks(parks: Sequence[Park], *, among: Sequence[Park], sort: str = "") -> Comparison:
    """The parks to show; quartiles are those of `among`, the whole register, whatever is filtered.

    sort is a measure's code, with `-` for the largest first; parks without that number come last. Without
    it the register's own order stands.
    """
    fences = [
        _fence([number for park in among if (number := measure.value(park)) is not None])
        for measure in MEASURES
    ]
    found = [
        ComparedPark(
            park=park,
            cells=tuple(_cell(measure, park, fence) for measure, fence in zip(MEASURES, fences, strict=True)),
        )
        for park in parks
    ]
    return Comparison(
        parks=tuple(_sorted(found, sort)),
        bounds=tuple(
            Bounds(
                low=None if fence is None else _two(max(fence[0], Fraction(0))),
                high=None if fence is None else _two(fence[1]),
                count=sum(measure.value(park) is not None for park in among),
            )
            for measure, fence in zip(MEASURES, fences, strict=True)
        ),
        districts=tuple(_district_sums(parks)),
    )


def _fence(numbers: Sequence[Fraction]) -> tuple[Fraction, Fraction] | None:
    """Quartiles with their ranges: Q1 − 1.5·(Q3 − Q1) and Q3 + 1.5·(Q3 − Q1), all ends included."""
    if len(numbers) < FEWEST_FOR_QUARTILES:
        return None
    first, _, third = statistics.quantiles(numbers, n=4, method="inclusive")
    reach = FENCE * (third - first)
    return first - reach, third + reach


def _cell(measure: Measure, park: Park, fence: tuple[Fraction, Fraction] | None) -> Cell:
    number = measure.value(park)
    if number is None:
        return Cell(value=None, text="算不出" if measure.text is None else measure.text(park) or "（未填）")
    reasons = []
    if fence is not None and number > fence[1]:
        reasons.append("明显高于多数园区")
    elif fence is not None and number < fence[0]:
        reasons.append("明显低于多数园区")
    if measure.code == "ratio" and not PLAUSIBLE_RATIO[0] <= number <= PLAUSIBLE_RATIO[1]:
        reasons.append("不在 0.5 至 3.0 之间，请核对面积")
    value = _two(number)
    text = f"{value:.2f}" if measure.text is None else measure.text(park)
    return Cell(value=value, text=text, why_outlier="；".join(reasons))


def _two(number: Fraction) -> Decimal:
    """Two decimals, halves away from zero."""
    return from_hundredths(half_up(number.numerator * 100, number.denominator))


def _sorted(found: Sequence[ComparedPark], sort: str) -> list[ComparedPark]:
    measure = next((item for item in MEASURES if item.code == sort.removeprefix("-")), None)
    if measure is None:
        return list(found)
    known = [(number, item) for item in found if (number := measure.value(item.park)) is not None]
    without = [item for item in found if measure.value(item.park) is None]
    ordered = sorted(known, key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [item for _, item in ordered] + without


def _district_sums(parks: Iterable[Park]) -> list[DistrictSum]:
    """Sums by district in official order; parks for which the document names none stand last."""
    groups: dict[tuple[int, str], list[Park]] = {}
    for park in parks:
        key = (park.district.order, park.district.name) if park.district else (10**6, "（未填）")
        groups.setdefault(key, []).append(park)
    return [
        DistrictSum(
            name=name,
            parks=len(own),
            land=sum((park.land_mu for park in own if park.land_mu is not None), start=Decimal(0)),
            floor=sum(
                (park.floor_area_m2 for park in own if park.floor_area_m2 is not None), start=Decimal(0)
            ),
            enterprises=sum(park.enterprises for park in own if park.enterprises is not None),
            without_land=sum(park.land_mu is None for park in own),
            without_floor=sum(park.floor_area_m2 is None for park in own),
            without_enterprises=sum(park.enterprises is None for park in own),
        )
        for (_, name), own in sorted(groups.items())
    ]
