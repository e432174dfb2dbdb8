"""Matching of indicator and organisation names as people really write them.

Names are compared after folding: width, case, spaces, quotes, brackets, punctuation, leading numbers and
unit suffixes do not count. Anything beyond that is an alias in the reference data, never a guess; a name
that stays unknown gets the nearest known names as a suggestion.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from returns.workbook.types import IndicatorTerm, OrganisationTerm, Vocabulary
from returns.workbook.units import is_unit

_LOOKALIKES = str.maketrans({"徳": "德", "髙": "高", "産": "产"})
_ENCLOSED = str.maketrans(
    {
        chr(first + number): f"({number + 1})"
        for first in (0x2460, 0x2474, 0x2488, 0x2776, 0x2780, 0x278A)  # ① ⑴ ⒈ ❶ ➀ ➊
        for number in range(20 if first < 0x2700 else 10)
    }
)
_ORDINAL = re.compile(
    r"^(?:[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)、.](?!\d)|[(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)]|[①-⑳★☆*#]+)"
)
_STARS = re.compile(r"^[★☆*#]+")
_CHILD_PREFIX = re.compile(r"^其中[::]?")
_TAIL_BRACKET = re.compile(r"[(\[]([^()\[\]]{1,14})[)\]]$")
_ANY_BRACKET = re.compile(r"[(\[](?!不含|不包括|除)[^()\[\]]*[)\]]")
_CITY_SUFFIXES = ("累计", "合计", "总计", "总数", "汇总", "小计", "平均")
_COUNT_SUFFIX = re.compile(r"(?:数量|个数|家数|总数|总量|数)$")
_OFFICE_SUFFIXES = ("人民政府", "政府", "管理委员会", "管委会")
_AREA_KINDS = frozenset(("city", "district", "zone"))
NEAREST_CUTOFF = 0.45


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """Text in normal width and small letters, without any space, control or zero-width character.

    Enclosed numbers (①) become (1), so that one behind a figure is never taken for a digit of it.
    """
    wide = unicodedata.normalize("NFKC", text.translate(_ENCLOSED)).translate(_LOOKALIKES).lower()
    return "".join(char for char in wide if not char.isspace() and unicodedata.category(char) not in _UNSEEN)


_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The form in which names are compared: squeezed, letters and digits only."""
    return "".join(char for char in squeeze(text) if char.isalnum())


@dataclass(frozen=True, slots=True)
class Label:
    """A name without its unit suffix and leading numbers, and the unit that the suffix gave."""

    text: str
    unit: str
    is_child: bool


@lru_cache(maxsize=65536)
def split_label(text: str) -> Label:
    """Parts of a label such as ``3.其中：腾出用地面积（万亩）``; the unit is empty where there is none."""
    name = squeeze(text)
    name = _ORDINAL.sub("", _STARS.sub("", name, count=1), count=1)
    is_child = bool(_CHILD_PREFIX.match(name))
    name = _CHILD_PREFIX.sub("", name, count=1)
    unit = ""
    while (tail := _TAIL_BRACKET.search(name)) and is_unit(tail[1].removeprefix("单位:")):
        unit = unit or tail[1].removeprefix("单位:")
        name = name[: tail.start()]
    head, comma, last = name.rpartition(",")
    if comma and is_unit(last):
        name, unit = head, unit or last
    return Label(name, unit, is_child)


