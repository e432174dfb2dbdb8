"""What every container reader shares: its limits and the one error by which it refuses a file."""

from dataclasses import dataclass

from returns.workbook.guidance import make_problem
from returns.workbook.types import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a file may hold. Sizes are bytes, times seconds; the defaults suit a return of 100,000 figures."""

    file_bytes: int = 30 * 1024 * 1024
    members: int = 1000
    inflated_bytes: int = 400 * 1024 * 1024
    ratio: int = 250
    sheets: int = 64
    rows: int = 200_000
    columns: int = 600
    cells: int = 2_500_000
    elements: int = 12_000_000
    text_length: int = 32_767
    strings: int = 600_000
    string_bytes: int = 120 * 1024 * 1024
    merged_ranges: int = 60_000
    depth: int = 64
    problems: int = 2000
    memory_bytes: int = 1536 * 1024 * 1024
    cpu_seconds: int = 40
    wall_seconds: int = 60


class Refused(Exception):
    """A file that is not read any further: a problem code of guidance.KINDS and what fills its text."""

    def __init__(self, code: str, **gaps: str) -> None:
        super().__init__(code, gaps)
        self.code = code
        self.gaps = gaps

    def problem(self) -> Problem:
        """The refusal as people read it."""
        return make_problem(self.code, **self.gaps)


def damaged(detail: str) -> Refused:
    """A file that contradicts its own format."""
    return Refused("damaged", detail=detail)


def beyond(detail: str, limit: int) -> Refused:
    """A file that is larger than a limit."""
    return Refused("limit_exceeded", detail=detail, limit=f"{limit:,}")
