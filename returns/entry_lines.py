"""Reads for the typed return: its lines with earlier figures, what is due, and how each stands now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from districts.models import Organisation, OrganisationKind
from indicators.models import Indicator, Target
from returns.discussions import evidence_in_force, talk_columns
from returns.models import Cycle, Figure, FigureRevision
from returns.papers import Evidence
from returns.standing import Standing, standings_of
from returns.unreported import targets_to_report
from returns.workbook.types import Problem

Place = tuple[int, int]
"""(indicator id, organisation id)."""


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One place of an organisation's return: its target, what is stored, earlier values, how it stands.

    previous is the value of the quarter before in the same year, last_year that of the same quarter a year
    ago, as this organisation reported or the verifier confirmed them.
    """

    target: Target
    figure: Figure | None
    revision: FigureRevision | None
    previous: Decimal | None
    last_year: Decimal | None
    standing: Standing | None
    evidence: tuple[Evidence, ...]
    field: str
    """Name of the input; other inputs of the line put `progress-`, `base-` and so on before it."""

    @property
    def indicator(self) -> Indicator:
        """What is measured."""
        return self.target.indicator

    @property
    def organisation(self) -> Organisation:
        """Whose figure it is."""
        return self.target.organisation

    @property
    def base(self) -> int:
        """Number of the newest revision, 0 where there is none: what a change is based on."""
        return self.figure.revision_number if self.figure else 0


@dataclass(frozen=True, kw_only=True)
class LinePart:
    """The lines of one organisation in a return; counts are of lines where a figure is asked for."""

    name: str
    lines: list[EntryLine]


def entry_lines(cycle: Cycle, *, reporter: Organisation) -> list[EntryLine]:
    """The places that this organisation reports in this cycle, in the plan's order."""
    targets = targets_to_report(cycle, reporter=reporter)
    found = _revisions_of_three_quarters(cycle, reporter)
    now, previous, last_year = found["now"], found["previous"], found["last_year"]
    values = {
        place: revision.figure.value for place, revision in now.items() if revision.figure.value is not None
    }
    standings = standings_of(cycle, targets=targets, values=values)
    evidence = evidence_in_force([revision.figure_id for revision in now.values()])
    lines = []
    for target in targets:
        place = (target.indicator_id, target.organisation_id)
        revision = now.get(place)
        lines.append(
            EntryLine(
                target=target,
                figure=revision.figure if revision else None,
                revision=revision,
                previous=_counted(previous.get(place)),
                last_year=_counted(last_year.get(place)),
                standing=standings.get(place),
                evidence=tuple(evidence.get(revision.figure_id, ())) if revision else (),
                field=f"{target.indicator.code}.{target.organisation.code}",
            )
        )
    return lines


def _revisions_of_three_quarters(
    cycle: Cycle, reporter: Organisation
) -> dict[str, dict[Place, FigureRevision]]:
    """The newest revision, with its figure, of each place now, in the quarter before and a year ago. One query.

    Each bears the columns of `talk_columns`.
    """
    quarters = {(cycle.year, cycle.quarter): "now", (cycle.year - 1, cycle.quarter): "last_year"}
    if cycle.quarter > 1:
        quarters[cycle.year, cycle.quarter - 1] = "previous"
    asked = Q(pk__in=())
    for year, quarter in quarters:
        asked |= Q(figure__cycle__year=year, figure__cycle__quarter=quarter)
    rows = FigureRevision.objects.filter(
        asked,
        number=F("figure__revision_number"),
        figure__cycle__plan=cycle.plan_id,
        figure__reporter=reporter,
    )
    found: dict[str, dict[Place, FigureRevision]] = {"now": {}, "previous": {}, "last_year": {}}
    rows = rows.annotate(**talk_columns(figure="figure"))
    for row in rows.select_related("figure__cycle", "author__organisation"):
        figure = row.figure
        when = quarters[figure.cycle.year, figure.cycle.quarter]
        found[when][figure.indicator_id, figure.organisation_id] = row
    return found


def _counted(revision: FigureRevision | None) -> Decimal | None:
    if revision is None:
        return None
    figure = revision.figure
    if figure.verified_value is not None:
        return figure.verified_value
    return figure.value if figure.submitted_value is None else figure.submitted_value


def city_figures_first(lines: Iterable[EntryLine]) -> list[LinePart]:
    """The lines in parts: 全市 and one's own, then each district."""
    parts: dict[str, LinePart] = {}
    ordered = sorted(
        lines, key=lambda line: (line.organisation.kind != OrganisationKind.CITY, line.organisation.order)
    )
    for line in ordered:
        name = line.organisation.name
        parts.setdefault(name, LinePart(name=name, lines=[])).lines.append(line)
    return list(parts.values())


def placed_problems(problems: Iterable[Problem], lines: Sequence[EntryLine]) -> list[dict[str, str | None]]:
    """Problems of typed figures in the shape of a file's: the unit stands for the sheet, the indicator for the cell."""
    units = {line.organisation.code: line.organisation.name for line in lines}
    indicators = {line.indicator.code: line.indicator.name for line in lines}
    return [
        {
            "level": problem.level,
            "sheet": units.get(problem.organisation or ""),
            "cell": indicators.get(problem.indicator or ""),
            "message": problem.message,
        }
        for problem in problems
    ]
