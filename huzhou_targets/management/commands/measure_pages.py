"""Weight and number of queries of every page, as one table."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from huzhou_targets.command_line import as_table
from huzhou_targets.tour import Stop, walk

LATER = re.compile(r'<img [^>]*loading="lazy"[^>]*>')
"""Pictures that are loaded once they are scrolled into sight: no part of a page's first load."""
STATIC = re.compile(r'(?:src|href)="/static/([^"?]+)"')
HEADERS = ["页面", "地址", "查询数", "网页 KB", "样式和脚本 KB", "首次合计 KB（gzip）"]


class Command(BaseCommand):
    help = "列出每个页面的查询数和压缩后的大小；数据取自当前数据库。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", default="sowing-2025")
        parser.add_argument("--period", default="2025Q3")
        parser.add_argument("--place", default="wuxing", help="district whose pages and account are used")

    def handle(self, *, plan: str, period: str, place: str, **options: Any) -> None:
        stops = walk(plan=plan, period=period, place=place, reporter=place, verifier="jxj", owner="owner")
        self.stdout.write(as_table(HEADERS, [self._measure(stop) for stop in stops]))

    def _measure(self, stop: Stop) -> list[str]:
        client = Client(SERVER_NAME="localhost")
        if stop.account is not None:
            user = User.objects.filter(username=stop.account).first()
            if user is None:
                raise CommandError(f"没有账号 {stop.account}，请先 load_demo")
            client.force_login(user)
        client.get("/help/")  # notes the session once, which is no part of the page
        with CaptureQueriesContext(connection) as queries:
            response = client.get(stop.address)
        page = len(gzip.compress(response.content))
        text = LATER.sub("", response.content.decode())
        files = sum(_packed(name) for name in set(STATIC.findall(text)))
        return [
            stop.name,
            stop.address,
            str(len(queries)),
            f"{page / 1024:.1f}",
            f"{files / 1024:.1f}",
            f"{(page + files) / 1024:.1f}",
        ]


def _packed(name: str) -> int:
    """Bytes of a static file after gzip; 0 where the front-end was not built."""
    path = finders.find(name)
    return len(gzip.compress(Path(path).read_bytes(), 9)) if path else 0
