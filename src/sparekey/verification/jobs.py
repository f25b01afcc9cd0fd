"""What verifications do in the background: fall back, wipe what ended, end what was refused."""

from datetime import timedelta
from uuid import UUID

from sparekey import inbox, jobs, outbox, verification
from sparekey.jobs import Context, Payload
from sparekey.kit.address import read_phone

_EVERYTHING = timedelta(days=3660)

jobs.react(inbox.TEXTS_STOPPED, "verification.refuse_sent_on")
jobs.react(inbox.TEXT_DENIED, "verification.refuse_sent_on")
jobs.react(outbox.UNDELIVERED, "verification.undelivered")
jobs.every("verification.wipe", "*/10 * * * *")
jobs.every("verification.wipe_all", "37 3 * * *")


@jobs.handles("verification.wipe")
async def wipe(context: Context, _payload: Payload) -> None:
    """MACs and destinations go 24 hours after expiry."""
    await verification.wipe(context.db, at=context.clock())


@jobs.handles("verification.wipe_all")
async def wipe_all(context: Context, _payload: Payload) -> None:
    """Once a day, whatever a long stop of all workers has missed."""
    await verification.wipe(context.db, at=context.clock(), back=_EVERYTHING)


@jobs.handles("verification.refuse_sent_on")
async def refuse_sent_on(context: Context, payload: Payload) -> None:
    """Challenges that began at another address and were texted to a number that said NO."""
    text = await inbox.read(context.db, context.keyring, UUID(payload["data"]["message"]))
    if text is not None:
        number = read_phone(text.contents.sender)
        await verification.cancel_sent_on(
            context.db, context.keyring, text.brand_id, number, at=context.clock()
        )


@jobs.handles("verification.unconfirmed", max_attempts=5)
async def unconfirmed(context: Context, payload: Payload) -> None:
    """Time is up: has the message arrived?"""
    challenge, message = UUID(payload["verification"]), UUID(payload["message"])
    await _fall_back(context, challenge, message, None)


@jobs.handles("verification.undelivered", max_attempts=5)
async def undelivered(context: Context, payload: Payload) -> None:
    """It is certain that it will not."""
    message = UUID(payload["data"]["message"])
    await _fall_back(context, UUID(payload["subject"]), message, payload["data"]["failure"])


async def _fall_back(context: Context, challenge: UUID, message: UUID, failure: str | None) -> None:
    await verification.fall_back(
        context.db, context.keyring, challenge, message, failure=failure, at=context.clock()
    )
