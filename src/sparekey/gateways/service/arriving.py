"""Keeping what comes in for a gateway: verified, then stored, and only then acknowledged.

It is read later, by the loop over the stored rows: a provider waits for nothing but the commit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary, ref

import msgspec
import structlog
from prometheus_client import Counter

from sparekey import brands, events, guard, jobs
from sparekey.db import Db
from sparekey.gateways import journal, store
from sparekey.gateways.hooks import HookPath, hook_url, read_hook_token
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Around, Forged, Gateway, Hears, Kind, Raw, Reply, Values
from sparekey.gateways.service.configuring import opened_values
from sparekey.kit.cache import Cache
from sparekey.kit.grouping import Grouped
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

QUEUE = "gateways.raw"
#: How long a gateway's hook goes by what its row said before somebody changed it.
CACHED_SECONDS = 5.0
#: How long a hook may take to look at a signature: some providers publish their keys.
VERIFIED_WITHIN = timedelta(seconds=10)
_CACHED_GATEWAYS = 1000
_NOTED_EVERY = timedelta(hours=1)

_log = structlog.get_logger()
_came = Counter("sparekey_hooks", "What came in for gateways, by outcome", ["outcome"])


class Flooded(Exception):
    """A gateway brings more than it may; `retry_at` is when it may again."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("more than a gateway may bring")
        self.retry_at = retry_at


class Sealed(msgspec.Struct, frozen=True):
    """What of a row is sealed: everything that customers or providers wrote."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Hook:
    """The open ear of one gateway."""

    gateway: Gateway
    hears: Hears
    values: Values = field(repr=False)
    url: str = field(repr=False)

    @property
    def is_signed(self) -> bool:
        """Whether what arrives is proven to be the provider's, by more than the secret path."""
        return self.hears.is_signed(self.values)


@dataclass(slots=True)
class _Desk:
    """What one process knows about the hooks of one database."""

    hooks: Cache[UUID, Hook] = field(
        default_factory=lambda: Cache(size=_CACHED_GATEWAYS, seconds=CACHED_SECONDS)
    )
    left: dict[UUID, int] = field(default_factory=dict[UUID, int])
    noted: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    kept: "Grouped[store.RawRow] | None" = None


_desks: "WeakKeyDictionary[Db, _Desk]" = WeakKeyDictionary()


async def find_hook(db: Db, keyring: Keyring, token: str, *, base_url: str) -> Hook | None:
    """Whose path this is; None, without asking the database, for what is none of ours."""
    path = read_hook_token(keyring, token)
    if path is None:
        _came.labels("unknown").inc()
        return None
    desk, now = _desk(db), time.monotonic()
    hook = desk.hooks.get(path.gateway_id, now)
    if hook is None or hook.gateway.hook_number < path.number:
        hook = await _opened(db, keyring, path.gateway_id, base_url)
        if hook is not None:
            desk.hooks.put(path.gateway_id, hook, now)
    if hook is None or hook.gateway.hook_number != path.number:
        _came.labels("unknown").inc()
        return None
    return hook


async def _opened(db: Db, keyring: Keyring, gateway_id: UUID, base_url: str) -> Hook | None:
    row = await store.BY_ID.maybe(db, id=gateway_id)
    if row is None:
        return None
    gateway = row.gateway()
    try:
        hears = KINDS.get(gateway.kind).hears
    except (UnknownPlugin, BrokenPlugin):
        return None
    if hears is None:
        return None
    brand = await brands.by_id(db, gateway.brand_id)
    url = hook_url(keyring, path_of(gateway), brand.base_url or base_url)
    return Hook(gateway, hears, opened_values(keyring, gateway), url)


async def move_hook(db: Db, brand: brands.Brand, name: str, *, at: datetime) -> Gateway:
    """Give a gateway's hook another path: the former one ends within five seconds, everywhere.

    Problem 404 when the brand has no gateway of this name.
    """
    async with db.transaction() as tx:
        moved = await store.MOVE_HOOK.maybe(tx, brand=brand.id, name=name)
        if moved is None:
            raise Problem("gateway.unknown", 404, f"{brand.slug} has no gateway {name}.")
        await events.append(
            tx, at=at, kind=journal.HOOK_MOVED, brand=brand.id, data={"gateway": moved}
        )
        gateway = (await store.BY_ID.one(tx, id=moved)).gateway()
    _desk(db).hooks.forget(gateway.id)
    return gateway


def path_of(gateway: Gateway) -> HookPath:
    """The present path of a gateway's hook."""
    return HookPath(gateway.id, gateway.hook_number)


