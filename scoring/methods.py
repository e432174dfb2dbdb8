"""Scoring methods: how attainment becomes a line score. One function each.

A method takes the reported lines of one indicator and gives each a score in
hundredths of a point, 100 points being the full score; the indicator's weight
(分值) turns that into its share of the total. A *pooled* method compares peers, the
organisations of one group that reported, and is called once for each indicator
and group; any other looks at each line by itself. Unreported lines never come
here: their score is 0 under every method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from scoring.exact import half_up
from scoring.lines import Ratio
from scoring.parameters import Problems, exact_fraction, read_mapping, read_number

#: Hundredths in one point.
POINT = 100
#: 100 points in hundredths.
FULL = 100 * POINT

DEFAULT_METHOD = "attainment_capped"


@dataclass(frozen=True, slots=True)
class Lines:
    """Scored and reported lines of one indicator, as parallel columns.

    ratios are the exact P, attainments P in hundredths of a per cent; targets and
    values are millionths of the unit; upward says whether higher is better.
    """

    ratios: Sequence[Ratio]
    attainments: Sequence[int]
    targets: Sequence[int]
    values: Sequence[int]
    upward: bool


def join_lines(parts: Sequence[Lines]) -> Lines:
    """The lines of several blocks as one; parts is not empty and all are of one indicator."""
    if len(parts) == 1:
        return parts[0]
    return Lines(
        ratios=[item for part in parts for item in part.ratios],
        attainments=[item for part in parts for item in part.attainments],
        targets=[item for part in parts for item in part.targets],
        values=[item for part in parts for item in part.values],
        upward=parts[0].upward,
    )


Parameters = Mapping[str, Any]
MethodFunction = Callable[[Lines, Parameters], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number a method can be given; default and bounds are written as in a scheme."""

    name: str
    title: str
    default: str | None = None
    minimum: str | None = "0"
    positive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A scoring method: its name in schemes, its Chinese title and formula, its parameters."""

    name: str
    title: str
    formula: str
    pooled: bool
    parameters: tuple[Parameter, ...]
    function: MethodFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodChoice:
    """A method with its numbers, as a scheme or one of its indicators chose it."""

    method: Method
    parameters: Parameters

    def score(self, lines: Lines) -> list[int]:
        """Scores of the lines in hundredths of a point."""
        return self.method.function(lines, self.parameters)


def attainment_capped(lines: Lines, parameters: Parameters) -> list[int]:
    """s = 100 x min(P, cap), half up to two decimals.

    Rounding never turns the order of two numbers round, so the smaller of the
    rounded figures is the rounded smaller one.
    """
    cap = round_points(parameters["cap"] * 100)
    return [min(attainment, cap) for attainment in lines.attainments]


def round_points(points: Fraction) -> int:
    """Points as hundredths, halves away from zero."""
    return half_up(points.numerator * POINT, points.denominator)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                name=DEFAULT_METHOD,
                title="序时达成率计分（封顶）",
                formula="得分 = 100 × min(序时达成率, 封顶)",
                pooled=False,
                parameters=(Parameter(name="cap", title="封顶（1.20 即 120 分）", minimum="1"),),
                function=attainment_capped,
            ),
        )
    }
)


def read_method(raw: Any, *, where: str, cap: Decimal, problems: Problems) -> MethodChoice:
    """The method that raw names: a name alone, or a mapping with `name` and its numbers.

    cap is the scheme's own, used where the method takes one and raw gives none.
    """
    given = {"name": raw} if isinstance(raw, str) else read_mapping(raw, where=where, problems=problems)
    method = METHODS.get(str(given.get("name")))
    if method is None:
        known = "、".join(f"{name}（{each.title}）" for name, each in METHODS.items())
        problems.add(where, f"没有计分方法“{given.get('name')}”，可用的有：{known}")
        return MethodChoice(method=METHODS[DEFAULT_METHOD], parameters={"cap": exact_fraction(cap)})
    keys = frozenset({"name"} | {parameter.name for parameter in method.parameters})
    read_mapping(given, where=where, problems=problems, keys=keys)
    parameters = {}
    for parameter in method.parameters:
        if parameter.name not in given:
            default = cap if parameter.name == "cap" else Decimal(parameter.default or 0)
            parameters[parameter.name] = exact_fraction(default)
            continue
        number = read_number(
            given[parameter.name],
            where=f"{where}.{parameter.name}",
            problems=problems,
            minimum=parameter.minimum,
            positive=parameter.positive,
        )
        parameters[parameter.name] = exact_fraction(number)
    return MethodChoice(method=method, parameters=parameters)
