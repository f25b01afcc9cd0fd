"""A reply to an email that says "that was not me": it may deny what the email was about, as the
link in it may, and can never allow anything."""

from uuid import UUID

from sparekey import brands, inbox, jobs, outbox
from sparekey.kit.address import read_email
from sparekey.recovery.service.denying import repudiate


async def deny_by_reply(context: jobs.Context, received: UUID) -> bool:
    """What is pending dies, strangers' codes close for 30 days, a person is told; False when the
    email that was replied to gives nobody that power, or is too old."""
    reply = await inbox.read(context.db, context.keyring, received)
    if reply is None or reply.about is None:
        return False
    sent = await outbox.find(context.db, id=reply.about, brand_id=reply.brand_id)
    if sent is None or sent.about is None or not outbox.may_be_denied(sent):
        return False
    brand = await brands.by_id(context.db, reply.brand_id)
    token = outbox.not_me_token(context.keyring, sent.about).reveal()
    at = context.clock()
    if not await repudiate(context.db, context.keyring, brand.id, token, at=at):
        return False
    confirmed = inbox.Answer(
        brand, inbox.Kind.NO, read_email(reply.contents.sender), sent.locale, about=reply.about
    )
    async with context.db.transaction() as tx:
        await inbox.answer(tx, context.keyring, confirmed, at=at)
    return True
