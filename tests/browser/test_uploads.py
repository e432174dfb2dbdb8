"""The upload page in real Chromium: a bad file, the corrected one, the same again, and several dropped."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from huzhou_targets.processes import worker_arguments
from tests.browser.conftest import Site, Visitor, axe_violations
from tests.workbook.builders import sheet_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = ["区县", "科技型产业园（专业园）", "省级以上专精特新企业"]


def payload(name: str, parks: object, enterprises: object) -> FilePayload:
    data = sheet_bytes([HEADERS, ["长兴县", parks, enterprises]])
    return {"name": name, "mimeType": XLSX, "buffer": data}


def open_form(site: Site, visitor: Visitor, *, scripts: bool = True) -> Page:
    address, _ = site.stops["upload-form"]
    return visitor.open(address, account="changxing", scripts=scripts).page


def hand_in(page: Page, *files: FilePayload) -> None:
    page.set_input_files("input[type=file]", list(files))
    page.click("text=上传并校验")


@pytest.fixture(scope="module")
def worker(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    """The embedded mode's own worker, which reads the files; it must live to the end."""
    process = subprocess.Popen(worker_arguments(), env=dict(site.environment), start_new_session=True)
    yield process
    lived = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)  # at once: nobody waits for its last sweep
    process.wait(timeout=10)
    assert lived


def changes(page: Page) -> list[list[str]]:
    """Unit, stored value and value of the file, for each line of the preview."""
    rows = page.locator("[aria-label='将要发生的改动'] tbody tr").all()
    return [row.locator("td").all_inner_texts()[1:4] for row in rows]


def test_bad_file_corrected_file_and_the_same_again(
    site: Site, visitor: Visitor, worker: subprocess.Popen[bytes]
) -> None:
    page = open_form(site, visitor)
    form = page.url
    hand_in(page, payload("长兴.xlsx", "约2", 140))
    steps = page.locator(".progress-steps .now")
    expect(steps).to_have_text("排队")  # the worker is still starting
    expect(page.locator("h1 .status")).to_have_text("未入库", timeout=20_000)  # the page follows by itself
    refused = page.locator("[aria-label='校验结果'] tbody tr").first.locator("td").all_inner_texts()
    page.goto(form)
    hand_in(page, payload("长兴（改）.xlsx", 2, 140))
    expect(page.locator("h1 .status")).to_have_text("等待确认", timeout=20_000)
    shown, violations = changes(page), axe_violations(page)
    page.click("text=确认入库")
    stored = page.locator("[role=status]").first.inner_text()
    page.goto(form)
    hand_in(page, payload("长兴（再传）.xlsx", 2, 140))

    expect(page.locator("text=文件里的数与已报的完全相同，没有新增改动。")).to_be_visible(timeout=20_000)
    assert ("错误" in refused[0], refused[2]) == (True, "B2")
    assert shown == [["个", "1", "2"], ["家", "–", "140"]]
    assert violations == []
    assert stored == "已入库：新增 1 项，改动 1 项，未变 0 项，等待核定。"
    assert worker.poll() is None


def test_without_javascript_the_page_reloads_until_the_file_is_read(
    site: Site, visitor: Visitor, worker: subprocess.Popen[bytes]
) -> None:
    page = open_form(site, visitor, scripts=False)
    hand_in(page, payload("长兴（无脚本）.xlsx", 4, 141))

    expect(page.locator("h1 .status")).to_have_text("等待确认", timeout=20_000)
    page.click("text=放弃这份文件")
    expect(page.locator("h1 .status")).to_have_text("已放弃，未入库")


def test_several_files_are_dropped_and_confirmed_together(
    site: Site, visitor: Visitor, worker: subprocess.Popen[bytes]
) -> None:
    page = open_form(site, visitor)
    files = [payload("一.xlsx", 3, 150), payload("二.xlsx", "约", 150)]
    page.evaluate(
        """(files) => {
            const transfer = new DataTransfer();
            for (const [name, data] of files) {
                const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
                transfer.items.add(new File([bytes], name));
            }
            document.querySelector("form.drop").dispatchEvent(
                new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        [[file["name"], base64.b64encode(file["buffer"]).decode()] for file in files],
    )
    expect(page.locator("form.drop li")).to_have_count(2)
    page.click("text=上传并校验")

    states = page.locator("[aria-label='同批上传的文件'] tbody tr td:nth-child(3)")
    expect(states).to_have_text(["等待确认", "未入库"], timeout=20_000)
    assert axe_violations(page) == []
    page.click("text=确认入库 1 个文件")
    expect(page.locator("[role=status]").first).to_contain_text("已入库 1 个文件，等待核定。")


@pytest.mark.parametrize("scripts", [True, False])
def test_evidence_is_chosen_in_the_grid_and_found_by_the_reviewer(
    site: Site, visitor: Visitor, scripts: bool
) -> None:
    address, _ = site.stops["return-form"]
    name = "名单（有脚本）.pdf" if scripts else "名单.pdf"
    evidence: FilePayload = {
        "name": name,
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.7\n" + name.encode(),
    }
    page = visitor.open(address, account="deqing", scripts=scripts).page

    if scripts:
        page.locator("[data-more]").first.click()
    page.set_input_files("input[type=file] >> nth=0", [evidence])
    page.click("text=只存草稿")

    link = page.locator(".papers a").first
    expect(link).to_contain_text("佐证")
    address = link.get_attribute("href") or ""
    seen = visitor.open(address.partition("#")[0], account="jxj", scripts=scripts).page
    with seen.expect_download() as download:
        seen.locator("#evidence a", has_text=name).click()
    assert download.value.suggested_filename == name
