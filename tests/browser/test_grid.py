"""The typed return as a sheet, in real Chromium: two browsers on one cell, keys alone."""

from __future__ import annotations

from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Site, axe_violations
from tests.browser.grids import ALL_SAVED, FORM, figures, open_as, paste


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
    page.locator(".figure-input").nth(3).focus()
    paste(page, "25\r\n\r\n7\r\n")
    expect(total).to_have_text(f"有 1 行超出表格，没有填入。{ALL_SAVED}")
    page.locator(".figure-input").last.focus()
    page.keyboard.type("133")
    press("Enter")
    expect(total).to_have_text(ALL_SAVED)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    page.route("**/api/**", hold)
    with page.expect_request("**/api/**"):
        page.locator(".figure-input").last.fill("x")
        press("Enter")
    page.locator(".figure-input").last.fill("134")  # while "x" is on its way to be refused
    press("Enter")
    held[0].continue_()
    expect(total).to_have_text(ALL_SAVED)
    page.reload()

    assert figures(page)[3:] == ["25", "134"]
    assert undone[:3] == ["3", "4", "80"]
    assert figures(page)[:3] == ["3", "4", "80"]
    assert page.locator("[data-said=progress]").nth(1).input_value() == "两个在建"
