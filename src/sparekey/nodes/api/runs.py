"""Starting a flow over the API for an account."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta, field

from sparekey import access, accounts, brands, flows, http, recovery
from sparekey.flows import WORD
from sparekey.http import Body, Request
from sparekey.kit.ids import new_id, show
from sparekey.kit.problem import Problem
from sparekey.nodes.service.starting import reply_key_of

_Word = Annotated[str, Meta(pattern=WORD)]


class ToStart(Body, frozen=True, kw_only=True):
    """For which account, by the company's own id; `facts` are words that a branch may look at."""

    account: Annotated[str, Meta(min_length=1, max_length=200)]
    facts: Annotated[dict[_Word, _Word], Meta(max_length=12)] = field(
        default_factory=dict[_Word, _Word]
    )


class Started(msgspec.Struct, frozen=True):
    """The run that was started."""

    id: str
    flow: str
    started_at: datetime


@post("/v1/flows/{name:str}/runs", scope="flows:publish", status_code=201, body=ToStart)
async def start(request: Request, name: FromPath[str]) -> Started:
    """Start a flow that begins by API for one account."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, ToStart)
    account = await accounts.get(around.db, around.keyring, caller.brand_id, body.account)
    if account is None:
        raise Problem("account.unknown", 404, "This brand has no account of this id.")
    brand, at = await brands.by_id(around.db, caller.brand_id), around.clock()
    ready = await flows.prepare(around.db, brand.id, kind="start_api", key=account.id, flow=name)
    if ready is None:
        raise Problem(
            "flow.not_live", 422, "No live version of this flow starts over the API; publish one."
        )
    facts = await recovery.known_of_account(
        around.db, around.keyring, brand, account, start="start_api", channel="api", at=at
    )
    run = flows.Start(
        id=new_id(at),
        account_id=account.id,
        facts={**body.facts, **facts},
        reply_key=reply_key_of(around.keyring, brand, account),
    )
    try:
        async with around.db.transaction() as tx:
            has_begun = await flows.begin(tx, ready, run, keyring=around.keyring, at=at)
    except flows.Stuck as stuck:
        raise Problem(
            "flow.cannot_begin", 422, f"Its first steps lead nowhere: {stuck.code}."
        ) from None
    if not has_begun:
        raise Problem(
            "flow.too_many_runs",
            429,
            f"This account is in {flows.Door.COMPANY.most} flows already.",
        )
    return Started(show("run", run.id), name, at)


RUNS: list[HTTPRouteHandler] = [start]
