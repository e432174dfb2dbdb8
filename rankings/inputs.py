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
from huzhou_targets.bulk import read_rows
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
from rankings.lines import Line, Sheet, Terms, make_sheet
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


class IndicatorTerms(NamedTuple):
    """What lines of an indicator with targets of one direction and horizon share."""

    terms: Terms
    has_figure: bool
    """Whether a figure can exist in this quarter's return."""


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
    terms: dict[tuple[int, bool, bool], IndicatorTerms] = field(default_factory=dict)
    """What lines share, by indicator, whether a target asks for less, whether it is one for the plan's end."""

    @property
    def is_plan_end(self) -> bool:
        """Whether this is the plan's last quarter, the only one in which a plan-end target is scored."""
        return self.cycle.year == self.cycle.plan.last_year and self.cycle.quarter == 4


class _Plain(dict[str | None, str | None]):
    """Decimals as the database writes them in plain form; each is looked at once."""

    def __missing__(self, number: str | None) -> str | None:
        plain = self[number] = None if number is None else plain_text(number)
        return plain


_WITH_NUMBER = NUMERIC_KINDS | {TargetKind.RELATIVE}
"""Kinds of targets whose places add up to the city's figure."""


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
        .annotate(
            number=Cast("value", TextField()),
            factor=Cast("unit_factor", TextField()),
            above=Cast("offset", TextField()),
        )
        .order_by("indicator__order", "id")
        .values_list(
            *("indicator_id", "organisation_id", "text", "kind", "number"),
            *("unit", "factor", "reference", "above", "is_plan_end"),
        )
    )
    plain = _Plain()
    targets = [
        TargetRow(
            indicator,
            organisation,
            text,
            kind,
            plain[number],
            unit,
            plain[factor] or "1",
            reference,
            None if above is None else Decimal(above),
            bool(is_plan_end),
        )
        for indicator, organisation, text, kind, number, unit, factor, reference, above, is_plan_end in read_rows(
            rows
        )
    ]
    places: dict[int, list[int]] = defaultdict(list)
    are_places = {pk for pk, organisation in organisations.items() if organisation.is_place}
    for target in targets:
        if target.organisation_id in are_places and target.kind in _WITH_NUMBER:
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


def board_inputs(material: Material, *, board: str, scheme: SchemeVersion) -> Sheet:
    """What is sealed for one board: see the module's docstring for what it holds."""
    cycle = material.cycle
    lines = _department_lines(material) if board == Board.DEPARTMENTS else _own_lines(material, board)
    ranked = sorted((material.organisations[pk] for pk in lines), key=_official_order)
    with_group = board != Board.DEPARTMENTS
    units = [_unit(organisation, with_group=with_group) for organisation in ranked]
    adjustments = _adjustments(cycle, board)
    late_days = late_days_of(cycle) if scheme.parameters.get("late") else None
    for unit in units:
        unit.update(adjustments.get(unit["key"], {"bonuses": [], "deductions": []}))
        if late_days is not None:
            unit["late_days"] = late_days.get(unit["key"], 0)
    head = {
        "format": FORMAT,
        "plan": cycle.plan.code,
        "plan_name": cycle.plan.name,
        "period": str(cycle.period),
        "quarter": cycle.quarter,
        "board": board,
        "scheme": {"code": scheme.code, "version": scheme.version, "parameters": scheme.parameters},
        "rules_version": scheme.rules_version,
        "comparisons": comparisons_for(cycle, board),
    }
    with_shares = [item for item in material.indicators.values() if item.min_share_numerator]
    return make_sheet(
        head=head,
        units=units,
        lines=(_with_shares(material, with_shares, lines[organisation.pk]) for organisation in ranked),
    )


def _own_lines(material: Material, board: str) -> Mapping[int, list[Line]]:
    """The lines of organisations that are ranked by their own targets."""
    ranked = {pk for pk, item in material.organisations.items() if item.kind in BOARD_KINDS[board]}
    lines: dict[int, list[Line]] = defaultdict(list)
    figures = material.figures
    for target in material.targets:
        indicator, organisation = target[:2]
        if organisation in ranked:
            lines[organisation].append(line_of(material, target, figures.get((indicator, organisation))))
    return lines


