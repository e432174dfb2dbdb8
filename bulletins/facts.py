"""What a 通报 can say: facts read from a sealed ranking, each under a readable name.

`gather` turns a ranking document (DOMAIN section 8) into facts (name → printed text) and into the
context of the wording templates, whose numbers are slots naming those facts.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bulletins.lists import BEHIND_LIGHTS, ON_SCHEDULE, Placed, black_list, place_lines, red_list
from bulletins.slots import Slot

NUMERALS = "一二三四五六七八九十"
MAIN_INDICATORS = 3
"""How many of a unit's indicators a brief names; the rest is 等."""
LINE_FACTS = {
    "目标值": "target_text",
    "应完成": "expected",
    "完成值": "value",
    "达成率": "attainment",
    "完成率": "completion",
    "得分": "score",
}
_PERCENT = frozenset({"达成率", "完成率"})


@dataclass(frozen=True, kw_only=True)
class Narrative:
    """What a return says of one figure."""

    unit: str
    indicator: str
    problems: str
    measures: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many places count as in front (红榜) and as at the end (黑榜)."""

    front: int = 3
    end: int = 2


@dataclass
class Gathered:
    """Facts by name, and the context from which templates compose their sentences."""

    facts: dict[str, str] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)

    def slot(self, key: str, value: object) -> Slot:
        """Name a fact and return what templates print for it."""
        text = str(value)
        self.facts[key] = text
        return Slot(key, text)


def numeral(number: int) -> str:
    """A number from 1 to 99 in Chinese: 一, 十二, 三十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def date_in_words(day: datetime.date) -> str:
    """2025年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def movement_in_words(places: int | None) -> str:
    """较上期上升2位, 较上期下降1位, 与上期持平; empty where there is nothing to compare with."""
    if places is None:
        return ""
    if places == 0:
        return "与上期持平"
    return f"较上期{'上升' if places > 0 else '下降'}{abs(places)}位"


def gather(
    *,
    document: Mapping[str, Any],
    plan: str,
    period: str,
    board: str,
    data_as_of: datetime.date | None,
    movements: Mapping[str, int | None],
    narratives: Sequence[Narrative],
    limits: Limits,
) -> Gathered:
    """Facts and context of one board.

    document is a ranking document; movements gives the places won by unit (negative: lost).
    """
    found = Gathered()
    entries = document["entries"]
    found.context |= {
        "计划": plan,
        "榜": board,
        "期间": found.slot("期间", period),
        "数据截至": found.slot("数据截至", date_in_words(data_as_of)) if data_as_of else None,
        "单位数": found.slot("参评单位数", sum(entry["rank"] is not None for entry in entries)),
    }
    _add_lights(found, entries)
    units = [_unit(found, entry, movements.get(entry["unit"])) for entry in entries]
    found.context["单位"] = units
    found.context["各组"] = _groups(units)
    placed = place_lines(entries)
    found.context["指标"] = _indicators(found, entries, placed)
    red = red_list(placed, front=limits.front)
    black = black_list(placed, end=limits.end)
    found.context |= {
        "红榜": _listed(found, red, "红榜"),
        "黑榜": _listed(found, black, "黑榜"),
        "红榜条件": found.slot("红榜条件", f"进度超过序时且居该项指标前{limits.front}位"),
        "黑榜条件": found.slot("黑榜条件", f"进度落后于序时或未报送且居该项指标后{limits.end}位"),
    }
    _add_problems(found, entries, narratives)
    return found


def _share(part: int, whole: int) -> str:
    if not whole:
        return "0.00%"
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{share}%"


def _add_lights(found: Gathered, entries: Sequence[Mapping[str, Any]]) -> None:
    lights = [line["light"] for entry in entries for line in entry["lines"]]
    good = lights.count("green") + lights.count("blue")
    scored = len(lights) - lights.count("grey")
    unreported = sum(line["reason"] == "未报送" for entry in entries for line in entry["lines"])
    for name, count in (
        ("计分项次", scored),
        ("不计分项次", lights.count("grey")),
        ("达序时项次", good),
        ("略滞后项次", lights.count("yellow")),
        ("滞后项次", lights.count("red")),
        ("未报送项次", unreported),
    ):
        found.context[name] = found.slot(name, count)
    found.context["达序时占比"] = found.slot("达序时占比", _share(good, scored))


def _unit(found: Gathered, entry: Mapping[str, Any], places: int | None) -> dict[str, Any]:
    name = entry["unit"]
    lights = [line["light"] for line in entry["lines"]]
    for line in entry["lines"]:
        for fact, key in LINE_FACTS.items():
            if line[key] is not None:
                suffix = "%" if fact in _PERCENT else ""
                found.slot(f"{name}·{line['indicator']}·{fact}", f"{line[key]}{suffix}")
    moved = movement_in_words(places)
    return {
        "名称": name,
        "组": entry["group"] or "",
        "不参评": entry["excluded"] or "",
        "总分": found.slot(f"{name}·总分", entry["total"]) if entry["total"] is not None else None,
        "名次": found.slot(f"{name}·名次", entry["rank"]) if entry["rank"] is not None else None,
        "组内名次": found.slot(f"{name}·组内名次", entry["group_rank"])
        if entry["group_rank"] is not None
        else None,
        "变化": found.slot(f"{name}·位次变化", moved) if moved else None,
        "达序时": found.slot(f"{name}·达序时项数", lights.count("green") + lights.count("blue")),
        "略滞后": found.slot(f"{name}·略滞后项数", lights.count("yellow")),
        "滞后": found.slot(f"{name}·滞后项数", lights.count("red")),
    }


def _groups(units: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The ranked units of each group, best first; one group without a name where there are none."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for unit in units:
        if unit["名次"] is not None:
            groups.setdefault(unit["组"], []).append(unit)
    return [{"名称": name or "各单位", "单位": members} for name, members in groups.items()]


def _indicators(
    found: Gathered, entries: Sequence[Mapping[str, Any]], placed: Sequence[Placed]
) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(line["indicator"] for entry in entries for line in entry["lines"]))
    rows: list[dict[str, Any]] = []
    for name in names:
        peers = [item for item in placed if item.indicator == name]
        if not peers:
            continue
        reported = [item for item in peers if item.attainment is not None]
        best = max((item.attainment for item in reported if item.attainment is not None), default=None)
        worst = min((item.attainment for item in reported if item.attainment is not None), default=None)
        rows.append(
            {
                "序": f"（{numeral(len(rows) + 1)}）",
                "名称": printed_name(name),
                "参评": found.slot(f"{name}·计分单位数", len(peers)),
                "达序时": found.slot(
                    f"{name}·达序时单位数", sum(item.light not in BEHIND_LIGHTS for item in peers)
                ),
                "滞后": found.slot(f"{name}·滞后单位数", sum(item.light in BEHIND_LIGHTS for item in peers)),
                "最高": _extreme(found, name, "最高", reported, best),
                "最低": None if worst == best else _extreme(found, name, "最低", reported, worst),
                "未报": "、".join(item.unit for item in peers if item.attainment is None),
            }
        )
    return rows


def printed_name(indicator: str) -> str:
    """An indicator's name within a sentence: 其中： belongs to its place in a table."""
    return indicator.removeprefix("其中：")


