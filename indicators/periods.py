"""Report periods, written `2025Q2`: the one place that knows quarters, their ends and their names."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"^(\d{4})Q([1-4])$")
_NAMES = ("一季度", "二季度", "三季度", "四季度")


@dataclass(frozen=True, order=True)
class Period:
    """A quarter of a year. Quarters are 1..4."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        if self.quarter not in (1, 2, 3, 4) or not 2000 <= self.year <= 2100:
            raise ValueError(f"没有这个报告期：{self.year}Q{self.quarter}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2025Q2`. Raises ValueError with a message for people."""
        match = _WRITTEN.match(text.strip().upper())
        if match is None:
            raise ValueError(f"报告期“{text}”不对，应写成 2025Q2 这样：四位年份、Q、季度 1 至 4")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"

    @property
    def label(self) -> str:
        """2025年二季度."""
        return f"{self.year}年{_NAMES[self.quarter - 1]}"

    @property
    def ends_on(self) -> datetime.date:
        """The quarter's last day."""
        return self.next.starts_on - datetime.timedelta(days=1)

    @property
    def starts_on(self) -> datetime.date:
        """The quarter's first day."""
        return datetime.date(self.year, self.quarter * 3 - 2, 1)

    @property
    def next(self) -> Period:
        """The following quarter."""
        return Period(self.year + self.quarter // 4, self.quarter % 4 + 1)

    @property
    def previous(self) -> Period:
        """The quarter before."""
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)

    @property
    def year_before(self) -> Period:
        """The same quarter of last year."""
        return Period(self.year - 1, self.quarter)
