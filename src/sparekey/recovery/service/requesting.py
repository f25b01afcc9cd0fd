"""Asking to get back in: kept and answered, whoever it is; looked up later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from sparekey import accounts, brands, guard, http, jobs
from sparekey.db import Db, Executor
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.recovery import store
from sparekey.recovery.model import LIFE, RESEND_AFTER, Asked, Requested


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked, as far as a door knows it. `networks` are keys of the end customer's."""

    brand: brands.Brand
    identifier: str
    channel: str | None = None
    locale: str | None = None
    device: str | None = None
    return_url: str | None = None
    networks: Sequence[bytes] = ()
    idempotency: tuple[bytes, bytes] | None = None


async def request(on: Executor, keyring: Keyring, wanted: Request, *, at: datetime) -> Requested:
    """Keep it, sealed, with a job to look it up: one statement that looks nobody up.

    Problem 429 for the limits of the caller's own network and typing, and while the classic
    policy pauses what was typed; the same for strangers.
    """
    typed_key = keyring.index("typed", str(wanted.brand.id), wanted.identifier)
    asking = Asking(
        brand_id=wanted.brand.id,
        asked=Asked(wanted.identifier, wanted.device),
        typed_key=typed_key,
        limits=_limits(keyring, wanted, typed_key),
        is_open_in_a_pause=_is_open_in_a_pause(keyring, wanted),
        channel=wanted.channel,
        locale=wanted.locale,
        return_url=wanted.return_url,
        idempotency=wanted.idempotency,
    )
    row = await keep(on, keyring, asking, at=at)
    jobs.wake(asking.lane.queue).set()
    return _told(row, wanted.brand, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is kept of somebody's asking, through whichever door it came."""

    brand_id: int
    asked: Asked
    typed_key: bytes
    limits: guard.Limits
    is_open_in_a_pause: bool
    channel: str | None
    locale: str | None = None
    return_url: str | None = None
    idempotency: tuple[bytes, bytes] | None = None
    lane: jobs.Lane = jobs.Lane.PROMPT


async def keep(on: Executor, keyring: Keyring, asking: Asking, *, at: datetime) -> store.RequestRow:
    """Seal it and queue the job that looks it up, in one statement; what its limits say."""
    recovery = new_id(at)
    key, fingerprint = asking.idempotency or (None, None)
    return await store.REQUEST.one(
        on,
        id=recovery,
        at=at,
        brand=asking.brand_id,
        asked=keyring.seal(msgspec.json.encode(asking.asked), bound_to=recovery.bytes),
        typed_key=asking.typed_key,
        pause_key=None if asking.is_open_in_a_pause else asking.typed_key,
        channel=asking.channel,
        locale=asking.locale,
        return_url=asking.return_url,
        expires_at=at + LIFE,
        next_send_at=at + RESEND_AFTER,
        job=new_id(at),
        rate_keys=asking.limits.rate_keys,
        rate_every=asking.limits.rate_every,
        rate_burst=asking.limits.rate_burst,
        idempotency_key=key,
        idempotency_mac=fingerprint,
        lane=asking.lane,
    )


async def request_resend(
    db: Db,
    *,
    id: UUID,
    brand_id: int,
    channel: str | None,
    at: datetime,
) -> None:
    """Send again in the background; Problem 429 when it is too soon, 409 when it is over."""
    async with db.transaction() as tx:
        claimed = await store.CLAIM_RESEND.maybe(
            tx, id=id, brand=brand_id, next_send_at=at + RESEND_AFTER, at=at
        )
        if claimed is not None:
            payload = {"recovery": str(id), "channel": channel}
            await jobs.queue(tx, kind="recovery.resend", payload=payload, due_at=at, at=at)
            return
        next_send_at = await store.NEXT_SEND.maybe(tx, id=id, brand=brand_id, at=at)
    if next_send_at is None:
        raise Problem("recovery.ended", 409, "Start a new recovery.")
    raise _wait("recovery.too_soon", next_send_at, at, "before sending again.")


async def brand_of(db: Db, id: UUID, *, at: datetime) -> brands.Brand | None:
    """Whose recovery this is; None when there is none of this id."""
    row = await store.FIND.maybe(db, id=id, at=at)
    return None if row is None else await brands.by_id(db, row.brand_id)


def _limits(keyring: Keyring, wanted: Request, typed_key: bytes) -> guard.Limits:
    """A browser that was known once is counted by itself: strangers' typing never closes it."""
    own = (
        keyring.index("typed on", wanted.device or "", typed_key)
        if _is_known_once(keyring, wanted)
        else None
    )
    return guard.limits(
        guard.Asked(
            brand_id=wanted.brand.id,
            allowance=guard.Allowance.STRANGER,
            networks=wanted.networks,
            typed_key=own or typed_key,
        )
    )


def _is_open_in_a_pause(keyring: Keyring, wanted: Request) -> bool:
    """A pause is of codes for strangers: links and the owner's own doors stay open under it."""
    is_by_link = wanted.channel == "email" and wanted.brand.email_proof == "link"
    return is_by_link or _is_known_once(keyring, wanted)


def _is_known_once(keyring: Keyring, wanted: Request) -> bool:
    """Whether the browser's token is one that we made: told from the token, nobody looked up."""
    return wanted.device is not None and accounts.is_device_token(keyring, wanted.device)


def _told(row: store.RequestRow, brand: brands.Brand, at: datetime) -> Requested:
    match row.verdict:
        case "requested":
            assert row.expires_at is not None
            return Requested(row.id, row.expires_at)
        case "limited":
            assert row.retry_at is not None
            raise _wait("request.too_many", row.retry_at, at, "before asking again.")
        case "paused":
            assert row.retry_at is not None
            raise _paused(brand, row.retry_at, at)
        case "replayed":
            assert row.expires_at is not None
            return Requested(row.id, row.expires_at)
        case outcome:
            raise http.unreplayable(outcome)


def _wait(code: str, until: datetime, at: datetime, what: str) -> Problem:
    seconds = max(1, -int((at - until).total_seconds() // 1))
    return Problem(
        code, 429, f"Wait {seconds} seconds {what}", headers={"Retry-After": str(seconds)}
    )


def _paused(brand: brands.Brand, until: datetime, at: datetime) -> Problem:
    """Says when, and who helps meanwhile."""
    support = {
        name: value
        for name in ("phone", "email", "chat_url", "hours")
        if (value := getattr(brand.support, name))
    }
    problem = _wait("recovery.paused", until, at, "before trying again, or ask for help.")
    problem.extra["support"] = support
    return problem
