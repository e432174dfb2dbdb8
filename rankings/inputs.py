"""Collecting what a ranking is computed from into one plain value, fit to be sealed as canonical JSON.

Numbers are in the indicator's unit; `factor` is what one of the target's own unit makes of it, so that
a line can be shown in the document's unit. Everything a later reader needs is in the value: names,
target texts, sources, scheme, and the ranks it is compared with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from audit.canonical import plain_decimal, plain_text
from districts.models import Organisation, OrganisationKind
from indicators.models import (
    NUMERIC_KINDS,
    Baseline,
    Direction,
    Indicator,
    IndicatorKind,
    Milestone,
    ReferenceValue,
    Target,
    TargetKind,
)
from rankings.models import Adjustment, Board, RankingEntry, RankingRun, SchemeVersion
from returns.models import Cycle, QuarterlyReturn
from returns.selectors import EffectiveFigure, Place, effective_figures
from scoring import Reason

FORMAT = 1
"""Version of the shape of the sealed inputs."""

PEER_GROUPS = {OrganisationKind.DISTRICT: "区县组", OrganisationKind.ZONE: "功能区组"}

BOARD_KINDS: dict[str, tuple[str, ...]] = {
    Board.DISTRICTS: (OrganisationKind.DISTRICT, OrganisationKind.ZONE),
    Board.PARKS: (OrganisationKind.PARK,),
    Board.CLUSTERS: (OrganisationKind.CLUSTER,),
}

EXCLUDED_KINDS: dict[str, Reason] = {
    TargetKind.PENDING: Reason.PENDING,
    TargetKind.MERGED: Reason.MERGED,
    TargetKind.NOT_ASSESSED: Reason.NOT_ASSESSED,
    TargetKind.TOTAL_DASH: Reason.NOT_SET,
    TargetKind.UNSET: Reason.NOT_SET,
    TargetKind.TEXT: Reason.NOT_SET,
}


@dataclass(frozen=True, kw_only=True)
class LineTerms:
    """What all lines of an indicator share: sealed fields, its direction, whether it has figures this quarter."""

    fields: Mapping[str, Any]
    direction: str
    has_figure: bool


class TargetRow(NamedTuple):
    """A target as lines are made from it; number and factor are plain texts (12.5)."""

    indicator_id: int
    organisation_id: int
    text: str
    kind: str
    number: str | None
    unit: str
    factor: str
    reference: str
    offset: Decimal | None
    is_plan_end: bool


@dataclass(frozen=True, kw_only=True)
class Material:
    """All rows that the boards of one cycle are made from, read once."""

    cycle: Cycle
    targets: list[TargetRow]
    indicators: Mapping[int, Indicator]
    organisations: Mapping[int, Organisation]
    figures: Mapping[Place, EffectiveFigure]
    baselines: Mapping[Place, Decimal]
    milestones: Mapping[int, Milestone]
    references: Mapping[str, Decimal]
    places_by_indicator: Mapping[int, list[int]] = field(default_factory=dict)
    terms: dict[int, LineTerms] = field(default_factory=dict)
    """What all lines of an indicator share, by its id, as far as it has been asked for."""

    @property
    def is_plan_end(self) -> bool:
        """Whether this is the plan's last quarter, the only one in which a plan-end target is scored."""
        return self.cycle.year == self.cycle.plan.last_year and self.cycle.quarter == 4


def gather(cycle: Cycle, *, verified_only: bool) -> Material:
    """Read everything once. With verified_only only confirmed figures count (frozen rankings)."""
    plan = cycle.plan
    indicators = {
        item.pk: item for item in Indicator.objects.filter(plan=plan).select_related("lead").order_by("order")
    }
    organisations = {item.pk: item for item in Organisation.objects.filter(city=plan.city_id)}
    rows = (
        Target.objects.in_force_on(cycle.period.ends_on)
        .filter(indicator__plan=plan, year=cycle.year, table__is_text=False, is_scored=True)
        .annotate(number=Cast("value", TextField()), factor=Cast("unit_factor", TextField()))
        .order_by("indicator__order", "id")
        .values_list(
            *("indicator_id", "organisation_id", "text", "kind", "number"),
            *("unit", "factor", "reference", "offset", "is_plan_end"),
        )
    )
    targets = [
        TargetRow(
            indicator,
            organisation,
            text,
            kind,
            None if number is None else plain_text(number),
            unit,
            plain_text(factor),
            *rest,
        )
        for indicator, organisation, text, kind, number, unit, factor, *rest in rows.iterator(chunk_size=5000)
    ]
    places: dict[int, list[int]] = defaultdict(list)
    for target in targets:
        organisation = organisations[target.organisation_id]
        if organisation.is_place and (target.kind in NUMERIC_KINDS or target.kind == TargetKind.RELATIVE):
            places[target.indicator_id].append(target.organisation_id)
    return Material(
        cycle=cycle,
        targets=targets,
        indicators=indicators,
        organisations=organisations,
        figures=effective_figures(cycle, verified_only=verified_only),
        baselines=_baselines(cycle),
        milestones=_milestones(cycle),
        references=_references(cycle),
        places_by_indicator=places,
    )


