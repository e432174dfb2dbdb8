"""A scoring scheme as validated data: nothing that decides a score is a constant in code.

A scheme has a code, a version and a title; one in use is never edited, a change is
a new version. `SCHEME_V1` is 季度晾晒 v1 of RULES.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.exact import to_hundredths
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
from scoring.scheme_parts import (
    PEERS,
    Grade,
    Groups,
    IndicatorRule,
    LateRule,
    read_choice,
    read_grades,
    read_groups,
    read_indicators,
    read_late,
    read_lights,
    read_schedule,
    read_veto,
    read_year,
)

__all__ = ["SCHEME_V1", "Scheme", "SchemeError"]

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

#: Parameters a scheme may leave out; v1 uses none of those that its data does not name.
_OPTIONAL = frozenset({"late", "indicators", "method", "peers", "veto", "grades", "year"})
_KEYS = frozenset(SCHEME_V1) | _OPTIONAL


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
    late: LateRule | None
    peers: str
    veto: str | None
    grades: tuple[Grade, ...]
    year_weights: tuple[int, ...]
    parameters: Mapping[str, Any]

    @classmethod
    def from_dict(cls, parameters: Mapping[str, Any]) -> Scheme:
        """The scheme that the data describes. Raises SchemeError naming every wrong parameter in Chinese."""
        problems = Problems()
        data = read_mapping(parameters, where="", problems=problems, keys=_KEYS)
        for missing in sorted(_KEYS - _OPTIONAL - set(data)):
            problems.add(missing, "缺少这个参数")
        problems.raise_if_any()
        cap = read_number(data["cap"], where="cap", problems=problems, minimum="1")
        green, yellow = read_lights(data["lights"], problems=problems)
        limits = {
            name: read_number(data[name], where=name, problems=problems, minimum="0", places=2)
            for name in ("bonus_limit", "deduction_limit")
        }
        scheme = cls(
            code=read_text(data["code"], where="code", problems=problems),
            version=read_whole(data["version"], where="version", problems=problems, minimum=1),
            title=read_text(data["title"], where="title", problems=problems),
            cap=cap,
            schedule=read_schedule(data["schedule"], problems=problems),
            green=green,
            yellow=yellow,
            groups=read_groups(data["groups"], problems=problems),
            bonus_limit=to_hundredths(limits["bonus_limit"], what="bonus_limit"),
            deduction_limit=to_hundredths(limits["deduction_limit"], what="deduction_limit"),
            method=read_method(
                data.get("method", DEFAULT_METHOD), where="method", cap=cap, problems=problems
            ),
            indicators=read_indicators(data.get("indicators") or {}, cap=cap, problems=problems),
            late=read_late(data.get("late"), problems=problems),
            peers=read_choice(data.get("peers", "group"), PEERS, where="peers", problems=problems),
            veto=read_veto(data.get("veto"), problems=problems),
            grades=read_grades(data.get("grades") or [], problems=problems),
            year_weights=read_year(data.get("year"), problems=problems),
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

    def weight_for(self, indicator: str, *, own: int, quarter: int) -> int:
        """The weight of an indicator in millionths: the scheme's if it sets one, else the line's own."""
        rule = self.indicators.get(indicator)
        return rule.weights[quarter - 1] if rule is not None and rule.weights is not None else own