async def arrive(db: Db, keyring: Keyring, hook: Hook, raw: Raw) -> Reply:
    """Verify it, store it, and say what the provider is answered.

    Raises Forged, Flooded, or TimeoutError when the signature could not be looked at.
    """
    try:
        async with asyncio.timeout(VERIFIED_WITHIN.total_seconds()):
            await hook.hears.verify(hook.values, raw)
    except Forged:
        _came.labels("forged").inc()
        await _tell_of_forgery(db, hook.gateway, raw.at)
        raise
    await _require_room(db, keyring, hook.gateway.id, raw.at)
    await keep(db, keyring, hook.gateway.id, raw, is_signed=hook.is_signed)
    _came.labels("kept").inc()
    return hook.hears.reply(hook.values, raw)


async def keep(
    db: Db,
    keyring: Keyring,
    gateway_id: UUID,
    raw: Raw,
    *,
    is_signed: bool,
    group: str | None = None,
) -> None:
    """Store what came in for a gateway; when this returns it is durable.

    `group` names the long message that it is a piece of.
    """
    made = new_id(raw.at)
    plain = msgspec.msgpack.encode(Sealed(raw.url, raw.headers, raw.body))
    sealed = keyring.seal(plain, bound_to=made.bytes)
    key = None if group is None else keyring.index("pieces", gateway_id.bytes, group)
    row = store.RawRow(made, 0, gateway_id, raw.method, sealed, is_signed, key, raw.at)
    desk = _desk(db)
    if desk.kept is None:
        desk.kept = Grouped(_writing(db))
    await desk.kept.add(row)
    jobs.wake(QUEUE).set()


def around_gateway(
    around: Around,
    db: Db,
    keyring: Keyring,
    gateway: Gateway,
    brand: brands.Brand,
    kind: Kind,
    values: Values,
) -> Around:
    """What the wire of one gateway is lent: where its provider reports to, and where what its own
    connection brings is kept; `around.hook_url` is the deployment's base URL."""
    hears = kind.hears
    is_signed = hears is not None and hears.is_signed(values)
    comes_in_pieces = hears is not None and hears.join is not None

    async def keep_of_wire(raw: Raw) -> None:
        group = raw.header("group") if comes_in_pieces else None
        await keep(db, keyring, gateway.id, raw, is_signed=is_signed, group=group)

    url = hook_url(keyring, path_of(gateway), brand.base_url or around.hook_url)
    return replace(around, store=keep_of_wire, hook_url=url)


def _desk(db: Db) -> _Desk:
    desk = _desks.get(db)
    if desk is None:
        desk = _desks[db] = _Desk()
    return desk


async def _require_room(db: Db, keyring: Keyring, gateway_id: UUID, at: datetime) -> None:
    """A process takes a batch of its gateway's rate at a time: one row for all would be a queue."""
    left = _desk(db).left
    if left.get(gateway_id, 0) == 0:
        key = keyring.index("hook", gateway_id.bytes)
        retry_at = await guard.take_batch(db, hook_key=key, at=at)
        if retry_at is not None:
            _came.labels("flooded").inc()
            raise Flooded(retry_at)
        left[gateway_id] = left.get(gateway_id, 0) + guard.HOOK_BATCH
    left[gateway_id] -= 1


async def _tell_of_forgery(db: Db, gateway: Gateway, at: datetime) -> None:
    """Once an hour and process: whoever forges must not be able to fill the journal."""
    noted = _desk(db).noted
    last = noted.get(gateway.id)
    if last is not None and at - last < _NOTED_EVERY:
        return
    noted[gateway.id] = at
    _log.warning("hook_forged", gateway=gateway.name)
    async with db.transaction() as tx:
        await store.NOTE_HEARING.run(
            tx, gateway=gateway.id, heard_at=None, forged_at=at, unreadable_at=None
        )
        await events.append(
            tx,
            at=at,
            kind=journal.HOOK_FORGED,
            brand=gateway.brand_id,
            data={"gateway": gateway.id},
        )


def _writing(db: Db) -> Callable[[Sequence[store.RawRow]], Awaitable[None]]:
    """Writes to the database as long as somebody else holds it: the desk is forgotten with it."""
    known = ref(db)

    async def write(rows: Sequence[store.RawRow]) -> None:
        present = known()
        assert present is not None
        await store.KEEP_RAW.run(
            present,
            ids=[row.id for row in rows],
            gateways=[row.gateway_id for row in rows],
            methods=[row.method for row in rows],
            sealed=[row.sealed for row in rows],
            signed=[row.is_signed for row in rows],
            groups=[row.group_key for row in rows],
            received_at=[row.received_at for row in rows],
        )

    return write
