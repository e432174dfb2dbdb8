"""Lines of a measurement and the table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tabulate import tabulate


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure of a run: a name, seconds (or another amount with its unit), a ratio and its goal.

    A goal is written as people read it (`≤ 2 ×`); reached is None where nothing is asked for.
    """

    name: str
    amount: str
    ratio: str = ""
    goal: str = ""
    reached: bool | None = None


def seconds(amount: float) -> str:
    """Seconds as they are printed; below a tenth as milliseconds."""
    return f"{amount * 1000:.1f} ms" if amount < 0.1 else f"{amount:.2f} s"


def times(ratio: float) -> str:
    """A ratio as it is printed."""
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"


def table(title: str, lines: Sequence[Line]) -> str:
    """The lines under a title; a goal that was missed says so."""
    words = {None: "", True: "reached", False: "MISSED"}
    rows = [(line.name, line.amount, line.ratio, line.goal, words[line.reached]) for line in lines]
    return f"{title}\n{tabulate(rows, headers=['measured', 'amount', 'ratio', 'goal', ''], disable_numparse=True)}"
