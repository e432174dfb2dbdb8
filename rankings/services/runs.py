"""Computing a board and storing its run; a preliminary run is replaced, a sealed one never."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import parse_canonical
from districts.models import Organisation
from huzhou_targets.bulk import collector_at_rest, insert_rows
from rankings.computing import (
    ENTRY_FIELDS,
    LINE_FIELDS,
    Computed,
    Fields,
    Rows,
    compute_board,
    compute_document,
    freeze_sheet,
)
from rankings.inputs import Material, board_inputs, gather
from rankings.lines import Sheet
from rankings.models import BoardLock, RankingEntry, RankingLine, RankingRun
from rankings.services.schemes import scheme_for
from returns.models import Cycle
from returns.states import SEALED_STATES


def build_ranking(*, cycle: Cycle, board: str, actor: User | None = None) -> RankingRun | None:
    """Compute a board now from the figures as they stand. Safe to repeat, never two at once.

    A sealed cycle's board is returned as it is. None where the board has nobody to rank.
    """
    with transaction.atomic():
        _lock_board(cycle, board)
        cycle = Cycle.objects.select_related("plan").get(pk=cycle.pk)
        if cycle.state in SEALED_STATES:
            return (
                RankingRun.objects.filter(cycle=cycle, board=board)
                .exclude(status=RankingRun.Status.PRELIMINARY)
                .order_by("-id")
                .first()
            )
        with collector_at_rest():
            return _build(cycle, board, actor)


def _build(cycle: Cycle, board: str, actor: User | None) -> RankingRun | None:
    """Gather, compute and store; nothing of it is in hand any more when the collector wakes."""
    material = gather(cycle, verified_only=False)
    return store_run(material=material, board=board, status=RankingRun.Status.PRELIMINARY, actor=actor)


def _lock_board(cycle: Cycle, board: str) -> None:
    BoardLock.objects.get_or_create(cycle=cycle, board=board)
    BoardLock.objects.select_for_update().get(cycle=cycle, board=board)


def store_run(
    *, material: Material, board: str, status: str, actor: User | None, number: int = 0, reason: str = ""
) -> RankingRun | None:
    """Compute and store a run in the given status, replacing the cycle's preliminary run of the board.

    Must run in a transaction that holds the board's lock. None where there is nobody to rank.
    """
    cycle = material.cycle
    scheme = scheme_for(cycle)
    inputs = board_inputs(material, board=board, scheme=scheme)
    text, input_digest = freeze_sheet(inputs)
    preliminary = RankingRun.objects.filter(
        cycle=cycle, board=board, status=RankingRun.Status.PRELIMINARY
    ).first()
    now = timezone.now()
    if (
        preliminary is not None
        and status == RankingRun.Status.PRELIMINARY
        and preliminary.input_digest == input_digest
    ):
        preliminary.computed_at = now
        preliminary.save(update_fields=["computed_at"])
        return preliminary
    if preliminary is not None:
        delete_preliminary(preliminary)
    if not inputs.units:
        return None
    computed = compute_board(inputs)
    if status != RankingRun.Status.PRELIMINARY:
        _check_seal(text, computed)
    run = RankingRun.objects.create(
        cycle=cycle,
        board=board,
        status=status,
        number=number,
        scheme=scheme,
        rules_version=scheme.rules_version,
        inputs=text,
        input_digest=input_digest,
        result_digest=computed.digest,
        operator=actor,
        operator_label=actor.label if actor else "系统",
        reason=reason,
        computed_at=now,
        data_as_of=_newest_day(inputs),
    )
    store_entries(run, computed.rows)
    return run


def _check_seal(inputs_text: str, computed: Computed) -> None:
    """What is sealed must give the same ranking once it is read again: nothing else is left in later years."""
    if compute_document(inputs_text) != parse_canonical(computed.text):
        raise RuntimeError("the sealed inputs do not give the ranking that was computed")


def delete_preliminary(run: RankingRun) -> None:
    """Remove a preliminary run with its lines: it is only the present state of unsealed data."""
    RankingLine.objects.filter(entry__run=run).delete()
    RankingEntry.objects.filter(run=run).delete()
    run.delete()


def _newest_day(sheet: Sheet) -> datetime.date | None:
    days = {day for block in sheet.blocks for day in block.columns.data_as_of if day}
    return datetime.date.fromisoformat(max(days)) if days else None


def store_entries(run: RankingRun, rows: Rows) -> None:
    """Store a run's entries with their lines; values are as the database takes them."""
    ids = dict(
        Organisation.objects.filter(
            city=run.cycle.plan.city_id, code__in=[key for key, _, _ in rows]
        ).values_list("code", "id")
    )
    insert_rows(
        RankingEntry,
        ("run_id", "organisation_id", *ENTRY_FIELDS),
        ((run.pk, ids[key], *_entry_values(fields)) for key, fields, _ in rows),
    )
    stored = dict(RankingEntry.objects.filter(run=run).values_list("position", "id"))
    insert_rows(
        RankingLine,
        ("entry_id", *LINE_FIELDS),
        (
            (entry_id, *line)
            for _, fields, lines in rows
            for entry_id in [stored[fields["position"]]]
            for line in lines
        ),
    )


def _entry_values(fields: Fields) -> Iterator[object]:
    for name in ENTRY_FIELDS:
        value = fields[name]
        yield json.dumps(value) if name == "vetoed" and value is not None else value
