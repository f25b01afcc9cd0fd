"""A method that an address does not take is refused the way everything at that address is: where a
route answers its troubles itself, as pages do, by the route; everywhere else by a problem."""

from collections.abc import Callable
from typing import Any

from litestar import Litestar, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.utils import normalize_path

from sparekey.http import problems
from sparekey.http.requests import Request

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
#: Litestar answers it at every address of its own accord, which tells us the route of an address.
_EVERYWHERE = "OPTIONS"

_Answering = Callable[[Request, HTTPException], Response[Any]]


def refuse(request: Request, error: HTTPException) -> Response[Any]:
    """The 405 for this request; its `Allow` names what its address takes."""
    scope: Any = request.scope
    app: Litestar = scope["litestar_app"]
    try:
        routed = app.asgi_router.handle_routing(
            path=normalize_path(scope["path"]), method=_EVERYWHERE
        )
    except HTTPException:
        return problems.of(request, error)
    _, _, _, parameters, template = routed
    handlers = _handlers(app, template)
    taken = {method for handler in handlers for method in handler.http_methods} - {_EVERYWHERE}
    refused = MethodNotAllowedException(headers={"Allow": ", ".join(sorted(taken))})
    answering = _own(handlers)
    if answering is None:
        return problems.of(request, refused)
    scope.update(path_params=parameters, path_template=template)
    return answering(request, refused)


def _handlers(app: Litestar, template: str) -> list[Any]:
    return [
        handler
        for route in app.routes
        if route.path_format == template
        for handler in getattr(route, "route_handlers", ())
    ]


def _own(handlers: list[Any]) -> _Answering | None:
    """What answers the troubles of these routes, if they say so themselves."""
    declared: list[dict[Any, Any]] = [handler.exception_handlers or {} for handler in handlers]
    return next((one[HTTPException] for one in declared if HTTPException in one), None)
