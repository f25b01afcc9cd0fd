"""Every route says who may use it: a scope that API keys can have, or open to all for a reason."""

from collections.abc import Iterator, Sequence, Set
from importlib import import_module
from typing import Any

import pytest
from litestar import Controller, Litestar, get, post
from litestar.handlers import HTTPRouteHandler

from tests.structure import sql
from tests.structure.tree import DOORS, SOURCE, Module, modules, own_imports, package_of

#: The routes that need no API key, and why each may be open.
PUBLIC = {
    "/healthz": "tells only that the process answers",
    "/readyz": "for the operator's own network; a proxied request sees 404",
    "/metrics": "for the operator's own network; a proxied request sees 404",
    "/v1/openapi.json": "the same for everybody",
    "/l/{token}": "a link in a message: its token is the capability",
    "/l": "the same token, moved into a cookie",
    "/{brand}/forgot": "whoever is locked out has no key; nobody is looked up",
    "/{brand}/forgot/channel": "the same, and the brand's channels for everybody",
    "/{brand}/code": "the handle in the page's cookie is the capability",
    "/{brand}/code/resend": "the handle in the page's cookie is the capability",
    "/{brand}/password": "the grant in the page's cookie is the capability",
    "/{brand}/done": "tells what its own cookie says",
    "/{brand}/help": "the same for everybody",
    "/{brand}/not-me": "the not-me token of a message, or the page's handle, is the capability",
    "/{brand}/stopped": "the same for everybody",
    "/{brand}/undo": "the undo token of a notice is the capability",
    "/{brand}/undone": "the same for everybody",
    "/{brand}/verify": "a challenge's handle, or the token of its link, is the capability",
    "/{brand}/verify/resend": "a challenge's handle in the page's cookie is the capability",
    "/sandbox": "on loopback only, and of sandbox brands only",
    "/sandbox/open": "on loopback only, and of sandbox brands only",
    "/sandbox/replies": "on loopback only, and of sandbox brands only",
    "/sandbox/email/{message}": "on loopback only, and of sandbox brands only",
    "/sandbox/events": "on loopback only, and of sandbox brands only",
    "/.well-known/change-password": "for password managers; leads to the page of the brand",
    "/hooks/{gateway}": "the gateway's secret path, and its provider's signature where it has one",
    "/assets/{digest}/{name}": "stylesheets, a script and logos, the same for everybody",
}

SAFE = frozenset({"GET", "HEAD"})
Route = tuple[str, str, Any]


def door_handlers() -> list[Any]:
    """Every route handler and controller that a door defines."""
    found: list[Any] = []
    for module in modules():
        if module.room not in DOORS or "litestar" not in module.text:
            continue
        for thing in vars(import_module(module.name)).values():
            controller = isinstance(thing, type) and issubclass(thing, Controller)
            if isinstance(thing, HTTPRouteHandler) or (controller and thing is not Controller):
                found.append(thing)
    return found


def routes(handlers: Sequence[Any]) -> Iterator[Route]:
    """(method, path, handler) of everything that would be served."""
    for route in Litestar(list(handlers), openapi_config=None).routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield method, route.path_format, handler


def undeclared(served: Iterator[Route], scopes: frozenset[str]) -> Iterator[str]:
    """Routes without a scope that exists, or open without a reason."""
    for method, path, handler in served:
        scope, public = handler.opt.get("scope"), handler.opt.get("public", False)
        if public and path not in PUBLIC:
            yield f"{method} {path} is open to everybody, and no reason is given here"
        if not public and scope not in scopes:
            yield f"{method} {path} has the scope {scope!r}, which no key can have"


def unguarded(served: Iterator[Route], guarded: Set[str]) -> Iterator[str]:
    """Open routes that change something, in a package that never asks the guard."""
    for method, path, handler in served:
        package = package_of(handler.fn.__module__)
        if handler.opt.get("public") and method not in SAFE and package not in guarded:
            yield f"{method} {path} is open and changes something, but {package} asks no guard"


def guarded_packages(tree: Sequence[Module]) -> frozenset[str]:
    """Packages that ask the guard, in Python or in their SQL functions."""
    by_import = {
        module.package
        for module in tree
        if any(item.module.startswith("sparekey.guard") for item in own_imports(module, tree))
    }
    by_sql = {piece.package for piece in sql.everything() if "guard." in piece.text}
    return frozenset(by_import | by_sql)


def test_every_open_route_that_changes_something_asks_the_guard() -> None:
    guarded = guarded_packages(modules())

    assert list(unguarded(routes(door_handlers()), guarded)) == []


def test_every_route_with_a_scope_passes_the_key_and_its_rate() -> None:
    """The root hands `access.admit` to the application, which runs it before every handler."""
    assert "authenticate=access.admit" in (SOURCE / "sparekey" / "app.py").read_text()


def test_every_route_has_a_scope_or_a_reason_to_be_open() -> None:
    access: Any = import_module("sparekey.access")

    assert list(undeclared(routes(door_handlers()), frozenset(access.SCOPES))) == []


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({}, True),
        ({"public": True}, True),
        ({"scope": "everything"}, True),
        ({"scope": "verifications:write"}, False),
    ],
)
def test_a_route_without_a_scope_is_seen(options: dict[str, Any], seen: bool) -> None:
    @get("/v1/example", **options)
    async def example() -> None: ...

    found = list(undeclared(routes([example]), frozenset({"verifications:write"})))

    assert bool(found) is seen


def test_an_open_route_without_a_guard_is_seen() -> None:
    @post("/example", public=True)
    async def spend() -> None: ...

    assert list(unguarded(routes([spend]), frozenset()))