def material_of(
    cycle: Cycle, *, targets: Sequence[Target], figures: Mapping[Place, EffectiveFigure]
) -> Material:
    """What lines of these targets are made from, without reading the rest of the cycle.

    At most three queries: baselines are read for stocks only, references for targets that name one.
    """
    has_stock = any(target.indicator.kind == IndicatorKind.STOCK for target in targets)
    return Material(
        cycle=cycle,
        targets=[
            TargetRow(
                target.indicator_id,
                target.organisation_id,
                target.text,
                target.kind,
                None if target.value is None else plain_decimal(target.value),
                target.unit,
                plain_decimal(target.unit_factor),
                target.reference,
                target.offset,
                target.is_plan_end,
            )
            for target in targets
        ],
        indicators={target.indicator_id: target.indicator for target in targets},
        organisations={target.organisation_id: target.organisation for target in targets},
        figures=figures,
        baselines=_baselines(cycle) if has_stock else {},
        milestones=_milestones(cycle),
        references=_references(cycle) if any(target.reference for target in targets) else {},
    )


def _baselines(cycle: Cycle) -> dict[Place, Decimal]:
    return {
        (item.indicator_id, item.organisation_id): item.value
        for item in Baseline.objects.filter(indicator__plan=cycle.plan_id, year=cycle.year)
    }


def _milestones(cycle: Cycle) -> dict[int, Milestone]:
    """The milestone of each indicator for the cycle's quarter; the year's own one precedes the general."""
    found: dict[int, Milestone] = {}
    rows = Milestone.objects.filter(indicator__plan=cycle.plan_id, quarter=cycle.quarter)
    for item in rows.order_by("year"):
        if item.year in (None, cycle.year) and (item.indicator_id not in found or item.year):
            found[item.indicator_id] = item
    return found


def _references(cycle: Cycle) -> dict[str, Decimal]:
    rows = ReferenceValue.objects.filter(city=cycle.plan.city_id, year=cycle.year, quarter=cycle.quarter)
    return {item.series: item.value for item in rows}


def boards_of(material: Material) -> list[str]:
    """The boards that have anybody to rank."""
    kinds = {material.organisations[target.organisation_id].kind for target in material.targets}
    boards = [board for board, ranked in BOARD_KINDS.items() if kinds & set(ranked)]
    if OrganisationKind.CITY in kinds:
        boards.insert(1 if boards and boards[0] == Board.DISTRICTS else 0, Board.DEPARTMENTS)
    return boards


def board_inputs(material: Material, *, board: str, scheme: SchemeVersion) -> dict[str, Any]:
    """The sealed value for one board: see the module's docstring for what it holds."""
    cycle = material.cycle
    units = (
        _department_units(material) if board == Board.DEPARTMENTS else _organisation_units(material, board)
    )
    adjustments = _adjustments(cycle, board)
    late_days = late_days_of(cycle) if scheme.parameters.get("late") else None
    for unit in units:
        unit.update(adjustments.get(unit["key"], {"bonuses": [], "deductions": []}))
        if late_days is not None:
            unit["late_days"] = late_days.get(unit["key"], 0)
    return {
        "format": FORMAT,
        "plan": cycle.plan.code,
        "plan_name": cycle.plan.name,
        "period": str(cycle.period),
        "quarter": cycle.quarter,
        "board": board,
        "scheme": {"code": scheme.code, "version": scheme.version, "parameters": scheme.parameters},
        "rules_version": scheme.rules_version,
        "units": units,
        "comparisons": comparisons_for(cycle, board),
    }


