"""The verification routes of the public contract: start, check, resend, cancel, read."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from sparekey import access, brands, guard, http, outbox, templates, verification
from sparekey.http import Body, NoFields, Request
from sparekey.kit.address import Address, Phone, read_email, read_phone
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem
from sparekey.verification import Channel, Proof, Purpose, Start
from sparekey.verification.model import LONGEST_CODE_TTL, MAX_ATTEMPTS, State

_JSON = "application/json"
#: The one purpose that a link of ours serves by itself; its page is `/{brand}/verify`.
_LINKED = Purpose.VERIFY_ADDRESS

Channels = Literal["sms", "email", "voice", "whatsapp", "rcs", "auto"]
_Text = Annotated[str, Meta(min_length=1, max_length=254)]


class Client(Body, frozen=True, kw_only=True):
    """The end customer, as the caller's own server sees them."""

    ip: str | None = None
    user_agent: Annotated[str, Meta(max_length=512)] | None = None


class NewVerification(Body, frozen=True, kw_only=True):
    """`POST /v1/verifications`."""

    to: _Text
    purpose: Purpose
    channel: Channels = "auto"
    account: _Text | None = None
    locale: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    code_length: int | None = None
    alphabet: Literal["digits", "base32"] = "digits"
    ttl_seconds: int | None = None
    template: _Text | None = None
    variables: dict[_Text, _Text] = msgspec.field(default_factory=dict[_Text, _Text])
    client: Client | None = None


class Guess(Body, frozen=True, kw_only=True):
    """`POST /v1/verifications/{id}/check`."""

    code: str


class Again(NoFields, frozen=True, kw_only=True):
    """`POST /v1/verifications/{id}/resend`; may be absent altogether."""

    channel: Channels = "auto"


class Shown(msgspec.Struct, frozen=True):
    """A verification as its starter sees it; the code is nowhere."""

    id: str
    status: str
    to: str | None
    channel: str
    purpose: str
    expires_at: datetime
    checks_left: int
    next_send_at: datetime


class CheckShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a guess came to."""

    id: str
    status: str
    valid: bool
    checks_left: int
    reason: str | None = None


class PageShown(msgspec.Struct, frozen=True):
    """Where the customer types the code. The address works by itself: give it to nobody else."""

    url: str


_encode = msgspec.json.Encoder().encode


@post("/v1/verifications", scope="verifications:write", is_quiet=True, is_hot=True, status_code=201)
async def start(request: Request) -> http.Answer:
    """Send a code to an address."""
    around = http.context(request)
    caller = access.caller(request)
    body = await http.read_json(request, NewVerification)
    brand = await brands.by_id(around.db, caller.brand_id)
    claim = http.idempotency_claim(request, holder=caller.key_id, body=body)
    at = around.clock()
    base = await guard.base(around.db)
    words_version = await templates.current_version(around.db, brand.id)
    patience = await verification.falls_back_after(around.db, brand)
    wanted = _start(around, brand, base, words_version, body, claim, patience)
    made = await verification.issue(around.db, around.keyring, wanted, at=at)
    if isinstance(made, verification.Limited):
        raise _limited(made.retry_at, at)
    outbox.wake()
    shown = Shown(
        id=show("ver", made.id),
        status=State.PENDING,
        to=wanted.to.value,
        channel=wanted.channel,
        purpose=wanted.purpose,
        expires_at=made.expires_at,
        checks_left=0 if wanted.proof == "link" else MAX_ATTEMPTS,
        next_send_at=made.next_send_at,
    )
    return http.Answer(_encode(shown), media_type=_JSON, status_code=201)


@post("/v1/verifications/{id:str}/check", scope="verifications:write", is_quiet=True, is_hot=True)
async def check(request: Request, id: FromPath[str]) -> http.Answer:
    """Look at one guess."""
    around = http.context(request)
    caller = access.caller(request)
    body = await http.read_json(request, Guess)
    checked = await verification.check_code(
        around.db,
        around.keyring,
        id=_read_id(id),
        brand_id=caller.brand_id,
        typed=body.code,
        at=around.clock(),
    )
    shown = _check_shown(id, checked)
    return http.Answer(_encode(shown), media_type=_JSON, status_code=200)


@post("/v1/verifications/{id:str}/resend", scope="verifications:write", status_code=200, body=Again)
async def resend(request: Request, id: FromPath[str]) -> Shown:
    """Replace the code and send it, by another channel if one is named; its words and its life are
    those of the start."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, Again)
    brand = await brands.by_id(around.db, caller.brand_id)
    challenge = await _find(request, id, caller.brand_id)
    channel = None
    if challenge.kept is not None and body.channel != "auto":
        channel = _channel(brand, body.channel, challenge.kept.address)
    base = await guard.base(around.db)
    patience = await verification.falls_back_after(around.db, brand)
    wanted = verification.Resend.as_before(
        challenge, brand, base, patience=patience, channel=channel
    )
    await verification.resend(around.db, around.keyring, challenge, wanted, at=around.clock())
    outbox.wake()
    return _shown(await _find(request, id, caller.brand_id))


