"""Reads for the pages of rankings: a board's table and filter, one organisation's lines, a cycle's state."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, F

from accounts.models import Role
from accounts.rules import Person, organisations_of
from indicators.models import Indicator, Plan
from indicators.periods import Period
from rankings.columns import line_input, number_of
from rankings.computing import in_own_unit, scheme_of, thaw
from rankings.external import is_external
from rankings.lines import read_line
from rankings.models import Board, Objection, RankingEntry, RankingLine, RankingRun
from rankings.rules import may_answer_objections, objecting_organisations
from rankings.selectors import entries_with_lines
from returns.models import Cycle, Figure, FigureRevision
from returns.rules import may_see_board
from returns.states import CycleState, FigureState
from scoring import explain_line, explain_total
from scoring.types import EntryResult, Light, LineInput, LineResult, Reason

WIDEST_MATRIX = 18
"""Up to so many indicators a board shows one column each; beyond that, one strip of lights per row."""


STRENGTH: dict[str, int] = {
    RankingRun.Status.PRELIMINARY: 0,
    RankingRun.Status.FROZEN: 1,
    RankingRun.Status.PUBLISHED: 2,
}
"""What counts more when a board has several runs."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One indicator's column of a board."""

    code: str
    name: str
    short_name: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One organisation's row: its entry, and its line under each column (None where it has none)."""

    entry: RankingEntry
    lines: tuple[RankingLine, ...]
    """Its lines that are shown."""
    cells: tuple[RankingLine | None, ...]

    @property
    def reds(self) -> int:
        """How many of them are behind schedule or unreported."""
        return sum(line.light == "red" for line in self.lines)

    @property
    def last_year_movement(self) -> int | None:
        """Places won or lost against the same quarter of last year."""
        if self.entry.rank is None or self.entry.last_year_rank is None:
            return None
        return self.entry.last_year_rank - self.entry.rank


@dataclass(frozen=True, kw_only=True)
class BoardTable:
    """A board ready to draw. `columns` is empty where there are too many indicators for a matrix."""

    columns: tuple[Column, ...]
    rows: tuple[BoardRow, ...]
    groups: tuple[str, ...]
    hidden: int
    """How many entries this account may not see yet."""


@dataclass(frozen=True, kw_only=True)
class CycleRuns:
    """All runs of a cycle, read once without their sealed inputs."""

    runs: tuple[RankingRun, ...]

    def current(self, board: str, *, number: int | None = None) -> RankingRun | None:
        """The run that counts now (as selectors.current_run has it), or the published one of that number."""
        of_board = [run for run in self.runs if run.board == board]
        if number is not None:
            return next((run for run in self.published(board) if run.number == number), None)
        return max(of_board, key=lambda run: (STRENGTH[run.status], run.number, run.pk), default=None)

    def published(self, board: str) -> list[RankingRun]:
        """Published runs of a board, newest first: a correction leaves the older ones readable."""
        found = [run for run in self.runs if run.board == board and run.status == RankingRun.Status.PUBLISHED]
        return sorted(found, key=lambda run: -run.number)

    @property
    def boards(self) -> list[tuple[str, str]]:
        """Code and name of each board that has been computed, in the usual order."""
        existing = {run.board for run in self.runs}
        return [(code, label) for code, label in Board.choices if code in existing]


def runs_of(cycle: Cycle) -> CycleRuns:
    """The cycle's runs with their schemes. One query."""
    runs = tuple(RankingRun.objects.filter(cycle=cycle).select_related("scheme").defer("inputs"))
    for run in runs:
        run.cycle = cycle
    return CycleRuns(runs=runs)


def visible_entries(user: Person, run: RankingRun) -> tuple[list[RankingEntry], int]:
    """The entries that the account may see, and how many it may not: before the freeze its own only."""
    entries = entries_with_lines(run)
    if may_see_board(user, cycle=run.cycle):
        return entries, 0
    own = organisations_of(user, Role.REPORTER, Role.REVIEWER, Role.VERIFIER, plan_code=run.cycle.plan.code)
    seen = [entry for entry in entries if entry.organisation_id in own]
    return seen, len(entries) - len(seen)


