"""System programs that a test needs: found, or the test is skipped by name and the summary says so.

Root can install what is missing (`make test` does), so under root a skip fails the run.
"""

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest


def program(name: str, *, package: str) -> str:
    """The path of a program, or a skip that names it and the Debian package it comes in."""
    path = shutil.which(name)
    return path if path is not None else absent(name, package=package)


def file(path: Path, *, package: str) -> Path:
    """A program that lies outside the path, or something else that a package brings, likewise."""
    return path if path.exists() else absent(path.name, package=package)


def absent(name: str, *, package: str) -> NoReturn:
    """Skip the test that needs it."""
    pytest.skip(f"needs {name} (Debian package {package})")


def root(why: str) -> None:
    """Skip the test unless root runs it."""
    if os.geteuid() != 0:
        pytest.skip(f"needs root: {why}")


def needs_root(why: str) -> pytest.MarkDecorator:
    """The same above a test, where its fixtures need it too."""
    return pytest.mark.skipif(os.geteuid() != 0, reason=f"needs root: {why}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, and why, above pytest's closing line."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    terminalreporter.section("skipped on this machine")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} x {reason}")
    if os.geteuid() == 0:
        terminalreporter.write_line("Root installs what is missing: nothing may be skipped here.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of root's in which something was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.geteuid() == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def _reason(report: Any) -> str:
    """`tests/db/test_x.py::test_a: needs wrk (Debian package wrk)` from a skip's report."""
    test = str(report.nodeid).partition("[")[0]
    match report.longrepr:
        case (_, _, str(why)):
            return f"{test}: {why.removeprefix('Skipped: ')}"
        case other:
            return f"{test}: {other}"
