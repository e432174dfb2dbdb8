"""Kinds of parameters a scoring method can have: how each is read, checked and shown in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

from scoring.parameters import Problems, exact_fraction, read_mapping, read_number, read_whole


class ParameterKind(Protocol):
    """How one kind of parameter is read from a scheme and shown to people."""

    def read(self, raw: Any, *, where: str, problems: Problems) -> Any:
        """The exact value raw stands for; a harmless one with problems noted if it is wrong."""

    def show(self, value: Any) -> str:
        """The value as a Chinese text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberKind:
    """A number with bounds; optional ones may be null and are then `None`. share: shown as a percentage."""

    minimum: str | None = "0"
    positive: bool = False
    optional: bool = False
    unit: str = ""
    share: bool = False

    def read(self, raw: Any, *, where: str, problems: Problems) -> Fraction | None:
        """The number as a fraction."""
        if raw is None and self.optional:
            return None
        number = read_number(
            raw, where=where, problems=problems, minimum=self.minimum, positive=self.positive
        )
        return exact_fraction(number)

    def show(self, value: Any) -> str:
        """The number with its unit, or 不设 for none."""
        if value is None:
            return "不设"
        return percent_text(value) if self.share else f"{decimal_text(value)}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceKind:
    """One of several names; options maps each to its Chinese meaning."""

    options: Mapping[str, str]

    def read(self, raw: Any, *, where: str, problems: Problems) -> str:
        """The name."""
        if raw not in self.options:
            known = "、".join(f"{name}（{meaning}）" for name, meaning in self.options.items())
            problems.add(where, f"应为以下之一：{known}，现在是 {raw!r}")
            return next(iter(self.options))
        return str(raw)

    def show(self, value: Any) -> str:
        """What the name means."""
        return self.options[value]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsKind:
    """Points for the first, second, third … place; those beyond the list get the last."""

    def read(self, raw: Any, *, where: str, problems: Problems) -> tuple[Fraction, ...]:
        """The points, at least one, never rising."""
        if not isinstance(raw, list | tuple) or not raw:
            problems.add(where, f'应为各名次的得分，例如 ["100", "95", "90"]，现在是 {raw!r}')
            return (Fraction(0),)
        points = tuple(
            exact_fraction(read_number(item, where=f"{where} 第 {place} 名", problems=problems, minimum="0"))
            for place, item in enumerate(raw, start=1)
        )
        if any(later > earlier for earlier, later in pairwise(points)):
            problems.add(where, "名次靠后的得分不能高于靠前的")
        return points

    def show(self, value: Any) -> str:
        """The points in order of places."""
        return "、".join(
            f"第 {place} 名 {decimal_text(points)} 分" for place, points in enumerate(value, start=1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKind:
    """A table of pairs of numbers, such as bands (at, points) or segments (width, points).

    falling: the first column must fall from row to row.
    """

    first: str
    second: str
    falling: bool
    row_text: str

    def read(self, raw: Any, *, where: str, problems: Problems) -> tuple[tuple[Fraction, Fraction], ...]:
        """The rows, at least one."""
        if not isinstance(raw, list | tuple) or not raw:
            problems.add(where, f"应为若干行，每行含 {self.first} 和 {self.second}，现在是 {raw!r}")
            return ((Fraction(0), Fraction(0)),)
        rows = []
        for number, item in enumerate(raw, start=1):
            place = f"{where} 第 {number} 行"
            keys = frozenset({self.first, self.second})
            row = read_mapping(item, where=place, problems=problems, keys=keys)
            pair = tuple(
                exact_fraction(
                    read_number(row.get(name), where=f"{place}.{name}", problems=problems, minimum="0")
                )
                for name in (self.first, self.second)
            )
            rows.append((pair[0], pair[1]))
        if self.falling and any(later[0] >= earlier[0] for earlier, later in pairwise(rows)):
            problems.add(where, f"{self.first} 应逐行降低")
        return tuple(rows)

    def show(self, value: Any) -> str:
        """The rows, one after another."""
        return "；".join(
            self.row_text.format(decimal_text(first), decimal_text(second), percent=percent_text(first))
            for first, second in value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeKind:
    """A whole number."""

    minimum: int

    def read(self, raw: Any, *, where: str, problems: Problems) -> int:
        """The number."""
        return read_whole(raw, where=where, problems=problems, minimum=self.minimum)

    def show(self, value: Any) -> str:
        """The number."""
        return str(value)


def decimal_text(number: Fraction) -> str:
    """A number with at most six decimals as people write it: 0.5 and not 1/2."""
    sign = "-" if number < 0 else ""
    whole, rest = divmod(abs(number) * 1_000_000, 1_000_000)
    digits = f"{int(rest):06d}".rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def percent_text(share: Fraction) -> str:
    """A share as a percentage: 0.5 is 50%."""
    return f"{decimal_text(share * 100)}%"
