"""Reading the parameters of a scheme: JSON-able data in, exact numbers or problems in Chinese out.

Numbers are written as text ("1.20") or whole numbers; a JSON number with a point is
refused, because it has been through a binary float.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from scoring.exact import PLACES, to_millionths
from scoring.types import ScoringError


class SchemeError(ScoringError):
    """The parameters of a scheme are wrong; problems holds one sentence in Chinese for each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(slots=True)
class Problems:
    """Collects every wrong parameter, so that all are named at once."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Note that the parameter at where (its path) is wrong, and how to put it right."""
        self.found.append(f"{where}：{what}")

    def raise_if_any(self) -> None:
        """Raise SchemeError with everything that was found."""
        if self.found:
            raise SchemeError(tuple(self.found))


def read_number(
    raw: Any,
    *,
    where: str,
    problems: Problems,
    minimum: str | None = None,
    maximum: str | None = None,
    positive: bool = False,
    places: int = PLACES,
) -> Decimal:
    """The number raw stands for, with at most so many places; 0 with a problem noted if it is not one."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        problems.add(where, f'应为数字，并写成文本（例如 "1.20"），现在是 {raw!r}')
        return Decimal(0)
    try:
        number = Decimal(raw)
        millionths = to_millionths(number, what="")
    except InvalidOperation:
        problems.add(where, f'应为数字（例如 "1.20"），现在是“{raw}”')
        return Decimal(0)
    except ScoringError as error:
        problems.add(where, str(error))
        return Decimal(0)
    if millionths % 10 ** (PLACES - places):
        problems.add(where, f"最多保留 {places} 位小数，现在是 {raw}")
        return Decimal(0)
    if positive and number <= 0:
        problems.add(where, f"应大于 0，现在是 {raw}")
    if minimum is not None and number < Decimal(minimum):
        problems.add(where, f"不能小于 {minimum}，现在是 {raw}")
    if maximum is not None and number > Decimal(maximum):
        problems.add(where, f"不能大于 {maximum}，现在是 {raw}")
    return number


def read_whole(raw: Any, *, where: str, problems: Problems, minimum: int) -> int:
    """The whole number raw; minimum with a problem noted if it is not one."""
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < minimum:
        problems.add(where, f"应为不小于 {minimum} 的整数，现在是 {raw!r}")
        return minimum
    return raw


def read_text(raw: Any, *, where: str, problems: Problems) -> str:
    """The text raw without surrounding spaces; empty with a problem noted if there is none."""
    if not isinstance(raw, str) or not raw.strip():
        problems.add(where, f"应为非空文字，现在是 {raw!r}")
        return ""
    return raw.strip()


def read_mapping(
    raw: Any, *, where: str, problems: Problems, keys: frozenset[str] | None = None
) -> Mapping[str, Any]:
    """The mapping raw; a problem for each key that is not among keys. Empty if raw is no mapping."""
    if not isinstance(raw, Mapping):
        problems.add(where, f"应为一组带名称的参数，现在是 {raw!r}")
        return {}
    for key in raw:
        if not isinstance(key, str):
            problems.add(where, f"参数名应为文字，现在是 {key!r}")
        elif keys is not None and key not in keys:
            problems.add(f"{where}.{key}".lstrip("."), f"没有这个参数，可用的有：{'、'.join(sorted(keys))}")
    return raw


def exact_ratio(number: Decimal) -> tuple[int, int]:
    """Numerator and denominator of a number in lowest terms."""
    return number.as_integer_ratio()


def exact_fraction(number: Decimal) -> Fraction:
    """The number as a fraction."""
    return Fraction(*number.as_integer_ratio())
