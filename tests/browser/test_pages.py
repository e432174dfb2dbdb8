"""Every page in real Chromium: accessible, silent, at home, and usable without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitor, axe_violations
from tests.browser.files import NO_FILES, file_differences

STOPS = (
    "sign-in",
    "help",
    "manual",
    "home",
    "home-reporter",
    "boards",
    "overview",
    "overview-departments",
    "picture-lights",
    "picture-trend",
    "picture-ranks",
    "picture-projection",
    "screen",
    "board",
    "board-departments",
    "board-published-owner",
    "board-published-reporter",
    "entry",
    "why",
    "why-reporter",
    "what-if",
    "year",
    "city",
    "schemes",
    "scheme",
    "scheme-form",
    "adjustments",
    "jobs",
    "cycle",
    "comparison",
    "history",
    "objections",
    "objection-form",
    "objection",
    "objection-reporter",
    "board-import",
    "returns",
    "return-form",
    "return-submit",
    "upload-form",
    "uploads",
    "submissions",
    "upload-refused",
    "upload-waiting",
    "upload-cell",
    "upload-batch",
    "unit-review-setting",
    "unit-review-list",
    "unit-review",
    "review-list",
    "review",
    "review-verified",
    "figure",
    "figure-reporter",
    "submission",
    "submission-verifier",
    "plans",
    "plan",
    "tasks",
    "indicators",
    "leaders",
    "checks",
    "table-annex-1",
    "table-annex-2-targets",
    "table-annex-1-districts",
    "parks",
    "park-comparison",
    "park",
    "return-checks",
    "late",
    "late-verifying",
    "late-sent",
    "notices",
    "calendar",
    "calendar-reporter",
    "calendar-dates",
    "bulletins",
    "bulletin",
    "wording",
    "password",
    "home-administrator",
    "home-verifier",
    "admin",
    "admin-accounts",
    "admin-new-account",
    "admin-organisations",
    "sessions",
    "second-factor",
    "grants",
    "trail",
    "not-found",
    "forbidden",
)
SETTLED_WIDTH = """async () => {
    for (let turn = 0; turn < 20 && document.documentElement.scrollWidth > window.innerWidth; turn++) {
        await new Promise((done) => setTimeout(done, 50));
    }
    return document.documentElement.scrollWidth;
}"""
"""The page's width once its charts have followed the window."""
EXPECTED = {"not-found": 404, "forbidden": 403}
SIZES = {"office": (1366, 768), "phone": (390, 844)}


def test_tour_is_complete(site: Site) -> None:
    assert sorted(site.stops) == sorted(STOPS)


@pytest.mark.parametrize("stop", STOPS)
def test_page_is_accessible_silent_at_home_fits_a_phone_and_matches_its_files(
    site: Site, visitor: Visitor, stop: str
) -> None:
    address, account = site.stops[stop]

    visit = visitor.open(address, account=account)
    has_tables = visit.page.locator("main table").count() > 0
    differences = file_differences(visit.page) if has_tables and stop not in NO_FILES else []
    complaints = [*visit.complaints]  # axe itself may be refused a style: it follows @import
    violations = axe_violations(visit.page)
    width, height = SIZES["phone"]
    visit.page.set_viewport_size({"width": width, "height": height})

    assert {status for url, status in visit.answers if url == visit.page.url} == {EXPECTED.get(stop, 200)}
    assert violations == []
    assert complaints == []
    assert visit.foreign == []
    assert differences == []
    assert (visit.page.locator(".exports").count() > 0) == (has_tables and stop not in NO_FILES)
    assert visit.page.evaluate(SETTLED_WIDTH) <= width


@pytest.mark.parametrize("stop", ["home", "board", "entry", "return-form", "parks", "table-annex-1"])
def test_page_in_large_display_has_no_violation(site: Site, visitor: Visitor, stop: str) -> None:
    address, account = site.stops[stop]

    visit = visitor.open(address, account=account, display="large")

    assert visit.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert axe_violations(visit.page) == []


def test_board_filters_by_group_without_scripts(site: Site, visitor: Visitor) -> None:
    address, account = site.stops["board"]
    page = visitor.open(address, account=account, scripts=False).page

    page.select_option("#group", "功能区组")
    page.click("text=筛选")

    expect(page.locator("#results tbody th")).to_have_text(["南太湖新区", "长合区"])


