"""Reading the text of a target as policy documents write it. Pure: no Django, no database.

The text is what counts and always stays with the target; what is read here is its meaning: the
kind (DOMAIN section 3), the comparator and the number. Where the text does not give one plain
meaning, nothing is guessed: the result is of kind `text` and its `problem` says what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

AT_LEAST, ABOVE, AT_MOST, BELOW = "at_least", "above", "at_most", "below"
ZERO, RELATIVE, PROVINCIAL, PENDING = "zero", "relative", "provincial", "pending"
JOINT, MERGED, NOT_ASSESSED = "joint", "merged", "not_assessed"
TOTAL_DASH, UNSET, TEXT = "total_dash", "unset", "text"

KINDS = (
    *(AT_LEAST, ABOVE, AT_MOST, BELOW, ZERO, RELATIVE, PROVINCIAL),
    *(PENDING, JOINT, MERGED, NOT_ASSESSED, TOTAL_DASH, UNSET, TEXT),
)
"""Every kind of target, in the order of the table in DOMAIN section 3."""

REFERENCE_SERIES: Mapping[str, str] = MappingProxyType(
    {
        "GDP增速": "gdp_growth",
        "GDP增幅": "gdp_growth",
        "面上": "overall_growth",
        "省均": "province_average",
        "全省平均": "province_average",
        "全省平均水平": "province_average",
    }
)
"""Words of the documents for a series that others publish, and its code in `ReferenceValue.series`."""

_COMPARATORS = {AT_LEAST: "ge", ABOVE: "gt", AT_MOST: "le", BELOW: "lt"}
_STRICT = frozenset({ABOVE, BELOW})

_PREFIX_KINDS = (
    *((word, AT_LEAST) for word in ("不低于", "不少于", "不小于", "至少", "突破", "≥", ">=")),
    *((word, AT_MOST) for word in ("不超过", "不高于", "不多于", "不大于", "控制在", "≤", "<=")),
    *((word, ABOVE) for word in ("超过", "高于", "大于", "多于", "超", ">")),
    *((word, BELOW) for word in ("低于", "小于", "少于", "<")),
)
"""Words before the number. 突破 reads as "reaches": practice, not the dictionary (DOMAIN lists only 超)."""

_SUFFIX_KINDS = (
    *((word, AT_LEAST) for word in ("及以上", "以上")),
    *((word, AT_MOST) for word in ("及以下", "以下", "以内", "之内")),
)

_COMMITMENTS = ("力争", "确保", "争创", "争取", "努力", "全力", "原则上")
_LEADING_WORDS = (
    *(
        "均",
        "各",
        "分别",
        "累计",
        "总数",
        "总量",
        "每年",
        "全年",
        "年均",
        "新增",
        "增长",
        "提高",
        "提升",
        "保持",
    ),
    *("实现", "完成", "达到", "达", "到", "为", "建成", "建设", "培育", "在"),
)
_COUNTERS = frozenset("个家项件台次场条户只种名")
_EITHER_COUNTER = re.compile(r"(?<=[个家项])\([个家项]\)")
_PERCENT = frozenset({"%", "个百分点"})
_SCALES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_JOINT = re.compile(r"\(含(?P<names>[^()]+)\)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPLIT_DIGITS = re.compile(r"\d\s+[\d.]|\d\.\s+\d")
_RANGE = re.compile(rf"{_NUMBER}[^\d]{{0,3}}[-—–~～至到]+{_NUMBER}")
_FRACTION = re.compile(r"^(?P<numerator>\d+)/(?P<denominator>\d+)$")
_AMOUNT = re.compile(rf"^(?P<number>{_NUMBER})(?P<scale>[万亿]?)(?P<unit>[^\d]*)$")
_RELATIVE = re.compile(
    rf"^(?P<sign>高于|超过|超|不低于|低于)(?P<reference>[^\d]+?)"
    rf"(?P<offset>{_NUMBER})?(?:%|个百分点)?(?P<least>以上)?$"
)


@dataclass(frozen=True, slots=True)
class ParsedTarget:
    """What a target's text means.

    `value` is in the unit that was asked for; None where the text gives no number. `comparator` is
    ge, gt, le, lt or empty, and `about` for 左右. `reference` is the code of a reference series or,
    for one we have no code for, its words; `offset` is added to it, in its unit. `joint_with` are
    the places named in （含…）. `fraction` keeps 2/3 exact. `problem` says in Chinese why the text
    could not be read and what to do; None means it was read.
    """

    kind: str
    comparator: str = ""
    value: Decimal | None = None
    strict: bool = False
    reference: str = ""
    offset: Decimal | None = None
    joint_with: tuple[str, ...] = ()
    commitment: str = ""
    problem: str | None = None
    fraction: tuple[int, int] | None = None


def parse_target_text(
    text: str,
    *,
    unit: str,
    row_texts: Sequence[str] = (),
    organisation_names: Sequence[str] = (),
    lower_is_better: bool = False,
    series: Mapping[str, str] = REFERENCE_SERIES,
) -> ParsedTarget:
    """Read one target text.

    unit is that of the table cell (亩, 万亩, %, 个 …): a number with a scale of its own (1万亩 where
    亩 is asked for) is converted, one with another unit is refused. row_texts are the other cells of
    the same row: they decide what `/` and a blank mean. organisation_names are the names of the
    cell's own organisation; without them a `/` is never taken as counted elsewhere. A bare number
    is the least to be reached, or the most allowed where lower_is_better.

    Never raises: what cannot be read comes back as kind `text` with a `problem`.
    Rule: DOMAIN section 3, table of document texts.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    marked = _read_mark(folded, row_texts=row_texts, names=organisation_names)
    if marked is not None:
        return marked
    if _SPLIT_DIGITS.search(folded):
        return _unreadable(text, "数字中间有空格，请核对原文后去掉空格")
    words = _EITHER_COUNTER.sub("", _THOUSANDS.sub("", _squeeze(folded)))
    commitment, words = _take_commitment(words)
    return replace(
        _read_words(words, text=text, unit=unit, lower_is_better=lower_is_better, series=series),
        commitment=commitment,
    )


