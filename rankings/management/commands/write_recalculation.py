"""Write a ranking's 算法复核表: a workbook of live formulas from figures and targets to ranks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.command_line import told_to_people
from rankings.models import Board
from rankings.recalculation import NotRecalculable, recalculation_workbook
from rankings.selectors import current_run
from returns.selectors import find_cycle


class Command(BaseCommand):
    """The board that counts now: published, else frozen, else preliminary."""

    help = "导出算法复核表（含公式的 .xlsx）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--board", choices=Board.values, default=Board.DISTRICTS.value)
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            cycle = find_cycle(plan_code=options["plan"], period=options["period"])
        run = current_run(cycle, options["board"])
        if run is None:
            raise CommandError(f"{cycle} {Board(options['board']).label}还没有排名：没有目标，或尚未计算")
        try:
            content = recalculation_workbook(run)
        except NotRecalculable as error:
            raise CommandError(str(error)) from error
        options["output"].write_bytes(content)
        self.stderr.write(f"已写入 {options['output']}")
