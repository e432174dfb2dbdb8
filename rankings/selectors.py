"""Reads of rankings for pages, API, commands and exports. Nobody recomputes on read."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Value, When

from accounts.rules import Person
from districts.models import Organisation
from rankings.computing import two_places
from rankings.models import Board, ChainHead, RankingEntry, RankingLine, RankingRun, RebuildRequest
from rankings.rules import may_see_board, own_organisations
from returns.models import Cycle

SEALED_FIRST = Case(
    When(status=RankingRun.Status.PUBLISHED, then=Value(2)),
    When(status=RankingRun.Status.FROZEN, then=Value(1)),
    default=Value(0),
    output_field=IntegerField(),
)


def current_run(cycle: Cycle, board: str) -> RankingRun | None:
    """The run that counts now: the newest published one, else the frozen, else the preliminary one."""
    return (
        RankingRun.objects.filter(cycle=cycle, board=board)
        .select_related("cycle__plan", "scheme")
        .order_by(SEALED_FIRST.desc(), "-number", "-id")
        .first()
    )


def entries_with_lines(run: RankingRun) -> list[RankingEntry]:
    """The run's entries in printed order, each with its lines."""
    lines = Prefetch("lines", queryset=RankingLine.objects.order_by("position"))
    return list(run.entries.order_by("position").prefetch_related(lines).select_related("organisation"))


def is_rebuild_due(cycle: Cycle, board: str) -> bool:
    """Whether a recomputation of the board waits or runs (正在重新计算)."""
    return RebuildRequest.objects.filter(
        cycle=cycle,
        board=board,
        state__in=[RebuildRequest.State.WAITING, RebuildRequest.State.RUNNING],
    ).exists()


def newest_chain_digest() -> str | None:
    """The newest digest of all published rankings: printed on everything that leaves the system."""
    head = ChainHead.objects.filter(pk=1).first()
    return head.digest if head and head.position else None


def empty_document(cycle: Cycle, board: str) -> dict[str, Any]:
    """The ranking of a board that has not been computed or has nobody to rank."""
    return {
        "plan": cycle.plan.code,
        "period": str(cycle.period),
        "board": str(Board(board)),
        "status": RankingRun.Status.PRELIMINARY.value,
        "scheme": None,
        "digest": None,
        "entries": [],
    }


def ranking_document(run: RankingRun) -> dict[str, Any]:
    """A run in the shape of DOMAIN section 8, from the stored rows."""
    return {
        "plan": run.cycle.plan.code,
        "period": str(run.cycle.period),
        "board": run.board,
        "status": run.status,
        "scheme": run.scheme_code,
        "digest": run.digest or run.result_digest,
        "entries": [_entry(entry) for entry in entries_with_lines(run)],
    }


def document_for(user: Person, run: RankingRun) -> dict[str, Any]:
    """The run as this account may see it.

    Until the freeze an organisation sees its own lines only: others' entries, ranks and the digest
    (which would tell that something changed) are left out.
    """
    document = ranking_document(run)
    if may_see_board(user, cycle=run.cycle):
        return document
    own = own_organisations(user, plan_code=run.cycle.plan.code)
    names = set(run.entries.filter(organisation__in=own).values_list("unit", flat=True))
    return document | {
        "digest": None,
        "entries": [
            entry | {"rank": None, "group_rank": None}
            for entry in document["entries"]
            if entry["unit"] in names
        ],
    }


def options_of(entry: RankingEntry) -> dict[str, Any]:
    """Days late, grade and missed vetoes in points and words, where the scheme has such rules."""
    found = {"late": two_places(entry.late), "grade": entry.grade, "vetoed": entry.vetoed}
    return {name: value for name, value in found.items() if value is not None}


def _entry(entry: RankingEntry) -> dict[str, Any]:
    return options_of(entry) | {
        "unit": entry.unit,
        "group": entry.group or None,
        "base": two_places(entry.base),
        "bonus": two_places(entry.bonus),
        "deduction": two_places(entry.deduction),
        "total": two_places(entry.total),
        "rank": entry.rank,
        "group_rank": entry.group_rank,
        "excluded": entry.excluded or None,
        "lines": [_line(line) for line in entry.lines.all()],
    }


def _line(line: RankingLine) -> dict[str, Any]:
    return {
        "indicator": line.indicator,
        "target_text": line.target_text,
        "target": line.target or None,
        "expected": line.expected or None,
        "value": line.value or None,
        "baseline": line.baseline or None,
        "attainment": two_places(line.attainment),
        "completion": two_places(line.completion),
        "score": two_places(line.score),
        "weight": line.weight or None,
        "light": line.light,
        "reason": line.reason or None,
        "source": {
            "file": line.source_file or None,
            "sheet": line.source_sheet or None,
            "cell": line.source_cell or None,
        },
    }


def find_entry(cycle: Cycle, organisation: Organisation) -> RankingEntry | None:
    """The organisation's entry in the run that counts now, whichever board ranks it."""
    for board in Board.values:
        run = current_run(cycle, board)
        if run is None:
            continue
        entry = run.entries.filter(organisation=organisation).select_related("run__cycle__plan").first()
        if entry is not None:
            return entry
    return None


def explanation_document(entry: RankingEntry) -> dict[str, Any]:
    """An entry with every line's source and reviewer: what `explain_score --json` prints."""
    lines = list(entry.lines.select_related("figure__verified_by__organisation").order_by("position"))
    document: dict[str, Any] = {
        "plan": entry.run.cycle.plan.code,
        "period": str(entry.run.cycle.period),
        "board": entry.run.board,
        "status": entry.run.status,
        "unit": entry.unit,
        "group": entry.group or None,
        "base": two_places(entry.base),
        "bonus": two_places(entry.bonus),
        "deduction": two_places(entry.deduction),
        "total": two_places(entry.total),
        "rank": entry.rank,
        "group_rank": entry.group_rank,
        "excluded": entry.excluded or None,
        **options_of(entry),
    }
    document["lines"] = [{**_line(line), "reviewer": _reviewer(line)} for line in lines]
    return document


def _reviewer(line: RankingLine) -> str | None:
    figure = line.figure
    return figure.verified_by.label if figure is not None and figure.verified_by else None
