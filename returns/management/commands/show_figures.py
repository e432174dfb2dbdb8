"""Print every figure in force of a period."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huzhou_targets.command_line import as_json, as_table, told_to_people
from returns.selectors import figures_in_force, find_cycle


class Command(BaseCommand):
    """The figures that count now, with state, reporter and source."""

    help = "列出一个报告期现行有效的全部数据"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            figures = figures_in_force(find_cycle(plan_code=options["plan"], period=options["period"]))
        if options["json"]:
            self.stdout.write(as_json(figures))
            return
        rows = [
            (
                item["indicator"],
                item["organisation"],
                item["value"],
                item["state"],
                item["reporter"],
                " ".join(part for part in item["source"].values() if part),
            )
            for item in figures
        ]
        self.stdout.write(as_table(["指标", "单位", "数值", "状态", "填报单位", "来源"], rows))
