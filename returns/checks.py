"""Checks across the figures of one return: sums, parts, earlier figures, targets, units.

Pure, and the same for web form, file and API: they take located figures and answer with problems. None of
them refuses a figure; warnings name the place they belong to, so that they travel with it to the reviewer.
Rules: DOMAIN section 7 (the table of readings), section 3 (shares), section 4 (falling flows).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from returns.workbook.cells import significant
from returns.workbook.cross_checks import without_switched_off
from returns.workbook.guidance import make_problem
from returns.workbook.types import (
    FigureRow,
    IndicatorTerm,
    OrganisationTerm,
    PlaceTerm,
    Problem,
    TotalRow,
    Vocabulary,
)
from returns.workbook.units import factor, is_percent

BEYOND_TIMES = 3
PERCENT_TARGET_FROM = Decimal(5)
MAGNITUDE_TIMES = 5000
NAMED_AT_MOST = 8
_ONE = Decimal(1)
_AREAS = frozenset(("district", "zone"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """The figures by place, those of districts by indicator, beside the vocabulary by code."""

    rows: Mapping[tuple[str, str], FigureRow]
    areas: Mapping[str, list[FigureRow]]
    indicators: Mapping[str, IndicatorTerm]
    organisations: Mapping[str, OrganisationTerm]
    vocabulary: Vocabulary

    def name(self, organisation: str) -> str:
        """An organisation's name for a message."""
        term = self.organisations.get(organisation)
        return term.name if term else organisation

    def problem(self, code: str, row: FigureRow, **gaps: object) -> Problem:
        """A problem at a figure's own cell."""
        return make_problem(
            code,
            sheet=row.sheet,
            cell=row.cell,
            indicator=row.indicator,
            organisation=row.organisation,
            organisation_name=self.name(row.organisation),
            indicator_name=self.indicators[row.indicator].name,
            **gaps,
        )


def check_figures(
    rows: Sequence[FigureRow], totals: Sequence[TotalRow], vocabulary: Vocabulary
) -> list[Problem]:
    """All doubts about a return, in the order of its figures; information on what is missing comes last.

    Checks that the vocabulary names as switched off say nothing.
    ``rows`` hold at most one figure for each place; ``totals`` may be empty. Rows of indicators that the
    vocabulary does not know are passed over.
    """
    indicators = {term.code: term for term in vocabulary.indicators}
    organisations = {term.code: term for term in vocabulary.organisations}
    by_place = {(row.indicator, row.organisation): row for row in rows if row.indicator in indicators}
    areas: dict[str, list[FigureRow]] = {}
    for row in by_place.values():
        term = organisations.get(row.organisation)
        if term is not None and term.kind in _AREAS:
            areas.setdefault(row.indicator, []).append(row)
    facts = _Facts(
        rows=by_place,
        areas=areas,
        indicators=indicators,
        organisations=organisations,
        vocabulary=vocabulary,
    )
    problems: list[Problem] = []
    for row in facts.rows.values():
        problems.extend(_check_one(row, facts))
    problems.extend(_check_sums(totals, facts))
    problems.extend(_missing(facts))
    return without_switched_off(problems, vocabulary.switched_off)


def _check_one(row: FigureRow, facts: _Facts) -> Iterator[Problem]:
    term = facts.indicators[row.indicator]
    place = facts.vocabulary.places.get((row.indicator, row.organisation))
    if term.parent is not None:
        yield from _check_part(row, term, facts)
    if place is None:
        return
    if term.kind == "flow" and place.previous is not None and row.value < place.previous:
        yield facts.problem("cumulative_fall", row, value=_show(row.value), previous=_show(place.previous))
    yield from _check_others(row, term, place, facts)
    if place.target_value is not None:
        yield from _check_target(row, term, place, place.target_value, facts)


def _check_others(row: FigureRow, term: IndicatorTerm, place: PlaceTerm, facts: _Facts) -> Iterator[Problem]:
    """A figure against what another reporter (the lead department, the district) gave for the same place."""
    reporter = facts.vocabulary.template_organisation
    for other, value in place.others:
        if value != row.value:
            yield facts.problem(
                "reporters_differ",
                row,
                reporter=facts.name(reporter) if reporter else "本单位",
                other=other,
                value=_show(row.value),
                other_value=_show(value),
                unit=term.unit,
            )


def _check_part(row: FigureRow, term: IndicatorTerm, facts: _Facts) -> Iterator[Problem]:
    """A part (其中) against its whole: never above it, and at least its minimum share, both exact."""
    whole = facts.rows.get((term.parent or "", row.organisation))
    if whole is None or term.parent is None:
        return
    parent = facts.indicators[term.parent]
    times = factor(source=term.unit, target=parent.unit) if term.unit and parent.unit else Decimal(1)
    if times is None:
        return
    part = row.value * times
    numbers = {
        "value": _show(row.value),
        "parent": parent.name,
        "parent_value": _show(whole.value),
    }
    if part > whole.value:
        yield facts.problem("child_above_parent", row, **numbers)
    elif term.min_share is not None and whole.value > 0:
        numerator, denominator = term.min_share
        if part * denominator < whole.value * numerator:
            yield facts.problem("share_broken", row, share=f"{numerator}/{denominator}", **numbers)


