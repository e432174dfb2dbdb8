"""历史榜: a past quarter's board made in a spreadsheet, looked at first and then sealed as 外部计算.

Sealing makes a frozen run of origin external from the file's rows as they are; from there the rules are
those of every board: a leader signs exactly these inputs, the owner publishes, the run joins the chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import plain_decimal
from audit.services import record
from districts.models import Organisation
from indicators.models import Indicator, Plan
from indicators.periods import Period
from rankings.board_words import words_for
from rankings.computing import as_stored, compute_document, document_digest, freeze, rows_of, thaw
from rankings.external import ORIGIN, RULES_VERSION, rank_remarks
from rankings.inputs import FORMAT, comparisons_for
from rankings.models import BoardImport, BoardLock, RankingRun, RebuildRequest
from rankings.rules import may_import_board
from rankings.services.runs import delete_preliminary, store_entries
from rankings.services.sealing import open_correction
from rankings.spreadsheets import BoardFile, BoardRow, Located, Measure, Role, Words, read_board
from returns.models import Cycle, Figure
from returns.services.cycles import change_cycle_state, lock_cycle, open_cycle
from returns.states import CycleState, WrongState
from returns.workbook.grids import read_grid
from returns.workbook.types import Problem

CENT = Decimal("0.01")


def upload_board(
    *, actor: User, plan: Plan, period: Period, board: str, filename: str, data: bytes
) -> BoardImport:
    """Keep a board's file and what was read from it, with every problem. Nothing is sealed yet.

    Raises PermissionDenied, or WrongState where the period has not ended.
    """
    if not may_import_board(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以导入历史榜")
    if period.ends_on >= timezone.localdate():
        raise WrongState(f"{period.label}还没有结束，只能导入以往季度的榜")
    shown = shown_name(filename)
    digest = hashlib.sha256(data).hexdigest()
    examined = examine_board(plan, period=period, board=board, filename=filename, data=data)
    with transaction.atomic():
        item = BoardImport(
            plan=plan,
            year=period.year,
            quarter=period.quarter,
            board=board,
            filename=shown,
            sha256=digest,
            rows={"units": examined.units, "columns": [list(column) for column in examined.file.columns]},
            problems=[asdict(problem) for problem in examined.problems],
            uploaded_by=actor,
            uploaded_at=timezone.now(),
        )
        item.content.save(f"{digest[:32]}.bin", ContentFile(data), save=False)
        item.save()
        record(
            actor=actor,
            verb="board-import.received",
            subject=item,
            plan_code=plan.code,
            period=str(period),
            changes={"name": shown, "sha256": digest, "board": board, "errors": len(item.errors)},
        )
    return item


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a board's file says: its rows in the shape of sealed units, and every problem and remark."""

    file: BoardFile
    units: list[dict[str, Any]]
    problems: tuple[Problem, ...]


def examine_board(plan: Plan, *, period: Period, board: str, filename: str, data: bytes) -> Examined:
    """Read a board's file; nothing is stored."""
    words = words_for(plan, period=period, board=board)
    grid = read_grid(data, filename)
    file = (
        read_board(grid.sheets, words=words) if grid.problem is None else BoardFile(problems=(grid.problem,))
    )
    units = _units(file, plan=plan, filename=shown_name(filename))
    return Examined(file=file, units=units, problems=(*file.problems, *_remarks(file, units, words)))


def shown_name(filename: str) -> str:
    """A file's own name, as people see it."""
    return PurePath(filename.replace("\\", "/")).name[:255] or "未命名"


@transaction.atomic
def seal_board(*, actor: User, item: BoardImport, reason: str = "") -> RankingRun:
    """Seal an uploaded board as a frozen external run, to be signed by a leader and published by the owner.

    A published external board is replaced by a numbered correction, which needs a reason. Raises
    PermissionDenied, or WrongState where the file has errors or the period holds figures or boards of ours.
    """
    if not may_import_board(actor, plan_code=item.plan.code):
        raise PermissionDenied("只有牵头办可以导入历史榜")
    item = BoardImport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=item.pk)
    if item.run_id is not None:
        raise WrongState("这份文件已经封存")
    if item.errors:
        raise WrongState(f"文件里还有 {len(item.errors)} 处错误，请改好后重新上传")
    cycle = open_cycle(plan=item.plan, year=item.year, quarter=item.quarter, actor=actor)
    cycle = _enter_frozen(actor=actor, cycle=lock_cycle(cycle), reason=reason.strip())
    run = _store(actor=actor, cycle=cycle, item=item, reason=reason.strip())
    item.run = run
    item.save(update_fields=["run"])
    record(
        actor=actor,
        verb="ranking.imported",
        subject=run,
        plan_code=item.plan.code,
        period=str(item.period),
        changes={"file": item.filename, "sha256": item.sha256, "input": run.input_digest},
        reason=reason.strip(),
    )
    return run