def _organisation_units(material: Material, board: str) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for target in material.targets:
        organisation = material.organisations[target.organisation_id]
        if organisation.kind in BOARD_KINDS[board]:
            figure = material.figures.get((target.indicator_id, target.organisation_id))
            lines[organisation.pk].append(line_of(material, target, figure))
    ordered = sorted(lines, key=lambda pk: _official_order(material.organisations[pk]))
    return [
        _unit(
            material.organisations[pk],
            PEER_GROUPS.get(OrganisationKind(material.organisations[pk].kind)),
            _with_shares(material, lines[pk]),
        )
        for pk in ordered
    ]


def _department_units(material: Material) -> list[dict[str, Any]]:
    """Departments, each with the city-level targets of the indicators it leads."""
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for target in material.targets:
        if material.organisations[target.organisation_id].kind != OrganisationKind.CITY:
            continue
        figure = material.figures.get((target.indicator_id, target.organisation_id))
        line = line_of(material, target, figure)
        indicator = material.indicators[target.indicator_id]
        if figure is None and indicator.additive:
            _add_up(material, indicator, line)
        lines[indicator.lead_id].append(line)
    leads = sorted(lines, key=lambda pk: _official_order(material.organisations[pk]))
    return [_unit(material.organisations[pk], None, _with_shares(material, lines[pk])) for pk in leads]


