"""What recoveries do in the background: look up, resend, fall back, hear denials, tell, wipe."""

from datetime import timedelta
from uuid import UUID

from sparekey import accounts, inbox, jobs, verification
from sparekey.jobs import Context, Payload
from sparekey.recovery.journal import ACCOUNT_RECOVERED
from sparekey.recovery.service.replying import deny_by_reply
from sparekey.recovery.service.resolving import fall_back, resend, resolve
from sparekey.recovery.service.telling import (
    tell_of_addresses,
    tell_of_deletion,
    tell_of_password,
)
from sparekey.recovery.service.wiping import wipe_ended

jobs.react(ACCOUNT_RECOVERED, "recovery.tell_recovered")
jobs.react(accounts.PASSWORD_CHANGED, "recovery.tell_password")
jobs.react(accounts.ADDRESS_CHANGED, "recovery.tell_addresses")
jobs.react(verification.UNCONFIRMED, "recovery.fall_back")
jobs.react(accounts.DELETED, "recovery.tell_deleted")
jobs.react(inbox.EMAIL_DENIED, "recovery.deny_by_reply")
jobs.every("recovery.wipe", "*/10 * * * *")
jobs.every("recovery.wipe_all", "39 3 * * *")

_EVERYTHING = timedelta(days=3660)


@jobs.handles("recovery.resolve")
async def look_up(context: Context, payload: Payload) -> None:
    """Whose account is it? Begin the brand's flow; one that fails twice is passed over."""
    recovery, by_flow = UUID(payload["recovery"]), context.job.attempts <= 2
    await resolve(context.db, context.keyring, recovery, at=context.clock(), by_flow=by_flow)


@jobs.handles("recovery.resend", max_attempts=3)
async def send_again(context: Context, payload: Payload) -> None:
    """Replace the proof and send it."""
    recovery, channel = UUID(payload["recovery"]), payload["channel"]
    await resend(context.db, context.keyring, recovery, channel, at=context.clock())


@jobs.handles("recovery.fall_back", max_attempts=5)
async def try_elsewhere(context: Context, payload: Payload) -> None:
    """A code did not arrive: one more by the next channel."""
    message, failure = UUID(payload["data"]["message"]), payload["data"]["failure"]
    recovery = UUID(payload["subject"])
    await fall_back(context.db, context.keyring, recovery, message, failure, at=context.clock())


@jobs.handles("recovery.tell_recovered")
async def tell_recovered(context: Context, payload: Payload) -> None:
    """Every address hears of the recovery."""
    about = UUID(payload["data"]["recovery"])
    await tell_of_password(context, UUID(payload["subject"]), about=about)


@jobs.handles("recovery.tell_password")
async def tell_password(context: Context, payload: Payload) -> None:
    """Every address hears of a password that the company or an agent changed."""
    if payload["data"].get("by") != "recovery":  # told by the recovery itself
        about = UUID(payload["event"])
        await tell_of_password(context, UUID(payload["subject"]), about=about)


@jobs.handles("recovery.tell_addresses")
async def tell_addresses(context: Context, payload: Payload) -> None:
    """Old addresses hear of the change and can undo it."""
    await tell_of_addresses(context, UUID(payload["subject"]))


@jobs.handles("recovery.tell_deleted")
async def tell_deleted(context: Context, payload: Payload) -> None:
    """The addresses that a deleted account had hear of it."""
    await tell_of_deletion(context, UUID(payload["subject"]), brand_id=payload["brand"])


@jobs.handles("recovery.deny_by_reply")
async def deny(context: Context, payload: Payload) -> None:
    """A reply to an email said that it was not them."""
    await deny_by_reply(context, UUID(payload["data"]["message"]))


@jobs.handles("recovery.wipe")
async def wipe(context: Context, _payload: Payload) -> None:
    """What was asked and the grants of recoveries that are over."""
    await wipe_ended(context.db, at=context.clock())


@jobs.handles("recovery.wipe_all")
async def wipe_all(context: Context, _payload: Payload) -> None:
    """Once a day, whatever a long stop of all workers has missed."""
    await wipe_ended(context.db, at=context.clock(), back=_EVERYTHING)
