"""`/healthz`: the process answers. `/readyz`: it can do its work. `/metrics`: how it has been.

They are for the operator's own network; a request that a proxy passed on from outside sees 404.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from sparekey.db import Db, statement
from sparekey.http import metrics
from sparekey.http.requests import Request
from sparekey.kit.problem import Problem

#: Returns None when all is well, else a sentence for the operator.
Check = Callable[[], Awaitable[str | None]]

_Said = TypeVar("_Said")

_PROBE = statement("SELECT 1", returns=int)
_PATIENCE_SECONDS = 2.0
_PASSED_ON = frozenset({b"x-forwarded-for", b"forwarded", b"via"})


def database_reachable(db: Db) -> Check:
    """The check that the database answers."""

    async def check() -> str | None:
        await _PROBE.one(db)
        return None

    return check


def health_routes() -> list[HTTPRouteHandler]:
    """The three routes; the checks of the application decide readiness."""

    @get("/healthz", public=True, is_quiet=True, include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @get("/readyz", public=True, is_quiet=True, include_in_schema=False)
    async def ready(request: Request) -> Response[dict[str, Any]]:
        _only_from_inside(request)
        checks: Mapping[str, Check] = cast(Any, request.app).sparekey_checks
        answers = await asyncio.gather(*map(_in_time, checks.values()), return_exceptions=True)
        failed = {
            name: _said(answer) for name, answer in zip(checks, answers, strict=True) if answer
        }
        body = {
            "status": "not_ready" if failed else "ready",
            "checks": {name: failed.get(name, "ok") for name in checks},
        }
        return Response(body, status_code=503 if failed else 200)

    @get("/metrics", public=True, is_quiet=True, include_in_schema=False)
    async def exposed(request: Request) -> Response[bytes]:
        _only_from_inside(request)
        asked: Mapping[str, Mapping[str, metrics.Count]] = cast(Any, request.app).sparekey_gauges
        told = await asyncio.gather(*map(_counted, asked.values()))
        exposition = metrics.exposition(dict(zip(asked, told, strict=True)))
        return Response(exposition, media_type="text/plain; version=0.0.4")

    return [alive, ready, exposed]


async def _counted(counts: Mapping[str, metrics.Count]) -> dict[str, int]:
    """What can be told in time; the rest is left out, for no number is better than a wrong one."""
    told = await asyncio.gather(*map(_in_time, counts.values()), return_exceptions=True)
    return {
        kind: number
        for kind, number in zip(counts, told, strict=True)
        if not isinstance(number, BaseException)
    }


async def _in_time(check: Callable[[], Awaitable[_Said]]) -> _Said:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return await check()


def _said(answer: str | BaseException | None) -> str:
    """What a check complains of; of one that broke only how, its words may quote addresses."""
    if isinstance(answer, BaseException):
        return f"failed with {type(answer).__name__}"
    return answer or "ok"


def _only_from_inside(request: Request) -> None:
    if any(name in _PASSED_ON for name, _ in request.scope["headers"]):
        raise Problem("request.not_found", 404, "Nothing is at this address.")