def _enter_frozen(*, actor: User, cycle: Cycle, reason: str) -> Cycle:
    """Bring the cycle to where an external board can be stored in it: frozen, or in correction."""
    runs = RankingRun.objects.filter(cycle=cycle).exclude(status=RankingRun.Status.PRELIMINARY)
    if runs.filter(origin=RankingRun.Origin.COMPUTED).exists():
        raise WrongState(f"{cycle.period.label}已有系统计算并封存的榜，不能再导入外部榜")
    if cycle.state in (CycleState.OPEN, CycleState.CLOSED):
        if Figure.objects.filter(cycle=cycle).exists():
            raise WrongState(f"{cycle.period.label}已有填报数据，应由系统计算，不能导入外部榜")
        if cycle.state == CycleState.OPEN:
            cycle = change_cycle_state(actor=actor, cycle=cycle, to=CycleState.CLOSED)
        return change_cycle_state(actor=actor, cycle=cycle, to=CycleState.FROZEN)
    if cycle.state == CycleState.FROZEN:
        return cycle
    if not reason:
        raise WrongState("本期的榜已经发布，再次导入是更正，须写明理由")
    if cycle.state == CycleState.PUBLISHED:
        return open_correction(actor=actor, cycle=cycle, reason=reason)
    return cycle


def _store(*, actor: User, cycle: Cycle, item: BoardImport, reason: str) -> RankingRun:
    BoardLock.objects.get_or_create(cycle=cycle, board=item.board)
    BoardLock.objects.select_for_update().get(cycle=cycle, board=item.board)
    of_board = RankingRun.objects.filter(cycle=cycle, board=item.board)
    for replaced in of_board.exclude(status=RankingRun.Status.PUBLISHED):
        delete_preliminary(replaced)
    last = of_board.filter(status=RankingRun.Status.PUBLISHED).order_by("-number").first()
    text, digest = freeze(external_inputs(item, cycle=cycle))
    document = compute_document(text)
    run = RankingRun.objects.create(
        cycle=cycle,
        board=item.board,
        status=RankingRun.Status.FROZEN,
        origin=RankingRun.Origin.EXTERNAL,
        number=(last.number if last else 0) + 1,
        scheme=None,
        rules_version=RULES_VERSION,
        inputs=text,
        input_digest=digest,
        result_digest=document_digest(document),
        operator=actor,
        operator_label=actor.label,
        reason=reason if last else "",
        computed_at=timezone.now(),
    )
    store_entries(run, as_stored(rows_of(thaw(text), document)))
    RebuildRequest.objects.filter(cycle=cycle, state=RebuildRequest.State.WAITING).update(
        state=RebuildRequest.State.DONE, finished_at=timezone.now(), error="本期为导入的历史榜，不计算"
    )
    return run


def external_inputs(item: BoardImport, *, cycle: Cycle) -> dict[str, Any]:
    """The value that is sealed: the file's rows as they were read, each number with its sheet and cell."""
    return {
        "format": FORMAT,
        "origin": ORIGIN,
        "plan": item.plan.code,
        "plan_name": item.plan.name,
        "period": str(item.period),
        "quarter": item.quarter,
        "board": item.board,
        "file": {"name": item.filename, "sha256": item.sha256},
        "scheme": None,
        "rules_version": RULES_VERSION,
        "units": item.rows["units"],
        "comparisons": comparisons_for(cycle, item.board),
    }


def _units(file: BoardFile, *, plan: Plan, filename: str) -> list[dict[str, Any]]:
    """The rows in the shape of sealed units, in the official order."""
    organisations = {
        item.code: item
        for item in Organisation.objects.filter(
            city=plan.city_id, code__in=[row.organisation for row in file.rows]
        )
    }
    indicators = {item.code: item for item in Indicator.objects.filter(plan=plan)}
    rows = sorted(
        {row.organisation: row for row in file.rows}.values(),
        key=lambda row: (organisations[row.organisation].order, row.organisation),
    )
    ordered = sorted(file.indicators, key=lambda code: indicators[code].order)
    return [
        _unit(row, organisations[row.organisation], [indicators[code] for code in ordered], filename)
        for row in rows
    ]


