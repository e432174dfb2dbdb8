"""并行核对: an uploaded board beside ours. The file is never kept, only a note in the trail that it was compared."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from rankings.board_words import words_for
from rankings.comparing import Comparison, compare_board
from rankings.computing import compute_document, thaw
from rankings.models import RankingRun
from rankings.our_places import our_places
from rankings.rules import may_import_board
from rankings.services.history import shown_name
from rankings.spreadsheets import read_board
from returns.models import Cycle
from returns.states import WrongState
from returns.workbook.grids import read_grid

NOTE = "ranking.compared"
"""Verb of the note that a comparison leaves in the trail."""


def compare_file(*, run: RankingRun, filename: str, data: bytes) -> Comparison:
    """Compare a board's file with a run of ours; nothing is stored. Raises WrongState for an external run."""
    if run.is_external:
        raise WrongState("这是外部计算的历史榜，没有可以重算的数据，不能核对")
    grid = read_grid(data, filename)
    if grid.problem is not None:
        return Comparison(problems=(grid.problem,))
    inputs = thaw(run.inputs)
    words = words_for(
        run.cycle.plan,
        period=run.cycle.period,
        board=run.board,
        target_units={
            (line["code"], unit["key"]): line["unit"] for unit in inputs["units"] for line in unit["lines"]
        },
    )
    file = read_board(grid.sheets, words=words, required=frozenset())
    return compare_board(inputs=inputs, file=file, where=our_places(inputs, compute_document(run.inputs)))


def compare_for(*, actor: User, run: RankingRun, filename: str, data: bytes) -> Comparison:
    """Compare for the plan's owner and leave a note in the trail. Raises PermissionDenied or WrongState."""
    if not may_import_board(actor, plan_code=run.cycle.plan.code):
        raise PermissionDenied("只有牵头办可以上传 Excel 榜核对")
    comparison = compare_file(run=run, filename=filename, data=data)
    with transaction.atomic():
        note_comparison(actor=actor, run=run, filename=filename, data=data, comparison=comparison)
    return comparison


def note_comparison(
    *, actor: User | None, run: RankingRun, filename: str, data: bytes, comparison: Comparison
) -> None:
    """Record that a file was compared and what it came to. Must run in a transaction."""
    record(
        actor=actor,
        verb=NOTE,
        subject=run,
        plan_code=run.cycle.plan.code,
        period=str(run.cycle.period),
        changes={
            "board": run.board,
            "status": run.status,
            "file": shown_name(filename),
            "sha256": hashlib.sha256(data).hexdigest(),
            "compared": comparison.compared,
            "equal": comparison.equal,
            "causes": {str(cause): count for cause, count in comparison.by_cause.items()},
            "errors": len(comparison.errors),
        },
    )


def past_comparisons(cycle: Cycle, board: str) -> list[dict[str, Any]]:
    """What earlier comparisons with a cycle's board came to, newest first: when, who, which file, the counts."""
    entries = AuditEntry.objects.filter(verb=NOTE, plan_code=cycle.plan.code, period=str(cycle.period))
    return [
        {"at": entry.at, "by": entry.actor_label, **entry.changes}
        for entry in entries.order_by("-id")[:100]
        if entry.changes["board"] == board
    ]
