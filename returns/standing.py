"""How typed figures stand before anything is ranked: what is due, attainment and light, as the rankings say it.

Schemes and milestones belong to the app above us, so the form asks here and the rankings answer with the very
computation by which a line is scored. A script in the page never computes any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import Target
from returns.models import Cycle

Place = tuple[int, int]
"""(indicator id, organisation id)."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One line at this moment: due in the indicator's unit (None: nothing is), shares in per cent.

    light is the code of one of the five lights; reason says in Chinese why the line is not scored, else blank.
    """

    due: Decimal | None
    attainment: Decimal | None
    completion: Decimal | None
    light: str
    reason: str


Answer = Callable[[Cycle, Sequence[Target], Mapping[Place, Decimal]], Mapping[Place, Standing]]

_answers: list[Answer] = []


def ask_for_standings(answer: Answer) -> None:
    """Let the app above us say how figures stand."""
    if answer not in _answers:
        _answers.append(answer)


def standings_of(
    cycle: Cycle, *, targets: Sequence[Target], values: Mapping[Place, Decimal]
) -> dict[Place, Standing]:
    """How these values stand against their targets, by place; a place without value counts as unreported.

    targets come with their indicator and organisation. Four queries, whatever their number.
    """
    found: dict[Place, Standing] = {}
    for answer in _answers:
        found.update(answer(cycle, targets, values))
    return found
