"""A package is entered by its front door: its `__init__`, and there only what `__all__` names."""

import ast
from collections.abc import Iterator, Sequence

import pytest

from tests.structure.tree import DOORS, ROOTS, Module, exported, modules, own_imports, package_of


def deep_imports(tree: Sequence[Module]) -> Iterator[str]:
    """Imports that go past the front door of another package.

    Submodules of `kit` are its front doors, roots open doors, and a submodule that a front door
    names in `__all__` is offered on purpose.
    """
    offered = {
        f"{module.name}.{name}" for module in tree for name in exported(module) if module.package
    }
    for module in tree:
        for item in own_imports(module, tree):
            parts = item.module.split(".")
            if len(parts) < 3 or parts[1] in {module.package, "kit"} or item.module in offered:
                continue
            if module.package in ROOTS and parts[2] in DOORS:
                continue
            yield f"{module.name}:{item.line} goes past the front door to {item.module}"


def unoffered_names(tree: Sequence[Module]) -> Iterator[str]:
    """Names taken from a front door that its `__all__` does not offer."""
    fronts = {m.name: exported(m) for m in tree if m.is_folder and not m.room}
    for module in tree:
        for line, front, name in _taken(module, tree):
            foreign = package_of(front) not in {module.package, "kit", ""}
            if foreign and front in fronts and name not in fronts[front]:
                yield f"{module.name}:{line} takes {name}, which {front} does not offer"


def _taken(module: Module, tree: Sequence[Module]) -> Iterator[tuple[int, str, str]]:
    """Every (line, package, name): by `from package import name` and by `package.name`."""
    known = {other.name for other in tree}
    bound: dict[str, str] = {}
    for node in ast.walk(module.code):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                if deeper in known:
                    bound[alias.asname or alias.name] = deeper
                else:
                    yield node.lineno, node.module, alias.name
    for node in ast.walk(module.code):
        match node:
            case ast.Attribute(value=ast.Name(id=name)) if name in bound:
                if bound[name].count(".") == 1 and not _rebound(module, name):
                    yield node.lineno, bound[name], node.attr
            case _:
                pass


def _rebound(module: Module, name: str) -> bool:
    """True when a parameter or variable of the module wears a package's name."""
    for node in ast.walk(module.code):
        if isinstance(node, ast.arg) and node.arg == name:
            return True
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
    return False


def test_packages_are_entered_by_their_front_doors() -> None:
    assert list(deep_imports(modules())) == []


def test_front_doors_offer_what_is_taken_from_them() -> None:
    assert list(unoffered_names(modules())) == []


FRONT = Module.of("sparekey.outbox", "__all__ = ['send']")
STORE = Module.of("sparekey.outbox.store", "")
API = Module.of("sparekey.outbox.api", "")


@pytest.mark.parametrize(
    "text", ["from sparekey.outbox.store import insert", "from sparekey.outbox import store"]
)
def test_an_import_past_the_front_door_is_seen(text: str) -> None:
    assert list(deep_imports([Module.of("sparekey.recovery.service", text), FRONT, STORE]))


def test_a_root_may_open_a_door_but_no_store() -> None:
    door = Module.of("sparekey.app", "from sparekey.outbox import api")
    store = Module.of("sparekey.app", "from sparekey.outbox import store")

    assert not list(deep_imports([door, FRONT, STORE, API]))
    assert list(deep_imports([store, FRONT, STORE, API]))


@pytest.mark.parametrize(
    "text",
    ["from sparekey.outbox import hidden", "from sparekey import outbox\noutbox.hidden()"],
)
def test_a_name_that_is_not_offered_is_seen(text: str) -> None:
    assert list(unoffered_names([Module.of("sparekey.recovery.service", text), FRONT]))
