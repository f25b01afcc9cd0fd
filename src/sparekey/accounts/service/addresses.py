"""Where an account can be reached, and the 72 hours in which a change can be undone.

A new address of an existing account waits before it serves recovery; whoever holds an old one is
told and can undo the change, or confirm it and end the wait.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sparekey import events
from sparekey.accounts import journal, store
from sparekey.accounts.identifiers import address_key
from sparekey.accounts.model import (
    FAREWELL_LIFE,
    IMPORT_LIFE,
    TOMBSTONE_LIFE,
    WAIT,
    Difference,
    Held,
    NoticeAddress,
    PendingNotice,
    SettledChange,
    WantedAddress,
    difference,
)
from sparekey.accounts.service.identify import identify
from sparekey.accounts.service.sealing import seal_address, value_of
from sparekey.db import Executor, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.secret import Secret

_TOKEN_DOMAIN = "accounts.change token"  # noqa: S105  # a name, not a secret
_TOKEN_BYTES = 16


async def set_first_addresses(
    tx: Tx,
    keyring: Keyring,
    account: store.accounts.AccountRow,
    wanted: Sequence[WantedAddress],
    *,
    usable_from: datetime,
    at: datetime,
) -> None:
    """The addresses an account is made with: there is nobody to tell, and nobody to wait for."""
    plan = difference((), _keyed(keyring, wanted))
    await _add(tx, keyring, account.id, plan, None, usable_from=usable_from, at=at)


async def change_addresses(
    tx: Tx,
    keyring: Keyring,
    account: store.accounts.AccountRow,
    wanted: Sequence[WantedAddress],
    at: datetime,
) -> bool:
    """Make the addresses of an existing account those wanted; whether anything had to be done.

    The caller holds the account's row.
    """
    held = await store.addresses.held_addresses.all(tx, account_id=account.id)
    plan = difference(held, _keyed(keyring, wanted))
    if plan.verified:
        await store.addresses.verify_addresses.run(tx, ids=list(plan.verified), at=at)
    if not plan.is_change:
        return bool(plan.verified)
    change_id = new_id(at)
    await store.changes.add_change.run(
        tx, id=change_id, account_id=account.id, at=at, ends_at=at + WAIT
    )
    await store.addresses.retire_addresses.run(
        tx, ids=list(plan.retired), change_id=change_id, at=at
    )
    await _add(tx, keyring, account.id, plan, change_id, usable_from=at + WAIT, at=at)
    await _write_notices(tx, keyring, change_id, held, at)
    await events.append(
        tx,
        at=at,
        kind=journal.ADDRESS_CHANGED,
        brand=account.brand_id,
        subject=account.id,
        data={"change": change_id},
    )
    return True


async def notice_addresses(
    on: Executor, keyring: Keyring, account_id: UUID, at: datetime
) -> tuple[NoticeAddress, ...]:
    """Every proven address of an account, those retired in the last 72 hours included."""
    rows = await store.addresses.addresses_of.all(on, account_id=account_id)
    return tuple(
        NoticeAddress(
            row.id, row.kind, value_of(keyring, row.id, row.sealed), row.key, _may_object(row, at)
        )
        for row in rows
        if is_told(row, at)
    )


def is_told(row: store.addresses.AddressRow, at: datetime) -> bool:
    """Whether notices go to this address: a proven one, until 72 hours after it was retired."""
    return row.verified_at is not None and (row.retired_at is None or row.retired_at > at - WAIT)


async def pending_notices(
    on: Executor, keyring: Keyring, account_id: UUID, at: datetime
) -> tuple[PendingNotice, ...]:
    """What old addresses have not been told yet, each with the token of its link.

    Queue the message and call `take_notice` in one transaction.
    """
    return tuple(
        PendingNotice(
            id=row.id,
            change_id=row.change_id,
            account_id=row.account_id,
            brand_id=row.brand_id,
            ends_at=row.ends_at,
            address=NoticeAddress(
                row.address_id,
                row.kind,
                value_of(keyring, row.address_id, row.sealed),
                row.key,
                is_usable=True,
            ),
            token=Secret(keyring.unseal(row.sealed_token, bound_to=row.id.bytes).decode()),
        )
        for row in await store.changes.pending_notices.all(on, account_id=account_id, at=at)
    )


async def take_notice(tx: Tx, notice_id: UUID) -> bool:
    """Forget the token of a notice that is being queued; False when another already took it."""
    return await store.changes.take_notice_token.run(tx, id=notice_id) == 1


async def change_of(
    on: Executor, keyring: Keyring, token: str, at: datetime
) -> SettledChange | None:
    """The change that a link belongs to, while it can be undone: for the page that asks."""
    macs = keyring.macs(_TOKEN_DOMAIN, token)
    row = await store.changes.change_of_token.maybe(on, macs=macs, at=at)
    return None if row is None else SettledChange(row.id, row.account_id, row.brand_id)


async def confirm_change(
    tx: Tx, keyring: Keyring, token: str, at: datetime
) -> SettledChange | None:
    """An old address agrees: the new ones serve recovery at once. None when it is too late."""
    change = await _locked_change(tx, keyring, token, at)
    if change is None or not await store.changes.settle_as_confirmed.run(tx, id=change.id, at=at):
        return None
    await store.changes.lift_wait.run(tx, change_id=change.id, at=at)
    await _append(tx, journal.ADDRESS_CHANGE_CONFIRMED, change, at)
    return change


async def undo(tx: Tx, keyring: Keyring, token: str, at: datetime) -> SettledChange | None:
    """The addresses are again as they were before the change. None when it is too late.

    Later changes are undone with it: who made one with a stolen key made them all. A confirmed
    change can be undone too, by whoever holds another old address.
    """
    change = await _locked_change(tx, keyring, token, at)
    if change is None:
        return None
    undone = await store.changes.settle_as_undone.all(tx, id=change.id, at=at)
    if not undone:
        return None
    await store.changes.drop_added.run(tx, change_ids=undone)
    await store.changes.restore_retired.run(tx, change_ids=undone)
    account = await store.accounts.account_by_id.one(tx, id=change.account_id)
    await identify(
        tx,
        keyring,
        account,
        username=account.username,
        customer_number=account.customer_number,
    )
    await _append(tx, journal.ADDRESS_CHANGE_UNDONE, change, at)
    return change


async def sweep(tx: Tx, at: datetime) -> None:
    """Forget what can no longer be undone, and old browsers, tombstones, farewells, imports."""
    await store.changes.sweep_changes.run(tx, at=at)
    await store.changes.sweep_addresses.run(tx, retired_before=at - WAIT)
    await store.devices.sweep_devices.run(tx, at=at)
    await store.accounts.sweep_tombstones.run(tx, buried_before=at - TOMBSTONE_LIFE)
    await store.farewells.sweep_farewells.run(tx, deleted_before=at - FAREWELL_LIFE)
    await store.imports.sweep_positions.run(tx, kept_before=at - IMPORT_LIFE)


async def _locked_change(
    tx: Tx, keyring: Keyring, token: str, at: datetime
) -> SettledChange | None:
    """The account's row is locked before the change's, as everywhere."""
    change = await change_of(tx, keyring, token, at)
    if change is None:
        return None
    account = await store.accounts.lock_account_by_id.maybe(tx, id=change.account_id)
    return None if account is None else change


async def _add(
    tx: Tx,
    keyring: Keyring,
    account_id: UUID,
    plan: Difference,
    change_id: UUID | None,
    *,
    usable_from: datetime,
    at: datetime,
) -> None:
    for key, wanted in plan.added:
        address_id = new_id(at)
        await store.addresses.add_address.run(
            tx,
            id=address_id,
            account_id=account_id,
            kind=wanted.address.kind,
            sealed=seal_address(keyring, address_id, wanted.address),
            key=key,
            verified_at=at if wanted.is_verified else None,
            usable_from=usable_from,
            change_id=change_id,
            at=at,
        )


async def _write_notices(
    tx: Tx, keyring: Keyring, change_id: UUID, held: Sequence[Held], at: datetime
) -> None:
    for old in held:
        if not old.may_object(at):
            continue
        notice_id = new_id(at)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        await store.changes.add_notice.run(
            tx,
            id=notice_id,
            change_id=change_id,
            address_id=old.id,
            token_mac=keyring.mac(_TOKEN_DOMAIN, token),
            sealed_token=keyring.seal(token.encode(), bound_to=notice_id.bytes),
        )


async def _append(tx: Tx, kind: str, change: SettledChange, at: datetime) -> None:
    await events.append(
        tx,
        at=at,
        kind=kind,
        brand=change.brand_id,
        subject=change.account_id,
        data={"change": change.id},
    )


def _may_object(row: store.addresses.AddressRow, at: datetime) -> bool:
    held = Held(row.id, row.key, row.verified_at, row.usable_from, row.retired_at)
    return held.may_object(at)


def _keyed(keyring: Keyring, wanted: Sequence[WantedAddress]) -> list[tuple[bytes, WantedAddress]]:
    return [(address_key(keyring, one.address), one) for one in wanted]
