"""What the reader of a board's spreadsheet must know, read from the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import cast

from django.db.models import Q
from django.utils import timezone

from districts.models import Organisation, OrganisationKind, OrganisationName
from indicators.models import Indicator, IndicatorName, Plan
from indicators.periods import Period
from rankings.inputs import BOARD_KINDS
from rankings.models import Board
from rankings.spreadsheets import Words
from returns.selectors import TEMPLATE_VERSION
from returns.workbook.types import Direction, IndicatorKind, IndicatorTerm, OrganisationTerm, Vocabulary


def words_for(
    plan: Plan,
    *,
    period: Period,
    board: str,
    target_units: Mapping[tuple[str, str], str] | None = None,
) -> Words:
    """Names and ranked organisations for a board of that period.

    A name counts where it meant the organisation or indicator on the period's last day, or means it today.
    """
    organisations = list(Organisation.objects.filter(city=plan.city_id).order_by("order", "code"))
    indicators = list(Indicator.objects.filter(plan=plan).select_related("parent", "lead").order_by("order"))
    vocabulary = Vocabulary(
        plan_code=plan.code,
        plan_titles=tuple(filter(None, (plan.name, plan.short_name, plan.document.number, *plan.names))),
        year=period.year,
        quarter=period.quarter,
        template_version=TEMPLATE_VERSION,
        indicators=_indicator_terms(plan, indicators, period.ends_on),
        organisations=_organisation_terms(organisations, period.ends_on),
        places={},
        other_plan_titles=tuple(
            title
            for other in Plan.objects.exclude(pk=plan.pk).select_related("document")
            for title in (other.name, other.document.number)
            if title
        ),
    )
    return Words(
        vocabulary=vocabulary,
        ranked=frozenset(_ranked(organisations, indicators, board)),
        board_name=Board(board).label,
        target_units=target_units or {},
    )


def _ranked(
    organisations: Iterable[Organisation], indicators: Iterable[Indicator], board: str
) -> Iterable[str]:
    """Codes of whoever may stand on the board: for departments also any other unit that leads an indicator."""
    leads = {indicator.lead.code for indicator in indicators} if board == Board.DEPARTMENTS else set()
    kinds = BOARD_KINDS.get(board, (OrganisationKind.DEPARTMENT,))
    return leads | {item.code for item in organisations if item.kind in kinds}


def _valid(day: datetime.date) -> Q:
    today = timezone.localdate()
    return (Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))) | (
        Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gte=today))
    )


def _indicator_terms(
    plan: Plan, indicators: Iterable[Indicator], day: datetime.date
) -> tuple[IndicatorTerm, ...]:
    names: dict[int, list[str]] = {}
    rows = IndicatorName.objects.filter(_valid(day), plan=plan).order_by("id")
    for indicator_id, name in rows.values_list("indicator_id", "name"):
        names.setdefault(indicator_id, []).append(name)
    return tuple(
        IndicatorTerm(
            code=item.code,
            name=item.name,
            names=tuple(filter(None, (item.name, item.short_name, *names.get(item.pk, [])))),
            unit=item.unit,
            decimals=item.decimals,
            kind=cast("IndicatorKind", item.kind),
            direction=cast("Direction", item.direction),
            additive=item.additive,
            parent=item.parent.code if item.parent else None,
        )
        for item in indicators
    )


def _organisation_terms(
    organisations: Iterable[Organisation], day: datetime.date
) -> tuple[OrganisationTerm, ...]:
    organisations = list(organisations)
    names: dict[int, list[str]] = {}
    rows = OrganisationName.objects.filter(_valid(day), organisation__in=organisations).order_by("id")
    for organisation_id, name in rows.values_list("organisation_id", "name"):
        names.setdefault(organisation_id, []).append(name)
    return tuple(
        OrganisationTerm(
            code=item.code,
            name=item.name,
            names=tuple(filter(None, (item.name, item.short_name, *names.get(item.pk, [])))),
            kind=item.kind,
        )
        for item in organisations
    )
