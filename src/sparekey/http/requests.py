"""What a request carries through its handling: its id, what every door needs, extra headers.

These live in the ASGI scope, so that the hot routes pay for no middleware.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request as _Request

from sparekey.db import Db
from sparekey.http.network import ClientNetwork, Network, client_network
from sparekey.http.request_id import REQUEST_ID
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

Request = _Request[Any, Any, Any]
Scope = MutableMapping[str, Any]

_ID = "sparekey.request_id"
_HEADERS = "sparekey.headers"
_CONTEXT = "sparekey.context"


@dataclass(frozen=True, slots=True)
class Context:
    """What every door needs. `base_url` is the only host a link is ever made of."""

    db: Db
    keyring: Keyring
    clock: Clock
    base_url: str
    trusted_proxies: Sequence[Network] = ()
    proxy_header: str = "x-forwarded-for"


def open_request(scope: Any, *, request_id: str, context: Context) -> None:
    """Called once per request by the application, before anything else."""
    scope[_ID] = request_id
    scope[_CONTEXT] = context
    REQUEST_ID.set(request_id)


def request_id(scope: Any) -> str:
    """The id of this request, our own: a client cannot choose it."""
    return scope[_ID]


def context(request: Request) -> Context:
    """What the application was made with."""
    return request.scope[_CONTEXT]  # type: ignore[typeddict-item]  # an ASGI scope holds more


def add_headers(request: Request, headers: Mapping[str, str]) -> None:
    """Add headers to whatever will be answered, be it a success or a problem."""
    kept: Any = request.scope
    kept.setdefault(_HEADERS, []).extend(
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    )


def set_cookie(request: Request, line: str) -> None:
    """Add a `Set-Cookie` line; an earlier one of the same name is taken back, because clients
    differ in which of two counts."""
    kept: Any = request.scope
    name = line.partition("=")[0].encode("latin-1")
    kept[_HEADERS] = [
        (field, value)
        for field, value in kept.get(_HEADERS, ())
        if field != b"set-cookie" or value.partition(b"=")[0] != name
    ]
    add_headers(request, {"Set-Cookie": line})


def added_headers(scope: Any) -> Sequence[tuple[bytes, bytes]]:
    """What `add_headers` collected."""
    return scope.get(_HEADERS, ())


def header(request: Request, name: bytes) -> str | None:
    """The one header called `name` (lower case); None when it is absent or sent twice."""
    values = [value for key, value in request.scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


def client(request: Request) -> ClientNetwork:
    """Who connects, as seen past the configured proxies and nobody else's word."""
    around = context(request)
    peer = request.scope["client"]
    return client_network(
        peer[0] if peer else None,
        request.scope["headers"],
        around.trusted_proxies,
        header=around.proxy_header,
    )