def unit_factor(*, unit: str, wanted: str) -> Decimal | None:
    """What an amount in `unit` is multiplied by to be in `wanted` (万亩 → 亩: 10000).

    None where the two are units of different things.
    """
    scale, base = _split_scale(_squeeze(unicodedata.normalize("NFKC", unit)))
    wanted_scale, wanted_base = _split_scale(_squeeze(unicodedata.normalize("NFKC", wanted)))
    if not _same_thing(base, wanted_base):
        return None
    return _plain(_SCALES[scale] / _SCALES[wanted_scale])


def _read_mark(folded: str, *, row_texts: Sequence[str], names: Sequence[str]) -> ParsedTarget | None:
    """The texts that are no number: blank, `/`, `-`, not issued yet, the province's number."""
    squeezed = _squeeze(folded)
    if not squeezed:
        pending = any(_is_pending(_squeeze(unicodedata.normalize("NFKC", other))) for other in row_texts)
        return ParsedTarget(PENDING if pending else UNSET)
    if squeezed == "/":
        return ParsedTarget(MERGED if _counted_elsewhere(row_texts, names) else NOT_ASSESSED)
    if squeezed in {"-", "—", "–", "―", "_", "--", "——"}:
        return ParsedTarget(TOTAL_DASH)
    if _is_pending(squeezed):
        return ParsedTarget(PENDING)
    if re.fullmatch(r"(确保)?完成(省定|省下达的?)(目标|任务|目标任务)", squeezed):
        commitment, _ = _take_commitment(squeezed)
        return ParsedTarget(PROVINCIAL, comparator="ge", commitment=commitment)
    return None


def _read_words(
    words: str, *, text: str, unit: str, lower_is_better: bool, series: Mapping[str, str]
) -> ParsedTarget:
    joint = _JOINT.search(words)
    if joint is not None:
        whole = _read_words(
            words[: joint.start()] + words[joint.end() :],
            text=text,
            unit=unit,
            lower_is_better=lower_is_better,
            series=series,
        )
        if whole.value is None:
            return whole
        return replace(whole, kind=JOINT, joint_with=tuple(re.split(r"[、,和及]", joint["names"])))
    why = _what_stands_in_the_way(words)
    if why is not None:
        return _unreadable(text, why)
    relative = _read_relative(words, series=series)
    if relative is not None:
        return relative
    return _read_amount(words, text=text, unit=unit, lower_is_better=lower_is_better)


def _what_stands_in_the_way(words: str) -> str | None:
    """Why these words cannot mean one number, or None."""
    if "(" in words:
        return "括号里的说明只认得“（含某区）”，请把其余说明移到备注"
    if re.search(r"[、,;；]", words):
        return "一格里有几个条件或几个数，请分开填写"
    if _RANGE.search(words):
        return "是一个范围，请写明确的数"
    return None


def _read_relative(words: str, *, series: Mapping[str, str]) -> ParsedTarget | None:
    """高于 GDP 增速 1 个百分点: the reference plus an offset, in percentage points.

    With a stated distance the target is that distance or more; without one it is to be exceeded.
    """
    match = _RELATIVE.match(words)
    if match is None or _looks_like_unit(match["reference"]):
        return None
    reference = match["reference"].removesuffix("的")
    down = match["sign"] == "低于"
    distance = Decimal(match["offset"]) if match["offset"] else None
    strict = distance is None and match["sign"] != "不低于"
    comparator = ("lt" if strict else "le") if down else ("gt" if strict else "ge")
    offset = Decimal(0) if distance is None else (-distance if down else distance)
    return ParsedTarget(
        RELATIVE,
        comparator=comparator,
        strict=strict,
        reference=series.get(reference, reference),
        offset=offset,
    )


