"""Check a plan's targets against each other (目标校核), store the findings and print them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.command_line import as_json, as_table
from indicators.check_values import Severity
from indicators.models import Plan, TargetFinding
from indicators.selectors import finding_counts
from indicators.services import check_targets


class Command(BaseCommand):
    """What does not agree, or needs somebody's judgement, with document, annex, row and column."""

    help = "校核方案自身的目标：区县之和、小计合计、两表同一事项、正文与附表、其中项、存量、期末与年度"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan.objects.select_related("document").filter(code=options["plan"]).first()
        if plan is None:
            known = "、".join(Plan.objects.values_list("code", flat=True))
            raise CommandError(f"没有计划“{options['plan']}”，可用的有：{known}")
        check_targets(plan=plan)
        stored = plan.target_findings.filter(is_current=True).select_related("indicator", "organisation")
        findings = [item for item in stored if item.severity != Severity.AGREED]
        counts = finding_counts(plan)
        if options["json"]:
            self.stdout.write(
                as_json(
                    {
                        "plan": plan.code,
                        "compared": len(stored),
                        "states": counts,
                        "findings": [_as_dict(item) for item in findings],
                    }
                )
            )
            return
        headers = ["校核", "结果", "状态", "指标", "文件所写", "与之核对", "说的是什么", "说明"]
        rows = [
            (
                item.get_kind_display(),
                item.get_severity_display(),
                item.state.label,
                item.indicator.name if item.indicator else "（整张表）",
                _in_words(item.stated),
                _in_words(item.against),
                item.message,
                item.explanation,
            )
            for item in findings
        ]
        self.stdout.write(as_table(headers, rows))
        self.stdout.write(
            f"共核对 {len(stored)} 处：一致 {counts[TargetFinding.State.AGREED]}，发现 {len(findings)}，"
            f"其中待说明 {counts[TargetFinding.State.OPEN] + counts[TargetFinding.State.REOPENED]}"
        )


def _as_dict(item: TargetFinding) -> dict[str, Any]:
    return {
        "key": item.key,
        "check": item.kind,
        "severity": item.severity,
        "state": item.state.value,
        "indicator": item.indicator.name if item.indicator else None,
        "organisation": item.organisation.name if item.organisation else None,
        "year": item.year,
        "message": item.message,
        "stated": item.stated,
        "against": item.against,
        "explanation": item.explanation or None,
    }


def _in_words(side: dict[str, Any]) -> str:
    place = " ".join(side[name] for name in ("annex", "clause", "row", "column") if side[name])
    return f"{place}：{side['text']}"