@post("/v1/verifications/{id:str}/page", scope="verifications:write", status_code=200)
async def page(request: Request, id: FromPath[str]) -> PageShown:
    """The page on which the customer types the code, for whoever has none of their own."""
    around, caller = http.context(request), access.caller(request)
    await http.read_json(request, NoFields)
    challenge = await _find(request, id, caller.brand_id)
    if challenge.is_by_link:
        raise Problem("verification.goes_by_link", 409, "Its email leads to a page already.")
    brand = await brands.by_id(around.db, caller.brand_id)
    handle = verification.write_handle(around.keyring, brand.id, challenge.row.id)
    base = brand.base_url or around.base_url
    return PageShown(f"{base}/{brand.slug}/verify?h={handle.reveal()}")


@post("/v1/verifications/{id:str}/cancel", scope="verifications:write", status_code=200)
async def cancel(request: Request, id: FromPath[str]) -> Shown:
    """Call it off."""
    around = http.context(request)
    caller = access.caller(request)
    await http.read_json(request, NoFields)
    await _find(request, id, caller.brand_id)
    await verification.cancel(
        around.db, id=_read_id(id), brand_id=caller.brand_id, at=around.clock()
    )
    return _shown(await _find(request, id, caller.brand_id))


@get("/v1/verifications/{id:str}", scope="verifications:read")
async def read(request: Request, id: FromPath[str]) -> Shown:
    """What has become of it."""
    return _shown(await _find(request, id, access.caller(request).brand_id))


ROUTES: list[HTTPRouteHandler] = [start, check, resend, page, cancel, read]


def _start(
    around: http.Context,
    brand: brands.Brand,
    base: int,
    words_version: int,
    body: NewVerification,
    claim: http.IdempotencyClaim | None,
    patience: timedelta | None,
) -> Start:
    to = _destination(body, brand)
    template, proof = _chosen_template(body)
    channel = _channel(brand, body.channel, to)
    is_auto = body.channel == "auto" and verification.may_fall_back(
        brand, channel, to, body.purpose, named=body.account is not None
    )
    return Start(
        brand_id=brand.id,
        is_sandbox=brand.is_sandbox,
        base=base,
        purpose=body.purpose,
        channel=channel,
        to=to,
        template=template,
        proof=proof,
        locale=body.locale or brand.locale,
        words_version=words_version,
        variables=body.variables,
        account=body.account,
        ttl=_ttl(body.ttl_seconds, proof),
        code_length=_code_length(body.code_length),
        alphabet=body.alphabet,
        networks=_network_keys(around, body.client),
        typed=body.to,
        allowed_countries=brand.allowed_countries,
        idempotency=(claim.key, claim.fingerprint) if claim else None,
        falls_back_after=patience if is_auto else None,
    )


def _destination(body: NewVerification, brand: brands.Brand) -> Address:
    region = brand.countries[0] if brand.countries else None
    if body.channel == "email" or (body.channel == "auto" and "@" in body.to):
        return read_email(body.to)
    return read_phone(body.to, region)


