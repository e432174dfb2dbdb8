"""A plan in the database that is exactly what a literal vocabulary of tests/workbook describes."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Role, User
from districts.models import City, Organisation, OrganisationName
from districts.names import fold_name
from indicators.models import (
    DocumentTable,
    Indicator,
    IndicatorName,
    Plan,
    PolicyDocument,
    Target,
    TargetKind,
)
from returns.models import Cycle
from returns.workbook.types import IndicatorTerm, PlaceTerm, Vocabulary
from tests.factories import CityFactory, OrganisationFactory, UserFactory, grant


@dataclass(frozen=True, kw_only=True)
class Office:
    """A plan's cycle and the accounts that report for it, by organisation."""

    cycle: Cycle
    organisations: dict[str, Organisation]
    accounts: dict[str, User]


def make_office(vocabulary: Vocabulary) -> Office:
    """The plan of a vocabulary, led by 市经信局 in all its indicators, with reporting accounts.

    市经信局 may report every place, a district its own.
    """
    city = CityFactory.create()
    organisations = _organisations(city, vocabulary)
    plan = _plan(city, vocabulary, organisations)
    indicators = _indicators(plan, vocabulary, organisations["jxj"])
    table = DocumentTable.objects.create(plan=plan, code="annex1", annex="附件1", title="分解表", layout="C")
    Target.objects.bulk_create(
        _target(
            place, plan, table, indicators[place.indicator], organisations[place.organisation], vocabulary
        )
        for place in vocabulary.places.values()
    )
    cycle = Cycle.objects.create(plan=plan, year=vocabulary.year, quarter=vocabulary.quarter)
    accounts = {}
    for code in ("jxj", "deqing", "anji"):
        accounts[code] = UserFactory.create(organisation=organisations[code])
        grant(accounts[code], Role.REPORTER, organisations[code])
    return Office(cycle=cycle, organisations=organisations, accounts=accounts)


def _organisations(city: City, vocabulary: Vocabulary) -> dict[str, Organisation]:
    made = {}
    for order, term in enumerate(vocabulary.organisations):
        organisation = OrganisationFactory.create(
            city=city, code=term.code, name=term.name, kind=term.kind, order=order
        )
        for name in term.names:
            OrganisationName.objects.create(
                city=city, organisation=organisation, name=name, folded=fold_name(name), kind="alias"
            )
        made[term.code] = organisation
    return made


def _plan(city: City, vocabulary: Vocabulary, organisations: dict[str, Organisation]) -> Plan:
    name, *names = vocabulary.plan_titles
    document = PolicyDocument.objects.create(
        city=city, code=vocabulary.plan_code, title=name, number=names.pop(), status="in_force"
    )
    first, last = vocabulary.year, vocabulary.year
    return Plan.objects.create(
        document=document,
        city=city,
        code=vocabulary.plan_code,
        name=name,
        short_name=names[0],
        names=names,
        first_year=first,
        last_year=last,
        owner=organisations["jxj"],
    )


def _indicators(plan: Plan, vocabulary: Vocabulary, lead: Organisation) -> dict[str, Indicator]:
    made: dict[str, Indicator] = {}
    for order, term in enumerate(vocabulary.indicators):
        made[term.code] = _indicator(plan, term, order, lead, made)
        for name in term.names:
            IndicatorName.objects.create(
                plan=plan, indicator=made[term.code], name=name, folded=fold_name(name)
            )
    return made


def _indicator(
    plan: Plan, term: IndicatorTerm, order: int, lead: Organisation, known: dict[str, Indicator]
) -> Indicator:
    numerator, denominator = term.min_share or (None, None)
    return Indicator.objects.create(
        plan=plan,
        code=term.code,
        name=term.name,
        unit=term.unit,
        order=order,
        kind=term.kind,
        direction=term.direction,
        additive=term.additive,
        decimals=term.decimals,
        parent=known[term.parent] if term.parent else None,
        min_share_numerator=numerator,
        min_share_denominator=denominator,
        lead=lead,
    )


def _target(
    place: PlaceTerm,
    plan: Plan,
    table: DocumentTable,
    indicator: Indicator,
    organisation: Organisation,
    vocabulary: Vocabulary,
) -> Target:
    kind = TargetKind.AT_LEAST if place.target_value is not None else TargetKind.RELATIVE
    return Target(
        indicator=indicator,
        organisation=organisation,
        year=vocabulary.year,
        table=table,
        document=plan.document,
        text=place.target_text,
        kind=kind if place.assessed else TargetKind.NOT_ASSESSED,
        value=place.target_value,
        unit=place.target_unit or indicator.unit,
        row=organisation.name,
        column=indicator.name,
    )