def _extreme(
    found: Gathered, indicator: str, word: str, reported: Sequence[Placed], rate: Decimal | None
) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {
        "名称": "、".join(item.unit for item in reported if item.attainment == rate),
        "达成率": found.slot(f"{indicator}·{word}达成率", f"{rate}%"),
        "达序时": rate >= ON_SCHEDULE,
    }


def _listed(found: Gathered, items: Sequence[Placed], word: str) -> list[dict[str, Any]]:
    """A list by unit, those with most items first, else in the document's order."""
    units: dict[str, list[str]] = {}
    for item in items:
        units.setdefault(item.unit, []).append(item.indicator)
    ordered = sorted(units.items(), key=lambda pair: -len(pair[1]))
    return [
        {
            "名称": unit,
            "项数": found.slot(f"{unit}·{word}项数", len(indicators)),
            "指标": "".join(f"“{printed_name(name)}”" for name in indicators),
            "主要指标": "".join(f"“{printed_name(name)}”" for name in indicators[:MAIN_INDICATORS])
            + ("等" if len(indicators) > MAIN_INDICATORS else ""),
        }
        for unit, indicators in ordered
    ]


def _add_problems(
    found: Gathered, entries: Sequence[Mapping[str, Any]], narratives: Sequence[Narrative]
) -> None:
    behind = {
        (entry["unit"], line["indicator"])
        for entry in entries
        for line in entry["lines"]
        if line["light"] in BEHIND_LIGHTS
    }
    told = [item for item in narratives if (item.unit, item.indicator) in behind and item.problems]
    found.context["问题"] = [
        {
            "名称": item.unit,
            "指标": printed_name(item.indicator),
            "问题": found.slot(f"{item.unit}·{item.indicator}·问题", _sentence(item.problems)),
            "举措": found.slot(f"{item.unit}·{item.indicator}·举措", _sentence(item.measures))
            if item.measures
            else None,
        }
        for item in told
    ]
    silent = behind - {(item.unit, item.indicator) for item in told}
    found.context["未说明"] = [
        name for entry in entries if any(unit == (name := entry["unit"]) for unit, _ in silent)
    ]
    found.context["都未说明"] = len(found.context["未说明"]) == len(entries) > 1
    found.context["未报送单位"] = [
        entry["unit"] for entry in entries if any(line["reason"] == "未报送" for line in entry["lines"])
    ]


def _sentence(text: str) -> str:
    """One line without the full stop, which the template sets; braces would be read as slots."""
    return " ".join(text.split()).rstrip("。；;. ").replace("{", "（").replace("}", "）")
