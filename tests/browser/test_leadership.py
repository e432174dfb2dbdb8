"""The leadership page as a vice mayor uses it, and the big screen over a verification and a broken network."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from huzhou_targets.processes import end_group, worker_arguments
from tests.browser.conftest import ROOT, Site, Visitor

SAMPLE_BOARD = "/overview/sowing-2025/2025Q2/districts/"
SCREEN = "/screen/?plan=clusters-2023&board=districts"
PATIENT = 30_000
"""Milliseconds; a machine that is busy with other tests may take its time, the measured time is printed."""


@pytest.fixture(scope="module", autouse=True)
def worker(site: Site) -> Iterator[None]:
    """The site's worker, as `make serve` runs it: it starts while the first pages are looked at."""
    process = subprocess.Popen(
        worker_arguments(), cwd=ROOT, env=dict(site.environment), start_new_session=True
    )
    yield
    end_group(process, patience=0.5)


class CountedClicks:
    """A person at a page: every press of the mouse is counted, a choice in a list too."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def click(self, selector: str) -> None:
        self.count += 1
        self.page.locator(selector).first.click()

    def choose(self, selector: str, value: str) -> None:
        self.count += 1
        self.page.select_option(selector, value)


def test_vice_mayor_reaches_the_cell_behind_the_last_places_worst_line_in_few_clicks(
    site: Site, visitor: Visitor
) -> None:
    page = visitor.open("/", account=None).page
    person = CountedClicks(page)
    page.fill("input[name=username]", "leader")
    page.fill("input[name=password]", "Sample-only-2025")
    person.click("main button[type=submit]")
    if page.locator("h1").inner_text() == "待办":  # something waits to be signed
        person.click("text=看总览")
    if not page.url.endswith(SAMPLE_BOARD):  # another test has figures in a later quarter
        person.choose("#period", "2025Q2")
        person.click("text=切换")

    last = page.locator("[aria-labelledby=last-title] .answer-main").inner_text()
    worst = page.locator(".causes tr:has(a:has-text('来源')) th").first.inner_text()
    person.click(".causes a:has-text('来源')")

    print(f"From sign-in to the cell behind the last place's worst line: {person.count} clicks")
    assert (last, worst) == ("长兴县", "科技型产业园")
    assert page.locator("h1").inner_text() == "长兴县　科技型产业园（专业园）"
    reported = page.locator("tbody tr", has_text="第 1 次填报（Excel 文件）")
    assert reported.locator("td").all_inner_texts()[5:7] == ["填报表", "E5"]
    assert person.count <= 4


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_answers_ranks_tiles_and_changes_stand_in_one_screen(
    site: Site, visitor: Visitor, width: int, height: int
) -> None:
    page = visitor.open(SAMPLE_BOARD, account="leader", size=(width, height)).page

    lowest = {
        name: page.locator(name).bounding_box()["y"] + page.locator(name).bounding_box()["height"]
        for name in (".answers", ".overview-table", ".tile-map", ".overview-changes", ".overview-legend")
    }

    assert {name: bottom for name, bottom in lowest.items() if bottom > height} == {}
    assert page.locator(".overview .table-scroll").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_picture_and_its_table_hold_the_same_numbers(site: Site, visitor: Visitor) -> None:
    page = visitor.open(f"{SAMPLE_BOARD}lights/", account="leader").page

    drawn = page.locator("#lights-data").evaluate(
        "data => JSON.parse(data.textContent).cells.map((cell) => cell[3])"
    )
    shown = page.locator(".light-score").all_inner_texts()

    assert drawn == [text.replace("–", "") for text in shown]


def test_every_word_of_the_last_place_leads_one_click_down(site: Site, visitor: Visitor) -> None:
    page = visitor.open(SAMPLE_BOARD, account="leader").page

    page.locator(".overview-table tr.is-last .light-only a").first.click()
    page.wait_for_url("**/boards/sowing-2025/2025Q2/districts/changxing/#line-*")

    assert page.locator("h1").inner_text() == "长兴县"


def test_screen_fits_a_phone_whatever_board_is_shown(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/screen/", account="leader").page
    page.set_viewport_size({"width": 390, "height": 844})

    widths = {}
    for _ in range(page.locator("[data-slide]").count()):
        name = page.locator("[data-slide]:visible h2").inner_text()
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
        page.keyboard.press("ArrowRight")

    assert "播种计划　2025年二季度区县榜" in widths
    assert set(widths.values()) == {390}


def test_screen_says_that_the_network_is_gone_and_recovers(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/screen/?plan=sowing-2025", account="leader", size=(1920, 1080)).page
    net = page.locator("[data-net]")
    boards = page.locator("[data-slide] h2").count()

    page.context.set_offline(True)
    expect(net).to_have_text(re.compile("已断网，画面停在"), timeout=PATIENT)
    shown = page.locator("[data-slide]:visible .total").count()
    page.context.set_offline(False)
    expect(net).to_have_text(re.compile("数据时间"), timeout=PATIENT)

    assert boards > 0
    assert shown > 0
    assert page.locator("[data-slide]:visible").count() == 1


def test_screen_says_that_the_session_has_ended(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/screen/", account="leader", size=(1920, 1080)).page

    page.context.clear_cookies()

    expect(page.locator("[data-net]")).to_have_text(re.compile("请重新登录"), timeout=PATIENT)


def test_open_screen_shows_the_board_that_follows_a_verification(site: Site, visitor: Visitor) -> None:
    screen = visitor.open(SCREEN, account="leader", size=(1920, 1080))
    expect(screen.page.locator(".screen-empty")).to_be_visible()
    report = [sys.executable, "-m", "tests.browser.screening"]
    subprocess.run(report, cwd=ROOT, env=dict(site.environment), check=True)
    total = screen.page.locator(".slide-table tr:has-text('吴兴区') .total")
    expect(total).to_be_visible(timeout=PATIENT)  # so a first ranking comes by itself
    review = visitor.open("/review/clusters-2023/2023Q1/", account="jxj").page
    before = total.inner_text()
    review.check("tr:has([aria-label='吴兴区 整治提升高耗低效企业 核定数']) input[type=checkbox]")
    review.fill("[aria-label='吴兴区 整治提升高耗低效企业 核定数']", "30")
    review.fill("[aria-label='吴兴区 整治提升高耗低效企业 理由']", "名单核减")

    started = time.perf_counter()
    review.click("button[value=verify]")
    expect(total).not_to_have_text(before, timeout=PATIENT)
    seconds = time.perf_counter() - started

    print(f"From the click on 核定 to the changed board on the open screen: {seconds:.1f} s")
    assert screen.complaints == []
    assert screen.page.locator("[data-net]").get_attribute("data-net") == "fine"
