"""Finding the year and the quarter that a title, a sheet name or a header speaks of."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from returns.workbook.names import squeeze

_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"[二2][〇零○0][〇零○一二三四五六七八九0-9]{2}(?=年)")
_DASH = r"[-—–―~至到]+"
_YEAR_RANGE = re.compile(rf"20\d\d年?{_DASH}20\d\d年?")
_NUMBERED_DOCUMENT = re.compile(r"[〔\[(【]20\d\d[〕\])】]第?\d+号?")
_FULL_DATE = re.compile(r"20\d\d年\d{1,2}月\d{1,2}日?|20\d\d([./-])\d{1,2}\1\d{1,2}日?")
_CALENDAR_MONTH = re.compile(rf"20\d\d年\d{{1,2}}月(?!底|末|止|{_DASH}|份?累计)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年度?|(?=\.?q[1-4])|(?=-?q[1-4])|(?=-?$))")
_SHORT_YEAR = re.compile(r"(?<!\d)(2\d)年(?=第?[一二三四1-4上前]|\d{1,2}[-—–至])")
_QUARTER = re.compile(r"第?([一二三四1-4])季度|(?<![a-z])q([1-4])(?!\d)")
_HEAD_QUARTERS = re.compile(r"前([二两三2-3])个?季度?|(上半年|(?<!下)半年度)|(前三季)")
_MONTHS = re.compile(rf"(?<!\d)(\d{{1,2}})月?{_DASH}(\d{{1,2}})月份?")
_MONTH_END = re.compile(r"(?<!\d)(\d{1,2})月(?:底|末|止|份?累计)|截[至止]到?(?:20\d\d年)?(\d{1,2})月")
_WHOLE_YEAR = re.compile(r"全年(?=完成|进展|累计|实际|推进)")
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True)
class Mention:
    """Years and quarters that a text names, and the text without them.

    ``single`` lists the quarters that are named as one quarter by itself (4-6月) and not as a sum since January,
    ``named`` those named by a word that may mean either (二季度). ``last_month`` is the last month of a range of
    months, 0 without one.
    """

    years: frozenset[int]
    quarters: frozenset[int]
    rest: str
    single: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    last_month: int = 0

    def text(self) -> str:
        """The period for a message, such as 2025年二季度."""
        years = "、".join(f"{year}年" for year in sorted(self.years))
        quarters = "、".join(f"{'一二三四'[quarter - 1]}季度" for quarter in sorted(self.quarters))
        return f"{years}{quarters}"

    def excludes(self, *, year: int, quarter: int) -> bool:
        """Whether the text names a period and not this one."""
        if self.years and year not in self.years:
            return True
        return bool(self.quarters) and quarter not in self.quarters

    def confirms(self, *, year: int, quarter: int) -> bool:
        """Whether the text names exactly this quarter (its year may be left out)."""
        return quarter in self.quarters and (not self.years or year in self.years)


@lru_cache(maxsize=16384)
def find_period(text: str) -> Mention:
    """Years and quarters named in a text; ranges of years, document numbers and dates do not count."""
    rest = _CHINESE_YEAR.sub(lambda match: match[0].translate(_CHINESE_DIGITS), squeeze(text))
    for noise in (_YEAR_RANGE, _NUMBERED_DOCUMENT, _FULL_DATE, _CALENDAR_MONTH):
        rest = noise.sub("", rest)
    years: set[int] = set()
    quarters: set[int] = set()
    single: set[int] = set()
    named: set[int] = set()
    months: list[int] = []

    def take_quarter(match: re.Match[str]) -> str:
        quarters.add(_NUMBERS[match[1] or match[2]])
        named.add(_NUMBERS[match[1] or match[2]])
        return ""

    def take_head(match: re.Match[str]) -> str:
        quarters.add(2 if match[2] else 3 if match[3] else _NUMBERS[match[1]])
        return ""

    def take_months(match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        if not 1 <= first <= last <= 12:
            return match[0]
        quarters.add((last + 2) // 3)
        months.append(last)
        if first > 1:
            single.add((last + 2) // 3)
        return ""

    def take_month_end(match: re.Match[str]) -> str:
        month = int(match[1] or match[2])
        if 1 <= month <= 12:
            quarters.add((month + 2) // 3)
        return ""

    rest = _SHORT_YEAR.sub(lambda match: f"20{match[1]}年", rest)
    rest = _MONTHS.sub(take_months, rest)
    rest = _MONTH_END.sub(take_month_end, rest)
    rest = _HEAD_QUARTERS.sub(take_head, rest)
    rest = _QUARTER.sub(take_quarter, rest)
    if _WHOLE_YEAR.search(rest):
        quarters.add(4)
    years.update(int(match[1]) for match in _YEAR.finditer(rest))
    return Mention(
        years=frozenset(years),
        quarters=frozenset(quarters),
        rest=_YEAR.sub("", rest),
        single=frozenset(single),
        named=frozenset(named),
        last_month=max(months, default=0),
    )


@lru_cache(maxsize=4096)
def year_of(text: str) -> int | None:
    """The year that a cell of a 年份 column says (2025, ``2025 年``, 2025年度), else None."""
    match = re.fullmatch(r"(20\d\d)(?:\.0+)?(?:年度?)?", squeeze(text).translate(_CHINESE_DIGITS))
    return int(match[1]) if match else None


_DATE_FORMS = (
    re.compile(r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})[日号]?(?:0{1,2}:0{2}(?::0{2})?)?"),
    re.compile(r"(20\d\d)(\d{2})(\d{2})"),
)
_MONTH_FORM = re.compile(r"(?:(20\d\d)[年./-])?(\d{1,2})月?(?:底|末|份)?")


def date_of(text: str, *, year: int) -> date | None:
    """The date that a cell says (2025.6.30, 2025年6月30日, 6月底), or None where it is none."""
    plain = squeeze(text).replace("截至", "").replace("截止", "").lstrip("到:")
    for form in _DATE_FORMS:
        if match := form.fullmatch(plain):
            return _valid_date(int(match[1]), int(match[2]), int(match[3]))
    match = _MONTH_FORM.fullmatch(plain)
    if match and ("月" in plain or match[1]):
        month_year, month = int(match[1] or year), int(match[2])
        if 1 <= month <= 12:
            following = date(month_year + month // 12, month % 12 + 1, 1)
            return date.fromordinal(following.toordinal() - 1)
    return None


def _valid_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
