"""Shows at the end of a run how many cells the recalculated workbooks were compared in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each test that recorded what it compared."""
    passed: Sequence[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    for report in passed:
        for name, value in getattr(report, "user_properties", []):
            if name == "recalculated":
                terminalreporter.write_line(f"Recalculated in LibreOffice: {value}")
