"""Issuing a challenge, and sending it again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sparekey import accounts, guard, http, outbox
from sparekey.db import Executor, array
from sparekey.kit.address import Phone
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.verification import keys, store
from sparekey.verification.model import (
    RESEND_AFTER,
    Channel,
    Issued,
    Limited,
    Start,
)
from sparekey.verification.service.proof import Drawn, draw, junk_mac, kept_of, seal


async def issue(on: Executor, keyring: Keyring, start: Start, *, at: datetime) -> Issued | Limited:
    """Issue in one statement: limits, ledgers, challenge and message stand or fall together.

    Whatever silently refuses makes a decoy with the same answer. Problem 422 when the idempotency
    key was used for something else.
    """
    about = start.id or new_id(at)
    account_key = account_key_of(keyring, start)
    address_key = keys.ledger_key(keyring, start.brand_id, start.to)
    limits = limits_of(keyring, start, account_key)
    ladder = ladder_of(start)
    drawn = draw(keyring, start, about, account_key, address_key, ladder)
    made = await store.START.one(
        on,
        id=about,
        at=at,
        brand=start.brand_id,
        purpose=start.purpose,
        kind=start.purpose.kind,
        is_owned=start.id is not None,
        is_decoy=start.is_decoy or limits.is_silenced,
        alphabet=start.alphabet,
        max_attempts=start.max_attempts,
        account_key=account_key,
        is_named=start.account is not None,
        address_key=address_key,
        identifier_key=_identifier_key(keyring, start),
        shard=guard.shard_of(account_key, is_sandbox=start.is_sandbox),
        rate_keys=limits.rate_keys,
        rate_every=limits.rate_every,
        rate_burst=limits.rate_burst,
        allowance=start.allowance,
        prefix_key=limits.prefix_key or _tally_key(keyring, start),
        prefix_rules=array(tuple(limits.prefix_rules)),
        sealed=seal(keyring, about, kept_of(start)),
        **_idempotency_values(start),
        **sending_values(keyring, start, drawn, ladder, limits, at),
    )
    return _told(made)


def _tally_key(keyring: Keyring, start: Start) -> bytes | None:
    """The number's prefix, by which proofs are counted also where nothing is limited by it."""
    if not isinstance(start.to, Phone):
        return None
    return outbox.prefix_key(keyring, start.brand_id, start.to.e164)


def _idempotency_values(start: Start) -> dict[str, bytes | None]:
    key, fingerprint = start.idempotency or (None, None)
    return {"idempotency_key": key, "idempotency_mac": fingerprint}


def sending_values(
    keyring: Keyring,
    start: Start,
    drawn: Drawn,
    ladder: guard.Ladder,
    limits: guard.Limits,
    at: datetime,
) -> dict[str, Any]:
    """What a first send and a resend have in common: proof, prices, allowances, message."""
    message = new_id(at)
    return {
        "channel": start.channel,
        "macs": drawn.macs,
        "lengths": array(drawn.lengths),
        "junk": junk_mac(),
        "expires_at": at + start.ttl,
        "next_send_at": at + RESEND_AFTER,
        "costs": array(drawn.costs),
        "room": array(ladder.room),
        "budget_room": array(ladder.budget_room),
        "block_kinds": array(_stops(start)),
        "cap_keys": limits.cap_keys,
        "cap_classes": array(tuple(limits.cap_classes)),
        "cap_rules": array(tuple(limits.cap_rules)),
        "message": message,
        "template": start.template,
        "locale": start.locale,
        "words_version": start.words_version,
        "message_sealed": sealed_message(keyring, message, start, drawn),
        "fall_back_at": start.falls_back_after and at + start.falls_back_after,
    }


def account_key_of(keyring: Keyring, start: Start) -> bytes:
    """The ledger of the account that the caller named; a stand-in of the address when none."""
    if start.account_key is not None:
        return start.account_key
    if start.account is not None:
        return accounts.account_key(keyring, start.brand_id, start.account)
    return keys.nobody_key(keyring, start.brand_id, start.to)


def _identifier_key(keyring: Keyring, start: Start) -> bytes | None:
    """For the look-up of whom the address opens; none where that has been done."""
    if start.account_key is not None:
        return None
    return accounts.address_identifier(keyring, start.brand_id, start.to)[1]


def limits_of(keyring: Keyring, start: Start, account_key: bytes) -> guard.Limits:
    """What limits this start: by network and typing where seen, by account and address silently."""
    to = start.to
    sends = outbox.sends_key(keyring, start.brand_id, to, is_sandbox=start.is_sandbox)
    is_phone = isinstance(to, Phone)
    prefix = (
        outbox.prefix_key(keyring, start.brand_id, to.e164)
        if is_phone and start.account_key is None
        else None
    )
    typed = start.typed and keyring.index("typed", str(start.brand_id), start.typed)
    return guard.limits(
        guard.Asked(
            brand_id=start.brand_id,
            allowance=start.allowance,
            is_light=start.purpose.is_light,
            is_fallback=start.is_fallback,
            networks=start.networks,
            typed_key=typed or None,
            account_key=account_key,
            address_key=sends,
            prefix_key=prefix,
            country=to.region if is_phone else None,
            allowed_countries=start.allowed_countries,
        )
    )


def sealed_message(keyring: Keyring, message: UUID, start: Start, drawn: Drawn) -> bytes:
    """The envelope of the message that carries the proof."""
    variables = {**start.variables, **drawn.variables}
    variables["valid_for"] = str(int(start.ttl.total_seconds() // 60))
    return outbox.seal_envelope(keyring, message, outbox.envelope_of(start.to, variables))


def ladder_of(start: Start) -> guard.Ladder:
    return guard.ladder(
        is_light=start.purpose.is_light,
        alphabet=start.alphabet,
        is_stranger=start.allowance is guard.Allowance.STRANGER,
        at_least=start.code_length or 0,
        base=start.base,
    )


def _stops(start: Start) -> tuple[str, ...]:
    """What stops this start: a freeze or a pause closes strangers' codes, never links. Texts can be
    sent in anybody's name, so what they start is as strange."""
    if start.proof == "link" or start.allowance not in _STRANGE:
        return (guard.BLOCK,)
    if start.channel is not Channel.EMAIL:  # STOP is for the number, however it is reached
        return (guard.BLOCK, guard.FREEZE, guard.PAUSE, guard.STOP)
    return (guard.BLOCK, guard.FREEZE, guard.PAUSE)


_STRANGE = frozenset({guard.Allowance.STRANGER, guard.Allowance.TEXT})


def _told(made: store.Started) -> Issued | Limited:
    match made.verdict:
        case "limited":
            assert made.retry_at is not None
            return Limited(made.retry_at)
        case "issued" | "replayed":
            assert made.expires_at is not None
            assert made.next_send_at is not None
            return Issued(made.id, made.expires_at, made.next_send_at, bool(made.is_decoy))
        case outcome:
            raise http.unreplayable(outcome)
