"""The account routes of the public contract: keep accounts, hold them, sign in."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Response
from msgspec import UNSET, Meta, UnsetType

from sparekey import access, accounts, brands, http
from sparekey.accounts.model import (
    KEEP,
    Account,
    Hold,
    Keep,
    Wanted,
    WantedAddress,
    checked_ref,
)
from sparekey.accounts.service.keep import unknown_account
from sparekey.http import Body, Request
from sparekey.kit.address import Kind, read_address
from sparekey.kit.secret import Secret

_Value = TypeVar("_Value")
_Text = Annotated[str, Meta(max_length=254)]
_Password = Annotated[str, Meta(max_length=1024)]


class AddressBody(Body, frozen=True, kw_only=True):
    """An address as the company tells it; `verified` says that its owner proved it."""

    kind: Kind
    value: _Text
    verified: bool = False


class AccountBody(Body, frozen=True, kw_only=True):
    """`PUT` and `PATCH /v1/accounts/{account}`.

    A put empties what it does not name, but addresses and password stay: they have scopes of
    their own. `addresses`, where named, are all there are.
    """

    username: _Text | UnsetType | None = UNSET
    name: _Text | UnsetType | None = UNSET
    locale: _Text | UnsetType | None = UNSET
    customer_number: _Text | UnsetType | None = UNSET
    second_factor: bool | UnsetType = UNSET
    password_expires_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET
    password: _Password | UnsetType = UNSET
    password_hash: Annotated[str, Meta(max_length=512)] | UnsetType = UNSET
    addresses: Annotated[list[AddressBody], Meta(max_length=50)] | UnsetType = UNSET


class ReasonBody(Body, frozen=True, kw_only=True):
    """`POST /v1/accounts/{account}/lock` and its like: why, for whoever asks later."""

    reason: Annotated[str, Meta(min_length=1, max_length=254)]


class Client(Body, frozen=True, kw_only=True):
    """The end customer, as the company's own server sees them."""

    ip: str | None = None
    user_agent: Annotated[str, Meta(max_length=1024)] | None = None
    device: _Text | None = None


class SignInBody(Body, frozen=True, kw_only=True):
    """`POST /v1/sign-ins`."""

    identifier: _Text
    password: _Password
    client: Client | None = None


class ReportBody(Body, frozen=True, kw_only=True):
    """`POST /v1/sign-ins/reports`."""

    identifier: _Text
    outcome: Literal["ok", "wrong"]
    client: Client | None = None


class AddressShown(msgspec.Struct, frozen=True):
    """An address as the company reads it back."""

    kind: Kind
    value: str
    verified: bool
    usable_from: datetime


class AccountShown(msgspec.Struct, frozen=True):
    """An account as the company reads it back; of a password only that there is one."""

    account: str
    status: Literal["active", "disabled"]
    status_reason: str | None
    locked_at: datetime | None
    lock_reason: str | None
    username: str | None
    name: str | None
    locale: str | None
    customer_number: str | None
    second_factor: bool
    has_password: bool
    must_change: bool
    password_changed_at: datetime | None
    password_expires_at: datetime | None
    addresses: list[AddressShown]
    created_at: datetime
    updated_at: datetime


class SignInShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a sign-in ended; all but the outcome only after a right password."""

    outcome: accounts.Outcome
    account: str | None = None
    grant: str | None = None
    grant_expires_at: datetime | None = None
    device_token: str | None = None


@put("/v1/accounts/{account:str}", scope="accounts:write", body=AccountBody)
async def put_account(request: Request, account: FromPath[str]) -> Response[AccountShown]:
    """Make an account what is said here: 201 when it is new."""
    around = http.context(request)
    body = await _read(request)
    brand = await brands.by_id(around.db, access.caller(request).brand_id)
    kept, is_new = await accounts.put(
        around.db,
        around.keyring,
        brand,
        checked_ref(account),
        _wanted(body, brand, missing=None),
        around.clock(),
    )
    return Response(_shown(kept), status_code=201 if is_new else 200)


@patch("/v1/accounts/{account:str}", scope="accounts:write", body=AccountBody)
async def patch_account(request: Request, account: FromPath[str]) -> AccountShown:
    """Change what is named here and nothing else (RFC 7396)."""
    around = http.context(request)
    body = await _read(request)
    brand = await brands.by_id(around.db, access.caller(request).brand_id)
    return _shown(
        await accounts.patch(
            around.db,
            around.keyring,
            brand,
            checked_ref(account),
            _wanted(body, brand, missing=KEEP),
            around.clock(),
        )
    )


@get("/v1/accounts/{account:str}", scope="accounts:read")
async def get_account(request: Request, account: FromPath[str]) -> AccountShown:
    """Read an account."""
    return await _read_back(request, checked_ref(account))


@delete("/v1/accounts/{account:str}", scope="accounts:write", status_code=204)
async def delete_account(request: Request, account: FromPath[str]) -> None:
    """Forget an account; one made again under this id waits 72 hours."""
    around = http.context(request)
    async with around.db.transaction() as tx:
        brand_id = access.caller(request).brand_id
        if not await accounts.delete(tx, brand_id, checked_ref(account), around.clock()):
            raise unknown_account()


@post("/v1/accounts/{account:str}/lock", scope="accounts:write", status_code=200, body=ReasonBody)
async def lock(request: Request, account: FromPath[str]) -> AccountShown:
    """A person's lock: neither sign-in nor recovery."""
    return await _hold(request, account, "lock")


