"""The way in for API callers: every route that names a scope passes here first.

`http.application(…, authenticate=access.admit)` runs it before each handler; the handler then asks
`access.caller(request)`.
"""

from typing import TYPE_CHECKING, Any

from sparekey import http
from sparekey.access.model import Caller
from sparekey.access.service.keys import authenticate
from sparekey.access.service.rate import WINDOW, rate_on

if TYPE_CHECKING:
    from sparekey.http import Request

_CALLER = "sparekey.caller"


async def admit(request: "Request") -> None:
    """Let a request to its handler: Problem 401 without a key, 403 without the route's scope,
    429 above the key's rate. Public routes pass."""
    scope = request.route_handler.opt.get("scope")
    if scope is None:
        return
    around = http.context(request)
    at = around.clock()
    caller = await authenticate(around.db, http.header(request, b"authorization"), at)
    caller.require(scope)
    spent = await rate_on(around.db).spend(caller, at)
    quota = http.Quota("key", spent.limit, WINDOW, spent.remaining, spent.reset)
    if not spent.is_within:
        raise http.too_many(quota)
    http.add_headers(request, http.rate_limit_headers(quota))
    _carried(request)[_CALLER] = caller


def caller(request: "Request") -> Caller:
    """Whose key admitted this request; LookupError on a public route."""
    return _carried(request)[_CALLER]


def _carried(request: "Request") -> Any:
    """The ASGI scope: it lives as long as the request and costs no middleware."""
    return request.scope
