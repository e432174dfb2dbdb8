"""Every number that a text prints, and every number that a ranking holds or that follows from it by counting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NO_FIGURES = (
    re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?"),
    re.compile(r"《[^》]*》"),
    re.compile(r"(?m)^附件\d+"),
    re.compile(r"(?m)^附件：\d+\."),
    re.compile(r"(?m)^\d+\.(?=\D)"),
)
GOOD, BEHIND = {"green", "blue"}, {"yellow", "red"}


def numbers_in_text(text: str) -> set[str]:
    """Numbers as they are written, without those of dates, titles and numbering."""
    for pattern in _NO_FIGURES:
        text = pattern.sub(" ", text)
    return set(_NUMBER.findall(text))


def numbers_of_ranking(documents: Sequence[Mapping[str, Any]], *, limits: Iterable[int] = (3, 2)) -> set[str]:
    """Written out anew from the ranking documents: their own numbers, counts of lights, shares, movements."""
    known = {str(limit) for limit in limits}
    for document in documents:
        lines = [(entry["unit"], line) for entry in document["entries"] for line in entry["lines"]]
        for entry in document["entries"]:
            for key in ("base", "bonus", "deduction", "total", "rank", "group_rank"):
                known |= numbers_in_text(str(entry[key] if entry[key] is not None else ""))
        for _, line in lines:
            for key in ("target_text", "expected", "value", "attainment", "completion", "score", "weight"):
                known |= numbers_in_text(str(line[key] or ""))
            known |= set(_NUMBER.findall(line["indicator"]))
        known |= _counts(document, lines)
    return known


def _counts(document: Mapping[str, Any], lines: Sequence[tuple[str, Mapping[str, Any]]]) -> set[str]:
    lights = [line["light"] for _, line in lines]
    scored = [light for light in lights if light != "grey"]
    good = sum(light in GOOD for light in lights)
    counts = {len(scored), good, lights.count("yellow"), lights.count("red"), lights.count("grey")}
    counts.add(sum(line["reason"] == "未报送" for _, line in lines))
    counts.add(sum(entry["rank"] is not None for entry in document["entries"]))
    for name in {line["indicator"] for _, line in lines}:
        own = [line["light"] for _, line in lines if line["indicator"] == name and line["light"] != "grey"]
        counts |= {len(own), sum(light in GOOD for light in own), sum(light in BEHIND for light in own)}
    for unit in {unit for unit, _ in lines}:
        counts |= set(range(1 + sum(owner == unit and line["light"] != "grey" for owner, line in lines)))
    share = (Decimal(good) * 100 / Decimal(len(scored) or 1)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {str(count) for count in counts} | {str(share)}
