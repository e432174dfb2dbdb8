"""Serve the site of the embedded mode together with its worker."""

from __future__ import annotations

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


class Command(BaseCommand):
    help = "启动网站与后台处理进程，直到按 Ctrl-C（不导入任何数据）。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_port_argument(parser)

    def handle(self, *, port: int, **options: Any) -> None:
        try:
            require_free_port(host=HOST, port=port)
            call_command("migrate", verbosity=0)
            with project_supervisor(self.stdout) as supervisor:
                start_worker(supervisor)
                serve_until_interrupted(supervisor, port=port)
        except ProcessError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("已结束。")
