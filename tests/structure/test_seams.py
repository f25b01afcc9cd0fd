"""What plug-ins may know, who may read settings, and that importing stays cheap."""

import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from tests.structure.tree import ROOTS, Module, imports, modules, own_imports

#: A folder of plug-ins, and the parts of its own package that are its contract.
PLUGINS = {
    "sparekey.gateways.wires": {"model", "contract"},
    "sparekey.guard.rules": {"model", "contract"},
    "sparekey.accounts.passwords.foreign": {"contract", "libpass"},
}
#: Libraries that a command line answering `--help` has no time for.
HEAVY = ("litestar", "asyncpg", "phonenumbers")


def knowing_plugins(tree: Sequence[Module]) -> Iterator[str]:
    """Imports of a plug-in that reach further than `kit` and its contract."""
    for module in tree:
        for folder, contract in PLUGINS.items():
            if not module.name.startswith(f"{folder}."):
                continue
            package = folder.rpartition(".")[0]
            allowed = {package, folder, *(f"{package}.{part}" for part in contract)}
            for item in own_imports(module, tree):
                inside = item.module.startswith(("sparekey.kit", f"{folder}."))
                if not inside and item.module not in allowed:
                    yield f"{module.name}:{item.line} knows {item.module}"


def settings_readers(tree: Sequence[Module]) -> Iterator[str]:
    """Modules besides the roots that import settings, or read the environment themselves."""
    for module in tree:
        if module.package in {"settings", *ROOTS}:
            continue
        for item in own_imports(module, tree):
            if item.module.startswith("sparekey.settings"):
                yield f"{module.name}:{item.line} reads settings"
        for number, line in enumerate(module.text.splitlines(), 1):
            if "os.environ" in line or "os.getenv" in line:
                yield f"{module.name}:{number} reads the environment"
        for item in imports(module):
            if item.module == "os" and item.name in {"environ", "getenv"}:
                yield f"{module.name}:{item.line} reads the environment"


def heavy_libraries_after(statement: str, names: Sequence[str]) -> list[str]:
    """Which of `names` are loaded in a fresh interpreter once it has run `statement`."""
    ask = f"{statement}\nimport sys\nprint(*(n for n in {list(names)!r} if n in sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", ask], check=True, capture_output=True, text=True, timeout=60
    )
    return run.stdout.split()


def test_wires_and_rules_know_nothing_but_their_contract() -> None:
    assert list(knowing_plugins(modules())) == []


def test_only_composition_roots_read_settings() -> None:
    assert list(settings_readers(modules())) == []


def test_the_command_line_loads_no_heavy_library() -> None:
    assert heavy_libraries_after("import sparekey.cli", HEAVY) == []


def test_no_front_door_but_the_web_floor_loads_the_web_framework() -> None:
    fronts = [m.name for m in modules() if m.package not in {"http", *ROOTS} and not m.room]

    assert heavy_libraries_after(f"import {', '.join(fronts)}", ["litestar"]) == []


@pytest.mark.parametrize("known", ["sparekey.db", "sparekey.gateways.store", "sparekey.outbox"])
def test_a_wire_that_knows_us_is_seen(known: str) -> None:
    wire = Module.of("sparekey.gateways.wires.clickatell", f"import {known}")

    assert list(knowing_plugins([wire]))


@pytest.mark.parametrize(
    "text",
    ["from sparekey import settings", "import os\nos.environ['X']", "from os import environ"],
)
def test_a_package_that_reads_settings_is_seen(text: str) -> None:
    settings = Module.of("sparekey.settings", "")

    assert list(settings_readers([Module.of("sparekey.outbox.service", text), settings]))


def test_a_loaded_library_is_seen() -> None:
    assert heavy_libraries_after("import json", ["json"]) == ["json"]
