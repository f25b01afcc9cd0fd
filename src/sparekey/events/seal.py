"""The sealer: numbers events without gaps and chains them, in the order of their transactions.

Transactions commit in another order than they begin, so an event gets its number only when no
transaction that began before its own can still commit: whoever follows the numbers misses
nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from sparekey.db import Db, Tx, statement
from sparekey.events.chain import BEGINNING, Checkpoint, Link, Row, is_ours, sign
from sparekey.kit.keyring import Keyring

#: "seal" in ASCII. Released when the transaction ends, after its rows can be seen.
_only_sealer = statement("SELECT pg_try_advisory_xact_lock(1935761772)", returns=bool)

_head = statement("SELECT seq, hash FROM events.event_seal ORDER BY seq DESC LIMIT 1", returns=Link)

# An xid from the future can only come from another cluster's dump: long since committed there.
_take = statement(
    """
    WITH next AS (
        SELECT xid, event_id
        FROM events.unsealed
        WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
           OR xid >= pg_snapshot_xmax(pg_current_snapshot())
        ORDER BY xid, event_id
        LIMIT :limit
    ), taken AS (
        DELETE FROM events.unsealed
        USING next
        WHERE unsealed.xid = next.xid AND unsealed.event_id = next.event_id
        RETURNING unsealed.xid, unsealed.event_id
    )
    SELECT taken.event_id, event.at, event.xid::text::bigint, event.brand_id, event.kind,
           event.subject, event.data
    FROM taken
    LEFT JOIN events.event ON event.id = taken.event_id
    ORDER BY taken.xid, taken.event_id
    """,
    returns=Row,
)

_add = statement(
    """
    INSERT INTO events.event_seal (seq, event_id, brand_id, digest, hash)
    SELECT *
    FROM unnest(
        :seqs::bigint[], :events::uuid[], :brands::bigint[], :digests::bytea[], :hashes::bytea[]
    )
    """
)

_signed_at = statement(
    "SELECT seq, at, signature FROM events.checkpoint WHERE seq = :seq", returns=Checkpoint
)

_any_checkpoint = statement("SELECT EXISTS (SELECT FROM events.checkpoint)", returns=bool)

_sign = statement(
    """
    INSERT INTO events.checkpoint (seq, at, signature)
    VALUES (:seq, :at, :signature)
    """
)

# The last checkpoint of each hour stays; within the hour a younger one says more than an older.
_thin = statement(
    """
    DELETE FROM events.checkpoint
    WHERE seq < :seq AND at >= date_trunc('hour', :at::timestamptz, 'UTC')
    """
)


class BrokenChain(Exception):
    """Somebody who writes to the database changed the journal: nothing more is sealed onto it."""


async def seal(db: Db, keyring: Keyring, at: datetime, *, limit: int = 1000) -> Checkpoint | None:
    """Number the next events and sign the end of the chain; None when there was nothing to do.

    Any number of processes may call it; while one is at it the others return at once. Raises
    BrokenChain rather than sign what it has not signed before: events then wait unsealed.
    """
    async with db.transaction() as tx:
        if not await _only_sealer.one(tx):
            return None
        rows = await _take.all(tx, limit=limit)
        if not rows:
            return None
        checkpoint = sign(keyring, await _extend(tx, keyring, rows), at)
        await _sign.run(tx, seq=checkpoint.seq, at=at, signature=checkpoint.signature)
        await _thin.run(tx, seq=checkpoint.seq, at=at)
    return checkpoint


async def _trusted_head(tx: Tx, keyring: Keyring) -> Link:
    """The end of the chain, if we signed it: else a chain made anew would get our signature."""
    link = await _head.maybe(tx) or BEGINNING
    signed = await _signed_at.maybe(tx, seq=link.seq)
    if link is BEGINNING:
        if await _any_checkpoint.one(tx):
            raise BrokenChain("the journal's seals are gone, its checkpoints are not")
    elif signed is None or not is_ours(keyring, link, signed):
        raise BrokenChain(f"the journal's end, number {link.seq}, is not what was signed")
    return link


async def _extend(tx: Tx, keyring: Keyring, rows: Sequence[Row]) -> Link:
    """Add a link per row to the end of the chain; the last one."""
    link = await _trusted_head(tx, keyring)
    digests = [row.digest() for row in rows]
    links = [
        link := link.then(row.event_id, digest) for row, digest in zip(rows, digests, strict=True)
    ]
    await _add.run(
        tx,
        seqs=[link.seq for link in links],
        events=[row.event_id for row in rows],
        brands=[row.brand_id for row in rows],
        digests=digests,
        hashes=[link.hash for link in links],
    )
    return link
