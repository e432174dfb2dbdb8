"""The answer to an upload (回执): the person's own workbook with its wrong cells marked, and 校验结果 in front.

Where the upload cannot be opened, or opening it again breaks the limits, the answer is the list alone.
"""

import base64
from collections.abc import Sequence

from returns.workbook.grid import Limits
from returns.workbook.guidance import RESULT_SHEET
from returns.workbook.reader import run_child
from returns.workbook.types import Problem

__all__ = ["RESULT_SHEET", "write_receipt"]

RECEIPT_LIMITS = Limits(memory_bytes=1024 * 1024 * 1024, cpu_seconds=25, wall_seconds=35)


def write_receipt(
    data: bytes,
    filename: str,
    problems: Sequence[Problem],
    *,
    verdict: str = "",
    facts: Sequence[str] = (),
    limits: Limits = RECEIPT_LIMITS,
) -> bytes:
    """An .xlsx receipt for an upload. Never raises for a bad upload: then the list stands alone.

    verdict is the line that says what came of the file (empty: what the problems say); facts are lines
    below it, such as the file's fingerprint. data is empty for a file that was not kept.
    """
    verdict = verdict or _verdict(problems)
    request = {
        "data": data,
        "filename": filename,
        "problems": list(problems),
        "verdict": verdict,
        "facts": list(facts),
        "limits": limits,
    }
    receipt = run_child("returns.workbook.receipt_child", request, limits)
    if isinstance(receipt, Problem):
        # here, because openpyxl takes 30 MB of every process that imports it, and the child does the writing
        from returns.workbook.receipt_book import build_receipt

        return build_receipt(b"", filename, problems, verdict=verdict, facts=facts)
    return base64.b64decode(receipt)


def _verdict(problems: Sequence[Problem]) -> str:
    errors = sum(problem.level == "error" for problem in problems)
    warnings = sum(problem.level == "warning" for problem in problems)
    return (f"未入库：有 {errors} 个错误必须改正" if errors else "可以入库，没有错误") + (
        f"，另有 {warnings} 个提醒请核对。" if warnings else "。"
    )
