"""目标校核: whether the numbers of a plan's documents agree with each other.

Pure functions over plain values. Each check yields a finding for every comparison that it makes, also
for those that agree, so that a reader sees what was checked. Amounts are compared exactly, in the
indicator's unit; what is a number on one side and words on the other is never forced into a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from indicators.check_values import (
    Cell,
    Check,
    Finding,
    Horizon,
    Link,
    Measure,
    PlanUnderCheck,
    Relation,
    Severity,
    Side,
    shown_amount,
    side_of,
    side_of_sum,
)
from indicators.target_text import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    BELOW,
    JOINT,
    MERGED,
    NOT_ASSESSED,
    PROVINCIAL,
    RELATIVE,
    TEXT,
    TOTAL_DASH,
    ZERO,
    unit_factor,
)

FLOW, STOCK, RATE = "flow", "stock", "rate"

_UPPER_BOUNDS = frozenset({AT_MOST, BELOW})
_NO_TASK = frozenset({NOT_ASSESSED, MERGED, TOTAL_DASH})
_GRAVITY = {severity: order for order, severity in enumerate(Severity)}
_EXPLAIN = "请核对原文；文件确实如此的，由牵头办写明理由。"
_SETTLE = "两边不能直接比较，请写明以哪一个为准，或待数字下达后再核对。"


def check_plan(plan: PlanUnderCheck) -> list[Finding]:
    """Every comparison of every check: the gravest first, then in the order of CHECKS.

    Keys are unique within a plan.
    """
    found = (finding for check in CHECKS for finding in check(plan))
    return sorted(found, key=lambda finding: _GRAVITY[finding.severity])


# --- within a table -----------------------------------------------------------------------------


def check_district_sums(plan: PlanUnderCheck) -> Iterator[Finding]:
    """Districts of an additive indicator add up to the city's cell of the same table and year."""
    for city, districts in _city_with_districts(plan):
        measure = plan.measures[city.measure]
        if not measure.additive or city.amount is None:
            continue
        counted = [cell for cell in districts if cell.amount is not None]
        waiting = [cell for cell in districts if cell.amount is None and cell.kind not in _NO_TASK]
        total = _sum(counted)
        against = side_of_sum(counted, total, unit=measure.unit)
        said = f"{_where(city)}写{shown_amount(city.amount, measure.unit)}"
        summed = f"{len(counted)}个区县之和为{shown_amount(total, measure.unit)}"
        if waiting:
            names = "、".join(cell.organisation_name for cell in waiting)
            yield _finding(
                city, Check.DISTRICT_SUM, Severity.NOTICE, f"{said}，{names}还没有数。{_SETTLE}", against
            )
        elif total == city.amount:
            yield _finding(city, Check.DISTRICT_SUM, Severity.AGREED, f"{said}，{summed}。", against)
        else:
            gap = shown_amount(abs(total - city.amount), measure.unit)
            message = f"{said}，{summed}，相差{gap}。{_EXPLAIN}"
            yield _finding(city, Check.DISTRICT_SUM, Severity.PROBLEM, message, against)


def check_year_totals(plan: PlanUnderCheck) -> Iterator[Finding]:
    """小计 is the sum of the years, 合计 also that of the districts' 小计; of a stock there is none."""
    totals = [cell for cell in plan.cells if cell.horizon is Horizon.TOTAL]
    for total in totals:
        measure = plan.measures[total.measure]
        years = [
            cell
            for cell in plan.tabled()
            if (cell.table, cell.measure, cell.organisation)
            == (total.table, total.measure, total.organisation)
        ]
        if measure.kind != FLOW or total.amount is None:
            yield _total_of_level(total, measure, years)
            continue
        yield _total_against(total, measure, years, what="各年之和", suffix="years")
        if total.is_city:
            parts = [
                cell
                for cell in totals
                if cell.is_place and (cell.table, cell.measure) == (total.table, total.measure)
            ]
            yield _total_against(total, measure, parts, what="各区县小计之和", suffix="districts")


