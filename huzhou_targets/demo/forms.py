"""Making a form of a demo return out of the reference data and the demo's own figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from districts.models import Organisation
from huzhou_targets.demo.files import DemoData, DemoDataError, DemoReturn, Narrative
from huzhou_targets.demo.workbooks import Area, Form, FormLine
from indicators.models import DocumentTable, Indicator, Target
from returns.models import Cycle
from returns.selectors import build_vocabulary, scored_targets
from returns.workbook.types import Vocabulary

_CITY = "huzhou"
"""Code of the city's own organisation (全市)."""


def build_form(demo: DemoData, entry: DemoReturn, *, cycle: Cycle, reporter: Organisation) -> Form:
    """What this organisation hands in. Raises DemoDataError for a figure that the plan does not know."""
    figures = demo.figures_of(plan=entry.plan, period=entry.period, reporter=reporter.code)
    targets = scored_targets(cycle)
    indicators = {
        item.code: item for item in Indicator.objects.filter(plan=cycle.plan_id).select_related("lead")
    }
    places = list(Organisation.objects.filter(city=cycle.plan.city_id, kind__in=["city", "district", "zone"]))
    known = {place.code for place in places}
    for indicator, organisation in figures:
        if indicator not in indicators or organisation not in known:
            raise DemoDataError(f"{entry.file}：不认识 {indicator} {organisation}")
    areas = _areas(cycle, entry.layout, reporter, places, {organisation for _, organisation in figures})
    labels = printed_labels(cycle, entry.layout)
    lines = [
        _line(indicators[code], labels, targets, demo, entry, reporter, figures)
        for code in _line_codes(targets, indicators, reporter, figures)
    ]
    subject = reporter.name if reporter.is_place else cycle.plan.city.name
    return Form(
        subject=f"{subject}{demo.titles[entry.plan]}",
        reporter=reporter.name,
        period=entry.period,
        years=_years(cycle, reporter),
        areas=tuple(areas),
        lines=tuple(lines),
    )


def template_vocabulary(
    demo: DemoData, entry: DemoReturn, *, cycle: Cycle, reporter: Organisation
) -> Vocabulary:
    """What the template of this return is made from; last quarter's values come from the demo's own tables,
    so that the file is the same whatever the database holds."""
    vocabulary = build_vocabulary(cycle, reporter=reporter)
    previous: dict[tuple[str, str], Decimal] = {}
    if entry.period.quarter > 1:
        previous = demo.figures_of(plan=entry.plan, period=entry.period.previous, reporter=reporter.code)
    places = {key: replace(term, previous=previous.get(key)) for key, term in vocabulary.places.items()}
    return replace(vocabulary, places=places)


def _areas(
    cycle: Cycle, layout: str, reporter: Organisation, places: list[Organisation], reported: set[str]
) -> list[Area]:
    """The form's rows or columns of areas, in the order and with the words of the document's table."""
    table = DocumentTable.objects.filter(plan=cycle.plan_id, layout="B").first()
    columns = table.columns if table and "B" in layout else []
    printed = {
        column["code"]: column["label"] for column in columns if column.get("code") and column["label"]
    }
    if layout == "B" and printed:
        return [Area(code=code, label=label) for code, label in printed.items()]
    wanted = [place for place in sorted(places, key=_city_last) if place.code in reported]
    if layout == "B":
        wanted = sorted(places, key=_city_last)
    if layout == "D":
        wanted = [place for place in places if place.code == reporter.code] or [
            place for place in places if place.code == _CITY
        ]
    return [
        Area(code=place.code, label=printed.get(place.code) or _called(place, layout)) for place in wanted
    ]


def _city_last(place: Organisation) -> tuple[bool, int]:
    return place.code == _CITY, place.order


def _called(place: Organisation, layout: str) -> str:
    return "全市累计" if layout == "C" and place.code == _CITY else place.name


def printed_labels(cycle: Cycle, layout: str) -> dict[str, tuple[str, str]]:
    """How the document's table of that layout prints each indicator, and the header above it."""
    if layout == "C":
        table = DocumentTable.objects.filter(plan=cycle.plan_id, layout="C").first()
        columns = table.columns if table else []
        return {
            column["code"]: (column["label"], column.get("under", ""))
            for column in columns
            if column["kind"] == "indicator" and column.get("code")
        }
    rows = Target.objects.filter(
        indicator__plan=cycle.plan_id, table__layout="B", year=cycle.year
    ).values_list("indicator__code", "row")
    return {code: (row, "") for code, row in rows}


def _line_codes(
    targets: list[Target],
    indicators: dict[str, Indicator],
    reporter: Organisation,
    figures: dict[tuple[str, str], Decimal],
) -> list[str]:
    """The indicators on this organisation's form: those with a target of its own and those it has figures of."""
    codes = {code for code, _ in figures}
    for target in targets:
        is_own = target.organisation_id == reporter.pk
        is_led = target.organisation.kind == "city" and target.indicator.lead_id == reporter.pk
        if is_own or is_led:
            codes.add(target.indicator.code)
    return sorted(codes, key=lambda code: indicators[code].order)


def _line(
    indicator: Indicator,
    labels: dict[str, tuple[str, str]],
    targets: list[Target],
    demo: DemoData,
    entry: DemoReturn,
    reporter: Organisation,
    figures: dict[tuple[str, str], Decimal],
) -> FormLine:
    label, under = labels.get(indicator.code, (f"{indicator.name}（{indicator.unit}）", ""))
    own = [item for item in targets if item.indicator_id == indicator.pk]
    in_document_unit = entry.layout in ("D", "DB")
    factor = next((item.unit_factor for item in own if item.organisation.kind == "city"), Decimal(1))
    unit = next((item.unit for item in own if item.organisation.kind == "city"), indicator.unit)
    if not in_document_unit or reporter.is_place:
        factor, unit = Decimal(1), indicator.unit
    spots = {
        organisation: (entry.plan, entry.period, reporter.code, indicator.code, organisation)
        for code, organisation in figures
        if code == indicator.code
    }
    return FormLine(
        code=indicator.code,
        name=indicator.name,
        label=label,
        unit=unit,
        category=indicator.category,
        responsible=indicator.lead.name,
        under=under,
        values={place: _in_unit(figures[(indicator.code, place)], factor) for place in spots},
        targets={item.organisation.code: item.text or "待省下达" for item in own},
        narratives={place: demo.narratives.get(spot, Narrative()) for place, spot in spots.items()},
    )


def _in_unit(value: Decimal, factor: Decimal) -> Decimal:
    """A value in the form's unit, with its own decimals where the unit is the indicator's."""
    return value if factor == 1 else value / factor


def _years(cycle: Cycle, reporter: Organisation) -> tuple[int, ...]:
    """A district keeps all years of the plan in its table, a department's summary has this one only."""
    if reporter.is_place:
        return tuple(range(cycle.plan.first_year, cycle.plan.last_year + 1))
    return (cycle.year,)
