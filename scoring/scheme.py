"""A scoring scheme as validated data: nothing that decides a score is a constant in code.

A scheme has a code, a version and a title; one in use is never edited, a change is
a new version. `SCHEME_V1` is 季度晾晒 v1 of RULES.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from scoring.exact import ONE, to_hundredths, to_millionths
from scoring.lines import Measures
from scoring.methods import DEFAULT_METHOD, MethodChoice, read_method
from scoring.parameters import (
    Problems,
    SchemeError,
    exact_ratio,
    read_mapping,
    read_number,
    read_text,
    read_whole,
)

__all__ = ["SCHEME_V1", "Groups", "IndicatorRule", "Scheme", "SchemeError"]

#: 季度晾晒 v1, JSON-able. Numbers are text, so that no binary float ever touches them.
SCHEME_V1: dict[str, Any] = {
    "code": "quarterly",
    "version": 1,
    "title": "季度晾晒 v1",
    "cap": "1.20",
    "schedule": ["0.25", "0.5", "0.75", "1"],
    "lights": {"green": "1", "yellow": "0.8"},
    "groups": {"threshold": 5, "at_least": "五项及以上组", "below": "五项以下组"},
    "bonus_limit": "5",
    "deduction_limit": "5",
    "late": None,
    "method": DEFAULT_METHOD,
    "indicators": {},
}

_KEYS = frozenset(SCHEME_V1)
_OPTIONAL = frozenset({"late", "indicators", "method"})


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
class IndicatorRule:
    """What a scheme says of one indicator; weight in millionths, `None` keeps the line's own."""

    method: MethodChoice | None
    weight: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A validated scheme; parameters is the data it was made from.

    schedule holds the share of a year's flow that is due by the end of each quarter,
    in millionths; bonus_limit and deduction_limit are hundredths of a point.
    """

    code: str
    version: int
    title: str
    cap: Decimal
    schedule: tuple[int, int, int, int]
    green: Decimal
    yellow: Decimal
    groups: Groups
    bonus_limit: int
    deduction_limit: int
    method: MethodChoice
    indicators: Mapping[str, IndicatorRule]
    parameters: Mapping[str, Any]

    @classmethod
    def from_dict(cls, parameters: Mapping[str, Any]) -> Scheme:
        """The scheme that the data describes. Raises SchemeError naming every wrong parameter in Chinese."""
        problems = Problems()
        data = read_mapping(parameters, where="", problems=problems, keys=_KEYS)
        for missing in sorted(_KEYS - _OPTIONAL - set(data)):
            problems.add(missing, "缺少这个参数")
        problems.raise_if_any()
        if data.get("late") is not None:
            problems.add("late", "本版本没有迟报规则，应为 null")
        cap = read_number(data["cap"], where="cap", problems=problems, minimum="1")
        green, yellow = _read_lights(data["lights"], problems=problems)
        limits = {
            name: read_number(data[name], where=name, problems=problems, minimum="0", places=2)
            for name in ("bonus_limit", "deduction_limit")
        }
        scheme = cls(
            code=read_text(data["code"], where="code", problems=problems),
            version=read_whole(data["version"], where="version", problems=problems, minimum=1),
            title=read_text(data["title"], where="title", problems=problems),
            cap=cap,
            schedule=_read_schedule(data["schedule"], problems=problems),
            green=green,
            yellow=yellow,
            groups=_read_groups(data["groups"], problems=problems),
            bonus_limit=to_hundredths(limits["bonus_limit"], what="bonus_limit"),
            deduction_limit=to_hundredths(limits["deduction_limit"], what="deduction_limit"),
            method=read_method(
                data.get("method", DEFAULT_METHOD), where="method", cap=cap, problems=problems
            ),
            indicators=_read_indicators(data.get("indicators") or {}, cap=cap, problems=problems),
            parameters=deepcopy(dict(data)),
        )
        problems.raise_if_any()
        return scheme

    def measures_for(self, quarter: int) -> Measures:
        """What measuring the lines of a quarter (1..4) needs of the scheme."""
        return Measures(
            quarter_share=self.schedule[quarter - 1],
            cap=exact_ratio(self.cap),
            green=exact_ratio(self.green),
            yellow=exact_ratio(self.yellow),
        )

    def method_for(self, indicator: str) -> MethodChoice:
        """The method of an indicator: its own, else the scheme's."""
        rule = self.indicators.get(indicator)
        return rule.method if rule is not None and rule.method is not None else self.method

    def weight_for(self, indicator: str, *, own: int) -> int:
        """The weight of an indicator in millionths: the scheme's if it sets one, else the line's own."""
        rule = self.indicators.get(indicator)
        return rule.weight if rule is not None and rule.weight is not None else own


def _read_lights(raw: Any, *, problems: Problems) -> tuple[Decimal, Decimal]:
    lights = read_mapping(raw, where="lights", problems=problems, keys=frozenset({"green", "yellow"}))
    if not isinstance(raw, Mapping):
        return Decimal(1), Decimal(1)
    green = read_number(lights.get("green"), where="lights.green", problems=problems, positive=True)
    yellow = read_number(lights.get("yellow"), where="lights.yellow", problems=problems, positive=True)
    if yellow > green:
        problems.add("lights.yellow", f"黄灯线不能高于绿灯线，现在黄 {yellow}、绿 {green}")
    return green, yellow


def _read_schedule(raw: Any, *, problems: Problems) -> tuple[int, int, int, int]:
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


def _read_groups(raw: Any, *, problems: Problems) -> Groups:
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


def _read_indicators(raw: Any, *, cap: Decimal, problems: Problems) -> dict[str, IndicatorRule]:
    rules = {}
    for indicator, given in read_mapping(raw, where="indicators", problems=problems).items():
        where = f"indicators.{indicator}"
        rule = read_mapping(given, where=where, problems=problems, keys=frozenset({"method", "weight"}))
        method, weight = None, None
        if rule.get("method") is not None:
            method = read_method(rule["method"], where=f"{where}.method", cap=cap, problems=problems)
        if rule.get("weight") is not None:
            number = read_number(rule["weight"], where=f"{where}.weight", problems=problems, minimum="0")
            weight = to_millionths(number, what=f"{where}.weight") if number >= 0 else None
        rules[str(indicator)] = IndicatorRule(method=method, weight=weight)
    return rules
