"""The parts of a scheme beside its method: groups, lights, schedule, rules of single indicators.

Each part has a dataclass and a reader that notes every wrong parameter in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from scoring.exact import ONE, to_hundredths, to_millionths
from scoring.methods import MethodChoice, read_method
from scoring.parameters import Problems, read_mapping, read_number, read_text, read_whole

#: Whom a comparing method compares.
PEERS = {"group": "同组已报送的单位", "board": "全榜已报送的单位"}
#: What a missed veto indicator (否决性指标) does.
VETO_EFFECTS = {
    "last": "排在未被否决的单位之后",
    "lowest_grade": "等次定为最低一等，名次不变",
    "no_top_grade": "不得评为最高一等，名次不变",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """How a board without given groups is parted: by the number of scored lines."""

    threshold: int
    at_least: str
    below: str

    def name_for(self, scored_lines: int) -> str:
        """The group of an organisation with this number of scored lines."""
        return self.at_least if scored_lines >= self.threshold else self.below


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """降格: an indicator that is missed still earns these hundredths if the other one is met."""

    indicator: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRule:
    """What a scheme says of one indicator.

    weights are millionths for each quarter, `None` keeps the line's own weight.
    """

    method: MethodChoice | None
    weights: tuple[int, ...] | None
    veto: bool
    substitute: Substitute | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRule:
    """迟报: hundredths of a point for each day, at most so many; from a day on all counts as unreported."""

    per_day: int
    most: int
    unreported_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """等次: its name and the least total for it, in hundredths."""

    at: int
    name: str


def read_lights(raw: Any, *, problems: Problems) -> tuple[Decimal, Decimal]:
    """The limits of green and yellow as shares."""
    lights = read_mapping(raw, where="lights", problems=problems, keys=frozenset({"green", "yellow"}))
    if not isinstance(raw, Mapping):
        return Decimal(1), Decimal(1)
    green = read_number(lights.get("green"), where="lights.green", problems=problems, positive=True)
    yellow = read_number(lights.get("yellow"), where="lights.yellow", problems=problems, positive=True)
    if yellow > green:
        problems.add("lights.yellow", f"黄灯线不能高于绿灯线，现在黄 {yellow}、绿 {green}")
    return green, yellow


def read_schedule(raw: Any, *, problems: Problems) -> tuple[int, int, int, int]:
    """The shares due by the end of each quarter, in millionths."""
    if not isinstance(raw, list | tuple) or len(raw) != 4:
        problems.add("schedule", f'应为四个季度的累计进度，例如 ["0.25", "0.5", "0.75", "1"]，现在是 {raw!r}')
        return ONE, ONE, ONE, ONE
    shares = [
        read_number(share, where=f"schedule 第 {quarter} 季度", problems=problems, minimum="0")
        for quarter, share in enumerate(raw, start=1)
    ]
    if any(later < earlier for earlier, later in pairwise(shares)):
        problems.add("schedule", "累计进度应逐季不减")
    first, second, third, fourth = (to_millionths(share, what="schedule") for share in shares)
    return first, second, third, fourth


def read_groups(raw: Any, *, problems: Problems) -> Groups:
    """The groups of a board without given ones."""
    groups = read_mapping(
        raw, where="groups", problems=problems, keys=frozenset({"threshold", "at_least", "below"})
    )
    if not isinstance(raw, Mapping):
        return Groups(threshold=1, at_least="", below="")
    threshold = read_whole(groups.get("threshold"), where="groups.threshold", problems=problems, minimum=1)
    at_least = read_text(groups.get("at_least"), where="groups.at_least", problems=problems)
    below = read_text(groups.get("below"), where="groups.below", problems=problems)
    if at_least and at_least == below:
        problems.add("groups.below", f"两个组的名称不能相同：{below}")
    return Groups(threshold=threshold, at_least=at_least, below=below)


def read_indicators(raw: Any, *, cap: Decimal, problems: Problems) -> dict[str, IndicatorRule]:
    """The rules of single indicators by their codes."""
    keys = frozenset({"method", "weight", "veto", "substitute"})
    rules = {}
    for indicator, given in read_mapping(raw, where="indicators", problems=problems).items():
        where = f"indicators.{indicator}"
        rule = read_mapping(given, where=where, problems=problems, keys=keys)
        method = None
        if rule.get("method") is not None:
            method = read_method(rule["method"], where=f"{where}.method", cap=cap, problems=problems)
        veto = rule.get("veto", False)
        if not isinstance(veto, bool):
            problems.add(f"{where}.veto", f"应为 true 或 false，现在是 {veto!r}")
        rules[str(indicator)] = IndicatorRule(
            method=method,
            weights=_read_weights(rule.get("weight"), where=f"{where}.weight", problems=problems),
            veto=bool(veto),
            substitute=_read_substitute(
                rule.get("substitute"), where=f"{where}.substitute", problems=problems
            ),
        )
    return rules


def _read_weights(raw: Any, *, where: str, problems: Problems) -> tuple[int, ...] | None:
    """One weight for all quarters, or one for each of the four."""
    if raw is None:
        return None
    given = raw if isinstance(raw, list | tuple) else [raw] * 4
    if len(given) != 4:
        problems.add(where, f"应为一个分值，或四个季度各一个，现在是 {raw!r}")
        return None
    found = len(problems.found)
    numbers = []
    for item in given:
        numbers.append(read_number(item, where=where, problems=problems, minimum="0"))
        if len(problems.found) > found:
            return None
    return tuple(to_millionths(number, what=where) for number in numbers)


def _read_substitute(raw: Any, *, where: str, problems: Problems) -> Substitute | None:
    if raw is None:
        return None
    given = read_mapping(raw, where=where, problems=problems, keys=frozenset({"indicator", "points"}))
    if not isinstance(raw, Mapping):
        return None
    indicator = read_text(given.get("indicator"), where=f"{where}.indicator", problems=problems)
    points = read_number(
        given.get("points"), where=f"{where}.points", problems=problems, minimum="0", places=2
    )
    return Substitute(indicator=indicator, points=to_hundredths(points, what=where))


def read_late(raw: Any, *, problems: Problems) -> LateRule | None:
    """The late rule, or `None` for none."""
    if raw is None:
        return None
    keys = frozenset({"per_day", "most", "unreported_from"})
    given = read_mapping(raw, where="late", problems=problems, keys=keys)
    if not isinstance(raw, Mapping):
        return None
    points = {
        name: read_number(given.get(name), where=f"late.{name}", problems=problems, minimum="0", places=2)
        for name in ("per_day", "most")
    }
    return LateRule(
        per_day=to_hundredths(points["per_day"], what="late.per_day"),
        most=to_hundredths(points["most"], what="late.most"),
        unreported_from=read_whole(
            given.get("unreported_from"), where="late.unreported_from", problems=problems, minimum=1
        ),
    )


def read_choice(raw: Any, options: Mapping[str, str], *, where: str, problems: Problems) -> str:
    """One of the options' names; the first with a problem noted if it is none of them."""
    if raw in options:
        return str(raw)
    known = "、".join(f"{name}（{meaning}）" for name, meaning in options.items())
    problems.add(where, f"应为以下之一：{known}，现在是 {raw!r}")
    return next(iter(options))


