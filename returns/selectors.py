"""Reads shared by pages, API, commands and rankings: effective figures, vocabularies of returns."""

from __future__ import annotations

import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NamedTuple, cast

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from audit.canonical import plain_decimal, plain_text
from districts.models import Organisation, OrganisationKind, OrganisationName
from districts.names import fold_name
from huzhou_targets.bulk import day_of, read_rows
from indicators.models import NUMERIC_KINDS, Indicator, IndicatorName, Plan, Target, TargetKind
from indicators.periods import Period
from returns.check_settings import switched_off_checks
from returns.disagreements import figures_of_others
from returns.in_force import is_handed_in
from returns.models import Cycle, Figure, FigureRevision
from returns.rules import may_report_place
from returns.states import FigureState
from returns.workbook.types import (
    Direction,
    IndicatorKind,
    IndicatorTerm,
    OrganisationTerm,
    PlaceTerm,
    Vocabulary,
)

ASSESSED_KINDS = NUMERIC_KINDS | {TargetKind.RELATIVE, TargetKind.PROVINCIAL}
"""Target kinds for which a number is expected; a `/` there is an error."""

TEMPLATE_VERSION = "1"
"""Version of the template that the product hands out; an older one is refused with the new one."""

Place = tuple[int, int]
"""(indicator id, organisation id)."""


class EffectiveFigure(NamedTuple):
    """The figure that counts for a place (DOMAIN section 4), with where it came from.

    number is the exact value as plain text (12.5), which is how it is sealed.
    """

    figure_id: int
    reporter_id: int
    number: str
    is_verified: bool
    revision: int
    data_as_of: datetime.date | None
    file: str
    sheet: str
    cell: str

    @property
    def value(self) -> Decimal:
        """The figure as a number."""
        return Decimal(self.number)


def effective_figures(cycle: Cycle, *, verified_only: bool = False) -> dict[Place, EffectiveFigure]:
    """The effective figure of each place of a cycle.

    The latest verified one; where none is verified, the lead department's latest submitted one, else
    the district's own, each with the value that was handed in, whatever has been drafted since. With
    `verified_only` (frozen rankings) an unverified figure is left out.

    One query: the database sorts those of a place by precedence, and the last one stands.
    """
    order = _counting("figure__", verified_only=verified_only)
    of_verified = Q(figure__verified_at__isnull=False, number=F("figure__verified_revision"))
    of_submitted = Q(figure__verified_at__isnull=True, number=F("figure__submitted_revision"))
    rows = (
        FigureRevision.objects.filter(order.condition, of_verified | of_submitted, figure__cycle=cycle)
        .annotate(precedence=order.precedence, since=order.since, text=Cast(order.value, TextField()))
        .order_by("precedence", "since", "-figure_id")
        .values_list(
            *("figure__indicator_id", "figure__organisation_id", "figure_id", "figure__reporter_id"),
            *("text", "precedence", "number", "data_as_of", "upload__filename", "sheet", "cell"),
        )
    )
    return {
        (indicator, organisation): EffectiveFigure(
            pk, reporter, plain_text(value), rank == _VERIFIED, number, day_of(as_of), file or "", sheet, cell
        )
        for indicator, organisation, pk, reporter, value, rank, number, as_of, file, sheet, cell in read_rows(
            rows
        )
    }


_VERIFIED, _OF_THE_LEAD, _OF_THE_PLACE = 2, 1, 0
"""What counts before what, the higher the stronger."""


class _Counting(NamedTuple):
    """Which figures may count, their precedence, the moment since when, and the value that counts."""

    condition: Q
    precedence: Case
    since: Case
    value: Case


def _counting(figure: str, *, verified_only: bool) -> _Counting:
    """figure is the path to the figure.

    Sorted by precedence, moment and falling id of the figure the last one of a place counts.
    """
    is_verified = Q(**{f"{figure}verified_at__isnull": False})
    condition = is_verified
    if not verified_only:
        condition |= is_handed_in(figure)
    of_lead = Q(**{f"{figure}reporter": F(f"{figure}indicator__lead")})
    return _Counting(
        condition=condition,
        precedence=Case(
            When(is_verified, then=Value(_VERIFIED)),
            When(of_lead, then=Value(_OF_THE_LEAD)),
            default=Value(_OF_THE_PLACE),
            output_field=IntegerField(),
        ),
        since=Case(When(is_verified, then=F(f"{figure}verified_at")), default=F(f"{figure}submitted_at")),
        value=Case(
            When(is_verified, then=F(f"{figure}verified_value")), default=F(f"{figure}submitted_value")
        ),
    )


