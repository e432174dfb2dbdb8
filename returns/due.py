"""本季应达 in the template: what is due by the end of a quarter at each place, as `returns.standing` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from returns.models import Cycle
from returns.selectors import scored_targets
from returns.standing import standings_of
from returns.workbook.types import Vocabulary

CodedPlace = tuple[str, str]
"""(indicator code, organisation code)."""


def due_values(cycle: Cycle) -> dict[CodedPlace, Decimal]:
    """What is due at each place of a cycle, in the indicator's unit; places without anything due are absent.

    A stock that is judged by its change from a baseline is given as the level to be reached.
    """
    targets = scored_targets(cycle)
    standings = standings_of(cycle, targets=targets, values={})
    found: dict[CodedPlace, Decimal] = {}
    for target in targets:
        standing = standings.get((target.indicator_id, target.organisation_id))
        if standing is not None and standing.due is not None:
            found[target.indicator.code, target.organisation.code] = standing.due
    return found


def with_due_values(vocabulary: Vocabulary, due: Mapping[CodedPlace, Decimal]) -> Vocabulary:
    """The vocabulary with 本季应达 at its places."""
    places = {
        key: replace(place, due=due[key]) if key in due else place for key, place in vocabulary.places.items()
    }
    return replace(vocabulary, places=places)
