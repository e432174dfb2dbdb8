"""Hand in a return from a file: the same pipeline as the upload page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from huzhou_targets.command_line import as_json, as_table, told_to_people
from returns.receipts import anchor_lines, receipt_of
from returns.selectors import find_cycle
from returns.services.uploads import Intake, take_in_return
from returns.workbook.receipt import write_receipt
from returns.workbook.types import Problem


class Command(BaseCommand):
    """Exit 0 when stored (or, with --dry-run, when nothing stands in the way), 1 when refused."""

    help = "导入一份填报文件：上传登记 → 读取 → 校验 → 入库，全部成功或全部不入库"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True, help="如 2025Q2")
        parser.add_argument("--as", dest="username", required=True, help="以哪个账号填报")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不入库")
        parser.add_argument("--verify", action="store_true", help="入库后一并核定（限该账号有权核定的）")
        parser.add_argument("--receipt", type=Path, help="回执写到这个 .xlsx 文件")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            cycle = find_cycle(plan_code=options["plan"], period=options["period"])
            actor = User.objects.select_related("organisation").filter(username=options["username"]).first()
            if actor is None:
                raise CommandError(f"没有账号“{options['username']}”")
            if actor.organisation is None:
                raise CommandError(f"账号“{options['username']}”不属于任何单位，不能填报")
            try:
                data = options["file"].read_bytes()
            except OSError as error:
                raise CommandError(f"读不到文件 {options['file']}：{error.strerror}") from error
            intake = take_in_return(
                actor=actor,
                cycle=cycle,
                reporter=actor.organisation,
                filename=options["file"].name,
                data=data,
                dry_run=options["dry_run"],
                verify=options["verify"],
            )
        if options["receipt"]:
            options["receipt"].write_bytes(self._receipt(intake, options["file"].name, data))
        self._report(intake, as_json_document=options["json"], dry_run=options["dry_run"])
        if intake.errors:
            raise SystemExit(1)

    def _receipt(self, intake: Intake, filename: str, data: bytes) -> bytes:
        if intake.upload is not None:
            return receipt_of(intake.upload, intake.problems)
        return write_receipt(data, filename, intake.problems, facts=anchor_lines())

    def _report(self, intake: Intake, *, as_json_document: bool, dry_run: bool) -> None:
        if as_json_document:
            self.stdout.write(
                as_json(
                    {
                        "stored": intake.stored,
                        "figures": intake.figures,
                        "errors": [_as_data(problem) for problem in intake.errors],
                        "warnings": [_as_data(problem) for problem in intake.warnings],
                    }
                )
            )
            return
        rows = [
            ("错误" if problem.level == "error" else "提示", problem.sheet, problem.cell, problem.message)
            for problem in intake.problems
            if problem.level != "info"
        ]
        if rows:
            self.stdout.write(as_table(["级别", "工作表", "单元格", "问题与处理办法"], rows))
        if intake.errors:
            self.stdout.write(f"未入库：{len(intake.errors)} 处须改正，改好后重新上传即可。")
        elif dry_run:
            self.stdout.write(f"检查通过，共 {intake.figures} 个数（未入库）。")
        elif intake.saved and not (intake.saved.new or intake.saved.changed):
            self.stdout.write(f"与已有数据完全相同，没有新入库的数（共 {intake.figures} 个）。")
        elif intake.saved:
            self.stdout.write(
                f"已入库 {intake.figures} 个数：新增 {intake.saved.new}，更新 {intake.saved.changed}，"
                f"未变 {intake.saved.unchanged}。"
            )


def _as_data(problem: Problem) -> dict[str, str | None]:
    return {
        "sheet": problem.sheet,
        "cell": problem.cell,
        "code": problem.code,
        "message": problem.message,
    }
