"""Reading tickets over the API."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from sparekey import access, accounts, http, support
from sparekey.http import Page, Request
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem


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


ROUTES: list[HTTPRouteHandler] = [listed, read]


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
