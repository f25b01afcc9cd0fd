"""A test that could not run says so by name, and on a machine that can run all it fails the run."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.structure.tree import ROOT

_SKIPPING = frozenset({"skip", "skipif", "importorskip", "xfail"})
_TESTS = """\
import pytest
from tests.world.skips import needs_root, program

def test_that_runs():
    assert program("sh", package="dash")

def test_that_cannot():
    program("no-such-program", package="no-such-package")

@needs_root("a throne")
def test_of_a_king():
    pass
"""


def skips(path: Path) -> Iterator[str]:
    """Where a test file skips by pytest's own means."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in _SKIPPING and _is_pytest(node.value):
            yield f"{path}:{node.lineno} {node.attr}"


def _is_pytest(node: ast.expr) -> bool:
    """Whether this is `pytest` or `pytest.mark`."""
    return ast.unparse(node) in {"pytest", "pytest.mark"}


def test_only_the_named_skips_skip() -> None:
    ours = ROOT / "tests" / "world" / "skips.py"
    found = [
        line for path in (ROOT / "tests").rglob("*.py") if path != ours for line in skips(path)
    ]

    assert found == []
    assert list(skips(ours))


def test_what_was_skipped_is_named_and_fails_a_run_of_roots(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(_TESTS)
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.world.skips",
        "-p",
        "no:cacheprovider",
    ]
    run = subprocess.run(
        [*words, "--rootdir", str(tmp_path), "--noconftest", str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    is_root = os.geteuid() == 0

    assert "needs no-such-program (Debian package no-such-package)" in run.stdout
    assert ("needs root: a throne" in run.stdout) is not is_root
    assert ("nothing may be skipped here" in run.stdout) is is_root
    assert run.returncode == (1 if is_root else 0)
