"""Compare a board made in a spreadsheet with ours, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from huzhou_targets.command_line import as_json, as_table, told_to_people
from rankings.comparing import Comparison, Difference
from rankings.comparing.types import CAUSE_NAMES
from rankings.models import Board
from rankings.selectors import current_run
from rankings.services.comparison import compare_file, note_comparison
from returns.selectors import find_cycle
from returns.workbook.types import Problem


class Command(BaseCommand):
    """Exit 0 compared (with or without differences), 1 the file was refused. Nothing is stored but a note."""

    help = "把 Excel 榜与系统的榜逐格核对，说明每处不同的原因"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--board", choices=Board.values, default=Board.DISTRICTS.value)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            cycle = find_cycle(plan_code=options["plan"], period=options["period"])
        run = current_run(cycle, options["board"])
        if run is None:
            raise CommandError(f"{cycle} {Board(options['board']).label}还没有排名，不能核对")
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"打不开文件 {path}：{error.strerror}") from error
        with told_to_people():
            comparison = compare_file(run=run, filename=path.name, data=data)
        with transaction.atomic():
            note_comparison(actor=None, run=run, filename=path.name, data=data, comparison=comparison)
        self.stdout.write(as_json(_as_data(comparison)) if options["json"] else _as_text(comparison))
        if comparison.errors:
            raise SystemExit(1)


def _as_data(comparison: Comparison) -> dict[str, Any]:
    return {
        "compared": comparison.compared,
        "equal": comparison.equal,
        "by_cause": {str(cause): count for cause, count in comparison.by_cause.items()},
        "rules": list(comparison.rules),
        "differences": [_difference(item) for item in comparison.differences],
        "errors": [_problem(item) for item in comparison.problems if item.level == "error"],
        "warnings": [_problem(item) for item in comparison.problems if item.level == "warning"],
    }


def _difference(item: Difference) -> dict[str, Any]:
    return {
        "item": str(item.item),
        "unit": item.unit,
        "indicator": item.indicator or None,
        "theirs": {"text": item.theirs.text, "where": item.theirs.where},
        "ours": {"text": item.ours.text, "where": item.ours.where},
        "cause": str(item.cause),
        "causes": [str(cause) for cause in item.causes],
        "explanation": item.explanation,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet,
        "cell": problem.cell,
        "code": problem.code,
        "message": problem.message,
    }


def _as_text(comparison: Comparison) -> str:
    parts = [problem.message for problem in comparison.problems]
    if comparison.errors:
        return "\n".join([*parts, "没有核对：请改好上列错误后再试。"])
    parts.append(f"核对 {comparison.compared} 格，{comparison.equal} 格一致。")
    parts += [f"{CAUSE_NAMES[cause]}：{count} 处" for cause, count in comparison.by_cause.items()]
    parts += [f"对方规则：{rule}" for rule in comparison.rules]
    if comparison.differences:
        rows = [
            (
                item.unit,
                f"{item.indicator}{item.item_name}",
                item.theirs.text,
                item.theirs.where,
                item.ours.text,
                item.cause_name,
                item.explanation,
            )
            for item in comparison.differences
        ]
        parts.append(as_table(["单位", "项目", "对方", "单元格", "本系统", "原因", "说明"], rows))
    return "\n".join(parts)
