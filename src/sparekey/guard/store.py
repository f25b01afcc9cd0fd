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

ACCOUNTS = statement("SELECT accounts FROM guard.deployment", returns=int)
KEEP_ACCOUNTS = statement("UPDATE guard.deployment SET accounts = :accounts")

TRIES_TODAY = statement(
    """SELECT coalesce(max(cardinality(ARRAY(SELECT used FROM unnest(c.times) AS used
            WHERE used > :at::timestamptz - interval '24 hours'))), 0)::integer
        FROM guard.cap AS c WHERE c.key = :key AND c.class = :cap_class""",
    returns=int,
)

CLOSE_ALL = statement("SELECT guard.close_all(:at, :keys)")

#: Rates that are empty again, caps past their longest window and blocks that ended say nothing.
SWEEP_RATES = statement("DELETE FROM guard.rate WHERE empty_at < :at")
#: What was asked for by text (class 3) is counted over a month.
SWEEP_CAPS = statement(
    """DELETE FROM guard.cap
    WHERE times = '{}' OR times[1] < :by_text OR (class <> 3 AND times[1] < :before)"""
)
SWEEP_BLOCKS = statement("DELETE FROM guard.block WHERE until < :at")
#: A ledger that holds nothing, owes nothing and closed nothing lately is as good as none.
SWEEP_LEDGERS = statement(
    """DELETE FROM guard.ledger
    WHERE charged_until < :at AND returned_until < :at AND proven_at IS NULL
    AND guard.held(holds, guard.slot(:at)) = 0
    AND coalesce((SELECT max(closed) FROM unnest(closed_at) AS closed), '-infinity') < :before"""
)


@dataclass(frozen=True, slots=True)
class StandingRow:
    kinds: list[str]
    sends_today: int
    most_used: int


#: One look at what a subject may still do; the statement that acts decides again by itself.
STANDING = statement(
    """SELECT
        ARRAY(SELECT DISTINCT b.kind FROM guard.block AS b
            WHERE b.key = ANY (:keys) AND b.until > :at) AS kinds,
        (SELECT coalesce(max(cardinality(ARRAY(SELECT used FROM unnest(c.times) AS used
                WHERE used > :at - interval '24 hours'))), 0)::integer
            FROM guard.cap AS c
            WHERE c.key IN (:account_key, :sends_key) AND c.class = :cap_class) AS sends_today,
        (SELECT coalesce(max(guard.units(l.charged_until, :at, 70080)
                + guard.held(l.holds, guard.slot(:at))), 0)
            FROM guard.ledger AS l WHERE l.key = ANY (:keys)) AS most_used""",
    returns=StandingRow,
)

COUNT_FAILURE = statement(
    "SELECT guard.count_failure(:at, :key, :cap_class, :attempts, :pause)", returns=bool
)
