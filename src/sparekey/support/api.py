"""Reading tickets over the API, and moving them on."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, patch
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from sparekey import access, accounts, http, support
from sparekey.http import Body, Page, Request
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem
from sparekey.support.model import MOST_CHARACTERS


class TicketShown(msgspec.Struct, frozen=True):
    """One case; `account` is the company's own id. So many `runs` of flows were handed over in it,
    about `topics`; `topic` is what it was opened about."""

    id: str
    topic: str
    topics: list[str]
    status: str
    account: str | None
    runs: int
    opened_at: datetime
    changed_at: datetime


class MessageShown(msgspec.Struct, frozen=True):
    """What somebody said."""

    id: str
    author: str
    text: str
    at: datetime


class TicketStory(msgspec.Struct, frozen=True):
    """A case with everything that was said in it."""

    ticket: TicketShown
    messages: list[MessageShown]


class ToMove(Body, frozen=True, kw_only=True):
    """Whose turn it is now, and what there is to say about that."""

    status: Literal["open", "waiting", "solved"]
    note: Annotated[str, Meta(min_length=1, max_length=MOST_CHARACTERS)] | None = None


@get("/v1/tickets", scope="tickets:read")
async def listed(
    request: Request,
    status: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
    limit: FromQuery[str | None] = None,
) -> Page[TicketShown]:
    """The brand's tickets, the youngest first."""
    around, size = http.context(request), http.read_size(limit)
    found = await support.listed(
        around.db,
        access.caller(request).brand_id,
        state=_state(status),
        after=http.read_cursor(after),
        limit=size + 1,
    )
    refs = {
        one.account_id: await _ref(around, one.account_id) for one in found[:size] if one.account_id
    }
    return http.page(found, size, show=lambda one: _shown(one, refs), id_of=_id_of)


@get("/v1/tickets/{id:str}", scope="tickets:read")
async def read(request: Request, id: FromPath[str]) -> TicketStory:
    """One ticket with what was said in it."""
    around = http.context(request)
    told = await support.story(
        around.db,
        around.keyring,
        access.caller(request).brand_id,
        parse("tic", id) or UUID(int=0),
    )
    account = told.ticket.account_id
    refs = {account: await _ref(around, account)} if account else {}
    return TicketStory(
        _shown(told.ticket, refs),
        [MessageShown(show("tim", one.id), one.author, one.text, one.at) for one in told.messages],
    )


@patch("/v1/tickets/{id:str}", scope="tickets:write", status_code=204, body=ToMove)
async def move(request: Request, id: FromPath[str]) -> None:
    """Say whose turn it is; the flows of a ticket that is solved go on. Of two who move it at once
    one is told that it has moved."""
    around = http.context(request)
    body = await http.read_json(request, ToMove, multiline={"note"})
    await support.move(
        around.db,
        around.keyring,
        access.caller(request).brand_id,
        parse("tic", id) or UUID(int=0),
        support.State(body.status),
        note=body.note,
        at=around.clock(),
    )


ROUTES: list[HTTPRouteHandler] = [listed, read, move]


async def _ref(around: http.Context, account: UUID) -> str | None:
    found = await accounts.get_by_id(around.db, around.keyring, account)
    return None if found is None else found.ref


def _shown(ticket: support.Ticket, refs: dict[UUID, str | None]) -> TicketShown:
    return TicketShown(
        show("tic", ticket.id),
        ticket.topic,
        [topic.value for topic in ticket.topics],
        ticket.state,
        refs.get(ticket.account_id) if ticket.account_id else None,
        ticket.runs,
        ticket.opened_at,
        ticket.changed_at,
    )


def _state(text: str | None) -> support.State | None:
    if text is None:
        return None
    try:
        return support.State(text)
    except ValueError:
        states = ", ".join(support.State)
        raise Problem(
            "request.invalid_field",
            400,
            f"`status` is one of {states}.",
            extra={"field": "status"},
        ) from None


def _id_of(ticket: support.Ticket) -> UUID:
    return ticket.id
