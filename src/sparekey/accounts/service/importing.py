"""Adding accounts by the thousand: lines of a file become rows of a batch, a batch one commit.

An import only adds. An account that is there stays as it is, whatever a file says of it, so that
last month's file never undoes what a customer or the company changed since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sparekey import events
from sparekey.accounts import identifiers, journal, store
from sparekey.accounts.model import (
    TOMBSTONE_LIFE,
    WAIT,
    IdentifierKind,
    Keep,
    Wanted,
    WantedAddress,
    difference,
)
from sparekey.accounts.passwords import import_hash
from sparekey.accounts.service.resolve import home_region
from sparekey.accounts.service.sealing import seal_address
from sparekey.accounts.sheet import Columns, Line, UnusableLine
from sparekey.brands import Brand
from sparekey.db import Executor, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

_DIFFERS = "Leave it or change it by PATCH: this account is there and says something else."
_SHARED = "Nobody gets in by this one: another account has it too."
_GONE = "Import this line again: its account was being deleted."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, for the one who has to put it right; never what stands in it.

    A note is of a line that is taken all the same.
    """

    line: int
    column: str
    code: str
    advice: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An account as its line has it, with every key made and everything sealed."""

    line: int
    id: UUID
    ref: str
    key: bytes
    wanted: Wanted
    password_hash: str | None
    addresses: tuple[tuple[UUID, bytes, bytes, WantedAddress], ...]  # id, sealed, key
    names: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that are written together, no id twice among them, in the order of their ids."""

    drafts: Sequence[Draft]
    faults: Sequence[Fault]
    last_line: int


@dataclass(slots=True)
class Tally:
    """What became of a batch."""

    added: int = 0
    there: int = 0
    faults: list[Fault] = field(default_factory=list[Fault])


def draft(
    keyring: Keyring, brand: Brand, columns: Columns, lines: Iterable[Line], at: datetime
) -> list[Batch]:
    """Read lines into batches: one, and a further one wherever an id comes a second time."""
    region = home_region(brand)
    batches: list[Batch] = []
    drafts: dict[str, Draft] = {}
    faults: list[Fault] = []
    last_line = 0
    for line in lines:
        try:
            made = _draft(keyring, brand, columns, line, region, at)
        except UnusableLine as unusable:
            faults.append(Fault(line.number, unusable.column, unusable.code, unusable.advice))
        else:
            if made.ref in drafts:
                batches.append(_batch(drafts, faults, last_line))
                drafts, faults = {}, []
            drafts[made.ref] = made
        last_line = line.number
    batches.append(_batch(drafts, faults, last_line))
    return batches


async def add(tx: Tx, brand: Brand, batch: Batch, at: datetime) -> Tally:
    """Write those accounts of a batch that are not there."""
    added = set(await _add_accounts(tx, brand, batch.drafts, at))
    new = [draft for draft in batch.drafts if draft.id in added]
    await _add_what_belongs_to(tx, brand, new, at)
    tally = Tally(added=len(new), faults=list(batch.faults))
    others = [draft for draft in batch.drafts if draft.id not in added]
    for gone in await _compare(tx, brand, others, tally):
        tally.faults.append(Fault(gone.line, "account", "account.busy", _GONE))
    return tally


async def look(on: Executor, brand: Brand, batch: Batch) -> tuple[Tally, list[Draft]]:
    """What `add` would do, without doing it; and which accounts it would add."""
    tally = Tally(faults=list(batch.faults))
    missing = await _compare(on, brand, batch.drafts, tally)
    tally.added = len(missing)
    return tally, missing


async def shared_names(on: Executor, brand: Brand, drafts: Sequence[Draft]) -> list[Fault]:
    """A note for every name in these lines that is somebody else's already."""
    keys = [key for draft in drafts for _, key in draft.names]
    holders: dict[bytes, set[str]] = {}
    for row in await store.imports.names_there.all(on, brand_id=brand.id, keys=keys):
        holders.setdefault(row.key, set()).add(row.ref)
    return [
        shared_name(kind, draft.line)
        for draft in drafts
        for kind, key in draft.names
        if holders.get(key, set[str]()) - {draft.ref}
    ]


def shared_name(kind: int, line: int) -> Fault:
    """The note of one name of several accounts, as the API takes it."""
    return Fault(line, IdentifierKind(kind).name.lower(), "import.shared", _SHARED, is_note=True)


def _batch(drafts: dict[str, Draft], faults: list[Fault], last_line: int) -> Batch:
    return Batch(sorted(drafts.values(), key=lambda one: one.ref), faults, last_line)


def _draft(
    keyring: Keyring,
    brand: Brand,
    columns: Columns,
    line: Line,
    region: str | None,
    at: datetime,
) -> Draft:
    row = columns.row(line, region)
    key = identifiers.account_key(keyring, brand.id, row.ref)
    wanted = row.wanted
    return Draft(
        line=line.number,
        id=new_id(at),
        ref=row.ref,
        key=key,
        wanted=wanted,
        password_hash=_sealed_hash(keyring, wanted, key),
        addresses=tuple(_addresses(keyring, wanted, at)),
        names=tuple(_names(keyring, brand.id, wanted)),
    )


