"""Puts doors together into one ASGI application that is closed unless a route says otherwise.

A route declares `scope="…"` (an API key with that scope) or `public=True`; without either the
application is not made. Request ids, metrics, the access log and the headers of every answer are
added around Litestar's own send, because a middleware or a guard on the two hot routes costs
more than their own work (a Litestar guard copies the route handler for every request).
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import copy
from typing import Any, cast

import structlog
from litestar import Litestar
from litestar.exceptions import MethodNotAllowedException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from sparekey.http import methods, metrics, problems
from sparekey.http.answers import Answer
from sparekey.http.body import MAX_BYTES
from sparekey.http.health import Check, health_routes
from sparekey.http.hot import HotRoutes
from sparekey.http.openapi import OpenApiDoor
from sparekey.http.request_id import new_request_id
from sparekey.http.requests import Context, Request, added_headers, open_request

Authenticate = Callable[[Request], Awaitable[None]]

_KNOWN_METHODS = frozenset(methods.METHODS)
_UNMATCHED = "unmatched"

log = structlog.stdlib.get_logger("sparekey.http.access")


class Application(Litestar):
    """Litestar with our way in and out; made by `application`."""

    sparekey_context: Context
    sparekey_hot: HotRoutes
    sparekey_checks: Mapping[str, Check]
    sparekey_gauges: Mapping[str, Mapping[str, metrics.Count]]

    def on(
        self,
        context: Context,
        checks: Mapping[str, Check],
        gauges: Mapping[str, Mapping[str, metrics.Count]] | None = None,
    ) -> "Application":
        """The same doors with another context: to make them takes most of the time there is."""
        made = copy(self)
        made.sparekey_context = context
        made.sparekey_checks = checks
        made.sparekey_gauges = gauges or {}
        return made

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI entry: requests through our own send, everything else straight to Litestar."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = new_request_id()
        open_request(scope, request_id=request_id, context=self.sparekey_context)
        status = 0

        async def send_ours(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _headers(message["headers"], scope, request_id)
            await send(message)

        if scope["method"] not in _KNOWN_METHODS:
            await self._refuse_method(scope, receive, send_ours)
        elif not await self.sparekey_hot.serve(scope, receive, send_ours):
            await super().__call__(scope, receive, send_ours)
        _record(scope, status, time.perf_counter() - began)

    async def _refuse_method(self, scope: Any, receive: Any, send: Any) -> None:
        """One that no route takes, which Litestar would not know."""
        scope["litestar_app"] = self
        request = Request(scope, receive, send)
        error = MethodNotAllowedException(headers={"Allow": ", ".join(methods.METHODS)})
        answer: Any = methods.refuse(request, error)
        await answer.to_asgi_response(None, request)(scope, receive, send)


def application(
    handlers: Sequence[ControllerRouterHandler],
    *,
    context: Context | None = None,
    authenticate: Authenticate | None = None,
    checks: Mapping[str, Check] | None = None,
    lifespan: Sequence[Any] = (),
    version: str = "1",
) -> Application:
    """The application of `handlers`; ValueError for a route that says neither scope nor public.

    `authenticate` runs before every route and raises a Problem, or returns, by the route's scope.
    Without a context it serves nobody: `on` gives it one.
    """
    made = Application(
        [*handlers, *health_routes()],
        before_request=authenticate,
        exception_handlers={**problems.HANDLERS, MethodNotAllowedException: methods.refuse},
        response_class=Answer,
        request_max_body_size=MAX_BYTES,
        openapi_config=_description(version),
        lifespan=list(lifespan),
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    made.sparekey_checks = checks or {}
    made.sparekey_gauges = {}
    if context is not None:
        made.sparekey_context = context
    hot: list[HTTPRouteHandler] = []
    for route in made.routes:
        for handler in getattr(route, "route_handlers", ()):
            _require_declared(handler, can_authenticate=authenticate is not None)
            if handler.opt.get("is_hot"):
                hot.append(handler)
    made.sparekey_hot = HotRoutes(hot, authenticate or _pass)
    return made


def server_options(host: str, port: int) -> dict[str, Any]:
    """How uvicorn serves the application: it believes no header and logs no address line.

    Its own proxy support is off: it would trust X-Forwarded-For from loopback unasked.
    """
    return {
        "host": host,
        "port": port,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "log_config": None,
        "timeout_keep_alive": 15,
        "ws": "none",
    }


def _description(version: str) -> OpenAPIConfig:
    """Served by a door of our own: Litestar's pages would load scripts from other hosts."""
    config = OpenAPIConfig(title="Sparekey", version=version)
    config.openapi_controller = cast(Any, OpenApiDoor)
    return config


def _require_declared(handler: Any, *, can_authenticate: bool) -> None:
    if handler.http_methods == {"OPTIONS"}:
        return
    scope, public = handler.opt.get("scope"), handler.opt.get("public", False)
    name = f"{sorted(handler.http_methods)} {sorted(handler.paths)}"
    if bool(scope) == bool(public):
        raise ValueError(f"{name} must say either scope=… or public=True")
    if scope and not can_authenticate:
        raise ValueError(f"{name} needs a key, but nothing here authenticates")
    if handler.before_request or handler.resolve_guards():
        raise ValueError(f"{name} must not replace the way in with its own")


def _headers(
    given: Sequence[tuple[bytes, bytes]], scope: Any, request_id: str
) -> list[tuple[bytes, bytes]]:
    headers = [*given, *added_headers(scope), (b"x-request-id", request_id.encode())]
    names = {name for name, _ in headers}
    if b"cache-control" not in names:
        headers.append((b"cache-control", b"no-store"))
    if b"x-content-type-options" not in names:
        headers.append((b"x-content-type-options", b"nosniff"))
    return headers


def _record(scope: Any, status: int, seconds: float) -> None:
    """Count it; log it by its route template, so that no token of an address is ever written."""
    route = scope.get("path_template") or _UNMATCHED
    metrics.count(scope["method"], route, status, seconds)
    handler = scope.get("route_handler")
    if status < 400 and handler is not None and handler.opt.get("is_quiet"):
        return
    log.info(
        "request",
        method=scope["method"] if scope["method"] in _KNOWN_METHODS else "other",
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )


async def _pass(_request: Request) -> None:
    """Where nothing authenticates, every route is public."""
