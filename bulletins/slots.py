"""Texts with slots: numbers are named, never typed, so that nobody can change one by editing.

A text holds `{安吉县·总分}` where the number is printed; the number itself comes from the facts of a
sealed ranking. Pure text, no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SLOT = re.compile(r"\{([^{}\n]+)\}")

_ALLOWED = (
    re.compile(r"《[^《》]*》"),
    re.compile(r"[^\s，。；：、（）]{0,20}〔\d{4}〕\d+号"),
    re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?"),
    re.compile(r"\d{1,2}月(?:\d{1,2}日)?"),
    re.compile(r"(?m)^\s*\d{1,2}\."),
)
"""Numbers that are no figures: titles of documents, their numbers, dates, the numbering of paragraphs."""

_FIGURE = re.compile(
    r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*\s*[%％‰]?"
    r"|百分之[一二三四五六七八九十百点零]+"
    r"|[一二三四五六七八九十百千万两]+(?:分|项|倍|成|个百分点|名|位)"
)
"""A figure in digits or in words."""

_AROUND = 8
"""Characters shown on each side of a figure that may not stand there."""


@dataclass(frozen=True)
class Slot:
    """One fact while a text is composed: prints as its slot, compares by its value."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{{{self.key}}}"

    @property
    def some(self) -> bool:
        """Whether it is a number other than nought: `{% if 单位.滞后.some %}`."""
        return self.value not in {"", "0", "0.00"}


class UnknownSlot(ValueError):
    """A text names a fact that the ranking does not have; the message says which."""


def slots_of(text: str) -> list[str]:
    """The keys that a text names, in order."""
    return SLOT.findall(text)


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text as it is printed. Raises UnknownSlot for a key that is no fact."""

    def value(match: re.Match[str]) -> str:
        try:
            return facts[match[1]]
        except KeyError:
            raise UnknownSlot(f"“{match[0]}”不是本期排名中的数据项") from None

    return SLOT.sub(value, text)


def check_text(text: str, *, facts: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """What is wrong with an edited text, for people: unknown slots, stray braces, figures typed by hand.

    names are those of organisations, indicators and plans, which may hold digits of their own.
    """
    problems = [
        f"“{{{key}}}”不是本期排名中的数据项，请从右侧数据项中选用"
        for key in dict.fromkeys(slots_of(text))
        if key not in facts
    ]
    plain = SLOT.sub("\u3000", text)
    if "{" in plain or "}" in plain:
        problems.append("花括号没有成对，数据项应写成 {安吉县·总分} 这样，请补齐或删除")
    for name in sorted(names, key=len, reverse=True):
        plain = plain.replace(name, "名" * len(name)) if any(map(str.isdigit, name)) else plain
    for pattern in _ALLOWED:
        plain = pattern.sub(lambda match: "\u3000" * len(match[0]), plain)
    problems.extend(
        f"“{_around(plain, match)}”中的“{match[0].strip()}”是手工写的数，通报中的数只能取自封存的排名，请改用数据项"
        for match in _FIGURE.finditer(plain)
    )
    return problems


def _around(text: str, match: re.Match[str]) -> str:
    start, end = max(0, match.start() - _AROUND), match.end() + _AROUND
    return text[start:end].replace("\n", " ").replace("\u3000", "…").strip()