def _unit(
    row: BoardRow, organisation: Organisation, indicators: Iterable[Indicator], filename: str
) -> dict[str, Any]:
    rank, total = row.numbers.get(Role.RANK), row.numbers.get(Role.TOTAL)
    group_rank = row.numbers.get(Role.GROUP_RANK)
    placed = rank is not None and rank.value is not None
    return {
        "key": organisation.code,
        "name": organisation.name,
        "written": row.written,
        "order": organisation.order,
        "group": row.group[:50] or None,
        "rank": _whole(rank),
        "group_rank": _whole(group_rank),
        "base": _points(row.numbers.get(Role.BASE)),
        "bonus": _points(row.numbers.get(Role.BONUS)) or "0.00",
        "deduction": _deduction(row.numbers.get(Role.DEDUCTION)),
        "total": _points(total),
        "excluded": None if placed else "不参评",
        "sheet": row.sheet,
        "cells": {
            "unit": {"cell": row.cell, "text": row.written},
            **{str(role): {"cell": number.cell, "text": number.raw} for role, number in row.numbers.items()},
        },
        "lines": [line for indicator in indicators if (line := _line(row, indicator, filename)) is not None],
        "bonuses": [],
        "deductions": [],
    }


def _line(row: BoardRow, indicator: Indicator, filename: str) -> dict[str, Any] | None:
    """One indicator of a row: score, figure and target as far as the file gives them."""
    cells = {measure: row.lines.get((indicator.code, measure)) for measure in Measure}
    first = cells[Measure.SCORE] or cells[Measure.VALUE] or cells[Measure.TARGET]
    if first is None:
        return None
    target = cells[Measure.TARGET]
    return {
        "code": indicator.code,
        "indicator": indicator.name,
        "unit": indicator.unit,
        "score": _points(cells[Measure.SCORE]),
        "value": _amount(cells[Measure.VALUE]),
        "target": _amount(target),
        "target_text": target.raw[:255] if target else "",
        "figure": None,
        "source": {"file": filename, "sheet": first.sheet[:100], "cell": first.cell},
        "cells": {
            str(measure): {"cell": found.cell, "text": found.raw}
            for measure, found in cells.items()
            if found is not None
        },
        "data_as_of": None,
        "detail": {},
    }


def _whole(number: Located | None) -> int | None:
    return int(number.value) if number is not None and number.value is not None else None


def _points(number: Located | None) -> str | None:
    """Points with two decimals, halves away from zero; None where there is no number."""
    if number is None or number.value is None:
        return None
    return format(number.value.quantize(CENT, rounding=ROUND_HALF_UP), ".2f")


def _deduction(number: Located | None) -> str:
    """What was taken off, without its sign: people write 2 as well as −2."""
    return (_points(number) or "0.00").removeprefix("-")


def _amount(number: Located | None) -> str | None:
    return plain_decimal(number.value) if number is not None and number.value is not None else None


def _remarks(file: BoardFile, units: list[dict[str, Any]], words: Words) -> list[Problem]:
    """What the owner must put right or should know before sealing: half-filled rows, ranks, rounding, who is absent."""
    found: list[Problem] = []
    for row in file.rows:
        found += _half_filled(row)
    found += [_told("rank_and_total", text) for text in rank_remarks(units)]
    rounded = [
        number for row in file.rows for number in (*row.numbers.values(), *_scores(row)) if number.places > 2
    ]
    if rounded:
        found.append(
            _told(
                "rounded",
                f"有 {len(rounded)} 个数多于两位小数，按四舍五入保留两位（首处 {rounded[0].where}：{rounded[0].raw}）",
            )
        )
    present = {row.organisation for row in file.rows}
    absent = [
        term.name
        for term in words.vocabulary.organisations
        if term.code in words.ranked - present and term.kind in ("district", "zone")
    ]
    if absent and file.rows:
        found.append(_told("absent", f"榜上没有：{'、'.join(absent)}。如当时确实没有排名，无须处理"))
    return found


def _half_filled(row: BoardRow) -> list[Problem]:
    rank, total = row.numbers.get(Role.RANK), row.numbers.get(Role.TOTAL)
    has_rank = rank is not None and rank.value is not None
    has_total = total is not None and total.value is not None
    if has_rank == has_total:
        return []
    lacks, has = ("总分", "名次") if has_rank else ("名次", "总分")
    return [
        Problem(
            level="error",
            code="half_filled",
            message=f"{row.sheet}!{row.cell}：“{row.written}”有{has}而没有{lacks}。请补上{lacks}；不参评的两格都填“/”。",
            sheet=row.sheet,
            cell=row.cell,
        )
    ]


def _scores(row: BoardRow) -> list[Located]:
    return [number for (_, measure), number in row.lines.items() if measure is Measure.SCORE]


def _told(code: str, message: str) -> Problem:
    return Problem(level="info", code=code, message=f"{message}。")


def problems_as_data(problems: Iterable[Mapping[str, Any]], *, level: str) -> list[dict[str, Any]]:
    """The problems of a level in the shape of DOMAIN section 8."""
    return [
        {"sheet": item["sheet"], "cell": item["cell"], "code": item["code"], "message": item["message"]}
        for item in problems
        if item["level"] == level
    ]
