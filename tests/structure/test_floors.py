"""Imports go down only: import-linter holds it in `make check`; here, that its contract bites."""

import subprocess
import sys
from pathlib import Path

from sparekey.floors import PACKAGES
from tests.structure.floors import floors
from tests.structure.tree import ROOT, SOURCE

LINTER = Path(sys.prefix, "bin", "lint-imports")


def test_every_package_stands_on_a_floor() -> None:
    packages = {path.parent.name for path in (SOURCE / "sparekey").glob("*/__init__.py")}
    single_files = {path.stem for path in (SOURCE / "sparekey").glob("*.py")} - {"__init__"}

    assert packages | single_files <= set(floors().heights)


def test_a_floor_may_use_lower_floors_and_itself_only() -> None:
    assert floors().may_use("verification", "outbox")
    assert floors().may_use("outbox", "outbox")
    assert not floors().may_use("outbox", "verification")
    assert not floors().may_use("accounts", "templates")


def test_databases_are_migrated_in_the_order_of_the_floors() -> None:
    heights = [floors().heights[package] for package in PACKAGES]

    assert heights == sorted(heights)


def test_the_contract_refuses_an_import_that_goes_up(tmp_path: Path) -> None:
    for package, text in {"kit": "from sparekey import db\n", "db": ""}.items():
        (tmp_path / "sparekey" / package).mkdir(parents=True)
        (tmp_path / "sparekey" / package / "__init__.py").write_text(text)
    (tmp_path / "sparekey" / "__init__.py").touch()

    linted = subprocess.run(
        [LINTER, "--no-cache", "--no-logo", "--config", ROOT / "pyproject.toml"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 1
    assert "sparekey.kit is not allowed to import sparekey.db" in linted.stdout
