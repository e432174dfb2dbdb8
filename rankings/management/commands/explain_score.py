"""Print how an organisation's score came to be, line by line, down to the cell."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.command_line import as_json, as_table, told_to_people
from rankings.selectors import explanation_document, find_entry
from returns.selectors import find_cycle, find_organisation


class Command(BaseCommand):
    """Text, target, expected, value, attainment, weight, score, light, reason, source and reviewer."""

    help = "逐项说明一个单位的得分"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--unit", required=True, help="单位名称或别名")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            cycle = find_cycle(plan_code=options["plan"], period=options["period"])
            organisation = find_organisation(city_id=cycle.plan.city_id, name=options["unit"])
        entry = find_entry(cycle, organisation)
        if entry is None:
            raise CommandError(f"{cycle} 的排名中没有{organisation}：没有目标，或尚未计算")
        document = explanation_document(entry)
        if options["json"]:
            self.stdout.write(as_json(document))
            return
        self.stdout.write(
            f"{document['unit']} {cycle}：总分 {document['total'] or '—'}，"
            f"第 {document['rank'] or '—'} 名，组内第 {document['group_rank'] or '—'} 名"
        )
        headers = [
            "指标",
            "目标原文",
            "应完成",
            "完成值",
            "达成率%",
            "分值",
            "得分",
            "灯",
            "说明",
            "来源",
            "核定",
        ]
        rows = [
            (
                line["indicator"],
                line["target_text"],
                line["expected"],
                line["value"],
                line["attainment"],
                line["weight"],
                line["score"],
                line["light"],
                line["reason"],
                " ".join(part for part in line["source"].values() if part),
                line["reviewer"],
            )
            for line in document["lines"]
        ]
        self.stdout.write(as_table(headers, rows))
