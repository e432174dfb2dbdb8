"""Follow the audit trail's chain of digests."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.checking import check_trail
from huzhou_targets.command_line import as_json, as_table


class Command(BaseCommand):
    """Exit 1 when an entry was altered or removed, a trigger is missing or the anchor does not occur."""

    help = "核对审计记录：逐条重算摘要、核对前后衔接和保护触发器"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", default="", help="以前记下的最新摘要，须仍在链中")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        result = check_trail(anchor=options["anchor"])
        if options["json"]:
            faults = [{"entry": fault.entry, "what": fault.what} for fault in result.faults]
            self.stdout.write(as_json({"entries": result.entries, "digest": result.newest, "faults": faults}))
        elif result.is_whole:
            self.stdout.write(
                f"审计记录共 {result.entries} 条，首尾相接，没有改动。最新摘要：{result.newest}"
            )
        else:
            self.stdout.write(f"审计记录核对不通过，从头起 {result.entries} 条无误，之后：")
            self.stdout.write(
                as_table(["记录号", "不符之处"], [(fault.entry, fault.what) for fault in result.faults])
            )
        if not result.is_whole:
            raise SystemExit(1)