def board_table(
    user: Person, run: RankingRun, *, group: str, sort: str, only: Collection[str] | None = None
) -> BoardTable:
    """A board's table, filtered by group and sorted as the URL says.

    only are the codes of the indicators that are shown, None for all; totals and ranks stay the board's.
    """
    entries, hidden = visible_entries(user, run)
    shown = {
        entry.pk: tuple(line for line in entry.lines.all() if only is None or line.indicator_code in only)
        for entry in entries
    }
    columns = columns_of(run.cycle.plan, shown.values())
    groups = tuple(dict.fromkeys(entry.group for entry in entries if entry.group))
    if group in groups:
        entries = [entry for entry in entries if entry.group == group]
    rows = []
    for entry in entries:
        lines = {line.indicator_code: line for line in shown[entry.pk]}
        cells = tuple(lines.get(column.code) for column in columns)
        rows.append(BoardRow(entry=entry, lines=shown[entry.pk], cells=cells))
    return BoardTable(
        columns=columns if len(columns) <= WIDEST_MATRIX else (),
        rows=tuple(_sorted(rows, sort, columns)),
        groups=groups,
        hidden=hidden,
    )


def columns_of(plan: Plan, lines_of_entries: Iterable[Iterable[RankingLine]]) -> tuple[Column, ...]:
    """The indicators of the lines in the plan's order, under the names that the run gives them. One query."""
    return columns_among(short_names([plan]).get(plan.pk, {}), lines_of_entries)


def short_names(plans: Iterable[Plan]) -> dict[int, dict[str, tuple[int, str]]]:
    """By plan id and indicator code: its place in the plan and its short name. One query."""
    found: dict[int, dict[str, tuple[int, str]]] = {}
    rows = Indicator.objects.filter(plan__in=[plan.pk for plan in plans])
    for plan_id, code, order, short in rows.values_list("plan_id", "code", "order", "short_name"):
        found.setdefault(plan_id, {})[code] = (order, short)
    return found


def columns_among(
    known: Mapping[str, tuple[int, str]], lines_of_entries: Iterable[Iterable[RankingLine]]
) -> tuple[Column, ...]:
    """The indicators of the lines, ordered and shortened as `short_names` gives them for their plan."""
    named: dict[str, RankingLine] = {}
    for lines in lines_of_entries:
        for line in lines:
            named.setdefault(line.indicator_code, line)
    last = len(known) + 10_000
    ordered = sorted(named, key=lambda code: known.get(code, (last, ""))[0])
    return tuple(
        Column(
            code=code,
            name=named[code].indicator,
            short_name=known.get(code, (last, ""))[1] or named[code].indicator,
            unit=named[code].unit,
        )
        for code in ordered
    )


def _sorted(rows: list[BoardRow], sort: str, columns: Sequence[Column]) -> list[BoardRow]:
    """Rows in the wanted order, those without a value last; the printed order where the wish is unknown."""
    field, down = sort.removeprefix("-"), sort.startswith("-")
    places = {f"score.{column.code}": place for place, column in enumerate(columns)}

    def value(row: BoardRow) -> Any:
        if field in places:
            cell = row.cells[places[field]]
            return cell.score if cell else None
        return {
            "rank": row.entry.rank,
            "group_rank": row.entry.group_rank,
            "total": row.entry.total,
            "movement": row.entry.movement,
            "reds": row.reds,
            "last_year": row.last_year_movement,
            "order": row.entry.organisation.order,
        }.get(field)

    with_value = [row for row in rows if value(row) is not None]
    without = [row for row in rows if value(row) is None]
    return sorted(with_value, key=value, reverse=down) + without


def totals_chart(table: BoardTable) -> dict[str, Any]:
    """Chart data of the totals, as published; those without a total are left out."""
    return {
        "bars": [
            {"name": row.entry.unit, "value": f"{row.entry.total:.2f}", "group": row.entry.group or "全部"}
            for row in sorted(table.rows, key=lambda item: item.entry.position)
            if row.entry.total is not None
        ]
    }


