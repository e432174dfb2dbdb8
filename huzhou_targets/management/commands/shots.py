"""`make shots`: pictures of every page at the sizes of an office screen, a big screen and a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from huzhou_targets.browser import NoBrowser, chromium, running_site, sign_in, wait_for_charts
from huzhou_targets.manual import PICTURE_SIZE, PICTURES, picture_names
from huzhou_targets.processes import ProcessError
from huzhou_targets.tour import Stop, session_cookie, walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MANUAL_QUALITY = 70
SIZES = ((1366, 768), (1920, 1080), (390, 844))


class Command(BaseCommand):
    help = "给每个页面截图；数据取自当前数据库，须先载入演示数据（make demo）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", default="sowing-2025")
        parser.add_argument("--period", default="2025Q3")
        parser.add_argument("--place", default="wuxing", help="district whose pages and account are shown")
        parser.add_argument("--only", nargs="*", default=[], help="names of the pages to take")
        parser.add_argument("--large", action="store_true", help="in 长者模式")
        parser.add_argument(
            "--manual",
            action="store_true",
            help="only the pictures of docs/使用手册.md, into docs/screenshots",
        )
        parser.add_argument("-o", "--output", type=Path, default=settings.DATA_DIR / "shots")

    def handle(self, *, output: Path, only: list[str], large: bool, manual: bool, **options: Any) -> None:
        stops = walk(
            plan=options["plan"],
            period=options["period"],
            place=options["place"],
            reporter=options["place"],
            verifier="jxj",
            owner="owner",
        )
        if manual:
            only, output = picture_names(), PICTURES
            if missing := sorted(set(only) - {stop.name for stop in stops}):
                self.stdout.write(f"现在的数据里没有这些页面，手册保留原来的图：{'、'.join(missing)}")
        stops = [stop for stop in stops if not only or stop.name in only]
        cookies = {name: session_cookie(name) for name in {stop.account for stop in stops} if name}
        output.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "DATA_DIR": str(settings.DATA_DIR)}
        try:
            with (
                running_site(directory=settings.BASE_DIR, environment=environment) as base,
                chromium() as browser,
            ):
                if manual:
                    self._take_for_manual(browser, stops, cookies, base=base)
                else:
                    self._take(browser, stops, cookies, base=base, output=output, large=large)
        except (NoBrowser, ProcessError) as error:
            raise CommandError(str(error)) from error

    def _take_for_manual(
        self, browser: Browser, stops: list[Stop], cookies: dict[str, dict[str, str]], *, base: str
    ) -> None:
        """One screenful of an office screen each, compressed: they are committed."""
        for stop in stops:
            context = browser.new_context(
                viewport={"width": PICTURE_SIZE[0], "height": PICTURE_SIZE[1]},
                locale="zh-CN",
                reduced_motion="reduce",
            )
            if stop.account:
                sign_in(context, cookies[stop.account], base=base)
            page = context.new_page()
            page.goto(base + stop.address)
            wait_for_charts(page)
            page.screenshot(path=PICTURES / f"{stop.name}.jpg", type="jpeg", quality=MANUAL_QUALITY)
            context.close()
        self.stdout.write(f"手册的 {len(stops)} 张图在 {PICTURES}")

    def _take(
        self,
        browser: Browser,
        stops: list[Stop],
        cookies: dict[str, dict[str, str]],
        *,
        base: str,
        output: Path,
        large: bool,
    ) -> None:
        for width, height in SIZES:
            for stop in stops:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce"
                )
                if stop.account:
                    sign_in(context, cookies[stop.account], base=base)
                if large:
                    sign_in(context, {"name": "display", "value": "large"}, base=base)
                page = context.new_page()
                page.goto(base + stop.address)
                wait_for_charts(page)
                page.screenshot(path=output / f"{stop.name}-{width}x{height}.png", full_page=True)
                context.close()
            self.stdout.write(f"{width}×{height}：{len(stops)} 页")
        self.stdout.write(f"截图在 {output}")
