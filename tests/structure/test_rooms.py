"""Rooms of a feature package: model <- store <- service <- doors, and what may happen in which."""

import ast
from collections.abc import Iterator, Sequence

import pytest

from tests.structure.tree import DOORS, ROOTS, Module, imports, modules, own_imports, room_of

#: A room may import the rooms named here, of its own package. Files with other names are parts
#: that a room keeps to itself (plug-ins, contracts, sealing): they may use the model only.
REACH = {
    "model": {"model"},
    "store": {"model", "store"},
    "service": {"model", "store", "service"},
}
ROOMS = frozenset(REACH) | DOORS
#: Packages that are about the web itself.
WEB = frozenset({"http", "pages"}) | ROOTS
#: Below the product words a package is cut by its nouns, not into rooms.
PLAIN = frozenset({"kit", "settings", "db", "http", "events", "jobs"}) | ROOTS


def upward_imports(tree: Sequence[Module]) -> Iterator[str]:
    """Imports within a package that go from a lower room to a higher one."""
    for module in tree:
        if module.package in PLAIN or module.room not in ROOMS:
            continue
        allowed = REACH.get(module.room, {"model", "service", module.room})
        for item in own_imports(module, tree):
            room = room_of(item.module)
            same_package = item.module.startswith(f"sparekey.{module.package}.")
            if same_package and room in ROOMS and room not in allowed:
                yield f"{module.name}:{item.line} {module.room} imports {room}"


def opened_doors(tree: Sequence[Module]) -> Iterator[str]:
    """Imports of a door by anything but a composition root or the door's own folder."""
    for module in tree:
        if module.package in ROOTS:
            continue
        for item in own_imports(module, tree):
            package, room = item.module.split(".")[1:2], room_of(item.module)
            own = package == [module.package] and room == module.room
            if package and package[0] not in PLAIN and room in DOORS and not own:
                yield f"{module.name}:{item.line} imports the door {item.module}"


def statements_elsewhere(tree: Sequence[Module]) -> Iterator[str]:
    """`statement(…)` outside a store, and SQL text passed to a connection outside `db`."""
    for module in tree:
        for node in ast.walk(module.code):
            if not isinstance(node, ast.Call) or module.package == "db":
                continue
            match node.func:
                case ast.Name(id="statement") | ast.Attribute(attr="statement"):
                    if module.room != "store" and module.package not in PLAIN - ROOTS:
                        yield f"{module.name}:{node.lineno} a statement outside a store"
                case ast.Attribute(attr="fetch" | "fetchrow" | "fetchval" | "execute"):
                    if node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
                        yield f"{module.name}:{node.lineno} SQL that is not a statement"
                case _:
                    pass


def foreign_libraries(tree: Sequence[Module]) -> Iterator[str]:
    """Litestar outside `http`, `pages`, doors and roots; asyncpg outside `db`."""
    for module in tree:
        for item in imports(module):
            library = item.module.partition(".")[0]
            web = module.package in WEB or module.room in DOORS
            if library == "litestar" and not web:
                yield f"{module.name}:{item.line} knows the web framework"
            if library == "asyncpg" and module.package != "db":
                yield f"{module.name}:{item.line} knows the database driver"


def test_a_lower_room_never_imports_a_higher_one() -> None:
    assert list(upward_imports(modules())) == []


def test_only_composition_roots_open_doors() -> None:
    assert list(opened_doors(modules())) == []


def test_sql_stands_in_stores_only() -> None:
    assert list(statements_elsewhere(modules())) == []


def test_services_know_neither_the_web_framework_nor_the_driver() -> None:
    assert list(foreign_libraries(modules())) == []


SERVICE = Module.of("sparekey.outbox.service", "")
STORE = Module.of("sparekey.outbox.store", "")
DOOR = Module.of("sparekey.outbox.api", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sparekey.outbox.model", "from sparekey.outbox import store"),
        ("sparekey.outbox.store", "from sparekey.outbox.service import send"),
        ("sparekey.outbox.service.send", "from sparekey.outbox import api"),
        ("sparekey.outbox.jobs", "from sparekey.outbox import store"),
    ],
)
def test_an_upward_import_is_seen(name: str, text: str) -> None:
    assert list(upward_imports([Module.of(name, text), SERVICE, STORE, DOOR]))


@pytest.mark.parametrize(
    "text", ["from sparekey.outbox import api", "import sparekey.outbox.api as door"]
)
def test_a_door_opened_by_a_neighbour_is_seen(text: str) -> None:
    assert list(opened_doors([Module.of("sparekey.recovery.service", text), DOOR]))
    assert not list(opened_doors([Module.of("sparekey.app", text), DOOR]))


@pytest.mark.parametrize("text", ["x = statement('SELECT 1')", "db.execute('SELECT 1')"])
def test_sql_outside_a_store_is_seen(text: str) -> None:
    assert list(statements_elsewhere([Module.of("sparekey.outbox.service", text)]))


@pytest.mark.parametrize("text", ["import litestar", "from asyncpg.exceptions import X"])
def test_a_service_that_knows_a_library_of_another_room_is_seen(text: str) -> None:
    assert list(foreign_libraries([Module.of("sparekey.outbox.service", text)]))