@post("/v1/accounts/{account:str}/unlock", scope="accounts:write", status_code=200, body=ReasonBody)
async def unlock(request: Request, account: FromPath[str]) -> AccountShown:
    """Lift a person's lock."""
    return await _hold(request, account, "unlock")


@post(
    "/v1/accounts/{account:str}/disable", scope="accounts:write", status_code=200, body=ReasonBody
)
async def disable(request: Request, account: FromPath[str]) -> AccountShown:
    """Close an account for the time being."""
    return await _hold(request, account, "disable")


@post("/v1/accounts/{account:str}/enable", scope="accounts:write", status_code=200, body=ReasonBody)
async def enable(request: Request, account: FromPath[str]) -> AccountShown:
    """Open a closed account again."""
    return await _hold(request, account, "enable")


@post("/v1/sign-ins", scope="sign_ins:write", status_code=200, body=SignInBody)
async def sign_in(request: Request) -> SignInShown:
    """Check a password of the built-in directory."""
    around = http.context(request)
    body = await http.read_json(request, SignInBody)
    brand = await brands.by_id(around.db, access.caller(request).brand_id)
    answer = await accounts.sign_in(
        around.db,
        around.keyring,
        brand,
        _attempt(body.identifier, body.client),
        Secret(body.password),
        around.clock(),
    )
    return SignInShown(
        outcome=answer.outcome,
        account=answer.ref,
        grant=answer.grant.token.reveal() if answer.grant else None,
        grant_expires_at=answer.grant.expires_at if answer.grant else None,
        device_token=answer.device.reveal() if answer.device else None,
    )


@post("/v1/sign-ins/reports", scope="sign_ins:write", status_code=204, body=ReportBody)
async def report(request: Request) -> None:
    """Hear of a sign-in that the company checked itself; the same answer for strangers."""
    around = http.context(request)
    body = await http.read_json(request, ReportBody)
    brand = await brands.by_id(around.db, access.caller(request).brand_id)
    await accounts.report_sign_in(
        around.db,
        around.keyring,
        brand,
        _attempt(body.identifier, body.client),
        body.outcome,
        around.clock(),
    )


ROUTES: list[HTTPRouteHandler] = [
    put_account,
    patch_account,
    get_account,
    delete_account,
    lock,
    unlock,
    disable,
    enable,
    sign_in,
    report,
]


async def _read(request: Request) -> AccountBody:
    """The body; addresses and passwords need scopes of their own beside accounts:write."""
    body = await http.read_json(request, AccountBody)
    caller = access.caller(request)
    if body.addresses is not UNSET:
        caller.require("addresses:write")
    if body.password is not UNSET or body.password_hash is not UNSET:
        caller.require("passwords:write")
    return body


async def _hold(request: Request, account: str, what: Hold) -> AccountShown:
    around = http.context(request)
    body = await http.read_json(request, ReasonBody)
    ref = checked_ref(account)
    async with around.db.transaction() as tx:
        brand_id = access.caller(request).brand_id
        if not await accounts.hold(tx, brand_id, ref, what, body.reason, around.clock()):
            raise unknown_account()
    return await _read_back(request, ref)


async def _read_back(request: Request, ref: str) -> AccountShown:
    around = http.context(request)
    brand_id = access.caller(request).brand_id
    found = await accounts.get(around.db, around.keyring, brand_id, ref)
    if found is None:
        raise unknown_account()
    return _shown(found)


def _wanted(body: AccountBody, brand: brands.Brand, *, missing: Keep | None) -> Wanted:
    """`missing` is what stands for a field that is not there: emptied by a put, kept by a patch."""
    not_said = KEEP if missing is KEEP else False
    return Wanted(
        username=_said(body.username, missing),
        name=_said(body.name, missing),
        locale=_said(body.locale, missing),
        customer_number=_said(body.customer_number, missing),
        second_factor=_said(body.second_factor, not_said),
        password_expires_at=_said(body.password_expires_at, missing),
        password=KEEP if body.password is UNSET else Secret(body.password),
        password_hash=KEEP if body.password_hash is UNSET else Secret(body.password_hash),
        addresses=KEEP if body.addresses is UNSET else _addresses(body.addresses, brand),
    )


def _said(value: _Value | UnsetType, otherwise: _Value) -> _Value:
    return otherwise if value is UNSET else value


def _addresses(bodies: list[AddressBody], brand: brands.Brand) -> tuple[WantedAddress, ...]:
    region = accounts.home_region(brand)
    return tuple(
        WantedAddress(read_address(body.kind, body.value, region), body.verified) for body in bodies
    )


def _attempt(identifier: str, client: Client | None) -> accounts.Attempt:
    if client is None:
        return accounts.Attempt(identifier, network="")
    return accounts.Attempt(
        identifier,
        network=http.read_ip(client.ip).keys[0] if client.ip else "",
        device=Secret(client.device) if client.device else None,
    )


def _shown(account: Account) -> AccountShown:
    return AccountShown(
        account=account.ref,
        status=account.status,
        status_reason=account.status_reason,
        locked_at=account.locked_at,
        lock_reason=account.lock_reason,
        username=account.username,
        name=account.name,
        locale=account.locale,
        customer_number=account.customer_number,
        second_factor=account.second_factor,
        has_password=account.has_password,
        must_change=account.must_change,
        password_changed_at=account.password_changed_at,
        password_expires_at=account.password_expires_at,
        addresses=[
            AddressShown(one.kind, one.value, one.verified_at is not None, one.usable_from)
            for one in account.addresses
        ],
        created_at=account.created_at,
        updated_at=account.updated_at,
    )