def _with_shares(material: Material, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines, with every share constraint (其中 ≥ 1/3) judged on actual figures: child × 3 ≥ parent.

    v1 gives it no points; it is shown as met or broken (DOMAIN section 5, 8).
    """
    by_code = {line["code"]: line for line in lines}
    for indicator in material.indicators.values():
        line = by_code.get(indicator.code)
        numerator, denominator = indicator.min_share_numerator, indicator.min_share_denominator
        parent = material.indicators.get(indicator.parent_id or 0)
        if line is None or parent is None or not numerator or not denominator:
            continue
        whole = by_code.get(parent.code)
        if whole is None or line["value"] is None or whole["value"] is None:
            continue
        line["detail"]["share"] = {
            "of": parent.name,
            "at_least": f"{numerator}/{denominator}",
            "met": Decimal(line["value"]) * denominator >= Decimal(whole["value"]) * numerator,
        }
    return lines


def _add_up(material: Material, indicator: Indicator, line: dict[str, Any]) -> None:
    """The city's figure as the sum over the districts with a scored target; 不完整 if one is missing."""
    places = material.places_by_indicator.get(indicator.pk, [])
    if not places:
        return
    parts = {
        material.organisations[pk].name: material.figures.get((indicator.pk, pk))
        for pk in sorted(places, key=lambda pk: _official_order(material.organisations[pk]))
    }
    missing = [name for name, figure in parts.items() if figure is None]
    line["detail"] = {
        "sum_of": {name: figure.number for name, figure in parts.items() if figure is not None},
        "missing": missing,
    }
    if not missing:
        total = sum((figure.value for figure in parts.values() if figure), start=Decimal(0))
        line["value"] = plain_decimal(total)


def _official_order(organisation: Organisation) -> tuple[int, str]:
    return (organisation.order, organisation.code)


def _unit(organisation: Organisation, group: str | None, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "key": organisation.code,
        "name": organisation.name,
        "order": organisation.order,
        "group": group,
        "lines": lines,
    }


def line_of(material: Material, target: TargetRow, figure: EffectiveFigure | None) -> dict[str, Any]:
    """One line as it is sealed: the place, its terms and its figure, `None` where there is none.

    Numbers are plain texts already: a board of a city's companies has a million of them.
    """
    pk, kind = target.indicator_id, target.kind
    terms = material.terms.get(pk)
    if terms is None:
        terms = material.terms[pk] = _terms_of(material, material.indicators[pk])
    value, excluded = _resolve(material, target)
    if excluded is None and not terms.has_figure:
        excluded = Reason.NO_FIGURE_YET
    place = (pk, target.organisation_id)
    source = _NOWHERE if figure is None else (figure.file or None, figure.sheet or None, figure.cell or None)
    return {
        **terms.fields,
        "direction": Direction.LOWER if kind in _LOWER_KINDS else terms.direction,
        "unit": target.unit,
        "factor": target.factor,
        "target_text": target.text,
        "target": value,
        "strict": kind in _STRICT_KINDS,
        "excluded": excluded.value if excluded else None,
        "value": None if figure is None else figure.number,
        "baseline": plain_decimal(material.baselines[place]) if place in material.baselines else None,
        "due": not target.is_plan_end or material.is_plan_end,
        "figure": None if figure is None else figure.figure_id,
        "source": {"file": source[0], "sheet": source[1], "cell": source[2]},
        "data_as_of": None if figure is None else figure.data_as_of,
        "detail": {},
    }


_NOWHERE = (None, None, None)
_LOWER_KINDS = frozenset({TargetKind.AT_MOST, TargetKind.BELOW})
_STRICT_KINDS = frozenset({TargetKind.ABOVE, TargetKind.BELOW})


def _terms_of(material: Material, indicator: Indicator) -> LineTerms:
    milestone = material.milestones.get(indicator.pk)
    share, amount = (milestone.share, milestone.amount) if milestone else (None, None)
    return LineTerms(
        fields={
            "code": indicator.code,
            "indicator": indicator.name,
            "kind": str(indicator.kind),
            "counted": indicator.is_counted,
            "milestone_share": None if share is None else plain_decimal(share),
            "milestone_amount": None if amount is None else plain_decimal(amount),
            "weight": plain_decimal(indicator.weight),
        },
        direction=str(indicator.direction),
        has_figure=indicator.figure_can_exist(material.cycle.quarter),
    )


def _resolve(material: Material, target: TargetRow) -> tuple[str | None, Reason | None]:
    """The target in the indicator's unit as plain text, or why it is not scored (DOMAIN section 3)."""
    kind = target.kind
    if kind in EXCLUDED_KINDS:
        return None, EXCLUDED_KINDS[kind]
    if kind == TargetKind.ZERO:
        return "0", None
    if kind == TargetKind.RELATIVE:
        reference = material.references.get(target.reference)
        if reference is None:
            return None, Reason.AWAITING_REFERENCE
        return _times(reference + (target.offset or Decimal(0)), target.factor), None
    if target.number is None:  # the province's number may be entered as a reference value instead
        resolved = material.references.get(target.reference) if target.reference else None
        return (None, Reason.PENDING) if resolved is None else (_times(resolved, target.factor), None)
    if target.factor == "1":
        return target.number, None
    return _times(Decimal(target.number), target.factor), None


def _times(number: Decimal, factor: str) -> str:
    return plain_decimal(number * Decimal(factor))


def _adjustments(cycle: Cycle, board: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for item in Adjustment.objects.filter(cycle=cycle, board=board).select_related("organisation"):
        side = "bonuses" if item.points > 0 else "deductions"
        entry = found.setdefault(item.organisation.code, {"bonuses": [], "deductions": []})
        entry[side].append({"points": abs(item.points), "reason": item.reason, "document": item.document})
    return found


def late_days_of(cycle: Cycle) -> dict[str, int]:
    """By how many days each organisation's return came after the due date, by code; 0 or more.

    Counted from the day (Asia/Shanghai) on which the return was first handed in. A late permission lets
    one report, it does not move the due date. Who handed in nothing is unreported, which the lines say;
    without a due date nobody is late.
    """
    if cycle.due_on is None:
        return {}
    returns = QuarterlyReturn.objects.filter(cycle=cycle, submitted_at__isnull=False)
    return {
        code: max(0, (timezone.localdate(submitted_at) - cycle.due_on).days)
        for code, submitted_at in returns.values_list("organisation__code", "submitted_at")
    }


def comparisons_for(cycle: Cycle, board: str) -> dict[str, Any]:
    """Ranks of the published quarter before this one and of the same quarter last year, if there are."""
    published = RankingRun.objects.filter(
        cycle__plan=cycle.plan_id, board=board, status=RankingRun.Status.PUBLISHED
    ).select_related("cycle")
    earlier = Q(cycle__year__lt=cycle.year) | Q(cycle__year=cycle.year, cycle__quarter__lt=cycle.quarter)
    last_year = Q(cycle__year=cycle.year - 1, cycle__quarter=cycle.quarter)
    newest_first = ("-cycle__year", "-cycle__quarter", "-number")
    return {
        "previous": _published_ranks(published.filter(earlier).order_by(*newest_first).first()),
        "last_year": _published_ranks(published.filter(last_year).order_by(*newest_first).first()),
    }


def _published_ranks(run: RankingRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    rows = RankingEntry.objects.filter(run=run).values_list("organisation__code", "rank")
    return {"period": str(run.cycle.period), "digest": run.digest, "ranks": dict(rows)}