def _read_amount(words: str, *, text: str, unit: str, lower_is_better: bool) -> ParsedTarget:
    kind, rest = _take_comparator(words)
    about = rest.endswith("左右")
    rest = rest.removesuffix("左右").removesuffix("全覆盖")
    fraction = _FRACTION.match(rest)
    if fraction is not None and int(fraction["denominator"]) > 0:
        kind = kind or AT_LEAST
        return ParsedTarget(
            kind,
            comparator=_COMPARATORS[kind],
            strict=kind in _STRICT,
            fraction=(int(fraction["numerator"]), int(fraction["denominator"])),
        )
    amount = _AMOUNT.match(rest)
    if amount is None:
        return _unreadable(text, "读不出一个明确的数，作为文字目标保留；要计分请写成“12”“2个以上”“超40”这样")
    value = _in_unit(amount, unit=unit)
    if value is None:
        return _unreadable(text, f"单位与指标的单位“{unit}”不一致，请改成同一单位")
    kind = kind or (AT_MOST if lower_is_better else AT_LEAST)
    if value == 0 and kind == AT_LEAST:
        return ParsedTarget(ZERO, comparator="ge", value=Decimal(0))
    comparator = "about" if about else _COMPARATORS[kind]
    return ParsedTarget(kind, comparator=comparator, value=value, strict=kind in _STRICT)


def _take_comparator(words: str) -> tuple[str | None, str]:
    """Split 超1200家 into (above, 1200家); None where the text is a bare number.

    Words such as 累计, 达到, 均 that say nothing about the bound are dropped on the way.
    """
    kind: str | None = None
    rest = words
    changed = True
    while changed:
        changed = False
        for word, meaning in _PREFIX_KINDS:
            if kind is None and rest.startswith(word):
                kind, rest, changed = meaning, rest.removeprefix(word), True
                break
        for word in _LEADING_WORDS:
            if rest.startswith(word):
                rest, changed = rest.removeprefix(word), True
                break
    for word, meaning in _SUFFIX_KINDS:
        if rest.endswith(word):
            return kind or meaning, rest.removesuffix(word)
    return kind, rest


def _in_unit(amount: re.Match[str], *, unit: str) -> Decimal | None:
    """The amount in the wanted unit, exact; None where the units are of different things."""
    number = Decimal(amount["number"])
    written = amount["unit"]
    wanted_scale, wanted = _split_scale(_squeeze(unicodedata.normalize("NFKC", unit)))
    if not written and not amount["scale"]:
        return number
    if unit and written and not _same_thing(written, wanted):
        return None
    scaled = number * _SCALES[amount["scale"]] / (_SCALES[wanted_scale] if unit else Decimal(1))
    return _plain(scaled)


def _same_thing(one: str, other: str) -> bool:
    """Whether two units without scale measure the same: documents mix 个, 家 and 项."""
    return one == other or {one, other} <= _COUNTERS or {one, other} <= _PERCENT


def _split_scale(unit: str) -> tuple[str, str]:
    """Split 万亩 into (万, 亩); a unit without a scale has an empty one."""
    return (unit[0], unit[1:]) if unit[:1] in {"万", "亿"} else ("", unit)


def _plain(number: Decimal) -> Decimal:
    """The number without exponent or trailing zeros."""
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _looks_like_unit(words: str) -> bool:
    """Whether what stands between 超 and the number is only a filler such as 过 or 达到."""
    return words in _LEADING_WORDS or words in {"过", "于"}


def _take_commitment(words: str) -> tuple[str, str]:
    for word in _COMMITMENTS:
        if words.startswith(word):
            return word, words.removeprefix(word)
        before, found, after = words.partition(word)
        if found and not re.search(r"\d", before):
            return word, before + after
    return "", words


def _is_pending(squeezed: str) -> bool:
    return squeezed.startswith("待") and ("下达" in squeezed or "分解" in squeezed)


def _counted_elsewhere(row_texts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a neighbour's text says （含X） for an organisation of one of these names."""
    wanted = {_squeeze(unicodedata.normalize("NFKC", name)) for name in names}
    for other in row_texts:
        joint = _JOINT.search(_squeeze(unicodedata.normalize("NFKC", other)))
        if joint is not None and wanted.intersection(re.split(r"[、,和及]", joint["names"])):
            return True
    return False


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _unreadable(text: str, why: str) -> ParsedTarget:
    return ParsedTarget(TEXT, problem=f"目标“{text.strip()}”：{why}")
