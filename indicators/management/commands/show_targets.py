"""Print every target that stands in a table of a plan's documents."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.command_line import as_json, as_table
from indicators.models import Plan
from indicators.selectors import tabled_targets


class Command(BaseCommand):
    """Targets with the document's own text, annex, row and column."""

    help = "列出文件表格中的全部目标"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--year", type=int)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan.objects.filter(code=options["plan"]).first()
        if plan is None:
            known = "、".join(Plan.objects.values_list("code", flat=True))
            raise CommandError(f"没有计划“{options['plan']}”，可用的有：{known}")
        targets = tabled_targets(plan, year=options["year"])
        if options["json"]:
            self.stdout.write(as_json(targets))
            return
        keys = [
            "indicator",
            "unit",
            "organisation",
            "year",
            "text",
            "kind",
            "value",
            "annex",
            "row",
            "column",
        ]
        headers = ["指标", "计量单位", "单位", "年份", "原文", "类型", "值", "附件", "行", "列"]
        self.stdout.write(as_table(headers, [[item[key] for key in keys] for item in targets]))