def _department_lines(material: Material) -> Mapping[int, list[Line]]:
    """Departments, each with the city-level targets of the indicators it leads."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for target in material.targets:
        if material.organisations[target.organisation_id].kind != OrganisationKind.CITY:
            continue
        figure = material.figures.get((target.indicator_id, target.organisation_id))
        line = line_of(material, target, figure)
        indicator = material.indicators[target.indicator_id]
        if figure is None and indicator.additive:
            line = _added_up(material, indicator, line)
        lines[indicator.lead_id].append(line)
    return lines


def _with_shares(material: Material, indicators: Sequence[Indicator], lines: list[Line]) -> list[Line]:
    """The lines, with every share constraint (其中 ≥ 1/3) judged on actual figures: child × 3 ≥ parent.

    v1 gives it no points; it is shown as met or broken (DOMAIN section 5, 8).
    """
    by_code = {line.terms["code"]: number for number, line in enumerate(lines)} if indicators else {}
    for indicator in indicators:
        number = by_code.get(indicator.code)
        numerator, denominator = indicator.min_share_numerator, indicator.min_share_denominator
        parent = material.indicators.get(indicator.parent_id or 0)
        if number is None or parent is None or not numerator or not denominator:
            continue
        line, whole = lines[number], by_code.get(parent.code)
        if whole is None or line.value is None or lines[whole].value is None:
            continue
        share = {
            "of": parent.name,
            "at_least": f"{numerator}/{denominator}",
            "met": Decimal(line.value) * denominator >= Decimal(lines[whole].value or 0) * numerator,
        }
        lines[number] = line._replace(detail={**line.detail, "share": share})
    return lines


def _added_up(material: Material, indicator: Indicator, line: Line) -> Line:
    """The line with the city's figure as the sum over the districts with a scored target; 不完整 if one is missing."""
    places = material.places_by_indicator.get(indicator.pk, [])
    if not places:
        return line
    parts = {
        material.organisations[pk].name: material.figures.get((indicator.pk, pk))
        for pk in sorted(places, key=lambda pk: _official_order(material.organisations[pk]))
    }
    missing = [name for name, figure in parts.items() if figure is None]
    sum_of = {name: figure.number for name, figure in parts.items() if figure is not None}
    total = sum((figure.value for figure in parts.values() if figure), start=Decimal(0))
    return line._replace(
        detail={"sum_of": sum_of, "missing": missing}, value=line.value if missing else plain_decimal(total)
    )


def _official_order(organisation: Organisation) -> tuple[int, str]:
    return (organisation.order, organisation.code)


def _unit(organisation: Organisation, *, with_group: bool) -> dict[str, Any]:
    group = PEER_GROUPS.get(OrganisationKind(organisation.kind)) if with_group else None
    return {
        "key": organisation.code,
        "name": organisation.name,
        "order": organisation.order,
        "group": group,
    }


def line_of(material: Material, target: TargetRow, figure: EffectiveFigure | None) -> Line:
    """One line as it is sealed: the place, its terms and its figure, `None` where there is none.

    Numbers are plain texts already: a board of a city's companies has a million of them.
    """
    pk, kind = target.indicator_id, target.kind
    key = (pk, kind in _LOWER_KINDS, target.is_plan_end)
    shared = material.terms.get(key)
    if shared is None:
        shared = material.terms[key] = _terms_of(material, target)
    value, excluded = _resolve(material, target)
    if excluded is None and not shared.has_figure:
        excluded = Reason.NO_FIGURE_YET
    baseline = material.baselines.get((pk, target.organisation_id)) if material.baselines else None
    number = file = sheet = cell = as_of = figure_id = None
    if figure is not None:
        figure_id, _, number, _, _, as_of, file, sheet, cell = figure
    return Line(
        shared.terms,
        target.unit,
        target.factor,
        target.text,
        value,
        kind in _STRICT_KINDS,
        excluded.value if excluded else None,
        number,
        None if baseline is None else plain_decimal(baseline),
        figure_id,
        file or None,
        sheet or None,
        cell or None,
        None if as_of is None else as_of.isoformat(),
        _NO_DETAIL,
    )


_NO_DETAIL: Mapping[str, Any] = {}
_LOWER_KINDS = frozenset({TargetKind.AT_MOST, TargetKind.BELOW})
_STRICT_KINDS = frozenset({TargetKind.ABOVE, TargetKind.BELOW})


def _terms_of(material: Material, target: TargetRow) -> IndicatorTerms:
    indicator = material.indicators[target.indicator_id]
    milestone = material.milestones.get(indicator.pk)
    share, amount = (milestone.share, milestone.amount) if milestone else (None, None)
    return IndicatorTerms(
        terms={
            "code": indicator.code,
            "indicator": indicator.name,
            "kind": str(indicator.kind),
            "direction": str(Direction.LOWER if target.kind in _LOWER_KINDS else indicator.direction),
            "counted": indicator.is_counted,
            "weight": plain_decimal(indicator.weight),
            "milestone_share": None if share is None else plain_decimal(share),
            "milestone_amount": None if amount is None else plain_decimal(amount),
            "due": not target.is_plan_end or material.is_plan_end,
        },
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
