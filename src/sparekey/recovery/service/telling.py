"""Telling an owner what happened: to every address, the one that was not used included."""

from datetime import datetime, timedelta
from uuid import UUID

from sparekey import accounts, brands, jobs, outbox, templates
from sparekey.kit.secret import Secret

NOTICE_LIFE = timedelta(days=3)


async def tell_of_password(context: jobs.Context, account_id: UUID, *, about: UUID) -> None:
    """Queue "your password was changed" to all notification addresses, exactly once.

    The link in it freezes and calls a person; only addresses proven before the last 72 hours
    get one that works, for a thief's new address must not stop the owner.
    """
    at = context.clock()
    account = await accounts.get_by_id(context.db, context.keyring, account_id)
    if account is None:
        return
    brand = await brands.by_id(context.db, account.brand_id)
    words = await templates.current_version(context.db, brand.id)
    async with context.db.transaction() as tx:
        for address in await accounts.notice_addresses(tx, context.keyring, account_id, at):
            values = {"happened_at": at.isoformat(), "name": account.name or ""}
            template = "password_changed" if address.is_usable else "password_changed_no_link"
            notice = _message(brand, words, account.locale, template, address, values, at, about)
            await outbox.enqueue(tx, context.keyring, notice, at=at)
        await jobs.settle(tx, context)


async def tell_of_addresses(context: jobs.Context, account_id: UUID) -> None:
    """Queue "your address was changed" with its undo link to every old address, each once."""
    at = context.clock()
    account = await accounts.get_by_id(context.db, context.keyring, account_id)
    if account is None:
        return
    brand = await brands.by_id(context.db, account.brand_id)
    words = await templates.current_version(context.db, brand.id)
    for pending in await accounts.pending_notices(context.db, context.keyring, account_id, at):
        token: Secret[str] = pending.token
        values = {
            "happened_at": at.isoformat(),
            "address_kind": pending.address.kind,
            "undo_token": token.reveal(),
            "valid_for": str(int((pending.ends_at - at).total_seconds() // 60)),
            "name": account.name or "",
        }
        notice = _message(
            brand, words, account.locale, "address_changed", pending.address, values, at, None
        )
        async with context.db.transaction() as tx:
            if await accounts.take_notice(tx, pending.id):
                await outbox.enqueue(tx, context.keyring, notice, at=at)


async def tell_of_deletion(context: jobs.Context, account_id: UUID, *, brand_id: int) -> None:
    """Queue "your account was deleted" to every address that it had, exactly once.

    It names people and carries no link: nothing is left that one could stop.
    """
    at = context.clock()
    brand = await brands.by_id(context.db, brand_id)
    words = await templates.current_version(context.db, brand.id)
    async with context.db.transaction() as tx:
        for farewell in await accounts.take_farewells(tx, context.keyring, account_id):
            values = {"happened_at": farewell.deleted_at.isoformat()}
            notice = _message(
                brand, words, farewell.locale, "account_deleted", farewell, values, at, None
            )
            await outbox.enqueue(tx, context.keyring, notice, at=at)


def _message(
    brand: brands.Brand,
    words_version: int,
    locale: str | None,
    template: str,
    address: accounts.NoticeAddress | accounts.Farewell,
    values: dict[str, str],
    at: datetime,
    about: UUID | None,
) -> outbox.Message:
    return outbox.Message(
        brand_id=brand.id,
        channel="sms" if address.kind == "phone" else "email",
        template=template,
        locale=locale or brand.locale,
        words_version=words_version,
        envelope=outbox.Envelope(address.value, values),
        expires_at=at + NOTICE_LIFE,
        about=about,
    )