def scored_targets(cycle: Cycle) -> list[Target]:
    """The targets of the cycle's year that score, in the version in force at the quarter's end."""
    return list(
        _scored_in_force(cycle)
        .select_related("indicator", "organisation")
        .prefetch_related("joint_with")
        .order_by("indicator__order", "organisation__order")
    )


def _scored_in_force(cycle: Cycle) -> QuerySet[Target]:
    return Target.objects.in_force_on(cycle.period.ends_on).filter(
        indicator__plan=cycle.plan_id,
        year=cycle.year,
        table__is_text=False,
        is_scored=True,
    )


def previous_values(cycle: Cycle) -> dict[Place, Decimal]:
    """The effective values of the quarter before in the same year, for checks of cumulative figures."""
    if cycle.quarter == 1:
        return {}
    earlier = Cycle.objects.filter(plan=cycle.plan_id, year=cycle.year, quarter=cycle.quarter - 1).first()
    if earlier is None:
        return {}
    order = _counting("", verified_only=False)
    rows = (
        Figure.objects.filter(order.condition, cycle=earlier)
        .annotate(precedence=order.precedence, since=order.since, counts=order.value)
        .order_by("precedence", "since", "-id")
        .values_list("indicator_id", "organisation_id", "counts")
        .iterator(chunk_size=5000)
    )
    return {(indicator, organisation): value for indicator, organisation, value in rows}


def reported_indicators(plan: Plan) -> QuerySet[Indicator]:
    """The indicators for which figures are returned: those of a table, not of the running text alone."""
    in_table = Target.objects.filter(indicator=OuterRef("pk"), table__is_text=False)
    indicators = Indicator.objects.filter(Exists(in_table), plan=plan)
    return indicators.select_related("parent").order_by("order")


def build_vocabulary(cycle: Cycle, *, reporter: Organisation) -> Vocabulary:
    """All that the reader and the checks must know to read a return of this organisation for this cycle."""
    plan = cycle.plan
    day = cycle.period.ends_on
    indicators = list(reported_indicators(plan))
    organisations = list(Organisation.objects.filter(city=plan.city_id).order_by("order"))
    return Vocabulary(
        plan_code=plan.code,
        plan_titles=tuple(filter(None, (plan.name, plan.short_name, plan.document.number, *plan.names))),
        year=cycle.year,
        quarter=cycle.quarter,
        template_version=TEMPLATE_VERSION,
        indicators=_indicator_terms(indicators, day),
        organisations=_organisation_terms(organisations, day),
        places=_place_terms(cycle, reporter, indicators, organisations),
        default_organisation=reporter.code if reporter.is_place else None,
        other_plan_titles=tuple(
            title
            for other in Plan.objects.exclude(pk=plan.pk).select_related("document")
            for title in (other.name, other.document.number)
            if title
        ),
        template_organisation=reporter.code,
        switched_off=switched_off_checks(plan.pk),
    )


def _indicator_terms(indicators: list[Indicator], day: datetime.date) -> tuple[IndicatorTerm, ...]:
    names: dict[int, list[str]] = {}
    if indicators:
        rows = IndicatorName.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=day), plan=indicators[0].plan_id, valid_from__lte=day
        )
        for indicator_id, name in rows.order_by("id").values_list("indicator_id", "name"):
            names.setdefault(indicator_id, []).append(name)
    return tuple(
        IndicatorTerm(
            code=item.code,
            name=item.name,
            names=(item.name, *names.get(item.pk, [])),
            unit=item.unit,
            decimals=item.decimals,
            kind=cast("IndicatorKind", item.kind),
            direction=cast("Direction", item.direction),
            additive=item.additive,
            parent=item.parent.code if item.parent else None,
            min_share=(item.min_share_numerator, item.min_share_denominator)
            if item.min_share_numerator and item.min_share_denominator
            else None,
        )
        for item in indicators
    )


def _organisation_terms(
    organisations: list[Organisation], day: datetime.date
) -> tuple[OrganisationTerm, ...]:
    names: dict[int, list[str]] = {}
    rows = OrganisationName.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        organisation__in=[item.pk for item in organisations],
        valid_from__lte=day,
    )
    for organisation_id, name in rows.order_by("id").values_list("organisation_id", "name"):
        names.setdefault(organisation_id, []).append(name)
    return tuple(
        OrganisationTerm(
            code=item.code, name=item.name, names=(item.name, *names.get(item.pk, [])), kind=item.kind
        )
        for item in organisations
    )