def _sealed_hash(keyring: Keyring, wanted: Wanted, key: bytes) -> str | None:
    if isinstance(wanted.password_hash, Keep):
        return None
    try:
        return import_hash(keyring, wanted.password_hash.reveal(), bound_to=key)
    except Problem as problem:
        raise UnusableLine.of("password_hash", problem) from None


def _addresses(
    keyring: Keyring, wanted: Wanted, at: datetime
) -> list[tuple[UUID, bytes, bytes, WantedAddress]]:
    told = () if isinstance(wanted.addresses, Keep) else wanted.addresses
    keyed = [(identifiers.address_key(keyring, one.address), one) for one in told]
    try:
        plan = difference((), keyed)
    except Problem as problem:
        raise UnusableLine.of("", problem) from None
    made = [(new_id(at), key, one) for key, one in plan.added]
    return [(id_, seal_address(keyring, id_, one.address), key, one) for id_, key, one in made]


def _names(keyring: Keyring, brand_id: int, wanted: Wanted) -> set[tuple[int, bytes]]:
    """Of the addresses only proven ones count, as with a single account."""
    names: set[tuple[int, bytes]] = set()
    if not isinstance(wanted.addresses, Keep):
        for one in wanted.addresses:
            if one.is_verified:
                names.add(identifiers.address_identifier(keyring, brand_id, one.address))
    if isinstance(wanted.username, str):
        key = identifiers.username_key(keyring, brand_id, wanted.username)
        names.add((IdentifierKind.USERNAME, key))
    if isinstance(wanted.customer_number, str):
        key = identifiers.customer_number_key(keyring, brand_id, wanted.customer_number)
        names.add((IdentifierKind.CUSTOMER_NUMBER, key))
    return names


async def _add_accounts(tx: Tx, brand: Brand, drafts: Sequence[Draft], at: datetime) -> list[UUID]:
    return await store.imports.add_accounts.all(
        tx,
        brand_id=brand.id,
        ids=[one.id for one in drafts],
        refs=[one.ref for one in drafts],
        keys=[one.key for one in drafts],
        usernames=[one.wanted.username for one in drafts],
        names=[one.wanted.name for one in drafts],
        locales=[one.wanted.locale for one in drafts],
        customer_numbers=[one.wanted.customer_number for one in drafts],
        second_factors=[one.wanted.second_factor for one in drafts],
        password_hashes=[one.password_hash for one in drafts],
        passwords_expire=[one.wanted.password_expires_at for one in drafts],
        at=at,
    )


async def _add_what_belongs_to(tx: Tx, brand: Brand, drafts: Sequence[Draft], at: datetime) -> None:
    addresses = [(one.id, *address) for one in drafts for address in one.addresses]
    await store.imports.add_addresses.run(
        tx,
        ids=[id_ for _, id_, _, _, _ in addresses],
        account_ids=[account_id for account_id, _, _, _, _ in addresses],
        kinds=[told.address.kind for _, _, _, _, told in addresses],
        sealed=[sealed for _, _, sealed, _, _ in addresses],
        keys=[key for _, _, _, key, _ in addresses],
        are_verified=[told.is_verified for _, _, _, _, told in addresses],
        at=at,
    )
    names = [(one.id, kind, key) for one in drafts for kind, key in one.names]
    await store.imports.add_identifiers.run(
        tx,
        brand_id=brand.id,
        account_ids=[account_id for account_id, _, _ in names],
        kinds=[int(kind) for _, kind, _ in names],
        keys=[key for _, _, key in names],
    )
    await _wait_after_deletions(tx, drafts, at)
    await events.append_each(
        tx, at=at, kind=journal.CREATED, brand=brand.id, subjects=[one.id for one in drafts]
    )


async def _wait_after_deletions(tx: Tx, drafts: Sequence[Draft], at: datetime) -> None:
    waiting = await store.imports.wait_after_deletions.all(
        tx,
        keys=[one.key for one in drafts],
        ids=[one.id for one in drafts],
        recoverable_from=at + WAIT,
        buried_after=at - TOMBSTONE_LIFE,
    )
    if waiting:
        await store.imports.make_addresses_wait.run(tx, account_ids=waiting, usable_from=at + WAIT)


async def _compare(
    on: Executor, brand: Brand, drafts: Sequence[Draft], tally: Tally
) -> list[Draft]:
    """Count those that are there, find fault with those that differ; the ones that are not."""
    if not drafts:
        return []
    refs = [draft.ref for draft in drafts]
    rows = await store.imports.accounts_there.all(on, brand_id=brand.id, refs=refs)
    there = {row.ref: row for row in rows}
    for one in drafts:
        row = there.get(one.ref)
        if row is not None and _is_same(one, row):
            tally.there += 1
        elif row is not None:
            tally.faults.append(Fault(one.line, "account", "import.differs", _DIFFERS))
    return [one for one in drafts if one.ref not in there]


def _is_same(draft: Draft, row: store.imports.ThereRow) -> bool:
    """Passwords are not compared: one that was changed since is the better one."""
    said, told = draft.wanted, [(key, one) for _, _, key, one in draft.addresses]
    return (
        (said.username, said.name, said.locale, said.customer_number, said.second_factor)
        == (row.username, row.name, row.locale, row.customer_number, row.second_factor)
        and {key for key, _ in told} == set(row.address_keys)
        and {key for key, one in told if one.is_verified} <= set(row.verified_keys)
    )
