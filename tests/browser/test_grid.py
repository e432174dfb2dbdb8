"""The typed return as a sheet, in real Chromium: a whole journey with an interruption, two browsers, keys alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from huzhou_targets.browser import HOST, free_port, sign_in
from huzhou_targets.processes import end_group, server_arguments, wait_until_listening
from tests.browser.conftest import ROOT, Site, axe_violations

FORM = "/returns/sowing-2025/2025Q3/form/"
ALL_SAVED = "已全部保存为草稿"


class Server:
    """A web server of this test's own on the site's database: it can be stopped and started again."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.base = f"http://{HOST}:{self.port}"
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            server_arguments(host=HOST, port=self.port),
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
        )
        wait_until_listening(host=HOST, port=self.port, process=self._process)

    def stop(self) -> None:
        if self._process is not None:
            end_group(self._process)
            self._process = None


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    server = Server(site.environment)
    server.start()
    yield server
    server.stop()


def open_as(browser: Browser, site: Site, base: str, account: str, address: str) -> Page:
    context: BrowserContext = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    sign_in(context, site.cookies[account], base=base)
    page = context.new_page()
    page.goto(base + address)
    return page


def paste(page: Page, text: str) -> None:
    """Put a block on the focused cell as Excel's clipboard would."""
    page.locator(":focus").evaluate(
        """(input, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            input.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="保存并核对报送").click()
    page.get_by_role("button", name="确认报送").click()
    expect(page.locator("[role=status]").first).to_contain_text("已报送：")
    page.get_by_role("link", name="返回填报").click()


def figures(page: Page) -> list[str]:
    return [item.input_value() for item in page.locator(".figure-input").all()]


def review(site: Site, act: str, reporter: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.browser.reviewing", act, reporter],
        cwd=ROOT,
        env=dict(site.environment),
        check=True,
    )


def rank_of(page: Page, base: str, unit: str) -> str:
    page.goto(f"{base}/boards/sowing-2025/2025Q3/districts/")
    return (
        page.locator("tr", has=page.get_by_role("rowheader", name=unit)).locator(".rank").first.inner_text()
    )


def test_journey_with_the_server_stopped_while_typing(browser: Browser, site: Site, server: Server) -> None:
    rival = open_as(browser, site, server.base, "anji", FORM)
    rival.locator(".figure-input").first.focus()
    paste(rival, "2\n1\n60\n20\n70\n")
    hand_in(rival)

    page = open_as(browser, site, server.base, "changxing", FORM)
    total, states = page.locator("[data-sheet-total]"), page.locator("[data-state]:not([data-sheet-total])")
    page.locator(".figure-input").first.fill("1")
    page.keyboard.press("Enter")
    expect(total).to_have_text(ALL_SAVED)
    paste(page, "1\n1,0\n2\t签约两家\n")
    expect(states.nth(2)).to_contain_text("未通过")
    server.stop()
    page.locator(".figure-input").nth(2).fill("30")
    page.keyboard.press("Enter")
    expect(states.nth(2)).to_contain_text("离线已暂存")
    page.locator(".figure-input").nth(4).fill("20")
    page.keyboard.press("Tab")
    expect(total).to_contain_text("2 项离线已暂存")
    server.start()
    expect(total).to_have_text(ALL_SAVED, timeout=15_000)
    page.reload()
    after_return = figures(page)
    hand_in(page)

    leader = open_as(browser, site, server.base, "leader", "/")
    review(site, "send_back", "changxing")
    rank_before = rank_of(leader, server.base, "长兴县")
    page.reload()
    expect(page.locator("[data-review]").first).to_contain_text("已退回 意见：请核对名单")
    page.locator(".figure-input").first.focus()
    paste(page, "9\n9\n120\n40\n200\n")
    expect(total).to_have_text(ALL_SAVED)
    hand_in(page)
    review(site, "verify", "changxing")
    page.reload()
    expect(page.locator("[data-review]").first).to_contain_text("已核定")

    assert after_return == ["1", "1", "30", "2", "20"]
    assert (rank_before, rank_of(leader, server.base, "长兴县")) == ("2", "1")


def test_two_browsers_on_one_cell(browser: Browser, site: Site) -> None:
    first, second = (open_as(browser, site, site.base, "deqing", FORM) for _ in range(2))
    cells = [page.locator(".figure-input").first for page in (first, second)]
    notes = [page.locator("[data-note]").first for page in (first, second)]
    cells[0].fill("3")
    first.keyboard.press("Enter")
    expect(first.locator("[data-sheet-total]")).to_have_text(ALL_SAVED)
    cells[1].fill("4")
    second.keyboard.press("Enter")
    expect(notes[1]).to_contain_text("填 3，您填 4")
    violations = axe_violations(second)
    second.click("text=保留我的")
    expect(second.locator("[data-sheet-total]")).to_have_text(ALL_SAVED)
    cells[0].fill("5")
    first.keyboard.press("Enter")
    expect(notes[0]).to_contain_text("填 4，您填 5")
    told = notes[0].inner_text()
    first.click("text=采用对方的")
    expect(cells[0]).to_have_value("4")
    first.reload()

    assert "德清县" in told
    assert violations == []
    assert (cells[0].input_value(), cells[1].input_value()) == ("4", "4")


def test_sheet_by_keyboard_alone(browser: Browser, site: Site) -> None:
    page = open_as(browser, site, site.base, "nanxun", FORM)
    press, total = page.keyboard.press, page.locator("[data-sheet-total]")
    page.locator("#id_reason").focus()
    press("Tab")
    press("Tab")  # past the region that scrolls
    page.keyboard.type("3")
    press("Enter")
    page.keyboard.type("4")
    press("ArrowDown")
    page.keyboard.type("80")
    press("ArrowUp")
    page.keyboard.type("5")
    press("Escape")
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")
    page.keyboard.type("两个在建")
    press("Escape")
    press("ArrowUp")
    press("Control+z")
    undone = figures(page)
    press("Control+y")
    expect(total).to_have_text(ALL_SAVED)
    page.reload()

    assert undone[:3] == ["3", "4", "80"]
    assert figures(page)[:3] == ["3", "4", "80"]
    assert page.locator("[data-said=progress]").nth(1).input_value() == "两个在建"
