"""Which places an organisation reports in a quarter, and how many of them are still to be handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from districts.models import Organisation
from indicators.models import Target
from indicators.selectors import newest_begun
from returns.models import Cycle, Figure
from returns.rules import may_report_place
from returns.selectors import ASSESSED_KINDS
from returns.states import FigureState

HANDED_IN = frozenset({FigureState.SUBMITTED, FigureState.VERIFIED})
"""States of figures that need nothing more from who reported them."""


@dataclass(frozen=True, kw_only=True)
class ReturnStatus:
    """How far an organisation's return of a quarter is, in numbers of places.

    unreported are the assessed ones that are not handed in, drafts and those sent back included; drafts may
    also be of places that are not assessed.
    """

    cycle: Cycle
    reporter: Organisation
    unreported: int
    drafts: int
    sent_back: int
    is_begun: bool


def return_statuses(*, cycles: Iterable[Cycle], reporters: Sequence[Organisation]) -> list[ReturnStatus]:
    """The returns of these organisations in these quarters, where they have anything to report. Two queries."""
    asked = dict.fromkeys(cycles, reporters)
    states: dict[tuple[int, int], dict[tuple[int, int], str]] = {}
    rows = Figure.objects.filter(cycle__in=[cycle.pk for cycle in asked], reporter__in=reporters)
    for cycle_id, reporter_id, *place, state in rows.values_list(
        "cycle_id", "reporter_id", "indicator_id", "organisation_id", "state"
    ):
        states.setdefault((cycle_id, reporter_id), {})[(place[0], place[1])] = state
    found = []
    places = places_to_report(asked)
    for cycle in asked:
        for reporter in reporters:
            targets = places[(cycle.pk, reporter.pk)]
            of_return = states.get((cycle.pk, reporter.pk), {})
            if targets or of_return:
                found.append(_status(cycle, reporter, targets, of_return))
    return found


def _status(
    cycle: Cycle, reporter: Organisation, targets: list[Target], states: Mapping[tuple[int, int], str]
) -> ReturnStatus:
    return ReturnStatus(
        cycle=cycle,
        reporter=reporter,
        unreported=sum(
            target.kind in ASSESSED_KINDS
            and states.get((target.indicator_id, target.organisation_id)) not in HANDED_IN
            for target in targets
        ),
        drafts=sum(state == FigureState.DRAFT for state in states.values()),
        sent_back=sum(state == FigureState.SENT_BACK for state in states.values()),
        is_begun=bool(states),
    )


def targets_to_report(cycle: Cycle, *, reporter: Organisation) -> list[Target]:
    """The targets whose figures this organisation reports in this cycle, in the plan's order. One query."""
    return places_to_report({cycle: [reporter]})[(cycle.pk, reporter.pk)]


def places_to_report(asked: Mapping[Cycle, Sequence[Organisation]]) -> dict[tuple[int, int], list[Target]]:
    """The targets whose figures each organisation reports, by the ids of cycle and organisation. One query."""
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
    found = {}
    for cycle, of_cycle in asked.items():
        in_force = newest_begun(by_year.get((cycle.plan_id, cycle.year), ()), day=cycle.period.ends_on)
        for reporter in of_cycle:
            found[(cycle.pk, reporter.pk)] = [target for target in in_force if _reports(reporter, target)]
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