def _check_target(
    row: FigureRow, term: IndicatorTerm, place: PlaceTerm, target: Decimal, facts: _Facts
) -> Iterator[Problem]:
    """A value against its target, in the target's unit: per cent written as a fraction, wrong magnitude."""
    unit = place.target_unit or term.unit
    times = factor(source=term.unit, target=unit) if unit != term.unit else _ONE
    if times is None:
        return
    value = row.value if times is _ONE else row.value * times
    if is_percent(unit) and target >= PERCENT_TARGET_FROM and 0 < abs(value) < 1 and _is_plain(row):
        yield facts.problem(
            "percent_below_one",
            row,
            value=_show(row.value),
            target=place.target_text or _show(target),
            hundredfold=_show(row.value * 100),
        )
        return
    if target <= 0:
        return
    is_beyond = value > BEYOND_TIMES * target
    if not is_beyond and (is_percent(unit) or not 0 < value * MAGNITUDE_TIMES <= target):
        return
    shown = {"value": _show(value), "target": _show(target), "unit": unit}
    if is_beyond:
        hint = "，可能用错了单位" if value >= MAGNITUDE_TIMES * target else ""
        yield facts.problem("beyond_target", row, hint=hint, **shown)
    else:
        yield facts.problem("unit_magnitude", row, times=f"{target / value:.0f}", **shown)


def _is_plain(row: FigureRow) -> bool:
    """Whether the number was written as such, without a per cent sign or per cent format."""
    return significant(row.raw) == row.value


def _check_sums(totals: Sequence[TotalRow], facts: _Facts) -> Iterator[Problem]:
    """Stated sums, and the city's figure, against the districts; only where districts add up."""
    stated: set[str] = set()
    city = facts.vocabulary.city
    for total in totals:
        term = facts.indicators.get(total.indicator)
        if term is None or not term.additive:
            continue
        is_part = "小计" in total.label
        if not is_part:
            stated.add(total.indicator)
        members = [
            row
            for code in dict.fromkeys(total.organisations)
            if (row := facts.rows.get((total.indicator, code)))
        ]
        yield from _compare_sum(total, members, facts, names_missing=not is_part)
    for (indicator, organisation), row in facts.rows.items():
        if organisation != city or indicator in stated or not facts.indicators[indicator].additive:
            continue
        members = facts.areas.get(indicator, [])
        if members and not _unreported(indicator, facts):
            total = TotalRow(
                indicator=indicator,
                label=facts.name(organisation),
                organisations=tuple(member.organisation for member in members),
                value=row.value,
                sheet=row.sheet,
                cell=row.cell,
            )
            yield from _compare_sum(total, members, facts, names_missing=False)


def _compare_sum(
    total: TotalRow, members: Sequence[FigureRow], facts: _Facts, *, names_missing: bool
) -> Iterator[Problem]:
    found = sum((row.value for row in members), Decimal(0))
    if not members or found == total.value:
        return
    missing = _unreported(total.indicator, facts) if names_missing else []
    named = f"（{'、'.join(facts.name(code) for code in missing)}未填）" if missing else ""
    city = facts.vocabulary.city
    is_city = city is not None and (total.indicator, city) in facts.rows and "计" not in total.label
    yield make_problem(
        "sum_mismatch",
        sheet=total.sheet,
        cell=total.cell,
        indicator=total.indicator,
        organisation=city if is_city else None,
        indicator_name=facts.indicators[total.indicator].name,
        label=total.label,
        total=_show(total.value),
        sum=_show(found),
        difference=_show(abs(found - total.value)),
        missing=named,
    )


def _unreported(indicator: str, facts: _Facts) -> list[str]:
    """Districts that are assessed on an indicator and gave no figure in this return."""
    return [
        organisation.code
        for organisation in facts.vocabulary.organisations
        if organisation.kind in _AREAS
        and (place := facts.vocabulary.places.get((indicator, organisation.code))) is not None
        and place.assessed
        and (indicator, organisation.code) not in facts.rows
    ]


def _missing(facts: _Facts) -> Iterator[Problem]:
    """What this person may report and is assessed but left blank, one line for each organisation."""
    blank: dict[str, list[str]] = {}
    for (indicator, organisation), place in facts.vocabulary.places.items():
        known = indicator in facts.indicators
        if known and place.may_report and place.assessed and (indicator, organisation) not in facts.rows:
            blank.setdefault(organisation, []).append(facts.indicators[indicator].name)
    for organisation, names in blank.items():
        more = "等" if len(names) > NAMED_AT_MOST else ""
        yield make_problem(
            "incomplete",
            organisation=organisation,
            organisation_name=facts.name(organisation),
            count=len(names),
            indicators="、".join(names[:NAMED_AT_MOST]) + more,
        )


def _show(number: Decimal) -> str:
    """A number for a message: plain notation, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
