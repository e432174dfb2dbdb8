"""One site with the sample data, started once for all browser tests, and a browser that tells on pages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huzhou_targets.browser import chromium, running_site, sign_in, wait_for_charts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The running site: its address, a session for each account, and the stops of the tour."""

    base: str
    cookies: Mapping[str, Mapping[str, str]]
    stops: Mapping[str, tuple[str, str | None]]
    environment: Mapping[str, str]


@dataclass(kw_only=True)
class Visit:
    """A page that was opened, with everything that went wrong or left the server's own address."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Site]:
    """Load the reference data and the sample into a database of its own, and serve it."""
    data = tmp_path_factory.mktemp("site")
    shutil.copy(migrated_sqlite, data)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DATABASE", "CELERY"))
    } | {
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "huzhou_targets.settings",
        "HUZHOU_MODE": "embedded",
        "SWEEP_SECONDS": "1",
    }
    for arguments in (
        ["manage.py", "load_reference"],
        ["-m", "tests.browser.sample"],
    ):
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr[-2000:]
    told = json.loads(result.stdout.splitlines()[-1])
    with running_site(directory=ROOT, environment=environment) as base:
        yield Site(
            base=base,
            cookies=told["cookies"],
            stops={name: (address, account) for name, address, account in told["stops"]},
            environment=environment,
        )


# Ended with the module: while Playwright runs, its event loop counts as running in this process, and
# Django refuses the database to every other test.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    with chromium() as started:
        yield started


class Visitor:
    """Opens pages as an account and remembers what they complain about."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser = browser
        self._site = site
        self._contexts: list[Any] = []

    def open(
        self,
        address: str,
        *,
        account: str | None,
        size: tuple[int, int] = (1366, 768),
        display: str = "normal",
        scripts: bool = True,
    ) -> Visit:
        """Open a page and wait until its charts are drawn."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        self._contexts.append(context)
        if account is not None:
            sign_in(context, self._site.cookies[account], base=self._site.base)
        sign_in(context, {"name": "display", "value": display}, base=self._site.base)
        page = context.new_page()
        visit = Visit(page=page)
        page.on("console", lambda message: self._console(visit, message))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("request", lambda request: self._request(visit, request.url))
        page.on("response", lambda response: visit.answers.append((response.url, response.status)))
        page.goto(self._site.base + address)
        if scripts:
            wait_for_charts(page)
        return visit

    def _console(self, visit: Visit, message: Any) -> None:
        expected = "Failed to load resource" in message.text and visit.page.url == message.location["url"]
        if message.type in {"error", "warning"} and not expected:
            visit.complaints.append(f"{message.type}: {message.text}")

    def _request(self, visit: Visit, url: str) -> None:
        if not url.startswith((self._site.base, "data:", "blob:")):
            visit.foreign.append(url)

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    """Opens pages for one test."""
    visitor = Visitor(browser, site)
    yield visitor
    visitor.close()


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 AA, one line per kind of violation.

    The file is evaluated by the browser's debugger, which no Content-Security-Policy stops.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        """() => axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"]
        })"""
    )
    return [
        f"{item['id']}: {item['help']} – {len(item['nodes'])} × {item['nodes'][0]['html'][:160]} "
        f"{item['nodes'][0]['failureSummary'][:200]}"
        for item in result["violations"]
    ]
