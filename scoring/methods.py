"""Scoring methods: how the lines of one indicator become scores. One function each.

A method gives each reported line a score in hundredths of a point, 100 points
being the full score; the indicator's weight (分值) turns that into its share of the
total. A *pooled* method compares peers, the organisations of one group that
reported, and is called once for each indicator and group; any other looks at each
line by itself. Unreported lines never come here: they score 0 under every method.

Each function and its parameters are in `METHODS`; RULES.md section "Other methods"
says each in prose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from scoring.exact import half_up
from scoring.parameter_kinds import (
    ChoiceKind,
    NumberKind,
    ParameterKind,
    PointsKind,
    TableKind,
    decimal_text,
)
from scoring.parameters import Problems, exact_fraction, read_mapping, read_number
from scoring.pool import MEASURES, Lines

#: Hundredths in one point.
POINT = 100

DEFAULT_METHOD = "attainment_capped"

Parameters = Mapping[str, Any]
MethodFunction = Callable[[Lines, Parameters], list[int]]


def attainment_capped(lines: Lines, parameters: Parameters) -> list[int]:
    """s = 100 x min(x, cap), half up to two decimals; 0 below the threshold, where one is set.

    Rounding never turns the order of two numbers round, so the smaller of the
    rounded figures is the rounded smaller one.
    """
    cap = to_points(parameters["cap"] * 100)
    if parameters["measure"] == "attainment" and not parameters["threshold"]:
        return [min(attainment, cap) for attainment in lines.attainments()]
    threshold = parameters["threshold"]
    return [
        min(to_points(x * 100), cap) if x >= threshold else 0
        for x in lines.read(parameters["measure"]).values
    ]


def overfulfilment(lines: Lines, parameters: Parameters) -> list[int]:
    """100 x below the target; above it so many points more for each percentage point, up to a limit."""
    rate, limit = parameters["per_percent"], parameters["limit"]
    return [
        to_points(x * 100 if x < 1 else 100 + min((x - 1) * 100 * rate, limit))
        for x in lines.read(parameters["measure"]).values
    ]


def rank_step(lines: Lines, parameters: Parameters) -> list[int]:
    """争先进位: the first gets the full score, each place further so many points less; ties share a place."""
    places = lines.read(parameters["measure"]).places()
    return [to_points(max(Fraction(0), 100 - (place - 1) * parameters["step"])) for place in places]


def rank_points(lines: Lines, parameters: Parameters) -> list[int]:
    """位次赋分: points by place from a list; places beyond it get the last, ties share a place."""
    points = parameters["points"]
    places = lines.read(parameters["measure"]).places()
    return [to_points(points[min(place, len(points)) - 1]) for place in places]


def efficacy(lines: Lines, parameters: Parameters) -> list[int]:
    """功效系数: base + range x (x - worst) / (best - worst) among the peers; all equal, all full."""
    series = lines.read(parameters["measure"])
    best, worst = series.best(), series.worst()
    base, span = parameters["base"], parameters["range"]
    if best == worst:
        return [to_points(base + span)] * len(series.values)
    return [to_points(base + span * (x - worst) / (best - worst)) for x in series.values]


def two_point(lines: Lines, parameters: Parameters) -> list[int]:
    """两点线性: a straight line through (low, low_points) and (high, high_points), from 0 to the cap.

    With a fixed unacceptable value worth 60 points and a fixed satisfactory one worth
    100 it is the efficacy coefficient with fixed values, where 60 is not a floor.
    """
    low, high = parameters["low"], parameters["high"]
    low_points, high_points = parameters["low_points"], parameters["high_points"]
    slope = (high_points - low_points) / (high - low) if high != low else Fraction(0)
    most = parameters["cap"] * 100
    return [
        to_points(min(max(low_points + slope * (x - low), Fraction(0)), most))
        for x in lines.read(parameters["measure"]).values
    ]


def share_of_best(lines: Lines, parameters: Parameters) -> list[int]:
    """100 x x / best among the peers (best / x where lower is better), never below 0."""
    series = lines.read(parameters["measure"])
    best = series.best()
    return [to_points(100 * _share(x, best, upward=series.upward)) for x in series.values]


def _share(x: Fraction, best: Fraction, *, upward: bool) -> Fraction:
    """How near x comes to the best, 0 to 1; a best of nothing is worth nothing where higher is better."""
    over, under = (x, best) if upward else (best, x)
    if x == best and (best > 0 or not upward):
        return Fraction(1)
    return max(Fraction(0), over / under) if under > 0 else Fraction(0)


def bands(lines: Lines, parameters: Parameters) -> list[int]:
    """分档: the points of the highest band reached, 0 below all; full steps over the first band earn more."""
    table = parameters["bands"]
    step, extra, limit = parameters["over_step"], parameters["over_points"], parameters["over_limit"]
    top = table[0][0]
    scores = []
    for x in lines.read(parameters["measure"]).values:
        points = next((points for at, points in table if x >= at), Fraction(0))
        if step and x > top:
            points += min(((x - top) // step) * extra, limit)
        scores.append(to_points(points))
    return scores


def deduct_missing(lines: Lines, parameters: Parameters) -> list[int]:
    """扣分制: so many points less for each unit, or each percentage point, that is missing to E."""
    per, floor = parameters["points"], parameters["floor"]
    if parameters["unit"] == "percent":
        missing = [max(Fraction(0), 1 - x) * 100 for x in lines.read("attainment").values]
    else:
        missing = lines.shortfalls()
    return [to_points(max(100 - per * amount, floor)) for amount in missing]


def against_mean(lines: Lines, parameters: Parameters) -> list[int]:
    """与均值比较: base, plus or minus so many points for each unit of difference, segment by segment.

    The reference is the mean of the peers or a number the scheme gives (全省均值);
    attainment and completion differ in percentage points, figures in their unit.
    """
    series = lines.read(parameters["measure"])
    scale = 1 if parameters["measure"] == "value" else 100
    reference = parameters["reference"]
    mean = sum(series.values, Fraction(0)) / len(series.values) if reference is None else reference
    most = parameters["cap"] * 100
    scores = []
    for x in series.values:
        difference = (x - mean) * scale if series.upward else (mean - x) * scale
        points, left = Fraction(0), abs(difference)
        for width, each in parameters["segments"]:
            points += min(left, width) * each
            left -= min(left, width)
        signed = points if difference >= 0 else -points
        scores.append(to_points(min(max(parameters["base"] + signed, Fraction(0)), most)))
    return scores


def combined(lines: Lines, parameters: Parameters) -> list[int]:
    """Several methods on one indicator, each with its points: mean of the rounded parts by their weights."""
    parts = [(part.weight, part.choice.score(lines)) for part in parameters["parts"]]
    whole = sum((weight for weight, _ in parts), Fraction(0))
    columns = zip(*(scores for _, scores in parts), strict=True)
    means = (sum(w * s for (w, _), s in zip(parts, column, strict=True)) / whole for column in columns)
    return [half_up(mean.numerator, mean.denominator) for mean in means]


def to_points(points: Fraction) -> int:
    """Points as hundredths, halves away from zero."""
    return half_up(points.numerator * POINT, points.denominator)


# --- how methods are described, chosen and read ----------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a method: name in schemes, Chinese title, kind, and the default as in a scheme.

    The cap takes the scheme's own by default. silent_at_zero: not described where it is 0.
    """

    name: str
    title: str
    kind: ParameterKind
    default: Any = None
    required: bool = False
    silent_at_zero: bool = False


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
    """A method with its parameters, as a scheme or one of its indicators chose it."""

    method: Method
    parameters: Parameters

    def score(self, lines: Lines) -> list[int]:
        """Scores of the lines in hundredths of a point."""
        return self.method.function(lines, self.parameters)

    def describe(self) -> list[tuple[str, str]]:
        """Title and value of each parameter in Chinese."""
        return [
            (parameter.title, parameter.kind.show(self.parameters[parameter.name]))
            for parameter in self.method.parameters
            if self.parameters[parameter.name] or not parameter.silent_at_zero
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several methods on an indicator, with its points."""

    weight: Fraction
    choice: MethodChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsKind:
    """The parts of a combined method: each a weight and a method."""

    def read(self, raw: Any, *, where: str, problems: Problems) -> tuple[Part, ...]:
        """The parts, at least one."""
        if not isinstance(raw, list | tuple) or not raw:
            problems.add(where, f"应为若干部分，每部分含 weight 和 method，现在是 {raw!r}")
            return ()
        parts = []
        for number, item in enumerate(raw, start=1):
            place = f"{where} 第 {number} 部分"
            part = read_mapping(item, where=place, problems=problems, keys=frozenset({"weight", "method"}))
            weight = read_number(
                part.get("weight"), where=f"{place}.weight", problems=problems, positive=True
            )
            choice = read_method(
                part.get("method"), where=f"{place}.method", cap=Decimal(1), problems=problems
            )
            parts.append(Part(weight=exact_fraction(weight), choice=choice))
        return tuple(parts)

    def show(self, value: Any) -> str:
        """The parts with their points."""
        return "；".join(f"{decimal_text(part.weight)} 分按{part.choice.method.title}" for part in value)


def _measure(default: str = "attainment") -> Parameter:
    return Parameter(name="measure", title="依据", kind=ChoiceKind(options=MEASURES), default=default)


_CAP = Parameter(name="cap", title="封顶", kind=NumberKind(minimum="1", share=True))

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                name=DEFAULT_METHOD,
                title="达成率计分（封顶）",
                formula="得分 = 100 × min(达成率, 封顶)",
                pooled=False,
                parameters=(
                    _CAP,
                    _measure(),
                    Parameter(
                        name="threshold",
                        title="起分线，低于此线得 0 分",
                        kind=NumberKind(share=True),
                        default="0",
                        silent_at_zero=True,
                    ),
                ),
                function=attainment_capped,
            ),
            Method(
                name="overfulfilment",
                title="完成率加超额加分",
                formula="未完成：得分 = 100 × 完成率；完成：得分 = 100 + 每超 1 个百分点加分，加分封顶",
                pooled=False,
                parameters=(
                    _measure("completion"),
                    Parameter(
                        name="per_percent",
                        title="每超 1 个百分点加",
                        kind=NumberKind(unit=" 分"),
                        default="2.5",
                    ),
                    Parameter(name="limit", title="超额加分上限", kind=NumberKind(unit=" 分"), default="50"),
                ),
                function=overfulfilment,
            ),
            Method(
                name="rank_step",
                title="争先进位",
                formula="第 1 名 100 分，每退后一位减固定分，并列同分",
                pooled=True,
                parameters=(
                    _measure(),
                    Parameter(name="step", title="每位递减", kind=NumberKind(unit=" 分"), default="5"),
                ),
                function=rank_step,
            ),
            Method(
                name="rank_points",
                title="位次赋分",
                formula="按名次取固定得分，并列同分",
                pooled=True,
                parameters=(
                    _measure(),
                    Parameter(name="points", title="各名次得分", kind=PointsKind(), required=True),
                ),
                function=rank_points,
            ),
            Method(
                name="efficacy",
                title="功效系数法",
                formula="得分 = 基础分 + 浮动分 × (x − 最差) ÷ (最好 − 最差)；全部相同时均得满分",
                pooled=True,
                parameters=(
                    _measure(),
                    Parameter(name="base", title="基础分", kind=NumberKind(unit=" 分"), default="60"),
                    Parameter(name="range", title="浮动分", kind=NumberKind(unit=" 分"), default="40"),
                ),
                function=efficacy,
            ),
            Method(
                name="two_point",
                title="两点线性计分",
                formula="低点与高点之间按直线计分，不低于 0，不超过封顶",
                pooled=False,
                parameters=(
                    _measure("value"),
                    Parameter(name="low", title="低点", kind=NumberKind(minimum=None), required=True),
                    Parameter(name="high", title="高点", kind=NumberKind(minimum=None), required=True),
                    Parameter(name="low_points", title="低点得分", kind=NumberKind(unit=" 分"), default="0"),
                    Parameter(
                        name="high_points", title="高点得分", kind=NumberKind(unit=" 分"), default="100"
                    ),
                    _CAP,
                ),
                function=two_point,
            ),
            Method(
                name="share_of_best",
                title="按第一名比例计分",
                formula="得分 = 100 × x ÷ 最好（越低越好的指标为 最好 ÷ x）",
                pooled=True,
                parameters=(_measure(),),
                function=share_of_best,
            ),
            Method(
                name="bands",
                title="分档计分",
                formula="按达到的最高一档得分，未达最低档得 0 分；超过最高档每满一步另加分",
                pooled=False,
                parameters=(
                    _measure("completion"),
                    Parameter(
                        name="bands",
                        title="各档",
                        kind=TableKind(
                            first="at", second="points", falling=True, row_text="达到 {percent} 得 {1} 分"
                        ),
                        required=True,
                    ),
                    Parameter(
                        name="over_step",
                        title="超最高档每满",
                        kind=NumberKind(share=True),
                        default="0",
                        silent_at_zero=True,
                    ),
                    Parameter(
                        name="over_points",
                        title="每步另加",
                        kind=NumberKind(unit=" 分"),
                        default="0",
                        silent_at_zero=True,
                    ),
                    Parameter(
                        name="over_limit",
                        title="另加上限",
                        kind=NumberKind(unit=" 分"),
                        default="0",
                        silent_at_zero=True,
                    ),
                ),
                function=bands,
            ),
            Method(
                name="deduct_missing",
                title="扣分制",
                formula="得分 = 100 − 每少一个单位（或一个百分点）扣分 × 差额",
                pooled=False,
                parameters=(
                    Parameter(
                        name="points",
                        title="每少一个扣",
                        kind=NumberKind(positive=True, unit=" 分"),
                        required=True,
                    ),
                    Parameter(
                        name="unit",
                        title="差额单位",
                        kind=ChoiceKind(options={"amount": "指标单位", "percent": "百分点"}),
                        default="amount",
                    ),
                    Parameter(
                        name="floor", title="扣至", kind=NumberKind(minimum=None, unit=" 分"), default="0"
                    ),
                ),
                function=deduct_missing,
            ),
            Method(
                name="against_mean",
                title="与均值比较计分",
                formula="得分 = 基础分 ± 与均值的差按分段计分，不低于 0，不超过封顶",
                pooled=True,
                parameters=(
                    _measure("value"),
                    Parameter(name="base", title="等于均值时得", kind=NumberKind(unit=" 分"), default="100"),
                    Parameter(
                        name="reference",
                        title="指定均值",
                        kind=NumberKind(minimum=None, optional=True),
                        default=None,
                    ),
                    Parameter(
                        name="segments",
                        title="分段",
                        kind=TableKind(
                            first="width",
                            second="points",
                            falling=False,
                            row_text="宽 {0} 的一段每单位 {1} 分",
                        ),
                        required=True,
                    ),
                    _CAP,
                ),
                function=against_mean,
            ),
            Method(
                name="combined",
                title="组合计分",
                formula="得分 = 各部分得分按分值加权平均",
                pooled=True,
                parameters=(Parameter(name="parts", title="各部分", kind=PartsKind(), required=True),),
                function=combined,
            ),
        )
    }
)


def read_method(raw: Any, *, where: str, cap: Decimal, problems: Problems) -> MethodChoice:
    """The method that raw names: a name alone, or a mapping with `name` and its parameters.

    cap is the scheme's own, used where the method takes one and raw gives none.
    """
    given = {"name": raw} if isinstance(raw, str) else read_mapping(raw, where=where, problems=problems)
    method = METHODS.get(str(given.get("name")))
    if method is None:
        known = "、".join(f"{name}（{each.title}）" for name, each in METHODS.items())
        problems.add(where, f"没有计分方法“{given.get('name')}”，可用的有：{known}")
        return default_choice(cap)
    keys = frozenset({"name"} | {parameter.name for parameter in method.parameters})
    read_mapping(given, where=where, problems=problems, keys=keys)
    parameters: dict[str, Any] = {}
    for parameter in method.parameters:
        place = f"{where}.{parameter.name}"
        if parameter.name in given:
            parameters[parameter.name] = parameter.kind.read(
                given[parameter.name], where=place, problems=problems
            )
        elif parameter.required:
            problems.add(place, f"缺少这个参数（{parameter.title}）")
        elif parameter is _CAP:
            parameters[parameter.name] = exact_fraction(cap)
        else:
            parameters[parameter.name] = parameter.kind.read(
                parameter.default, where=place, problems=problems
            )
    if method.name == "two_point" and parameters.get("low") == parameters.get("high") is not None:
        problems.add(where, "低点与高点不能相同")
    return MethodChoice(method=method, parameters=parameters)


def default_choice(cap: Decimal) -> MethodChoice:
    """The default method with this cap."""
    return read_method(DEFAULT_METHOD, where="method", cap=cap, problems=Problems())