def _total_of_level(total: Cell, measure: Measure, years: Sequence[Cell]) -> Finding:
    against = side_of_sum(years, _sum(years), unit=measure.unit)
    if measure.kind != FLOW and total.amount is None:
        message = f"{_total_name(total)}是存量或比率，不逐年累加，写“{total.shown}”。"
        return _finding(total, Check.YEAR_TOTAL, Severity.AGREED, message, against, suffix="years")
    if measure.kind != FLOW:
        message = f"{_total_name(total)}是存量或比率，不应有各年累加的数，却写“{total.shown}”。{_EXPLAIN}"
        return _finding(total, Check.YEAR_TOTAL, Severity.PROBLEM, message, against, suffix="years")
    message = f"{_total_name(total)}是增量，应有各年之和，却写“{total.shown}”。{_EXPLAIN}"
    return _finding(total, Check.YEAR_TOTAL, Severity.NOTICE, message, against, suffix="years")


def _total_against(
    total: Cell, measure: Measure, parts: Sequence[Cell], *, what: str, suffix: str
) -> Finding:
    amount = _sum(parts)
    against = side_of_sum(parts, amount, unit=measure.unit)
    said = f"{_total_name(total)}写{shown_amount(total.amount, measure.unit)}，{what}为{shown_amount(amount, measure.unit)}"
    if amount == total.amount:
        return _finding(total, Check.YEAR_TOTAL, Severity.AGREED, f"{said}。", against, suffix=suffix)
    message = f"{said}。{_EXPLAIN}"
    return _finding(total, Check.YEAR_TOTAL, Severity.PROBLEM, message, against, suffix=suffix)


def _total_name(total: Cell) -> str:
    return f"{_where(total)}{'合计' if total.is_city else f'{total.organisation_name}小计'}"


