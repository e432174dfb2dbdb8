"""Check a 报送单 by its check code against the stored figures."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.command_line import as_json, as_table
from returns.submission_sheets import clean_code, compare, read_sheet
from returns.submissions import Submission


class Command(BaseCommand):
    """Exit 1 when there is no such sheet or it does not agree with its digest or the stored history.

    Figures that changed since are told; they are no fault of the sheet.
    """

    help = "按校验码查验报送单：内容与指纹、与库中填报记录是否一致，报送以后有无变动"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="纸面上的校验码，如 7K3M-Q2XT-9VBD；连字符和大小写不论")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        submission = Submission.objects.filter(code=clean_code(options["code"])).first()
        if submission is None:
            raise CommandError(f"没有校验码“{options['code']}”的报送单，请对照纸面逐个字符核对")
        sheet = read_sheet(submission)
        comparison = compare(submission, sheet.lines)
        if options["json"]:
            told = {
                "sheet": str(submission),
                "digest": submission.digest,
                "genuine": comparison.is_genuine,
                "unchanged": comparison.is_unchanged,
                "figures": [
                    {
                        "indicator": item.line.indicator,
                        "organisation": item.line.organisation,
                        "value": item.line.value,
                        "changed": item.is_changed,
                        "now": item.said,
                    }
                    for item in comparison.lines
                ],
                "added": [list(item) for item in comparison.added],
            }
            self.stdout.write(as_json(told))
        else:
            verdict = "与库中填报记录一致" if comparison.is_genuine else "与库中填报记录对不上，可能被改动"
            since = "没有变动" if comparison.is_unchanged else f"{comparison.changed} 项改了"
            added = f"，另新报 {len(comparison.added)} 项" if comparison.added else ""
            self.stdout.write(f"{submission}，{sheet.office}：{verdict}；报送以后{since}{added}。")
            rows = [
                (item.line.indicator_name, item.line.organisation_name, item.line.value, item.said)
                for item in comparison.lines
            ]
            self.stdout.write(as_table(["指标", "单位", "报送数", "现在"], rows))
            self.stdout.write(f"指纹：{submission.digest}")
        if not comparison.is_genuine:
            raise SystemExit(1)
