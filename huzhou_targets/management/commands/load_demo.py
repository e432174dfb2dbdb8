"""Load the demo: accounts, and unless only these are wanted, the demo returns up to published boards."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from environs import Env

from accounts.demo import AccountLine, ReferenceDataMissing, ensure_demo_accounts
from huzhou_targets.command_line import as_table, told_to_people
from huzhou_targets.demo.files import DemoDataError, read_demo
from huzhou_targets.demo.loading import CycleCount, DemoRefused, load_returns
from indicators.models import Plan
from rankings.models import RebuildRequest
from rankings.services.requests import run_due_requests

DEMO_ROOT = Path(settings.BASE_DIR) / "fixtures" / "demo"
PASSWORD_VARIABLE = "HUZHOU_DEMO_PASSWORD"  # noqa: S105 - a variable's name


class Command(BaseCommand):
    """Repeating it changes nothing: accounts, files and sealed quarters that are there stay as they are."""

    help = "载入演示账号与演示季报，每个计划发布倒数第二个演示季度。可重复执行；需先 load_reference。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts-only", action="store_true", help="只建立演示账号")
        parser.add_argument(
            "--await-worker",
            type=float,
            metavar="SECONDS",
            help="排名由后台进程计算，最多等待这么多秒；不给则由本命令自己计算",
        )
        parser.add_argument("--root", type=Path, default=DEMO_ROOT, help="folder of the demo")

    def handle(self, *, accounts_only: bool, await_worker: float | None, root: Path, **options: Any) -> None:
        if not Plan.objects.exists():
            raise CommandError("还没有参考数据，请先运行 load_reference，再载入演示数据。")
        self._load_accounts()
        if accounts_only:
            return
        try:
            with told_to_people():
                load_returns(demo=read_demo(root), tell=self._tell)
        except (DemoDataError, DemoRefused) as error:
            raise CommandError(str(error)) from error
        if await_worker is None:
            run_due_requests()
        else:
            self._await_worker(await_worker)

    def _load_accounts(self) -> None:
        try:
            lines = ensure_demo_accounts(password=Env().str(PASSWORD_VARIABLE, ""))
        except ReferenceDataMissing as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(f"{PASSWORD_VARIABLE} 不能用作密码：{' '.join(error.messages)}") from error
        if any(line.password for line in lines):
            self.stdout.write("演示账号（密码只显示这一次，请记下）：")
        else:
            self.stdout.write("演示账号：")
        self.stdout.write(as_table(["账号", "密码", "角色", "单位"], [_row(line) for line in lines]))

    def _tell(self, count: CycleCount) -> None:
        self.stdout.write(
            f"{count.cycle}：{count.files} 个文件，本次入库 {count.taken} 个，{count.figures} 个数"
        )

    def _await_worker(self, seconds: float) -> None:
        unfinished = RebuildRequest.objects.filter(
            state__in=[RebuildRequest.State.WAITING, RebuildRequest.State.RUNNING]
        )
        deadline = time.monotonic() + seconds
        while unfinished.exists():
            if time.monotonic() > deadline:
                raise CommandError(
                    f"后台进程 {seconds:.0f} 秒内没有算完排名，请查看它的输出；"
                    "`python manage.py rebuild_ranking` 可在前台重算。"
                )
            time.sleep(0.1)


def _row(line: AccountLine) -> tuple[str, str, str, str]:
    return line.username, line.password or "已有", line.roles, line.organisation or "—"