@dataclass(frozen=True, kw_only=True)
class ExplainedLine:
    """A line with the words for its score (empty where the board was computed elsewhere), its figure's newest narrative and the share constraint where it has one."""

    line: RankingLine
    steps: str
    narrative: FigureRevision | None
    sum_of: Mapping[str, str]
    missing: Sequence[str]
    share: Mapping[str, Any] | None = None
    """A share constraint of the line (其中 ≥ 1/3): of what, at least how much, met or not."""


@dataclass(frozen=True, kw_only=True)
class ExplainedEntry:
    """One organisation's page: its lines and how the total came about."""

    entry: RankingEntry
    lines: tuple[ExplainedLine, ...]
    total_steps: str
    adjustments: tuple[Mapping[str, Any], ...]
    late_days: int | None
    """By how many days the return came late; None under a scheme without a late rule."""


def explain_entry(entry: RankingEntry, run: RankingRun) -> ExplainedEntry:
    """Every line with the steps that lead to its score, from what was sealed or computed."""
    inputs = thaw(run.inputs)
    unit = next(item for item in inputs["units"] if item["name"] == entry.unit)
    lines = list(entry.lines.all())
    narratives = narratives_of(line.figure_id for line in lines)
    scheme = None if is_external(inputs) else scheme_of(inputs)
    explained, results = [], []
    for line, sealed in zip(lines, unit["lines"], strict=True):
        words = ""
        if scheme is not None:
            shown, result = _as_published(line, sealed)
            results.append(result)
            words = explain_line(line=shown, result=result, scheme=scheme, quarter=inputs["quarter"])
        explained.append(
            ExplainedLine(
                line=line,
                steps=words,
                narrative=narratives.get(line.figure_id) if line.figure_id else None,
                sum_of=sealed["detail"].get("sum_of", {}),
                missing=sealed["detail"].get("missing", ()),
                share=sealed["detail"].get("share"),
            )
        )
    return ExplainedEntry(
        entry=entry,
        lines=tuple(explained),
        total_steps="" if scheme is None else explain_total(entry=_entry_result(entry, results)),
        adjustments=tuple(
            {**item, "sign": sign}
            for sign, items in (("+", unit["bonuses"]), ("−", unit["deductions"]))
            for item in items
        ),
        late_days=unit.get("late_days"),
    )


def _as_published(line: RankingLine, sealed: Mapping[str, Any]) -> tuple[LineInput, LineResult]:
    """A line as the core explains it, with its numbers as published: in the target's own unit."""
    terms = line_input(read_line(sealed))
    amount = in_own_unit(terms.milestone_amount, Decimal(sealed["factor"]))
    shown = replace(
        terms,
        target=number_of(line.target or None),
        value=number_of(line.value or None),
        baseline=number_of(line.baseline or None),
        milestone_amount=number_of(amount),
    )
    return shown, LineResult(
        indicator=line.indicator_code,
        expected=number_of(line.expected or None),
        attainment=line.attainment,
        completion=line.completion,
        score=line.score,
        weight=Decimal(line.weight),
        light=Light(line.light),
        reason=Reason(line.reason) if line.reason else None,
    )


def _entry_result(entry: RankingEntry, lines: Iterable[LineResult]) -> EntryResult:
    return EntryResult(
        key=entry.organisation.code,
        group=entry.group,
        base=entry.base,
        bonus=entry.bonus,
        deduction=entry.deduction,
        total=entry.total,
        rank=entry.rank,
        group_rank=entry.group_rank,
        excluded=entry.excluded,
        lines=tuple(lines),
        late=entry.late or Decimal("0.00"),
    )


