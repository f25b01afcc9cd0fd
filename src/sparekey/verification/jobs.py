"""What verifications do in the background: wiping what has ended, ending what was refused."""

from datetime import timedelta
from uuid import UUID

from sparekey import inbox, jobs, verification
from sparekey.jobs import Context, Payload
from sparekey.kit.address import read_phone

_EVERYTHING = timedelta(days=3660)

jobs.react(inbox.TEXTS_STOPPED, "verification.refuse_sent_on")
jobs.react(inbox.TEXT_DENIED, "verification.refuse_sent_on")
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