def _label_keys(name: str, unit: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Exact keys of a known name, and weaker ones (without any bracketed part)."""
    label = split_label(name)
    exact = (fold(name), fold(label.text), fold(label.text + unit), fold(label.text + label.unit))
    return exact, (fold(_ANY_BRACKET.sub("", label.text)),)


class NameIndex:
    """Folded names to codes. A key that two codes claim with equal right belongs to neither."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._rank: dict[str, int] = {}
        self._clashes: set[tuple[str, int]] = set()
        self.display: dict[str, str] = {}
        self._nearest: dict[str, tuple[str, ...]] = {}

    def add(self, *, key: str, code: str, rank: int) -> None:
        """Claim a key; a lower rank is the better right."""
        if not key:
            return
        held = self._keys.get(key)
        if held is None or (held != code and rank < self._rank[key]):
            self._keys[key], self._rank[key] = code, rank
        elif held != code and rank == self._rank[key]:
            self._clashes.add((key, rank))

    def get(self, key: str) -> str | None:
        """Code of a folded key, or None where nothing or more than one thing bears it."""
        code = self._keys.get(key)
        if code is not None and (key, self._rank[key]) in self._clashes:
            return None
        return code

    def keys(self) -> Iterable[str]:
        """All folded keys."""
        return self._keys

    def nearest(self, text: str, *, count: int = 3) -> tuple[str, ...]:
        """Display names most like a text, best first; empty when nothing is near."""
        key = fold(split_label(text).text)
        if key not in self._nearest:
            self._nearest[key] = self._rate(key)
        return self._nearest[key][:count]

    def similarity(self, text: str) -> float:
        """Likeness 0..1 of a text to the nearest known name."""
        key = fold(split_label(text).text)
        return max((_likeness(key, known) for known in self._keys), default=0.0)

    def _rate(self, key: str) -> tuple[str, ...]:
        rated: dict[str, float] = {}
        for known, code in self._keys.items():
            likeness = _likeness(key, known)
            if likeness >= NEAREST_CUTOFF and likeness > rated.get(code, 0):
                rated[code] = likeness
        best = sorted(rated, key=lambda code: (-rated[code], code))[:5]
        return tuple(self.display[code] for code in best)


def _likeness(left: str, right: str) -> float:
    if not left or not right:
        return 0.0
    if min(len(left), len(right)) >= 3 and (left in right or right in left):
        return 0.9
    matcher = SequenceMatcher(None, left[:80], right[:80], autojunk=False)
    if matcher.quick_ratio() < NEAREST_CUTOFF:
        return 0.0
    return matcher.ratio()


class IndicatorNames(NameIndex):
    """All names and aliases of a plan's indicators."""

    def __init__(self, terms: Iterable[IndicatorTerm]) -> None:
        super().__init__()
        for term in terms:
            self.display[term.code] = term.name
            for rank, name in [(0, term.name), *((1, alias) for alias in term.names if alias != term.name)]:
                exact, weak = _label_keys(name, term.unit)
                for key in exact:
                    self.add(key=key, code=term.code, rank=rank)
                for key in weak:
                    self.add(key=key, code=term.code, rank=rank + 2)

    def find(self, text: str) -> str | None:
        """Code of the indicator that a label names, or None."""
        label = split_label(text)
        bare = fold(_ANY_BRACKET.sub("", label.text))
        for key in (fold(text), fold(label.text), bare, _COUNT_SUFFIX.sub("", bare)):
            if key and (code := self.get(key)) is not None:
                return code
        return None


class PartNames:
    """The parts (其中：…) of indicators: under its whole a part may be called by a piece of its name."""

    def __init__(self, terms: Iterable[IndicatorTerm]) -> None:
        self._parts: dict[str, list[IndicatorTerm]] = {}
        for term in terms:
            if term.parent:
                self._parts.setdefault(term.parent, []).append(term)

    def find(self, parent: str, text: str) -> str | None:
        """Code of the parent's only part, when the text is a piece of one of its names; else None."""
        parts = self._parts.get(parent, [])
        piece = fold(text).removeprefix("其中")
        if len(parts) != 1 or len(piece) < 3:
            return None
        names = (fold(name) for name in (parts[0].name, *parts[0].names))
        return parts[0].code if any(piece in name or name in piece for name in names) else None


class OrganisationNames(NameIndex):
    """All names and aliases of a city's organisations, with the ways in which 全市 is written."""

    def __init__(self, terms: Iterable[OrganisationTerm]) -> None:
        super().__init__()
        terms = tuple(terms)
        self.kinds = {term.code: term.kind for term in terms}
        cities = [fold(name) for term in terms if term.kind == "city" for name in (term.name, *term.names)]
        for term in terms:
            self.display[term.code] = term.name
            for rank, name in [(0, term.name), *((1, alias) for alias in term.names if alias != term.name)]:
                key = fold(name)
                self.add(key=key, code=term.code, rank=rank)
                if term.kind == "city":
                    for suffix in _CITY_SUFFIXES[:-1]:
                        self.add(key=key + suffix, code=term.code, rank=rank + 2)
                    continue
                for city in cities:
                    self.add(key=city + key, code=term.code, rank=rank + 2)

    def find(self, text: str) -> str | None:
        """Code of the organisation that a label names, or None."""
        plain = _ORDINAL.sub("", squeeze(text), count=1)
        key = fold(plain)
        if (code := self.get(key)) is not None:
            return code
        bracket = _ANY_BRACKET.search(plain)
        if bracket and self.get(fold(bracket[0])) is None:
            key = fold(_ANY_BRACKET.sub("", plain))
            if (code := self.get(key)) is not None:
                return code
        for suffix in _OFFICE_SUFFIXES:
            if key.endswith(suffix) and (code := self.get(key.removesuffix(suffix))) is not None:
                return code
        return None

    def is_area(self, code: str) -> bool:
        """Whether an organisation is a place that tables list: the city, a district or a zone."""
        return self.kinds[code] in _AREA_KINDS

    def find_within(self, text: str) -> str | None:
        """The one organisation that a sentence names: a district before a department, the longest name first.

        None where there is none or more than one of the same kind.
        """
        key = fold(text)
        found = {
            code for known in self._keys if len(known) >= 2 and known in key if (code := self.get(known))
        }
        inner = {code for code in found if self.kinds[code] in ("district", "zone")}
        if len(inner) == 1:
            return inner.pop()
        if inner:
            return self.get(key)
        departments = {code for code in found if self.kinds[code] not in _AREA_KINDS}
        if len(departments) == 1:
            return departments.pop()
        cities = {code for code in found if self.kinds[code] == "city"}
        return cities.pop() if len(cities) == 1 and not departments else None


@dataclass(frozen=True, slots=True)
class Names:
    """The two indexes of a vocabulary, made once per reading."""

    indicators: IndicatorNames
    organisations: OrganisationNames

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Names":
        """Indexes for a vocabulary."""
        return cls(IndicatorNames(vocabulary.indicators), OrganisationNames(vocabulary.organisations))
