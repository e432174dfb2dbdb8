"""A quiet Chromium for screenshots and browser tests: the system's own, without any background traffic."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huzhou_targets.processes import end_group, server_arguments, wait_until_listening

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

HOST = "127.0.0.1"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # the machines that run this are containers, where Chromium's sandbox cannot start
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """There is no Chromium on this machine; the message says what to install."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, driven by Playwright. Raises NoBrowser."""
    from playwright.sync_api import sync_playwright  # here, since only development machines have it

    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise NoBrowser("没有找到 Chromium，请安装：apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_site(*, directory: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The site as `make serve` starts it, on a free port; yields its address and ends it afterwards."""
    port = free_port()
    process = subprocess.Popen(
        server_arguments(host=HOST, port=port),
        cwd=directory,
        env=dict(environment),
        start_new_session=True,
    )
    try:
        wait_until_listening(host=HOST, port=port, process=process)
        yield f"http://{HOST}:{port}"
    finally:
        end_group(process)


def sign_in(context: BrowserContext, cookie: Mapping[str, str], *, base: str) -> None:
    """Give the browser a session that already exists."""
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": base}])


def wait_for_charts(page: Page) -> None:
    """Wait until every chart of the page is drawn.

    By a locator: Playwright's own wait for a script's result evaluates text in the page, which the strict
    Content-Security-Policy refuses.
    """
    from playwright.sync_api import expect  # here, since only development machines have it

    expect(page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)
