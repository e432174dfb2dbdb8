"""本季应达: what is due by the end of a quarter at each place, as the app above us computes it for its rankings.

Schemes and milestones decide what is due, and schemes belong to the rankings. So the template asks here, and
the rankings answer with the very computation by which a line is scored; nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from returns.models import Cycle
from returns.workbook.types import Vocabulary

CodedPlace = tuple[str, str]
"""(indicator code, organisation code)."""

_answers: list[Callable[[Cycle], Mapping[CodedPlace, Decimal]]] = []


def ask_for_due_values(answer: Callable[[Cycle], Mapping[CodedPlace, Decimal]]) -> None:
    """Let the app above us say what is due; it is asked once for each template or bundle of templates."""
    if answer not in _answers:
        _answers.append(answer)


def due_values(cycle: Cycle) -> dict[CodedPlace, Decimal]:
    """What is due at each place of a cycle, in the indicator's unit; places without anything due are absent."""
    found: dict[CodedPlace, Decimal] = {}
    for answer in _answers:
        found.update(answer(cycle))
    return found


def with_due_values(vocabulary: Vocabulary, due: Mapping[CodedPlace, Decimal]) -> Vocabulary:
    """The vocabulary with 本季应达 at its places."""
    places = {
        key: replace(place, due=due[key]) if key in due else place for key, place in vocabulary.places.items()
    }
    return replace(vocabulary, places=places)
