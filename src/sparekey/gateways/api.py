"""The one route of every provider's receipts and replies: its path is the gateway's secret name.

Whoever does not know a path, or cannot sign, learns nothing: both find what is nowhere.
"""

from typing import Any

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import gateways, http
from sparekey.gateways import Raw
from sparekey.http import Answer, Request
from sparekey.kit.problem import Problem

_ABOUT: dict[str, Any] = {"public": True, "is_quiet": True, "include_in_schema": False}


@post("/hooks/{gateway:str}", status_code=200, **_ABOUT)
async def told(request: Request, gateway: FromPath[str]) -> Answer:
    """What a provider posts: stored once it is verified, read later."""
    return await _arrived(request, gateway)


@get("/hooks/{gateway:str}", **_ABOUT)
async def told_by_query(request: Request, gateway: FromPath[str]) -> Answer:
    """The same of providers that write it into the address."""
    return await _arrived(request, gateway)


ROUTES: list[HTTPRouteHandler] = [told, told_by_query]


async def _arrived(request: Request, token: str) -> Answer:
    around = http.context(request)
    hook = await gateways.find_hook(around.db, around.keyring, token, base_url=around.base_url)
    if hook is None:
        raise NotFoundException
    query = request.scope["query_string"].decode("latin-1")
    raw = Raw(
        method=request.method,
        url=f"{hook.url}?{query}" if query else hook.url,
        headers=tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in request.scope["headers"]
        ),
        body=await http.read_body(request),
        at=around.clock(),
    )
    try:
        reply = await gateways.arrive(around.db, around.keyring, hook, raw)
    except gateways.Forged as forged:
        raise NotFoundException from forged
    except gateways.Flooded as flooded:
        seconds = max(1, -int((raw.at - flooded.retry_at).total_seconds() // 1))
        raise Problem(
            "hook.too_many", 429, "Send it again later.", headers={"Retry-After": str(seconds)}
        ) from flooded
    except TimeoutError as slow:
        raise Problem(
            "server.unavailable", 503, "Send it again.", headers={"Retry-After": "5"}
        ) from slow
    return Answer(reply.body, status_code=reply.status, media_type=reply.media_type)
