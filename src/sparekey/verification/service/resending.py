"""Sending a challenge again: a fresh code at the same handle, counters kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import guard
from sparekey.brands import Brand
from sparekey.db import Executor
from sparekey.kit.address import Address
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.verification import keys, store
from sparekey.verification.model import (
    CODE_TTL,
    EARLIER_CODE_LIFE,
    Channel,
    Proof,
    Purpose,
    Start,
    State,
)
from sparekey.verification.service.checking import Challenge
from sparekey.verification.service.issuing import ladder_of, limits_of, sending_values
from sparekey.verification.service.proof import Kept, draw, kept_of, seal


@dataclass(frozen=True, slots=True)
class Resend:
    """What the caller may choose anew, and what its brand says. `to` None sends where the last
    message went; `is_silenced` refuses as every limit does, without a word."""

    brand_id: int
    is_sandbox: bool
    base: int
    template: str
    locale: str
    ttl: timedelta
    allowed_countries: frozenset[str] | None
    to: Address | None = None
    channel: Channel | None = None
    proof: Proof | None = None
    is_silenced: bool = False
    falls_back_after: timedelta | None = None
    after: UUID | None = None

    @classmethod
    def as_before(
        cls,
        challenge: Challenge,
        brand: Brand,
        base: int,
        *,
        patience: timedelta | None = None,
        channel: Channel | None = None,
    ) -> "Resend":
        """The same words, for as long as at the start, by the same channel: where that falls back,
        after `patience`. One that is named is kept to."""
        kept = challenge.kept
        return cls(
            brand_id=brand.id,
            is_sandbox=brand.is_sandbox,
            base=base,
            template=kept.template if kept else "",
            locale=kept.locale if kept else brand.locale,
            ttl=kept.ttl if kept else CODE_TTL,
            allowed_countries=brand.allowed_countries,
            channel=channel,
            falls_back_after=patience if kept and kept.falls_back and channel is None else None,
        )


async def resend(
    on: Executor, keyring: Keyring, challenge: Challenge, wanted: Resend, *, at: datetime
) -> datetime:
    """Replace the code and send it; when it expires. Problem 409 when the challenge has ended,
    429 when it is too soon. A silent refusal answers the same and sends nothing.

    A fallback is never too soon; it does nothing when another message has gone out meanwhile.
    """
    row, kept = challenge.row, challenge.kept
    if kept is None or row.state != State.PENDING:  # nothing is counted for what has ended
        raise _ended(row.state)
    start = _again(row, kept, wanted)
    ladder = ladder_of(start)
    limits = limits_of(keyring, start, row.account_key)
    drawn = draw(
        keyring,
        start,
        about=row.id,
        account=row.account_key,
        address=row.ledger_keys[0],
        ladder=ladder,
    )
    sent = await store.RESEND.one(
        on,
        id=row.id,
        brand=wanted.brand_id,
        at=at,
        silenced=limits.is_silenced or wanted.is_silenced,
        address_key=keys.ledger_key(keyring, start.brand_id, start.to),
        sealed=seal(keyring, row.id, kept_of(start)),
        max_attempts=start.max_attempts,
        after=wanted.after,
        keep_until=wanted.after and at + EARLIER_CODE_LIFE,
        **sending_values(keyring, start, drawn, ladder, limits, at),
    )
    return _told(sent, row, at)


def _told(sent: store.Resent, row: store.Row, at: datetime) -> datetime:
    match sent.verdict:
        case "resent" if sent.expires_at is not None:
            return sent.expires_at
        case "moved_on":
            return row.expires_at
        case "too_soon":
            assert sent.retry_at is not None
            raise too_soon(sent.retry_at, at)
        case ended:
            raise _ended(ended)


def _again(row: store.Row, kept: Kept, wanted: Resend) -> Start:
    return Start(
        brand_id=wanted.brand_id,
        is_sandbox=wanted.is_sandbox,
        base=wanted.base,
        purpose=Purpose(row.purpose),
        channel=wanted.channel or Channel(row.channel),
        to=wanted.to or kept.address,
        template=wanted.template,
        locale=wanted.locale,
        words_version=kept.words_version,
        account=kept.account,
        account_key=row.account_key,
        proof=wanted.proof or ("link" if row.code_length == 0 else "code"),
        allowance=guard.Allowance(row.allowance),
        ttl=wanted.ttl,
        code_length=row.code_length,
        alphabet="base32" if row.alphabet == "base32" else "digits",
        variables=kept.variables,
        allowed_countries=wanted.allowed_countries,
        falls_back_after=wanted.falls_back_after,
        is_fallback=wanted.after is not None,
    )


def too_soon(retry_at: datetime, at: datetime) -> Problem:
    """429: the next message of this challenge is not due yet."""
    seconds = max(1, int((retry_at - at).total_seconds() + 0.999))
    return Problem(
        "verification.too_soon",
        429,
        f"Wait {seconds} seconds before sending again.",
        headers={"Retry-After": str(seconds)},
    )


def _ended(state: str) -> Problem:
    return Problem("verification.ended", 409, "Start a new verification.", extra={"status": state})