def test_board_filters_by_group_in_place_with_scripts(site: Site, visitor: Visitor) -> None:
    address, account = site.stops["board"]
    visit = visitor.open(address, account=account)

    with visit.page.expect_response(lambda response: "group=" in response.url) as answer:
        visit.page.select_option("#group", "功能区组")
    expect(visit.page.locator("#results tbody th")).to_have_count(2)
    visit.page.wait_for_url("**/districts/?group=*")  # htmx notes the address once the swap has settled

    assert "<html" not in answer.value.text()
    assert visit.complaints == []


def test_board_sorts_by_total_from_the_heading(site: Site, visitor: Visitor) -> None:
    address, account = site.stops["board"]
    page = visitor.open(address, account=account, scripts=False).page

    page.click("thead >> text=总分")
    page.click("thead >> text=总分")

    assert page.locator("#results tbody th").all_inner_texts() == [
        "长兴县",
        "南浔区",
        "长合区",
        "南太湖新区",
        "德清县",
        "吴兴区",
        "安吉县",
    ]


def test_worked_example_is_followed_from_sign_in_to_the_cell(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/", account=None).page

    page.fill("input[name=username]", "leader")
    page.fill("input[name=password]", "Sample-only-2025")
    page.click("main button[type=submit]")
    page.click("nav >> text=晾晒榜")
    page.click("[aria-label='播种计划 2025年二季度 排名']")
    last = page.locator("#results tbody tr").last
    shown = " ".join(last.inner_text().split())
    assert shown == (
        "7 长兴县 持平 – 区县组 5 66.14 ■ 2 ■ 滞后 50.00 ● 达序时 100.00 ▲ 略滞后 95.00 ▲ 略滞后 85.71 "
        "■ 未报送 0.00 0 0"
    )
    last.locator("a").first.click()
    page.click("a:has-text('科技型产业园（专业园）的来源')")

    assert page.locator("h1").inner_text() == "长兴县　科技型产业园（专业园）"
    reported = page.locator("tbody tr", has_text="第 1 次填报（Excel 文件）")
    assert reported.locator("td").all_inner_texts()[5:7] == ["填报表", "E5"]


def test_large_display_is_switched_without_scripts_and_remembered(site: Site, visitor: Visitor) -> None:
    address, account = site.stops["home"]
    page = visitor.open(address, account=account, scripts=False).page

    page.click("text=长者模式")
    page.goto(site.base + "/help/")

    assert page.locator("html").get_attribute("data-display") == "large"


def test_typed_return_shows_every_problem_and_keeps_the_input(site: Site, visitor: Visitor) -> None:
    address, _ = site.stops["return-form"]
    page = visitor.open(address, account="nanxun", scripts=False).page

    page.fill("input[name='industry-parks.nanxun']", "约4")
    page.fill("input[name='specialised-parks.nanxun']", "若干")
    page.click("text=只存草稿")

    assert page.locator("text=没有保存").count() == 1
    rows = page.locator("[aria-label='校验结果'] tbody tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    assert [(unit, indicator) for level, unit, indicator, _ in cells if "错误" in level] == [
        ("南浔区", "科技型产业园（专业园）"),
        ("南浔区", "省级专精特新园区（含高星级小微企业园）"),
    ]
    assert page.input_value("input[name='industry-parks.nanxun']") == "约4"


def test_typed_figure_is_checked_as_soon_as_it_is_left(site: Site, visitor: Visitor) -> None:
    address, account = site.stops["return-form"]
    visit = visitor.open(address, account=account)
    figure = visit.page.locator(".figure-input").first
    note = visit.page.locator("[data-note]").first

    figure.fill("约300")
    figure.press("Tab")
    note.get_by_text("约300").wait_for()
    refused = figure.get_attribute("aria-invalid")
    figure.fill("7")
    figure.press("Tab")
    note.wait_for(state="hidden")

    assert (refused, figure.get_attribute("aria-invalid")) == ("true", "false")
    assert (visit.complaints, visit.foreign) == ([], [])


def test_board_before_the_freeze_shows_a_reporter_its_own_row_only(site: Site, visitor: Visitor) -> None:
    address, _ = site.stops["board"]
    page = visitor.open(address, account="wuxing").page

    assert page.locator("#results tbody th").all_inner_texts() == ["吴兴区"]
    assert page.locator("thead >> text=名次").count() == 0


def test_initial_password_must_be_changed_first(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/parks/", account="newcomer").page

    assert page.url == site.base + "/accounts/password/"
    assert page.locator("text=这是初始密码").count() == 1
