"""Converters of addresses."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import get_converters

from indicators.periods import Period


class PeriodConverter:
    """A report period in an address, written 2025Q2."""

    regex = r"20\d{2}Q[1-4]"

    def to_python(self, value: str) -> Period:
        return Period.parse(value)

    def to_url(self, value: Period | str) -> str:
        return str(value)


def register_period() -> None:
    """Make `<period:…>` known; several apps' addresses use it, and registering twice is an error."""
    if "period" not in get_converters():
        register_converter(PeriodConverter, "period")
