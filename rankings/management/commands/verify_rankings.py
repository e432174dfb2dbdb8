"""Recompute every sealed ranking and compare."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huzhou_targets.command_line import as_json, as_table
from rankings.selectors import newest_chain_digest
from rankings.verification import external_remarks, verify_sealed


class Command(BaseCommand):
    """Exit 1 on any difference."""

    help = "重算全部已封存的排名并核对摘要链"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", help="以前印在通报、复核表或回执上的摘要")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, differences = verify_sealed(anchor=options["anchor"])
        remarks = external_remarks()
        digest = newest_chain_digest()
        if options["json"]:
            found = [{"run": item.run, "what": item.what} for item in differences]
            told = [{"run": item.run, "what": item.what} for item in remarks]
            self.stdout.write(
                as_json({"checked": checked, "digest": digest, "differences": found, "remarks": told})
            )
        elif differences:
            self.stdout.write(as_table(["排名", "不符之处"], [(item.run, item.what) for item in differences]))
        else:
            self.stdout.write(f"已核对 {checked} 个封存的排名，全部一致。最新摘要：{digest or '（尚无）'}")
        if remarks and not options["json"]:
            self.stdout.write("外部计算的历史榜，名次与总分不一致之处（仅供知悉，不算差异）：")
            self.stdout.write(as_table(["排名", "情况"], [(item.run, item.what) for item in remarks]))
        if differences:
            raise SystemExit(1)
