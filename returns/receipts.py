"""The 回执 of an upload: the marked workbook, what came of it, and what proves when it was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.timezone import localtime

from returns.models import Upload
from returns.workbook.receipt import write_receipt
from returns.workbook.types import Problem

_anchors: list[Callable[[], str | None]] = []


def print_anchor_of(newest_digest: Callable[[], str | None]) -> None:
    """Let receipts bear a digest of the app above us: the newest one of the chain of published rankings."""
    if newest_digest not in _anchors:
        _anchors.append(newest_digest)


def anchor_lines() -> list[str]:
    """The digests that everything which leaves the system bears, as lines for people."""
    digests = [newest_digest() for newest_digest in _anchors]
    return [f"已发布排名的最新链摘要：{digest}" for digest in digests if digest]


def receipt_of(upload: Upload, problems: Sequence[Problem] | None = None) -> bytes:
    """The receipt of an upload that has been read; problems where more is known than the upload keeps.

    Never raises for a bad file.
    """
    data = b""
    if upload.content:
        with upload.content.open("rb") as file:
            data = file.read()
    if problems is None:
        problems = [Problem(**problem) for problem in upload.problems]
    sent = (
        f"{upload.cycle}，{upload.organisation.name}，{upload.uploaded_by.label}，"
        f"{localtime(upload.uploaded_at):%Y-%m-%d %H:%M:%S} 上传"
    )
    facts = [
        sent,
        f"文件指纹（SHA-256）：{upload.sha256}",
        *anchor_lines(),
    ]
    return write_receipt(data, upload.filename, problems, verdict=_verdict(upload, problems), facts=facts)


def _verdict(upload: Upload, problems: Sequence[Problem]) -> str:
    warnings = sum(problem.level == "warning" for problem in problems)
    also = f"另有 {warnings} 个提醒请核对。" if warnings else ""
    results = {
        Upload.State.STORED: f"已入库 {upload.figure_count} 项。",
        Upload.State.UNCHANGED: "与已报的数完全相同，没有改动。",
        Upload.State.CHECKED: "没有错误，尚未入库：请在上传页面核对后点“确认入库”。",
        Upload.State.DISCARDED: "已放弃，没有入库。",
    }
    result = results.get(Upload.State(upload.state))
    return f"{result}{also}" if result else ""
