"""Trying a draft on a virtual clock, and keeping tries that are played before each publish."""

import msgspec
from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import access, flows, http
from sparekey.flows.api.shapes import draft_of, find, read_body
from sparekey.flows.service.cases import forget, keep, kept, try_out
from sparekey.http import Body, NoFields, Request


class ToTry(NoFields, frozen=True, kw_only=True):
    """What somebody does and what goes wrong, in a document, else in the draft."""

    script: flows.Script = flows.Script()
    document: flows.Document | None = None


class ToKeep(Body, frozen=True, kw_only=True):
    """A script that shall come to the same from now on."""

    script: flows.Script


class PassedShown(msgspec.Struct, frozen=True):
    """A node that was left, after so many seconds, by which exit."""

    seconds: float
    node: str
    exit: str


class LineShown(msgspec.Struct, frozen=True):
    """Something that happened: who, what, and at which node."""

    seconds: float
    who: str
    what: str
    node: str | None


class TryShown(msgspec.Struct, frozen=True):
    """What a try came to."""

    outcome: str | None
    stands_at: str | None
    stuck: str | None
    seconds: float
    path: list[PassedShown]
    lines: list[LineShown]
    messages: list[str]


class CaseShown(msgspec.Struct, frozen=True):
    """A try that is kept, with what it came to."""

    name: str
    outcome: str
    messages: list[str]
    script: flows.Script


class Cases(msgspec.Struct, frozen=True):
    """The tries that are kept, by name."""

    data: list[CaseShown]


@post("/v1/flows/{name:str}/try", scope="flows:read", status_code=200, body=ToTry)
async def play(request: Request, name: FromPath[str]) -> TryShown:
    """Play a script on the draft: nothing is stored, nothing is sent."""
    body: ToTry = await read_body(request, ToTry)
    document = body.document or draft_of(await find(request, name))
    return try_shown(await try_out(document, body.script))


@get("/v1/flows/{name:str}/cases", scope="flows:read")
async def listed(request: Request, name: FromPath[str]) -> Cases:
    """The tries that are played before each publish."""
    found = await kept(http.context(request).db, await find(request, name))
    return Cases(
        [
            CaseShown(
                one.name,
                one.outcome,
                one.messages,
                msgspec.json.decode(one.script, type=flows.Script),
            )
            for one in found
        ]
    )


@put("/v1/flows/{name:str}/cases/{case:str}", scope="flows:write", body=ToKeep)
async def save(request: Request, name: FromPath[str], case: FromPath[str]) -> TryShown:
    """Keep a script with what it comes to now."""
    body = await http.read_json(request, ToKeep)
    row = await find(request, name)
    played = await keep(http.context(request).db, row, case, body.script)
    return try_shown(played)


@delete("/v1/flows/{name:str}/cases/{case:str}", scope="flows:write", status_code=204)
async def drop(request: Request, name: FromPath[str], case: FromPath[str]) -> None:
    """Forget a try that was kept."""
    access.caller(request)
    await forget(http.context(request).db, await find(request, name), case)


TRIES: list[HTTPRouteHandler] = [play, listed, save, drop]


def try_shown(played: flows.Played) -> TryShown:
    """What a try came to, for an answer."""
    return TryShown(
        outcome=played.outcome,
        stands_at=played.stands_at,
        stuck=played.stuck,
        seconds=played.seconds,
        path=[PassedShown(one.seconds, one.node, one.exit) for one in played.path],
        lines=[LineShown(one.seconds, one.who, one.what, one.node) for one in played.lines],
        messages=list(played.messages),
    )
