"""Units of measurement: recognising them, and exact factors between those of one dimension.

Counting words (个、家、项…) stand for each other because the documents mix them; a prefix (万、亿) is a power
of ten; per cent and percentage points share one scale. Everything else converts only into itself.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_COUNTING = frozenset(
    [
        "个",
        "家",
        "项",
        "件",
        "台",
        "台套",
        "套",
        "户",
        "座",
        "所",
        "名",
        "人",
        "人次",
        "次",
        "种",
        "只",
        "批",
        "条",
        "艘",
        "辆",
        "场",
        "例",
        "处",
        "块",
        "宗",
        "对",
        "组",
        "户次",
        "家次",
        "台次",
        "项次",
        "篇",
        "份",
        "本",
        "间",
    ]
)
_PERCENT = frozenset(("%", "个百分点", "百分点", "pct", "个点"))
_BASES: dict[str, tuple[Decimal, str]] = {
    "亩": (Decimal(1), "亩"),
    "公顷": (Decimal(15), "亩"),
    "平方米": (Decimal(1), "平方米"),
    "㎡": (Decimal(1), "平方米"),
    "m2": (Decimal(1), "平方米"),
    "平米": (Decimal(1), "平方米"),
    "平方公里": (Decimal(10) ** 6, "平方米"),
    "元": (Decimal(1), "元"),
    "美元": (Decimal(1), "美元"),
    "吨": (Decimal(1), "吨"),
    "吨标煤": (Decimal(1), "吨标煤"),
    "吨标准煤": (Decimal(1), "吨标煤"),
    "吨标煤/年": (Decimal(1), "吨标煤"),
    "千瓦": (Decimal(1), "千瓦"),
    "kw": (Decimal(1), "千瓦"),
    "兆瓦": (Decimal(1000), "千瓦"),
    "mw": (Decimal(1000), "千瓦"),
    "千瓦时": (Decimal(1), "千瓦时"),
    "度": (Decimal(1), "千瓦时"),
    "天": (Decimal(1), "天"),
    "工作日": (Decimal(1), "工作日"),
    "小时": (Decimal(1), "小时"),
    "分": (Decimal(1), "分"),
    "倍": (Decimal(1), "倍"),
    "公里": (Decimal(1), "公里"),
    "米": (Decimal(1), "米"),
    "‰": (Decimal(1), "‰"),
}
_PREFIXES = {
    "": Decimal(1),
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10) ** 4,
    "十万": Decimal(10) ** 5,
    "百万": Decimal(10) ** 6,
    "千万": Decimal(10) ** 7,
    "亿": Decimal(10) ** 8,
}
_ONE_THING: tuple[Decimal, str] | None = (Decimal(1), "个")
_PREFIX = re.compile(r"^(十万|百万|千万|万|亿|十|百|千)?(.*)$")


def clean_unit(text: str) -> str:
    """A unit in normal width without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> tuple[Decimal, str] | None:
    """Factor and dimension of a unit, or None where the text is no known unit."""
    unit = clean_unit(text)
    if not unit:
        return None
    if unit in _PERCENT:
        return Decimal(1), "%"
    whole = _parse_simple(unit)
    if whole is not None:
        return whole
    parts = [part for part in re.split(r"[/、,()\[\]或每]", unit) if part]
    if len(parts) > 1 and all(_parse_simple(part) == _ONE_THING for part in parts):
        return _parse_simple(parts[0])
    above, slash, below = unit.partition("/")
    if slash:
        numerator, denominator = parse_unit(above), parse_unit(below)
        if numerator and denominator:
            return numerator[0] / denominator[0], f"{numerator[1]}/{denominator[1]}"
    return None


def _parse_simple(unit: str) -> tuple[Decimal, str] | None:
    if unit in _BASES:
        return _BASES[unit]
    if unit in _COUNTING:
        return Decimal(1), "个"
    match = _PREFIX.match(unit)
    prefix, base = (match[1] or "", match[2]) if match else ("", unit)
    if prefix and base in _BASES:
        factor, dimension = _BASES[base]
        return _PREFIXES[prefix] * factor, dimension
    if prefix and base in _COUNTING:
        return _PREFIXES[prefix], "个"
    return None


def is_unit(text: str) -> bool:
    """Whether a text is a unit of measurement."""
    return parse_unit(text) is not None


def is_percent(unit: str) -> bool:
    """Whether a unit is per cent or percentage points."""
    parsed = parse_unit(unit)
    return parsed is not None and parsed[1] == "%"


def prefix_factor(prefix: str) -> Decimal | None:
    """Factor of a bare 万 or 亿, else None."""
    return _PREFIXES.get(prefix) if prefix else None


def has_prefix(unit: str) -> bool:
    """Whether a unit counts in 万, 亿 and the like already."""
    match = _PREFIX.match(clean_unit(unit))
    return bool(match and match[1])


@lru_cache(maxsize=4096)
def factor(*, source: str, target: str) -> Decimal | None:
    """By what a value in ``source`` is multiplied to be in ``target``; None where they do not convert."""
    if clean_unit(source) == clean_unit(target):
        return Decimal(1)
    left, right = parse_unit(source), parse_unit(target)
    if left is None or right is None or left[1] != right[1]:
        return None
    return left[0] / right[0]
