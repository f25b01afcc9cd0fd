"""The recovery routes of the public contract, from the request to the redeemed grant."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from sparekey import access, brands, http, recovery
from sparekey.http import Body, NoFields, Request
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem

_Identifier = Annotated[str, Meta(min_length=1, max_length=254)]
_Token = Annotated[str, Meta(max_length=200)]
Channel = Literal["sms", "email", "voice", "whatsapp", "rcs", "auto"]


class Client(Body, frozen=True, kw_only=True):
    """The end customer, as the caller's own server sees them; `device` is a known browser's."""

    ip: str | None = None
    user_agent: Annotated[str, Meta(max_length=512)] | None = None
    device: _Token | None = None


class NewRecovery(Body, frozen=True, kw_only=True):
    """`POST /v1/recoveries`."""

    identifier: _Identifier
    channel: Channel = "auto"
    locale: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    client: Client | None = None
    return_url: Annotated[str, Meta(max_length=2048)] | None = None


class Again(NoFields, frozen=True, kw_only=True):
    """`POST /v1/recoveries/{id}/resend`."""

    channel: Channel = "auto"


class Proof(Body, frozen=True, kw_only=True):
    """`POST /v1/recoveries/{id}/proofs`: one of the two."""

    code: Annotated[str, Meta(max_length=64)] | None = None
    link_token: _Token | None = None


class NewPassword(Body, frozen=True, kw_only=True):
    """`POST /v1/recoveries/{id}/password`."""

    grant: _Token
    password: Annotated[str, Meta(max_length=1024)]


class Redemption(Body, frozen=True, kw_only=True):
    """`POST /v1/grants/redeem`."""

    grant: _Token


class RecoveryShown(msgspec.Struct, frozen=True):
    """The same for everybody: nobody has been looked up."""

    id: str
    status: str
    expires_at: datetime


class Proven(msgspec.Struct, frozen=True):
    """The grant goes to this request, which brought the proof, and to no other."""

    status: str
    grant: str
    grant_expires_at: datetime


class CompletedShown(msgspec.Struct, frozen=True):
    """Somebody is back in."""

    status: str
    device_token: str


class StatusShown(msgspec.Struct, frozen=True):
    """What the recovery is now."""

    id: str
    status: str


class Redeemed(msgspec.Struct, frozen=True):
    """Whose account it is."""

    account: str
    device_token: str


@post("/v1/recoveries", scope="recoveries:write", status_code=202, is_quiet=True, body=NewRecovery)
async def request(request: Request) -> RecoveryShown:
    """Ask to get back in."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, NewRecovery)
    brand = await brands.by_id(around.db, caller.brand_id)
    claim = http.idempotency_claim(request, holder=caller.key_id, body=body)
    client = body.client or Client()
    wanted = recovery.Request(
        brand=brand,
        identifier=body.identifier,
        channel=None if body.channel == "auto" else body.channel,
        locale=body.locale,
        device=client.device,
        return_url=_return_url(brand, body.return_url),
        networks=_networks(around, client),
        idempotency=(claim.key, claim.fingerprint) if claim else None,
    )
    made = await recovery.request(around.db, around.keyring, wanted, at=around.clock())
    return RecoveryShown(show("rec", made.id), recovery.State.REQUESTED, made.expires_at)


@post("/v1/recoveries/{id:str}/resend", scope="recoveries:write", status_code=202, body=Again)
async def resend(request: Request, id: FromPath[str]) -> StatusShown:
    """Send the proof again; what was typed before keeps counting."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, Again)
    await recovery.request_resend(
        around.db,
        id=_read_id(id),
        brand_id=caller.brand_id,
        channel=None if body.channel == "auto" else body.channel,
        at=around.clock(),
    )
    return StatusShown(id, recovery.State.REQUESTED)


@post("/v1/recoveries/{id:str}/proofs", scope="recoveries:write", status_code=200, body=Proof)
async def prove(request: Request, id: FromPath[str]) -> Proven:
    """Bring a code or a link's token."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, Proof)
    brand = await brands.by_id(around.db, caller.brand_id)
    about, at = parse("rec", id) or UUID(int=0), around.clock()
    if (body.code is None) == (body.link_token is None):
        raise Problem("request.invalid_field", 400, "Send either `code` or `link_token`.")
    if body.code is not None:
        grant = await recovery.prove_code(around.db, around.keyring, brand, about, body.code, at=at)
    else:
        grant = await recovery.prove_link(
            around.db, around.keyring, brand, about, body.link_token or "", at=at
        )
    if grant is None:
        raise Problem(
            "recovery.not_proven", 422, "Check the code, or start a new recovery for a fresh one."
        )
    return Proven(recovery.State.PROVEN, grant.token.reveal(), grant.expires_at)


@post(
    "/v1/recoveries/{id:str}/password", scope="recoveries:write", status_code=200, body=NewPassword
)
async def set_password(request: Request, id: FromPath[str]) -> CompletedShown:
    """Set a new password with the grant."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, NewPassword)
    brand = await brands.by_id(around.db, caller.brand_id)
    done = await recovery.set_password(
        around.db,
        around.keyring,
        brand,
        parse("rec", id) or UUID(int=0),
        body.grant,
        body.password,
        at=around.clock(),
    )
    return CompletedShown(recovery.State.COMPLETED, done.device_token.reveal())


@post("/v1/recoveries/{id:str}/deny", scope="recoveries:write", status_code=200)
async def deny(request: Request, id: FromPath[str]) -> StatusShown:
    """Cancel this recovery, and only this."""
    around, caller = http.context(request), access.caller(request)
    await http.read_json(request, NoFields)
    state = await recovery.deny(around.db, _read_id(id), caller.brand_id, at=around.clock())
    return StatusShown(id, state)


@post("/v1/grants/redeem", scope="grants:redeem", status_code=200, body=Redemption)
async def redeem(request: Request) -> Redeemed:
    """Learn whose account a grant recovers, once, and set the password yourself."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, Redemption)
    brand = await brands.by_id(around.db, caller.brand_id)
    done = await recovery.redeem(around.db, around.keyring, brand, body.grant, at=around.clock())
    return Redeemed(done.account, done.device_token.reveal())


ROUTES: list[HTTPRouteHandler] = [request, resend, prove, set_password, deny, redeem]


def _networks(around: http.Context, client: Client) -> list[bytes]:
    if client.ip is None:
        return []
    return [around.keyring.index("network", key) for key in http.read_ip(client.ip).keys]


def _return_url(brand: brands.Brand, url: str | None) -> str | None:
    if url is not None and not brand.allows_return_to(url):
        raise Problem(
            "recovery.return_url_refused", 422, "Use one of the return URLs of this brand."
        )
    return url


def _read_id(text: str) -> UUID:
    read = parse("rec", text)
    if read is None:
        raise Problem("recovery.unknown", 404, "This brand has no recovery of this id.")
    return read