def check_rate_ranges(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A rate does not add up, but the city's lies between the lowest and the highest district."""
    for city, districts in _city_with_districts(plan):
        measure = plan.measures[city.measure]
        counted = [cell for cell in districts if cell.amount is not None]
        if measure.kind != RATE or city.amount is None or not counted:
            continue
        ordered = sorted(counted, key=_amount)
        low, high = ordered[0], ordered[-1]
        against = replace(
            side_of_sum([low, high], Decimal(0), unit=measure.unit),
            text=f"{low.shown}—{high.shown}",
            value=None,
        )
        said = (
            f"{_where(city)}写{shown_amount(city.amount, measure.unit)}，区县最低"
            f"{low.organisation_name}{shown_amount(low.amount, measure.unit)}、"
            f"最高{high.organisation_name}{shown_amount(high.amount, measure.unit)}"
        )
        if _amount(low) <= city.amount <= _amount(high):
            yield _finding(city, Check.RATE_RANGE, Severity.AGREED, f"{said}。", against)
        else:
            message = f"{said}，全市不在其间。{_EXPLAIN}"
            yield _finding(city, Check.RATE_RANGE, Severity.PROBLEM, message, against)


def check_shares(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A child (其中：…) is no more than its parent and at least its share of it, in every row."""
    rows = {(cell.table, cell.measure, cell.organisation, cell.year): cell for cell in plan.tabled()}
    for (table, code, organisation, year), child in rows.items():
        measure = plan.measures[code]
        parent = rows.get((table, measure.parent or "", organisation, year))
        if parent is None or child.amount is None or parent.amount is None:
            continue
        whole = plan.measures[parent.measure]
        said = (
            f"{_where(child)}写{shown_amount(child.amount, measure.unit)}，"
            f"总项“{whole.name}”{shown_amount(parent.amount, whole.unit)}"
        )
        if child.amount > parent.amount:
            message = f"{said}，其中项大于总项。{_EXPLAIN}"
            yield _finding(child, Check.SHARE, Severity.PROBLEM, message, side_of(parent))
        elif measure.min_share is not None and not _reaches_share(child, parent, measure.min_share):
            message = f"{said}，占比不到{_share_words(measure.min_share)}。{_EXPLAIN}"
            yield _finding(child, Check.SHARE, Severity.PROBLEM, message, side_of(parent))
        else:
            least = f"，占比不少于{_share_words(measure.min_share)}" if measure.min_share else ""
            yield _finding(child, Check.SHARE, Severity.AGREED, f"{said}{least}。", side_of(parent))


def check_stocks(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A stock is a level at the year's end: where higher is better no year's target lies below the last."""
    series: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in plan.tabled():
        measure = plan.measures[cell.measure]
        if measure.kind == STOCK and measure.higher_is_better and cell.amount is not None:
            series.setdefault((cell.table, cell.measure, cell.organisation), []).append(cell)
    for cells in series.values():
        years = sorted(cells, key=lambda cell: cell.year)
        if len(years) < 2:
            continue
        unit = plan.measures[years[0].measure].unit
        falls = [(before, after) for before, after in pairwise(years) if _amount(after) < _amount(before)]
        for before, after in falls:
            message = (
                f"{_where(after)}，{after.year}年写{shown_amount(after.amount, unit)}，低于{before.year}年的"
                f"{shown_amount(before.amount, unit)}，而存量是期末总数。{_EXPLAIN}"
            )
            yield _finding(after, Check.FALLING_STOCK, Severity.PROBLEM, message, side_of(before))
        if not falls:
            course = "、".join(f"{cell.year}年{shown_amount(cell.amount, unit)}" for cell in years)
            message = f"{_where(years[-1])}，{course}，没有下降。"
            yield _finding(years[-1], Check.FALLING_STOCK, Severity.AGREED, message, side_of(years[0]))


def check_columns(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A table that breaks targets down has a place for every district and zone of the city."""
    tables: dict[str, list[Cell]] = {}
    for cell in plan.tabled():
        if cell.is_place:
            tables.setdefault(cell.table, []).append(cell)
    for table, cells in tables.items():
        present = {cell.organisation: cell.organisation_name for cell in cells}
        first = replace(side_of(cells[0]), clause="", row="", column="", value=None, unit="")
        for code, name in plan.places:
            found = code in present
            word = f"{cells[0].annex}有“{name}”" if found else f"{cells[0].annex}没有“{name}”"
            advice = (
                "。" if found else "，它在本表没有目标、不参加区县榜。请核对原文；确实不分解的，写明理由。"
            )
            yield Finding(
                key=f"{Check.COLUMNS}:{table}:{code}",
                check=Check.COLUMNS,
                severity=Severity.AGREED if found else Severity.INFO,
                measure=None,
                organisation=code,
                year=cells[0].year,
                message=f"{word}{advice}",
                stated=replace(first, text="、".join(present.values())),
                against=replace(first, annex="组织机构", column=name, text=name),
            )


# --- between tables -----------------------------------------------------------------------------


def check_two_tables(plan: PlanUnderCheck) -> Iterator[Finding]:
    """Where two tables give the same measure for the same place and year, they say the same."""
    groups: dict[tuple[str, str, int], list[Cell]] = {}
    for cell in plan.tabled():
        groups.setdefault((cell.measure, cell.organisation, cell.year), []).append(cell)
    for cells in groups.values():
        first, *others = sorted(cells, key=lambda cell: not cell.is_scored)
        unit = plan.measures[first.measure].unit
        for other in others:
            said = f"{_where(first)}写“{_with_unit(first)}”，{_where(other)}写“{_with_unit(other)}”"
            suffix = other.table
            if _same_statement(first, other):
                turned = f"，单位不同，折算后都是{shown_amount(first.amount, unit)}"
                message = f"{said}{turned if first.unit != other.unit else '，相同'}。"
                severity = Severity.AGREED
            elif first.amount is None or other.amount is None or first.amount == other.amount:
                message, severity = f"{said}。{_SETTLE}", Severity.NOTICE
            else:
                message, severity = f"{said}，两数不同。{_EXPLAIN}", Severity.PROBLEM
            yield _finding(first, Check.TWO_TABLES, severity, message, side_of(other), suffix=suffix)


# --- running text against tables ----------------------------------------------------------------


def check_running_text(plan: PlanUnderCheck) -> Iterator[Finding]:
    """What the running text says of the whole city against the tables: headlines and horizons."""
    for code in plan.measures:
        candidates = plan.city_cells(code)
        for stated in plan.of(code, Horizon.YEAR, Horizon.EACH_YEAR, Horizon.PLAN_END):
            if stated.fraction is not None:
                yield from _share_headline(plan, stated)
            else:
                yield from _text_against(plan, stated, candidates)


def check_yearly_against_end(plan: PlanUnderCheck) -> Iterator[Finding]:
    """每年 1000 over three years makes the 3000 of the plan's end, for what adds up over the years."""
    for code, measure in plan.measures.items():
        yearly = [cell for cell in plan.of(code, Horizon.EACH_YEAR) if cell.amount is not None]
        for end in plan.of(code, Horizon.PLAN_END):
            if measure.kind != FLOW or end.amount is None or not yearly:
                continue
            total = _sum(yearly)
            said = (
                f"{_where(end)}期末目标{shown_amount(end.amount, measure.unit)}，每年目标{len(yearly)}年之和为"
                f"{shown_amount(total, measure.unit)}"
            )
            same = total == end.amount
            message = f"{said}。" if same else f"{said}，两数不同。{_SETTLE}"
            severity = Severity.AGREED if same else Severity.NOTICE
            against = side_of_sum(yearly, total, unit=measure.unit)
            yield _finding(end, Check.HORIZON, severity, message, against, suffix="each-year")


def _text_against(plan: PlanUnderCheck, stated: Cell, candidates: Sequence[Cell]) -> Iterator[Finding]:
    """One target of the text against the cells that state the same measure, by what its year means."""
    if stated.horizon is not Horizon.PLAN_END:
        yield from (_headline(plan, stated, cell) for cell in candidates if cell.year == stated.year)
        return
    earlier = [cell for cell in candidates if cell.year <= stated.year]
    if not earlier:
        return
    if plan.measures[earlier[0].measure].kind == FLOW:
        yield _end_against_sum(plan, stated, earlier)
    elif earlier[-1].year == stated.year:
        yield _headline(plan, stated, earlier[-1])
    else:
        yield _end_against_level(plan, stated, earlier[-1])


def _headline(plan: PlanUnderCheck, stated: Cell, cell: Cell) -> Finding:
    """A number of the text against the table's cell of the same year."""
    said = f"{_where(stated)}写“{stated.shown}”，{_where(cell)}写“{_with_unit(cell)}”"
    reached = _satisfies(cell, stated)
    suffix = _other_measure(stated, cell)
    if _same_statement(stated, cell) and (stated.horizon is Horizon.YEAR or cell.amount is None):
        severity, message = Severity.AGREED, f"{said}，相同。"
    elif reached is None:
        severity, message = Severity.NOTICE, f"{said}。{_SETTLE}"
    elif reached:
        severity, message = Severity.INFO, f"{said}，后者达到前者的要求。"
    else:
        severity, message = Severity.PROBLEM, f"{said}，后者达不到前者的要求。{_EXPLAIN}"
    return _finding(stated, Check.HEADLINE, severity, message, side_of(cell), suffix=suffix)


def _share_headline(plan: PlanUnderCheck, stated: Cell) -> Iterator[Finding]:
    """A share that the text asks for (不少于1/3) against the row with the lowest share of that year."""
    parent_code = plan.measures[stated.measure].parent
    if parent_code is None or stated.fraction is None:
        return
    cells = {
        (cell.measure, cell.table, cell.organisation): cell
        for cell in plan.tabled()
        if cell.year == stated.year
    }
    pairs = [
        (child, parent)
        for (code, table, organisation), child in cells.items()
        if code == stated.measure
        and child.amount is not None
        and (parent := cells.get((parent_code, table, organisation))) is not None
        and parent.amount
    ]
    if not pairs:
        return
    child, parent = min(pairs, key=lambda pair: Fraction(_amount(pair[0])) / Fraction(_amount(pair[1])))
    ratio = f"{child.shown}/{parent.shown}"
    said = f"{_where(stated)}写“{stated.shown}”，{child.annex}中{child.year}年各行中最低的是{child.organisation_name}{ratio}"
    against = replace(side_of(child), text=ratio)
    if _reaches_share(child, parent, stated.fraction):
        message = f"{said}，附表达到正文的要求。"
        yield _finding(stated, Check.HEADLINE, Severity.INFO, message, against)
    else:
        message = f"{said}，附表达不到正文的要求。{_EXPLAIN}"
        yield _finding(stated, Check.HEADLINE, Severity.PROBLEM, message, against)


def _end_against_level(plan: PlanUnderCheck, stated: Cell, earlier: Cell) -> Finding:
    """The plan-end target of a stock or rate is no weaker than an earlier year's."""
    measure = plan.measures[earlier.measure]
    said = f"{_where(stated)}，{stated.year}年写“{stated.shown}”，{_where(earlier)}，{earlier.year}年写“{_with_unit(earlier)}”"
    suffix = _other_measure(stated, earlier)
    if stated.amount is None or earlier.amount is None:
        severity = Severity.AGREED if _same_statement(stated, earlier) else Severity.NOTICE
        message = f"{said}，相同。" if severity is Severity.AGREED else f"{said}。{_SETTLE}"
    elif _is_weaker(stated.amount, earlier.amount, measure):
        severity = Severity.PROBLEM
        message = f"{said}，期末目标反而不及更早的年份。{_EXPLAIN}"
    else:
        severity, message = Severity.AGREED, f"{said}，前后没有矛盾。"
    return _finding(stated, Check.HORIZON, severity, message, side_of(earlier), suffix=suffix)


def _end_against_sum(plan: PlanUnderCheck, stated: Cell, cells: Sequence[Cell]) -> Finding:
    """A plan-end target of what adds up against the sum of the years that the table gives."""
    measure = plan.measures[cells[0].measure]
    suffix = _other_measure(stated, cells[0])
    if stated.amount is None or any(cell.amount is None for cell in cells):
        message = f"{_where(stated)}写“{stated.shown}”，{_where(cells[0])}写“{cells[0].shown}”。{_SETTLE}"
        return _finding(stated, Check.HORIZON, Severity.NOTICE, message, side_of(cells[0]), suffix=suffix)
    total = _sum(cells)
    if [cell.year for cell in cells] != list(plan.years):
        return _end_against_part(plan, stated, cells, suffix=suffix)
    printed = next(
        (
            cell
            for cell in plan.of(cells[0].measure, Horizon.TOTAL)
            if cell.table == cells[0].table and cell.amount == total
        ),
        None,
    )
    against = side_of(printed) if printed else side_of_sum(cells, total, unit=measure.unit)
    said = f"{_where(stated)}写“{stated.shown}”，{cells[0].annex}的{len(cells)}年之和为{shown_amount(total, measure.unit)}"
    if _satisfies(replace(cells[0], kind=AT_LEAST, value=total, factor=Decimal(1)), stated):
        message = f"{said}，附表达到正文的要求。"
        return _finding(stated, Check.HEADLINE, Severity.INFO, message, against, suffix=suffix)
    message = f"{said}，附表达不到正文的要求。{_EXPLAIN}"
    return _finding(stated, Check.HEADLINE, Severity.PROBLEM, message, against, suffix=suffix)


def _end_against_part(plan: PlanUnderCheck, stated: Cell, cells: Sequence[Cell], *, suffix: str) -> Finding:
    """A plan-end total against what some of its years already ask for: they must not exceed it."""
    unit = plan.measures[stated.measure].unit
    total = _sum(cells)
    amount = _amount(stated)
    years = "、".join(f"{year}年" for year in dict.fromkeys(cell.year for cell in cells))
    said = (
        f"{_where(stated)}，{stated.year}年写“{stated.shown}”，附表{years}的目标"
        f"{'之和' if len(cells) > 1 else ''}为{shown_amount(total, unit)}"
    )
    against = side_of(cells[0]) if len(cells) == 1 else side_of_sum(cells, total, unit=unit)
    if total > amount:
        severity, message = Severity.PROBLEM, f"{said}，已超过期末目标。{_EXPLAIN}"
    elif total == amount:
        severity = Severity.INFO
        message = f"{said}，已等于期末目标；期末目标如指当年数而不是累计数，请说明。"
    else:
        severity, message = Severity.AGREED, f"{said}，没有超过期末目标。"
    return _finding(stated, Check.HORIZON, severity, message, against, suffix=suffix)


# --- measures that belong together under different names ------------------------------------------


def check_same_measures(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A measure of the text against the one that is the same under another name."""
    for link in _links(plan, Relation.SAME):
        candidates = plan.city_cells(link.part) or plan.of(link.part, Horizon.YEAR)
        scaled = _in_unit_of(plan, link, candidates)
        for stated in plan.of(link.whole, Horizon.YEAR, Horizon.EACH_YEAR, Horizon.PLAN_END):
            yield from (_noting(finding, link) for finding in _text_against(plan, stated, scaled))


def check_additions(plan: PlanUnderCheck) -> Iterator[Finding]:
    """What the years add is no more than the level that the text wants at the plan's end."""
    for whole, links in _links_by_whole(plan, Relation.ADDITION):
        cells = [
            cell
            for link in links
            for cell in _in_unit_of(plan, link, plan.city_cells(link.part))
            if cell.amount is not None
        ]
        for stated in plan.of(whole, Horizon.PLAN_END):
            if cells and stated.amount is not None:
                suffix = "+".join(link.part for link in links)
                yield _noting(_end_against_part(plan, stated, cells, suffix=suffix), links[0])


def check_breakdowns(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A target that another place breaks down (5 + 75) is the sum of its parts (80)."""
    for whole, links in _links_by_whole(plan, Relation.PART):
        unit = plan.measures[whole].unit
        for stated in plan.city_cells(whole) or plan.of(whole, Horizon.YEAR):
            parts = [
                cell
                for link in links
                for cell in _in_unit_of(plan, link, _statements(plan, link.part))
                if cell.year == stated.year
            ]
            if stated.amount is None or not parts or any(cell.amount is None for cell in parts):
                continue
            total = _sum(parts)
            said = (
                f"{_where(stated)}写“{_with_unit(stated)}”，另行拆分为"
                f"{'、'.join(f'{_named(cell)}{cell.shown}' for cell in parts)}，相加为{shown_amount(total, unit)}"
            )
            same = total == stated.amount
            message = f"{said}，与原目标相等。" if same else f"{said}，与原目标不等。{_EXPLAIN}"
            severity = Severity.INFO if same else Severity.PROBLEM
            against = side_of_sum(parts, total, unit=unit)
            suffix = "+".join(link.part for link in links)
            yield _finding(stated, Check.BREAKDOWN, severity, message, against, suffix=suffix)


def check_parts_within(plan: PlanUnderCheck) -> Iterator[Finding]:
    """A measure that is contained in another (其中) asks for no more than the other."""
    for link in _links(plan, Relation.WITHIN):
        unit = plan.measures[link.whole].unit
        for stated in _statements(plan, link.whole):
            for part in _in_unit_of(plan, link, _statements(plan, link.part)):
                end = Horizon.PLAN_END
                if part.year != stated.year or (part.horizon is end) != (stated.horizon is end):
                    continue
                if stated.amount is None or part.amount is None:
                    continue
                said = (
                    f"{_named(part)}{shown_amount(part.amount, unit)}，"
                    f"属于{_named(stated)}{shown_amount(stated.amount, unit)}"
                )
                within = part.amount <= stated.amount
                message = f"{said}，不大于总项。" if within else f"{said}，其中项大于总项。{_EXPLAIN}"
                severity = Severity.AGREED if within else Severity.PROBLEM
                finding = _finding(stated, Check.SHARE, severity, message, side_of(part), suffix=link.part)
                yield _noting(finding, link)


CHECKS: tuple[Callable[[PlanUnderCheck], Iterable[Finding]], ...] = (
    check_district_sums,
    check_year_totals,
    check_rate_ranges,
    check_two_tables,
    check_running_text,
    check_yearly_against_end,
    check_same_measures,
    check_additions,
    check_breakdowns,
    check_shares,
    check_parts_within,
    check_stocks,
    check_columns,
)
"""All checks, in the order in which their findings are shown."""


# --- helpers ------------------------------------------------------------------------------------


def _finding(
    stated: Cell, check: Check, severity: Severity, message: str, against: Side, *, suffix: str = ""
) -> Finding:
    year = None if stated.horizon is Horizon.TOTAL else stated.year
    place = (check, stated.measure, stated.organisation, year, stated.table, suffix)
    return Finding(
        key=":".join(str(part) for part in place if part),
        check=check,
        severity=severity,
        measure=stated.measure,
        organisation=stated.organisation,
        year=year,
        message=message,
        stated=side_of(stated),
        against=against,
    )


def _noting(finding: Finding, link: Link) -> Finding:
    """The finding with why the two measures are compared although their names differ."""
    return replace(finding, message=f"{finding.message}（对照依据：{link.note}）")


def _city_with_districts(plan: PlanUnderCheck) -> Iterator[tuple[Cell, list[Cell]]]:
    """Each city cell of a table that has districts' cells of the same measure and year beside it."""
    rows: dict[tuple[str, str, int], list[Cell]] = {}
    for cell in plan.tabled():
        rows.setdefault((cell.table, cell.measure, cell.year), []).append(cell)
    for cells in rows.values():
        districts = [cell for cell in cells if cell.is_place]
        yield from ((cell, districts) for cell in cells if cell.is_city and districts)


def _links(plan: PlanUnderCheck, relation: Relation) -> list[Link]:
    return [link for link in plan.links if link.relation is relation]


def _links_by_whole(plan: PlanUnderCheck, relation: Relation) -> Iterator[tuple[str, list[Link]]]:
    links = _links(plan, relation)
    for whole in dict.fromkeys(link.whole for link in links):
        yield whole, [link for link in links if link.whole == whole]


def _statements(plan: PlanUnderCheck, measure: str) -> list[Cell]:
    """What the documents say of a measure for the city: its table, else the text of its year, and so on."""
    return (
        plan.city_cells(measure)
        or plan.of(measure, Horizon.YEAR)
        or plan.of(measure, Horizon.EACH_YEAR)
        or plan.of(measure, Horizon.PLAN_END)
    )


def _in_unit_of(plan: PlanUnderCheck, link: Link, cells: Sequence[Cell]) -> list[Cell]:
    """Cells of the link's part with their amounts in the unit of its whole.

    Raises ValueError where the units are of different things; loading refuses such links.
    """
    unit, wanted = plan.measures[link.part].unit, plan.measures[link.whole].unit
    factor = unit_factor(unit=unit, wanted=wanted)
    if factor is None:
        raise ValueError(f"{link.whole} and {link.part} have the units {wanted} and {unit}")
    return [replace(cell, factor=cell.factor * factor) for cell in cells]


def _satisfies(cell: Cell, headline: Cell) -> bool | None:
    """Whether whoever reaches the cell reaches the headline; None where the two cannot be compared."""
    amount, wanted = cell.amount, headline.amount
    if amount is None or wanted is None:
        return None
    if (cell.kind in _UPPER_BOUNDS) != (headline.kind in _UPPER_BOUNDS):
        return None
    if headline.kind in {ABOVE, BELOW} and amount == wanted:
        return cell.kind == headline.kind
    return amount <= wanted if headline.kind in _UPPER_BOUNDS else amount >= wanted


def _same_statement(one: Cell, other: Cell) -> bool:
    """Whether two cells ask for exactly the same, whatever their units and wording."""
    if one.amount is not None and other.amount is not None:
        return one.amount == other.amount and _bound(one) == _bound(other) and one.about == other.about
    if one.amount is not None or other.amount is not None or one.kind != other.kind:
        return False
    if one.kind == TEXT:
        return one.text == other.text
    if one.kind == PROVINCIAL:
        return True
    return one.kind == RELATIVE and (one.reference, one.offset) == (
        other.reference,
        other.offset,
    )


def _bound(cell: Cell) -> str:
    return AT_LEAST if cell.kind in {JOINT, ZERO} else cell.kind


def _is_weaker(later: Decimal, earlier: Decimal, measure: Measure) -> bool:
    return later < earlier if measure.higher_is_better else later > earlier


def _reaches_share(child: Cell, parent: Cell, share: tuple[int, int]) -> bool:
    """child / parent >= numerator / denominator, compared without division."""
    return _amount(child) * share[1] >= _amount(parent) * share[0]


def _share_words(share: tuple[int, int]) -> str:
    return f"{share[0]}/{share[1]}"


def _other_measure(stated: Cell, cell: Cell) -> str:
    return "" if cell.measure == stated.measure else cell.measure


def _sum(cells: Iterable[Cell]) -> Decimal:
    return sum((cell.amount for cell in cells if cell.amount is not None), Decimal(0))


def _amount(cell: Cell) -> Decimal:
    """The amount of a cell that is known to have one."""
    if cell.amount is None:
        raise ValueError(f"{cell.row} {cell.column} has no amount")
    return cell.amount


def _where(cell: Cell) -> str:
    """Which annex or clause a cell stands in; row and column stand in the finding's sides."""
    clause = cell.clause.rstrip(".")
    return clause if clause.startswith("附件") else f"{cell.annex}{clause}"


def _named(cell: Cell) -> str:
    """Annex or clause with the row, where two different measures are compared."""
    return f"{_where(cell)}“{cell.row.replace('“', '‘').replace('”', '’')}”"


def _with_unit(cell: Cell) -> str:
    """The text with the unit that its column gives, where the text is a bare number."""
    return f"{cell.text}{cell.unit}" if cell.text[-1:].isdigit() else cell.shown
