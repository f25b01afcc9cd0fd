"""The guard's statements, one for each thing that is counted, stopped or closed by itself."""

from dataclasses import dataclass
from datetime import datetime

from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class Taken:
    """Which limit was full (from 1; 0 for none) and when it will not be."""

    refused: int
    retry_at: datetime | None


TAKE_RATES = statement(
    "SELECT refused, retry_at FROM guard.take_rates(:at, :keys, :every, :burst)", returns=Taken
)

TAKE_CAPS = statement(
    "SELECT refused, retry_at FROM guard.take_caps(:at, :keys, :classes, :rules)", returns=Taken
)

RETURN_CAPS = statement(
    """SELECT guard.return_cap(tried.key, tried.class)
    FROM unnest(:keys::bytea[], :classes::smallint[]) AS tried (key, class)"""
)

#: A later end wins: nobody shortens a block by asking for another.
BLOCK = statement(
    """INSERT INTO guard.block AS b (key, kind, until, reason, created_at)
    VALUES (:key, :kind, :until, :reason, :at)
    ON CONFLICT (key, kind) DO UPDATE
    SET until = greatest(b.until, excluded.until), reason = excluded.reason"""
)

UNBLOCK = statement("DELETE FROM guard.block WHERE key = ANY (:keys) AND kind = ANY (:kinds)")

CLOSE_ALL = statement("SELECT guard.close_all(:at, :keys)")

#: Rates that are empty again, caps past their longest window and blocks that ended say nothing.
SWEEP_RATES = statement("DELETE FROM guard.rate WHERE empty_at < :at")
SWEEP_CAPS = statement("DELETE FROM guard.cap WHERE times[1] < :before OR times = '{}'")
SWEEP_BLOCKS = statement("DELETE FROM guard.block WHERE until < :at")
#: A ledger that holds nothing, owes nothing and closed nothing lately is as good as none.
SWEEP_LEDGERS = statement(
    """DELETE FROM guard.ledger
    WHERE charged_until < :at AND returned_until < :at AND proven_at IS NULL
    AND guard.held(holds, guard.slot(:at)) = 0
    AND coalesce((SELECT max(closed) FROM unnest(closed_at) AS closed), '-infinity') < :before"""
)
