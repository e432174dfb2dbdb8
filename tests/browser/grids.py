"""The typed return in a browser: opening it as an account, pasting, reading its cells."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page

from huzhou_targets.browser import sign_in
from tests.browser.conftest import Site

FORM = "/returns/sowing-2025/2025Q3/form/"
ALL_SAVED = "已全部保存为草稿"


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


def figures(page: Page) -> list[str]:
    return [item.input_value() for item in page.locator(".figure-input").all()]
