"""Reads of plans and targets for pages, API and commands."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from audit.canonical import plain_decimal
from districts.models import Organisation, OrganisationKind
from indicators.check_values import Cell, Horizon, Link, Measure, PlanUnderCheck, Relation
from indicators.models import Direction, Indicator, Plan, TableTotal, Target, TargetFinding
from indicators.reference import HORIZON_TABLES
from indicators.target_text import parse_target_text


def tabled_targets(plan: Plan, *, year: int | None = None) -> list[dict[str, Any]]:
    """Every target that stands in a table of the plan's documents, in the documents' own order.

    The shape is that of DOMAIN section 8. Where a document adjusted a target, the newest version.
    """
    targets = (
        Target.objects.filter(indicator__plan=plan)
        .tabled()
        .select_related("indicator", "organisation", "table")
    )
    if year is not None:
        targets = targets.filter(year=year)
    newest: dict[tuple[int, int, int, int], Target] = {}
    for target in targets:
        newest[(target.indicator_id, target.organisation_id, target.year, target.table_id)] = target
    return [
        {
            "indicator": target.indicator.name,
            "unit": target.unit,
            "organisation": target.organisation.name,
            "year": target.year,
            "text": target.text,
            "kind": target.kind,
            "value": None if target.value is None else plain_decimal(target.value),
            "annex": target.table.annex,
            "row": target.row,
            "column": target.column,
        }
        for target in newest.values()
    ]


def plan_under_check(plan: Plan, *, on: datetime.date) -> PlanUnderCheck:
    """The plan as plain values for `target_checks.check_plan`: what holds on that day. Five queries."""
    indicators = {item.pk: item for item in Indicator.objects.filter(plan=plan)}
    targets = (
        Target.objects.filter(indicator__plan=plan)
        .in_force_on(on)
        .select_related("organisation", "table", "document")
        .order_by("table__order", "row_order", "column_order", "year", "pk")
    )
    totals = (
        TableTotal.objects.filter(table__plan=plan)
        .select_related("organisation", "table")
        .order_by("table__order", "row_order", "column_order", "pk")
    )
    document = str(plan.document)
    return PlanUnderCheck(
        code=plan.code,
        first_year=plan.first_year,
        last_year=plan.last_year,
        measures={item.code: _measure(item, indicators) for item in indicators.values()},
        cells=[
            *(_target_cell(target, indicators[target.indicator_id]) for target in targets),
            *(_total_cell(total, indicators[total.indicator_id], plan, document) for total in totals),
        ],
        links=[
            Link(
                relation=Relation(link.relation),
                whole=indicators[link.whole_id].code,
                part=indicators[link.part_id].code,
                note=link.note,
            )
            for link in plan.indicator_links.order_by("pk")
        ],
        places=list(
            Organisation.objects.filter(city=plan.city_id).places().valid_on(on).values_list("code", "name")
        ),
    )


def _measure(indicator: Indicator, indicators: dict[int, Indicator]) -> Measure:
    share = (indicator.min_share_numerator, indicator.min_share_denominator)
    return Measure(
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        kind=indicator.kind,
        higher_is_better=indicator.direction == Direction.HIGHER,
        additive=indicator.additive,
        parent=indicators[indicator.parent_id].code if indicator.parent_id else None,
        min_share=(share[0], share[1]) if share[0] is not None and share[1] is not None else None,
    )


def _target_cell(target: Target, indicator: Indicator) -> Cell:
    table = target.table
    words = parse_target_text(target.text, unit=target.unit) if table.is_text else None
    return Cell(
        measure=indicator.code,
        year=target.year,
        horizon=_horizon(target),
        table=table.code,
        document=str(target.document),
        annex=table.annex,
        clause=target.clause,
        row=target.row,
        column=target.column,
        text=target.text,
        kind=target.kind,
        value=target.value,
        unit=target.unit,
        factor=target.unit_factor,
        reference=target.reference,
        offset=target.offset,
        fraction=words.fraction if words else None,
        about=words is not None and words.comparator == "about",
        is_scored=target.is_scored,
        **_whose(target.organisation),
    )


def _total_cell(total: TableTotal, indicator: Indicator, plan: Plan, document: str) -> Cell:
    return Cell(
        measure=indicator.code,
        year=plan.last_year,
        horizon=Horizon.TOTAL,
        table=total.table.code,
        document=document,
        annex=total.table.annex,
        row=total.row,
        column=total.column,
        text=total.text,
        kind="",
        value=total.value,
        unit=indicator.unit,
        **_whose(total.organisation),
    )


def _whose(organisation: Organisation) -> dict[str, Any]:
    return {
        "organisation": organisation.code,
        "organisation_name": organisation.name,
        "is_city": organisation.kind == OrganisationKind.CITY,
        "is_place": organisation.is_place,
    }


def _horizon(target: Target) -> Horizon:
    if not target.table.is_text:
        return Horizon.TABLE
    if target.is_plan_end:
        return Horizon.PLAN_END
    return Horizon.EACH_YEAR if target.table.code == HORIZON_TABLES["each_year"] else Horizon.YEAR


def finding_counts(plan: Plan) -> dict[str, int]:
    """How many stored comparisons of the plan are in each state, all states present. One query."""
    rows = TargetFinding.objects.filter(plan=plan).only(
        "is_current", "severity", "digest", "explained_digest"
    )
    found = Counter(finding.state for finding in rows.order_by())
    return {state.value: found[state] for state in TargetFinding.State}


def newest_begun(targets: Iterable[Target], *, day: datetime.date) -> list[Target]:
    """Of versions that were read already, those that hold on that day: the rule of `in_force_on`, in their order."""
    newest: dict[tuple[int, int, int, int], Target] = {}
    begun = [target for target in targets if target.effective_from <= day]
    for target in begun:
        place = (target.indicator_id, target.organisation_id, target.year, target.table_id)
        if place not in newest or target.version > newest[place].version:
            newest[place] = target
    chosen = {target.pk for target in newest.values()}
    return [target for target in begun if target.pk in chosen]
