"""A district's whole quarter in real Chromium: from the first cell to the place that moves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhou_targets.browser import HOST, free_port
from huzhou_targets.processes import end_group, server_arguments, wait_until_listening
from tests.browser.conftest import ROOT, Site
from tests.browser.grids import ALL_SAVED, FORM, figures, open_as, paste

REVIEW = "/review/sowing-2025/2025Q3/"
BOARD = "/boards/sowing-2025/2025Q3/districts/"


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


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="保存并核对报送").click()
    page.get_by_role("button", name="确认报送").click()
    expect(page.locator("[role=status]").first).to_contain_text("已报送：")
    page.get_by_role("link", name="返回填报").click()


def choose_all_of(page: Page, unit: str) -> None:
    """Open the list of figures that wait; tick those of an organisation and no others."""
    page.goto(page.url)
    wanted = page.get_by_label(f"选择 {unit} ")
    expect(wanted).to_have_count(5)
    expect(page.locator("input[name=figure]:checked")).to_have_count(0)
    for box in wanted.all():
        box.check()


def rank_of(page: Page, site: Site, unit: str) -> str:
    """Recompute, which a worker of the real site does by itself, and look at the board."""
    subprocess.run(
        [*(sys.executable, "manage.py", "rebuild_ranking"), "--plan", "sowing-2025", "--period", "2025Q3"],
        cwd=ROOT,
        env=dict(site.environment),
        capture_output=True,
        check=True,
    )
    page.reload()
    row = page.locator("tr", has=page.get_by_role("rowheader", name=unit))
    return row.locator(".rank").first.inner_text()


def enter_while_the_server_stops(page: Page, server: Server) -> list[str]:
    """Type and paste, lose the server, type on, find everything after its return and after leaving the page."""
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
    return figures(page)


def test_whole_quarter_with_the_server_stopped_while_typing(
    browser: Browser, site: Site, server: Server
) -> None:
    rival = open_as(browser, site, server.base, "anji", FORM)
    rival.locator(".figure-input").first.focus()
    paste(rival, "2\n1\n60\n20\n70\n")
    hand_in(rival)
    page = open_as(browser, site, server.base, "changxing", FORM)
    after_return = enter_while_the_server_stops(page, server)
    hand_in(page)

    leader = open_as(browser, site, server.base, "leader", BOARD)
    rank_before = rank_of(leader, site, "长兴县")
    verifier = open_as(browser, site, server.base, "jxj", REVIEW)
    choose_all_of(verifier, "长兴县")
    verifier.locator("#shared-reason").fill("请核对名单")
    verifier.get_by_role("button", name="退回选中的 5 项").click()
    expect(verifier.locator("[role=status]").first).to_contain_text("已退回 5 项")

    page.reload()
    expect(page.locator("[data-review]").first).to_contain_text("已退回 意见：请核对名单")
    page.locator(".figure-input").first.focus()
    paste(page, "9\n9\n120\n40\n200\n")
    expect(page.locator("[data-sheet-total]")).to_have_text(ALL_SAVED)
    hand_in(page)
    page.get_by_role("link", name="报送单（打印").click()
    facts = page.locator(".page-facts").inner_text()
    handed_in = page.locator("main td.num b").all_inner_texts()

    choose_all_of(verifier, "长兴县")
    verifier.get_by_role("button", name="核定选中的 5 项").click()
    expect(verifier.locator("[role=status]").first).to_contain_text("已核定 5 项")
    page.goto(server.base + FORM)
    expect(page.locator("[data-review]").first).to_contain_text("已核定")

    assert after_return == ["1", "1", "30", "2", "20"]
    assert ("第 2 次报送" in facts, handed_in) == (True, ["9", "9", "120", "40", "200"])
    assert (rank_before, rank_of(leader, site, "长兴县")) == ("2", "1")
