"""Tells at the end of a run how many combinations of rights were tried."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The sum over all accounts; a leak fails its test, so passed ones have none."""
    passed: Sequence[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    counts = [
        int(str(value))
        for report in passed
        for name, value in getattr(report, "user_properties", [])
        if name == "rights_combinations"
    ]
    if counts:
        terminalreporter.write_line(
            f"Rights: {sum(counts)} combinations of address, act, row and {len(counts)} kinds of account, 0 leaks"
        )
