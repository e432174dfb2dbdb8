"""Recomputing as a plain loop over model objects: an organisation, its lines, one row after the other.

The core computes here as well; what differs is how rows come and go.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from districts.models import Organisation
from indicators.models import Target
from rankings.models import RankingEntry, RankingLine, RankingRun
from rankings.services.schemes import scheme_for
from returns.models import Cycle, Figure, FigureRevision
from scoring import (
    BoardInput,
    Direction,
    EntryResult,
    Kind,
    LineInput,
    Scheme,
    UnitInput,
    score_board,
)


@transaction.atomic
def rebuild(cycle: Cycle) -> None:
    """Read, score, rank and store the districts' board of a cycle."""
    version = scheme_for(cycle)
    organisations = Organisation.objects.filter(city=cycle.plan.city, kind="district").order_by("order")
    units, kept = [], {}
    for organisation in organisations:
        targets = list(
            Target.objects.filter(organisation=organisation, year=cycle.year)
            .select_related("indicator")
            .order_by("indicator__order")
        )
        figures = {
            figure.indicator_id: figure
            for figure in Figure.objects.filter(cycle=cycle, organisation=organisation)
        }
        sources = {
            revision.figure.indicator_id: revision
            for revision in FigureRevision.objects.filter(
                figure__cycle=cycle,
                figure__organisation=organisation,
                number=F("figure__verified_revision"),
            ).select_related("figure", "upload")
        }
        lines = tuple(_line(target, figures[target.indicator_id]) for target in targets)
        units.append(UnitInput(key=organisation.code, order=organisation.order, group="区县组", lines=lines))
        kept[organisation.code] = (organisation, targets, figures, sources)
    board = BoardInput(quarter=cycle.quarter, units=tuple(units))
    result = score_board(board=board, scheme=Scheme.from_dict(version.parameters))
    run = RankingRun.objects.create(
        cycle=cycle,
        board="districts",
        status=RankingRun.Status.PRELIMINARY,
        scheme=version,
        rules_version=version.rules_version,
        inputs="{}",
        input_digest="0" * 64,
        result_digest="0" * 64,
        computed_at=timezone.now(),
    )
    for position, entry in enumerate(result.entries, start=1):
        _store(run, position, entry, *kept[entry.key])


def _line(target: Target, figure: Figure) -> LineInput:
    indicator = target.indicator
    return LineInput(
        indicator=indicator.code,
        kind=Kind(indicator.kind),
        direction=Direction(indicator.direction),
        counted=indicator.is_counted,
        target=target.value,
        strict=False,
        excluded=None,
        value=figure.verified_value,
        baseline=None,
        milestone_share=None,
        milestone_amount=None,
        weight=indicator.weight,
    )


def _store(run, position, entry: EntryResult, organisation, targets, figures, sources) -> None:  # type: ignore[no-untyped-def]
    row = RankingEntry.objects.create(
        run=run,
        position=position,
        organisation=organisation,
        unit=organisation.name,
        group=entry.group or "",
        base=entry.base,
        bonus=entry.bonus,
        deduction=entry.deduction,
        total=entry.total,
        rank=entry.rank,
        group_rank=entry.group_rank,
    )
    for place, (line, target) in enumerate(zip(entry.lines, targets, strict=True), start=1):
        figure, source = figures[target.indicator_id], sources[target.indicator_id]
        RankingLine.objects.create(
            entry=row,
            position=place,
            indicator_code=target.indicator.code,
            indicator=target.indicator.name,
            unit=target.unit,
            target_text=target.text,
            target=str(target.value),
            expected=str(line.expected),
            value=str(figure.verified_value),
            attainment=line.attainment,
            completion=line.completion,
            score=line.score,
            weight=str(line.weight),
            light=line.light,
            figure=figure,
            source_file=source.upload.filename if source.upload else "",
            source_sheet=source.sheet,
            source_cell=source.cell,
        )
