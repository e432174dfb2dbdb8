"""Working days of a city: weekends, the public holidays with their 调休, and what the plan's owner corrected.

Holidays and shifted working Saturdays come from the `holidays` library, which follows the yearly notices of the
State Council's General Office. A year whose notice the library does not know yet has the fixed holidays only;
`knows_year` tells, and exceptions in the database put it right. Pure apart from `work_calendar_of`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import holidays

from returns.calendar_models import DayException

ONE_DAY = datetime.timedelta(days=1)
LONGEST_REST = 60
"""So many days without a single working day are taken for a mistake in the exceptions."""


class NoWorkingDay(ValueError):
    """The exceptions leave no working day; the message is for people."""


@cache
def _china() -> holidays.HolidayBase:
    return holidays.country_holidays("CN", language="zh_CN")


@dataclass(frozen=True, kw_only=True)
class SpecialDay:
    """A day that is not what its weekday says: a holiday on a weekday, or a working weekend."""

    day: datetime.date
    is_working_day: bool
    name: str


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """Which days are worked; exceptions say for a day whether it is a working day."""

    exceptions: Mapping[datetime.date, bool] = field(default_factory=dict)

    def is_working_day(self, day: datetime.date) -> bool:
        """Whether offices work on this day."""
        known = self.exceptions.get(day)
        return _china().is_working_day(day) if known is None else known

    def on_or_after(self, day: datetime.date) -> datetime.date:
        """The first working day from this day on. Raises NoWorkingDay."""
        for offset in range(LONGEST_REST):
            candidate = day + offset * ONE_DAY
            if self.is_working_day(candidate):
                return candidate
        raise NoWorkingDay(f"{day} 起 {LONGEST_REST} 天内没有一个工作日，请检查登记的放假日")

    def after(self, day: datetime.date, count: int) -> datetime.date:
        """The count-th working day after this day; the day itself for 0. Raises NoWorkingDay."""
        for _ in range(count):
            day = self.on_or_after(day + ONE_DAY)
        return day


def knows_year(year: int) -> bool:
    """Whether the library knows the notice on holidays of this year: only then it knows shifted working days."""
    china = _china()
    _ = datetime.date(year, 1, 1) in china  # it reads a year when first asked
    return any(day.year == year for day in china.weekend_workdays)


def special_days(year: int) -> list[SpecialDay]:
    """The weekday holidays and working weekends of a year by the library, in order."""
    return sorted(_special_days(year), key=lambda item: item.day)


def _special_days(year: int) -> Iterator[SpecialDay]:
    china = _china()
    day = datetime.date(year, 1, 1)
    while day.year == year:
        if day.weekday() < 5 and not china.is_working_day(day):
            yield SpecialDay(day=day, is_working_day=False, name=china.get(day) or "放假")
        elif day.weekday() >= 5 and china.is_working_day(day):
            yield SpecialDay(day=day, is_working_day=True, name="调休上班")
        day += ONE_DAY


def work_calendar_of(city_id: int) -> WorkCalendar:
    """The working days of a city with what its plan owners corrected. One query."""
    rows = DayException.objects.filter(city=city_id).values_list("day", "is_working_day")
    return WorkCalendar(exceptions=dict(rows))