def narratives_of(figure_ids: Iterable[int | None]) -> dict[int, FigureRevision]:
    """The newest revision of each figure, for what its reporter says about it. One query."""
    wanted = [pk for pk in figure_ids if pk is not None]
    rows = FigureRevision.objects.filter(figure__in=wanted, number=F("figure__revision_number"))
    return {row.figure_id: row for row in rows}


@dataclass(frozen=True, kw_only=True)
class ObjectionPanel:
    """What a published board says of objections to one account."""

    objections: tuple[Objection, ...]
    until: datetime.date | None
    is_open: bool
    may_file_for: frozenset[int]
    """Ids of the organisations in whose name the account may object now."""

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.objections or self.may_file_for)


def objection_panel(user: Person, cycle: Cycle, board: str) -> ObjectionPanel | None:
    """The objections to a cycle's board that the account may see; None before publication. One query."""
    if cycle.state not in (CycleState.PUBLISHED, CycleState.CORRECTING):
        return None
    objections = (
        Objection.objects.visible_to(user)
        .filter(run__cycle=cycle, run__board=board)
        .select_related("entry", "line", "run__cycle__plan", "correction")
    )
    is_open = cycle.takes_objections()
    own = objecting_organisations(user, plan_code=cycle.plan.code) if is_open else set()
    return ObjectionPanel(
        objections=tuple(objections),
        until=cycle.objection_until,
        is_open=is_open,
        may_file_for=frozenset(own),
    )


def waiting_objections(user: Person, cycles: Iterable[Cycle]) -> list[tuple[Cycle, int]]:
    """The cycles in which objections wait for this account's answer, with how many.

    One query, and none where the account answers nothing or nothing is published.
    """
    published = [
        cycle
        for cycle in cycles
        if cycle.state in (CycleState.PUBLISHED, CycleState.CORRECTING)
        and may_answer_objections(user, plan_code=cycle.plan.code)
    ]
    if not published:
        return []
    waiting = Objection.objects.filter(run__cycle__in=published, outcome=Objection.Outcome.WAITING)
    counts = dict(waiting.order_by().values_list("run__cycle").annotate(Count("pk")))
    return [(cycle, counts[cycle.pk]) for cycle in published if cycle.pk in counts]


def cycle_objections(user: Person, cycle: Cycle) -> list[Objection]:
    """All objections to a cycle's boards that the account may see; no query before publication."""
    if cycle.state not in (CycleState.PUBLISHED, CycleState.CORRECTING):
        return []
    found = Objection.objects.visible_to(user).filter(run__cycle=cycle)
    return list(found.select_related("entry", "line", "run__cycle__plan", "correction"))


def quarters_by_year(cycles: Iterable[Cycle]) -> dict[int, dict[int, dict[int, Cycle]]]:
    """Cycles by plan id, year and quarter."""
    found: dict[int, dict[int, dict[int, Cycle]]] = {}
    for cycle in cycles:
        found.setdefault(cycle.plan_id, {}).setdefault(cycle.year, {})[cycle.quarter] = cycle
    return found


@dataclass(frozen=True, kw_only=True)
class ReporterState:
    """How far one organisation's return of a cycle is."""

    name: str
    counts: Mapping[str, int]
    total: int


def reporters_states(cycle: Cycle) -> list[ReporterState]:
    """Every organisation that handed something in, with the number of its figures by state. One query."""
    rows = (
        Figure.objects.filter(cycle=cycle)
        .order_by()
        .values("reporter__name", "reporter__order", "state")
        .annotate(amount=Count("pk"))
    )
    counts: dict[tuple[int, str], dict[str, int]] = {}
    for row in rows:
        counts.setdefault((row["reporter__order"], row["reporter__name"]), {})[row["state"]] = row["amount"]
    return [
        ReporterState(
            name=name,
            counts={state: by_state.get(state, 0) for state in FigureState.values},
            total=sum(by_state.values()),
        )
        for (_, name), by_state in sorted(counts.items())
    ]


def period_choices(plan: Plan) -> list[Period]:
    """The plan's periods, newest first, for the switcher."""
    return [cycle.period for cycle in plan.cycles.order_by("-year", "-quarter")]