def read_veto(raw: Any, *, problems: Problems) -> str | None:
    """What a missed veto indicator does, or `None` where the scheme has no veto."""
    return None if raw is None else read_choice(raw, VETO_EFFECTS, where="veto", problems=problems)


def read_grades(raw: Any, *, problems: Problems) -> tuple[Grade, ...]:
    """The grades from the highest down; the last one starts at 0."""
    if not isinstance(raw, list | tuple):
        problems.add("grades", f"应为若干等次，每个含 at 和 name，现在是 {raw!r}")
        return ()
    grades = []
    for number, item in enumerate(raw, start=1):
        where = f"grades 第 {number} 行"
        row = read_mapping(item, where=where, problems=problems, keys=frozenset({"at", "name"}))
        at = read_number(row.get("at"), where=f"{where}.at", problems=problems, minimum="0", places=2)
        name = read_text(row.get("name"), where=f"{where}.name", problems=problems)
        grades.append(Grade(at=to_hundredths(at, what=where), name=name))
    if any(later.at >= earlier.at for earlier, later in pairwise(grades)):
        problems.add("grades", "at 应逐行降低")
    if grades and grades[-1].at:
        problems.add("grades", "最后一个等次的 at 应为 0，使每个总分都有等次")
    return tuple(grades)


def read_year(raw: Any, *, problems: Problems) -> tuple[int, ...]:
    """Weights of the four quarters in the year's result; by default the last quarter alone."""
    if raw is None:
        return (0, 0, 0, ONE)
    weights = _read_weights(raw, where="year", problems=problems)
    if not isinstance(raw, list | tuple) or weights is None:
        problems.add("year", f'应为四个季度的权重，例如 ["0.15", "0.25", "0.25", "0.35"]，现在是 {raw!r}')
        return (0, 0, 0, ONE)
    if not any(weights):
        problems.add("year", "四个季度的权重不能都为 0")
    return weights
