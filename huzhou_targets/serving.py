"""What `serve` and `run_demo` share: a worker and the web server, until somebody ends them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser, OutputWrapper

from huzhou_targets.processes import Supervisor, server_arguments, wait_until_listening, worker_arguments

HOST = "127.0.0.1"
"""The embedded mode answers on this machine only."""


def add_port_argument(parser: CommandParser) -> None:
    """Let a command take --port, by default HUZHOU_PORT or 8000."""
    parser.add_argument("--port", type=int, default=settings.PORT, help="port on 127.0.0.1")


def start_worker(supervisor: Supervisor) -> None:
    """Start the Celery worker; it is started again when it dies."""
    supervisor.start("后台处理进程", worker_arguments(), restart=True)


def serve_until_interrupted(supervisor: Supervisor, *, port: int) -> None:
    """Start the site and watch it and the worker. Returns on Ctrl-C; raises ProcessError otherwise."""
    site = supervisor.start("网站", server_arguments(host=HOST, port=port))
    wait_until_listening(host=HOST, port=port, process=site.process)
    supervisor.say(f"网站已启动：http://{HOST}:{port}/  按 Ctrl-C 结束。")
    supervisor.watch()


def project_supervisor(output: OutputWrapper) -> Supervisor:
    """A supervisor whose processes start in the project's folder and whose messages go to the output."""

    def say(text: str) -> None:
        output.write(text)
        output.flush()

    return Supervisor(directory=Path(settings.BASE_DIR), say=say)
