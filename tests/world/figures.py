"""Figures that a test has measured, printed at the end of the run whether it passed or not."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

_NAME = "figures"


@dataclass(frozen=True, slots=True)
class Figures:
    """Takes one line at a time; the summary names the test beside it."""

    record: Callable[[str, object], None]

    def add(self, line: str) -> None:
        """Print this at the end of the run."""
        self.record(_NAME, line)


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Properties of a test's report also come back from the processes of pytest-xdist."""
    return Figures(record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured above pytest's closing line."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
    ]
    lines = [
        f"{report.nodeid}: {value}"
        for report in reports
        for name, value in report.user_properties
        if name == _NAME
    ]
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)