def _place_terms(
    cycle: Cycle, reporter: Organisation, indicators: list[Indicator], organisations: list[Organisation]
) -> dict[tuple[str, str], PlaceTerm]:
    # bare columns: a return may have a hundred thousand places, and a model object costs ten times more
    targets: dict[int, dict[int, tuple[bool, str, Decimal | None, str]]] = {}
    units: dict[str, str] = {}
    for indicator_id, organisation_id, kind, text, value, unit in (
        _scored_in_force(cycle)
        .order_by("id")  # by the organisations' order the planner would join them in a loop
        .values_list("indicator_id", "organisation_id", "kind", "text", "value", "unit")
        .iterator(chunk_size=5000)
    ):
        target = (kind in ASSESSED_KINDS, text, value, units.setdefault(unit, unit))
        targets.setdefault(indicator_id, {})[organisation_id] = target
    previous = previous_values(cycle)
    others = figures_of_others(cycle, reporter_id=reporter.pk)
    kinds = {OrganisationKind.CITY, OrganisationKind.DISTRICT, OrganisationKind.ZONE}
    terms = {}
    for indicator in indicators:
        of_indicator = targets.pop(indicator.pk, {})  # taken out, so that what is used up makes room
        for organisation in organisations:
            place = (indicator.pk, organisation.pk)
            if organisation.pk not in of_indicator and organisation.kind not in kinds:
                continue
            nothing = (False, "", None, indicator.unit)
            assessed, text, value, unit = of_indicator.get(organisation.pk, nothing)
            terms[(indicator.code, organisation.code)] = PlaceTerm(
                indicator=indicator.code,
                organisation=organisation.code,
                assessed=assessed,
                target_text=text,
                target_value=value,
                target_unit=unit,
                previous=previous.pop(place, None),
                others=others.get(place, ()),
                may_report=may_report_place(
                    reporter_id=reporter.pk,
                    indicator=indicator,
                    organisation_id=organisation.pk,
                    organisation_kind=organisation.kind,
                ),
            )
    return terms


class NoSuchThing(Exception):
    """A plan, period, organisation or account that was asked for does not exist; the message is for people."""


def find_cycle(*, plan_code: str, period: str) -> Cycle:
    """The cycle of a plan's period written `2025Q2`. Raises NoSuchThing naming what there is."""
    plan = Plan.objects.filter(code=plan_code).first()
    if plan is None:
        known = (
            "、".join(Plan.objects.values_list("code", flat=True)) or "（还没有，请先运行 load_reference）"
        )
        raise NoSuchThing(f"没有计划“{plan_code}”，可用的有：{known}")
    try:
        wanted = Period.parse(period)
    except ValueError as error:
        raise NoSuchThing(str(error)) from error
    cycle = (
        Cycle.objects.filter(plan=plan, year=wanted.year, quarter=wanted.quarter)
        .select_related("plan__city", "plan__owner")
        .first()
    )
    if cycle is None:
        raise NoSuchThing(f"计划“{plan.short_name}”没有报告期 {wanted}")
    return cycle


def find_organisation(*, city_id: int, name: str) -> Organisation:
    """The organisation of that name, alias or code. Raises NoSuchThing with the nearest known names."""
    folded = fold_name(name)
    rows = OrganisationName.objects.filter(city=city_id).select_related("organisation")
    by_name = {row.folded: row.organisation for row in rows}
    for organisation in Organisation.objects.filter(city=city_id):
        by_name.setdefault(fold_name(organisation.name), organisation)
        by_name.setdefault(fold_name(organisation.code), organisation)
    if folded in by_name:
        return by_name[folded]
    near = {by_name[key].name for key in get_close_matches(folded, by_name, n=3, cutoff=0.4)}
    hint = f"，是不是：{'、'.join(sorted(near))}" if near else ""
    raise NoSuchThing(f"没有单位“{name}”{hint}")


def figures_in_force(cycle: Cycle) -> list[dict[str, Any]]:
    """Every figure in force of a cycle in the shape of DOMAIN section 8, in official order."""
    figures = effective_figures(cycle)
    rows = Figure.objects.filter(pk__in=[item.figure_id for item in figures.values()]).select_related(
        "indicator", "organisation", "reporter"
    )
    by_place = {(row.indicator_id, row.organisation_id): row for row in rows}
    ordered = sorted(
        figures.items(),
        key=lambda item: (
            by_place[item[0]].indicator.order,
            by_place[item[0]].organisation.order,
        ),
    )
    return [
        {
            "indicator": by_place[place].indicator.name,
            "organisation": by_place[place].organisation.name,
            "value": plain_decimal(figure.value),
            "state": FigureState.VERIFIED if figure.is_verified else FigureState.SUBMITTED,
            "reporter": by_place[place].reporter.name,
            "source": {
                "file": figure.file or None,
                "sheet": figure.sheet or None,
                "cell": figure.cell or None,
            },
        }
        for place, figure in ordered
    ]
