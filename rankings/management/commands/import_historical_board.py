"""Import a past quarter's board made in a spreadsheet and seal it as 外部计算."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from huzhou_targets.command_line import as_json, as_table, told_to_people
from indicators.models import Plan
from indicators.periods import Period
from rankings.models import Board
from rankings.services.history import examine_board, problems_as_data, seal_board, upload_board


class Command(BaseCommand):
    """Exit 0 sealed (or, with --dry-run, fit to be sealed), 1 refused with every problem at once."""

    help = "导入 Excel 历史榜并封存为外部计算；之后由领导签发、牵头办发布"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--board", choices=Board.values, default=Board.DISTRICTS.value)
        parser.add_argument("--as", dest="username", required=True, help="牵头办的账号")
        parser.add_argument("--reason", default="", help="更正已发布的历史榜时必填")
        parser.add_argument("--dry-run", action="store_true", help="只读取和校验，不入库")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        plan, period, actor = self._find(options)
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"打不开文件 {options['file']}：{error.strerror}") from error
        if options["dry_run"]:
            examined = examine_board(
                plan, period=period, board=options["board"], filename=options["file"].name, data=data
            )
            problems = [
                {
                    "level": item.level,
                    "sheet": item.sheet,
                    "cell": item.cell,
                    "code": item.code,
                    "message": item.message,
                }
                for item in examined.problems
            ]
            self._tell(problems, rows=len(examined.units), sealed=None, options=options)
            return
        with told_to_people():
            item = upload_board(
                actor=actor,
                plan=plan,
                period=period,
                board=options["board"],
                filename=options["file"].name,
                data=data,
            )
            run = None if item.errors else seal_board(actor=actor, item=item, reason=options["reason"])
        self._tell(
            item.problems,
            rows=len(item.rows["units"]),
            sealed=run.input_digest if run else None,
            options=options,
        )

    def _find(self, options: dict[str, Any]) -> tuple[Plan, Period, User]:
        plan = Plan.objects.select_related("document").filter(code=options["plan"]).first()
        if plan is None:
            known = "、".join(Plan.objects.values_list("code", flat=True)) or "（还没有）"
            raise CommandError(f"没有计划“{options['plan']}”，可用的有：{known}")
        actor = User.objects.filter(username=options["username"], is_active=True).first()
        if actor is None:
            raise CommandError(f"没有账号“{options['username']}”")
        try:
            return plan, Period.parse(options["period"]), actor
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _tell(
        self, problems: list[dict[str, Any]], *, rows: int, sealed: str | None, options: dict[str, Any]
    ) -> None:
        """The result, as JSON or for people; exit 1 where there is an error."""
        by_level = {level: problems_as_data(problems, level=level) for level in ("error", "warning", "info")}
        if options["json"]:
            self.stdout.write(
                as_json(
                    {
                        "sealed": sealed is not None,
                        "digest": sealed,
                        "units": rows,
                        "errors": by_level["error"],
                        "warnings": by_level["warning"],
                        "remarks": by_level["info"],
                    }
                )
            )
        else:
            labels = {"error": "错误", "warning": "提醒", "info": "提示"}
            shown = [(labels[item["level"]], item["message"]) for item in problems]
            if shown:
                self.stdout.write(as_table(["级别", "问题与改法"], shown))
            if sealed:
                self.stdout.write(f"已封存 {rows} 个单位（输入摘要 {sealed}），等待领导签发后发布。")
            elif by_level["error"]:
                self.stdout.write(f"没有封存：发现 {len(by_level['error'])} 处错误，请改好后重新导入。")
            else:
                self.stdout.write(f"可以封存：读出 {rows} 个单位；去掉 --dry-run 即封存。")
        if by_level["error"]:
            raise SystemExit(1)