def _channel(brand: brands.Brand, wanted: str, to: Address) -> Channel:
    """Text or email, unless another of the brand's channels was asked for and reaches there."""
    own = Channel.SMS if isinstance(to, Phone) else Channel.EMAIL
    if wanted in ("auto", own):
        return own
    channel = Channel(wanted)
    if wanted not in brand.channel_order or not channel.reaches(to):
        raise _unusable("channel", "has no gateway here that reaches this address")
    return channel


def _ttl(seconds: int | None, proof: Proof) -> timedelta:
    if seconds is None:
        return verification.EMAIL_LINK_TTL if proof == "link" else verification.CODE_TTL
    if not 60 <= seconds <= LONGEST_CODE_TTL.total_seconds():
        raise _unusable("ttl_seconds", "takes 60 to 3600 seconds")
    return timedelta(seconds=seconds)


def _code_length(length: int | None) -> int | None:
    if length is not None and not 6 <= length <= 12:
        raise _unusable("code_length", "takes 6 to 12 digits; it can only make codes longer")
    return length


def _network_keys(around: http.Context, client: Client | None) -> list[bytes]:
    if client is None or client.ip is None:
        return []
    return [around.keyring.index("network", key) for key in http.read_ip(client.ip).keys]


def _chosen_template(body: NewVerification) -> tuple[str, Proof]:
    """The purpose's own words, or others for the same purpose; and only values they ask for."""
    own = _template(body.purpose)
    if body.template is None and not body.variables:
        return own, "code"
    name = body.template or own
    known = name in templates.registry.names()
    template = templates.find(name) if known else None
    if template is None or template.purpose != body.purpose or template.proof is None:
        raise _unusable("template", "takes a template with a proof for this purpose")
    if template.proof == "link" and (body.purpose is not _LINKED or "@" not in body.to):
        raise _unusable("template", "with a link confirms email addresses only")
    if ("email" if "@" in body.to else "sms") not in template.channels:
        raise _unusable("template", "has no words for that channel")
    if body.variables.keys() - template.senders_variables:
        raise _unusable("variables", "takes only what the template asks its sender for")
    return name, template.proof


def _template(purpose: str) -> str:
    return f"{purpose}_code"


async def _find(request: Request, id: str, brand_id: int) -> verification.Challenge:
    around = http.context(request)
    found = await verification.find(
        around.db, around.keyring, id=_read_id(id), brand_id=brand_id, at=around.clock()
    )
    if found is None or found.row.is_owned:
        raise _unknown()
    return found


def _read_id(text: str) -> UUID:
    read = parse("ver", text)
    if read is None:
        raise _unknown()
    return read


def _shown(challenge: verification.Challenge) -> Shown:
    row = challenge.row
    return Shown(
        id=show("ver", row.id),
        status=row.state,
        to=challenge.kept.to if challenge.kept else None,
        channel=row.channel,
        purpose=row.purpose,
        expires_at=row.expires_at,
        checks_left=challenge.checks_left,
        next_send_at=row.next_send_at,
    )


_REASONS = {State.APPROVED.value: "already_used"}


def _check_shown(id: str, checked: verification.Checked) -> CheckShown:
    match checked.verdict:
        case "right":
            return CheckShown(id, State.APPROVED, True, 0)
        case "wrong":
            left = checked.attempts_left
            status = State.PENDING if left else State.EXHAUSTED
            return CheckShown(id, status, False, left, "wrong_code")
        case "unknown":
            raise _unknown()
        case state:
            return CheckShown(id, state, False, 0, _REASONS.get(state, state))


def _limited(retry_at: datetime, at: datetime) -> Problem:
    wait = retry_at - at
    return http.too_many(http.Quota("requests", 60, timedelta(minutes=10), 0, wait))


def _unknown() -> Problem:
    return Problem("verification.unknown", 404, "This brand has no verification of this id.")


def _unusable(field: str, otherwise: str) -> Problem:
    return Problem("request.invalid_field", 400, f"`{field}` {otherwise}.", extra={"field": field})
