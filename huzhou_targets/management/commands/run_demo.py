"""`make demo`: fill the database with the demo, let the worker rank it, print the board and serve."""

from __future__ import annotations

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.processes import ProcessError, require_free_port
from huzhou_targets.serving import (
    HOST,
    add_port_argument,
    project_supervisor,
    serve_until_interrupted,
    start_worker,
)

DEMO_PLAN = "sowing-2025"
DEMO_PERIOD = "2025Q3"
SECONDS_FOR_RANKINGS = 120.0


class Command(BaseCommand):
    help = "建库、载入参考数据与演示数据，由后台进程计算排名，打印最新一季的晾晒榜并启动网站。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_port_argument(parser)
        parser.add_argument(
            "--started-at", type=float, help="epoch seconds at which the installation began, to tell its time"
        )
        parser.add_argument("--no-serve", action="store_true", help="end after the board is printed")

    def handle(self, *, port: int, started_at: float | None, no_serve: bool, **options: Any) -> None:
        began = time.time()
        try:
            if not no_serve:
                require_free_port(host=HOST, port=port)
            self._step("建立或更新数据库")
            call_command("migrate", verbosity=0)
            with project_supervisor(self.stdout) as supervisor:
                start_worker(supervisor)
                self._load()
                self._print_board()
                self._print_times(started_at=started_at, began=began)
                if not no_serve:
                    serve_until_interrupted(supervisor, port=port)
        except ProcessError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("已结束。")

    def _step(self, text: str) -> None:
        self.stdout.write(f"── {text}")
        self.stdout.flush()

    def _load(self) -> None:
        self._step("载入参考数据（计划、单位、指标、目标、园区）")
        call_command("load_reference", stdout=self.stdout)
        self._step("载入演示账号与演示季报，由后台进程计算排名")
        call_command("load_demo", await_worker=SECONDS_FOR_RANKINGS, stdout=self.stdout)

    def _print_board(self) -> None:
        self._step(f"{DEMO_PLAN} {DEMO_PERIOD} 区县晾晒榜（演示数据）")
        call_command(
            "show_ranking", plan=DEMO_PLAN, period=DEMO_PERIOD, board="districts", stdout=self.stdout
        )

    def _print_times(self, *, started_at: float | None, began: float) -> None:
        working = time.time() - began
        installing = f"安装 {began - started_at:.1f} 秒，" if started_at is not None else ""
        self._step(f"用时：{installing}运行 {working:.1f} 秒")
