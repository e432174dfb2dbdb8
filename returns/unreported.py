"""Which places an organisation reports in a quarter, and how many of them are still to be handed in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from districts.models import Organisation
from indicators.models import Target
from indicators.selectors import newest_begun
from returns.models import Cycle, Figure
from returns.rules import may_report_place
from returns.selectors import ASSESSED_KINDS
from returns.states import REPORTED_STATES, FigureState

Place = tuple[int, int]
"""(indicator id, organisation id)."""

HANDED_IN = REPORTED_STATES | {FigureState.UNIT_REVIEW}
"""States of figures that need nothing more from who reported them."""

UNSENT = frozenset({FigureState.DRAFT, FigureState.SENT_BACK})
"""States of figures whose newest value its reporter has in hand."""


class _Own(NamedTuple):
    """A figure's state, and whether something that was handed in is in force."""

    state: str
    is_in_force: bool

    @property
    def is_handed_in(self) -> bool:
        """Whether the place has what it needs: its newest value, or one before that still counts."""
        return self.is_in_force or self.state in HANDED_IN


@dataclass(frozen=True, kw_only=True)
class ReturnStatus:
    """How far an organisation's return of a quarter is, in numbers of places.

    unreported are the assessed ones that are not handed in, drafts and those sent back included; what a
    department leads counts only while nobody handed it in, the district itself neither. drafts may also be
    of places that are not assessed. revised are those where an earlier value that was handed in stays in
    force beside the draft; they count among neither.
    """

    cycle: Cycle
    reporter: Organisation
    unreported: int
    drafts: int
    revised: int
    sent_back: int
    is_begun: bool


def return_statuses(*, cycles: Iterable[Cycle], reporters: Sequence[Organisation]) -> list[ReturnStatus]:
    """The returns of these organisations in these quarters, where they have anything to report. Two queries."""
    asked = dict.fromkeys(cycles, reporters)
    states, handed_in = _figures(asked, reporters)
    found = []
    for (cycle, reporter), targets in places_to_report(asked).items():
        own = states.get((cycle.pk, reporter.pk), {})
        if targets or own:
            found.append(
                ReturnStatus(
                    cycle=cycle,
                    reporter=reporter,
                    unreported=sum(
                        _is_missing(cycle, reporter, target, own, handed_in) for target in targets
                    ),
                    drafts=sum(
                        item.state == FigureState.DRAFT and not item.is_in_force for item in own.values()
                    ),
                    revised=sum(item.state in UNSENT and item.is_in_force for item in own.values()),
                    sent_back=sum(item.state == FigureState.SENT_BACK for item in own.values()),
                    is_begun=bool(own),
                )
            )
    return found


def unreported_targets(cycle: Cycle, *, reporters: Sequence[Organisation]) -> dict[int, list[Target]]:
    """What is still to be handed in for a cycle, by the reporter's id, in the plan's order; those counted above.

    Organisations that have handed in everything are absent. Two queries.
    """
    states, handed_in = _figures([cycle], reporters)
    found = {}
    for (_, reporter), targets in places_to_report({cycle: reporters}).items():
        own = states.get((cycle.pk, reporter.pk), {})
        missing = [target for target in targets if _is_missing(cycle, reporter, target, own, handed_in)]
        if missing:
            found[reporter.pk] = missing
    return found


def _figures(
    cycles: Iterable[Cycle], reporters: Sequence[Organisation]
) -> tuple[dict[tuple[int, int], dict[Place, _Own]], set[tuple[int, Place]]]:
    """By cycle, reporter and place how these reported; and what anybody handed in, by cycle and place."""
    states: dict[tuple[int, int], dict[Place, _Own]] = {}
    handed_in = set()
    ids = {reporter.pk for reporter in reporters}
    rows = Figure.objects.filter(
        Q(reporter__in=ids) | Q(indicator__lead__in=ids), cycle__in=[cycle.pk for cycle in cycles]
    )
    for cycle_id, reporter_id, indicator_id, organisation_id, state, revision in rows.values_list(
        "cycle_id", "reporter_id", "indicator_id", "organisation_id", "state", "submitted_revision"
    ):
        place, own = (indicator_id, organisation_id), _Own(state, revision is not None)
        if reporter_id in ids:
            states.setdefault((cycle_id, reporter_id), {})[place] = own
        if own.is_handed_in:
            handed_in.add((cycle_id, place))
    return states, handed_in


def _is_missing(
    cycle: Cycle,
    reporter: Organisation,
    target: Target,
    own: Mapping[Place, _Own],
    handed_in: Container[tuple[int, Place]],
) -> bool:
    """Whether an assessed place waits for this organisation.

    Its own place waits for its own figure; a place of somebody else that it leads, for anybody's.
    """
    place = (target.indicator_id, target.organisation_id)
    if target.kind not in ASSESSED_KINDS or (place in own and own[place].is_handed_in):
        return False
    return target.organisation_id == reporter.pk or (cycle.pk, place) not in handed_in


def targets_to_report(cycle: Cycle, *, reporter: Organisation) -> list[Target]:
    """The targets whose figures this organisation reports in this cycle, in the plan's order. One query."""
    return places_to_report({cycle: [reporter]})[cycle, reporter]


def places_to_report(
    asked: Mapping[Cycle, Sequence[Organisation]],
) -> dict[tuple[Cycle, Organisation], list[Target]]:
    """The targets whose figures each organisation reports, by cycle and organisation. One query."""
    reporters = {reporter for reporters in asked.values() for reporter in reporters}
    concerned = Target.objects.filter(
        Q(organisation__in=reporters) | Q(indicator__lead__in=reporters),
        indicator__plan__in={cycle.plan_id for cycle in asked},
        year__in={cycle.year for cycle in asked},
        table__is_text=False,
        is_scored=True,
    )
    by_year: dict[tuple[int, int], list[Target]] = {}
    for target in concerned.select_related("indicator", "organisation").order_by(
        "indicator__order", "organisation__order"
    ):
        by_year.setdefault((target.indicator.plan_id, target.year), []).append(target)
    found: dict[tuple[Cycle, Organisation], list[Target]] = {}
    for cycle, of_cycle in asked.items():
        in_force = newest_begun(by_year.get((cycle.plan_id, cycle.year), ()), day=cycle.period.ends_on)
        for reporter in of_cycle:
            found[cycle, reporter] = [target for target in in_force if _reports(reporter, target)]
    return found


def _reports(reporter: Organisation, target: Target) -> bool:
    """Whether a place is this organisation's to report: assessed ones, and of its own also the others."""
    allowed = may_report_place(
        reporter_id=reporter.pk,
        indicator=target.indicator,
        organisation_id=target.organisation_id,
        organisation_kind=target.organisation.kind,
    )
    return allowed and (target.kind in ASSESSED_KINDS or target.organisation_id == reporter.pk)
