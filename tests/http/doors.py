"""Doors that exist only to be knocked at by the tests of the way in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery

from sparekey import http
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.world.basics import MovableClock

MARKER = "83920174"


class Client(http.Body, frozen=True, kw_only=True):
    """A nested part."""

    ip: str | None = None


class Note(http.Body, frozen=True, kw_only=True):
    """What `/notes` reads."""

    to: str
    count: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    ratio: float = 0.0
    text: str | None = None
    client: Client | None = None
    tags: tuple[str, ...] = ()


class Noted(msgspec.Struct, frozen=True):
    """What `/notes` answers."""

    to: str


@post("/notes", public=True, body=Note)
async def note(request: http.Request) -> Noted:
    read = await http.read_json(request, Note, multiline=("text",))
    return Noted(read.to)


@post("/empty", public=True, body=http.NoFields)
async def empty(request: http.Request) -> Noted:
    await http.read_json(request, http.NoFields)
    return Noted("")


@get("/l/{token:str}", public=True)
async def link(token: FromPath[str]) -> str:
    return f"{len(token)} characters"


@get("/broken/{code:str}", public=True)
async def broken(code: FromPath[str]) -> str:
    raise ValueError(f"what was this {code}")


@get("/away", public=True)
async def away() -> str:
    raise ConnectionRefusedError("the database does not listen")


@get("/refused", public=True)
async def refused() -> str:
    raise Problem("door.shut", 422, "Knock elsewhere.", headers={"X-Door": "1"}, extra={"n": 1})


@get("/numbered", public=True)
async def numbered(number: FromQuery[int]) -> str:
    return str(number)


@get("/quiet", public=True, is_quiet=True)
async def quiet(request: http.Request) -> str:
    http.add_headers(request, {"RateLimit": '"key";r=1;t=1'})
    return str(http.client(request))


@post("/hot/{word:str}", public=True, body=http.NoFields, is_hot=True)
async def hot(request: http.Request, word: FromPath[str]) -> http.Answer:
    await http.read_json(request, http.NoFields)
    http.add_headers(request, {"X-Door": "1"})
    if word == "broken":
        raise ValueError(f"what was this {word}")
    if word == "refused":
        raise Problem("door.shut", 422, "Knock elsewhere.", headers={"X-Way": "2"}, extra={"n": 1})
    return http.Answer(word.encode(), media_type="application/json", status_code=201)


def application(clock: MovableClock, db: Any = None, **around: Any) -> http.Application:
    """An application of these doors."""
    context = http.Context(
        db=db,
        keyring=around.pop("keyring", None) or Keyring.generate(),
        clock=clock,
        base_url="https://recover.example",
        trusted_proxies=around.pop("trusted_proxies", ()),
    )
    doors = [note, empty, link, broken, away, refused, numbered, quiet, hot]
    return http.application(doors, context=context, **around)


@asynccontextmanager
async def visitor(
    app: http.Application, *, peer: str = "203.0.113.9"
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client that connects from `peer`."""
    transport = httpx.ASGITransport(app, client=(peer, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="https://anything") as client:
        yield client
