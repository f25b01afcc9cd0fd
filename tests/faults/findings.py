"""What is found when all is over, compared with what was promised."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sparekey import events
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.faults.customers import Promise

_MESSAGES = """
SELECT m.id, m.about, m.template, m.state, m.is_decoy, m.sealed IS NULL AS is_wiped,
    m.brand_id, d.address, d.is_dropped
FROM outbox.message AS m LEFT JOIN sandbox.delivery AS d ON d.id = m.id
"""
_OPEN = """
SELECT (SELECT count(*) FROM outbox.due) AS due,
    (SELECT count(*) FROM gateways.raw WHERE due_at IS NOT NULL) AS heard,
    (SELECT count(*) FROM jobs.job WHERE parked_at IS NULL) AS jobs,
    (SELECT count(*) FROM flows.run WHERE parked_at IS NULL) AS runs,
    (SELECT count(*) FROM events.unsealed) AS unsealed
"""
_ORPHANS = (
    "UPDATE outbox.due SET due_at = due_at - interval '60 s' WHERE attempts > 0",
    "UPDATE gateways.raw SET due_at = due_at - interval '60 s' WHERE attempts > 0",
    "UPDATE jobs.job SET due_at = due_at - interval '60 s' WHERE attempts > 0",
    "UPDATE flows.run SET wake_at = wake_at - interval '60 s' WHERE attempts > 0",
)
_LEFT = """
SELECT (SELECT count(*) FROM jobs.job) AS jobs,
    (SELECT count(*) FROM events.event) AS events,
    (SELECT count(*) FROM events.event_seal) AS seals,
    (SELECT coalesce(max(seq), 0) FROM events.event_seal) AS last_seal,
    (SELECT count(*) FROM events.event WHERE kind = 'account.recovered') AS recovered
"""


async def open_work(db: Db) -> dict[str, int]:
    """How much still waits to be done, by kind; nothing when all has settled."""
    return {name: count for name, count in dict(await db.fetchrow(_OPEN)).items() if count}


async def let_leases_run_out(db: Db) -> int:
    """Pass the minute that the killed would have had, while nobody works; how many items wait."""
    done = [await db.execute(sql) for sql in _ORPHANS]
    return sum(int(status.rpartition(" ")[2]) for status in done)


@dataclass(slots=True)
class Findings:
    """The whole of what was kept, read once."""

    verifications: dict[UUID, Any]
    recoveries: dict[UUID, Any]
    messages: dict[UUID | None, list[Any]]
    left: dict[str, int]

    @classmethod
    async def read(cls, db: Db) -> "Findings":
        """Everything in the database."""
        messages: defaultdict[UUID | None, list[Any]] = defaultdict(list)
        for row in await db.fetch(_MESSAGES):
            messages[row["about"]].append(row)
        return cls(
            _by_id(await db.fetch("SELECT id, state, is_decoy FROM verification.verification")),
            _by_id(
                await db.fetch(
                    "SELECT id, state, asked IS NULL AND account_key IS NOT NULL AS is_resolved,"
                    " account_id IS NOT NULL AS is_known FROM recovery.recovery"
                )
            ),
            messages,
            dict(await db.fetchrow(_LEFT)),
        )

    def found(self, promises: Iterable[Promise]) -> int:
        """How many promises were kept: the row is there, and its message was handed over once."""
        return sum(not list(self._broken(promise)) for promise in promises)

    def complaints(self, promises: Sequence[Promise]) -> list[str]:
        """Everything that is not as it was promised."""
        found = [line for promise in promises for line in self._broken(promise)]
        found += [line for rows in self.messages.values() for row in rows for line in _odd(row)]
        found += self._told_twice()
        found += [
            f"recovery {row['id']} was never looked up"
            for row in self.recoveries.values()
            if not row["is_resolved"]
        ]
        completed = sum(row["state"] == "completed" for row in self.recoveries.values())
        if self.left["jobs"]:
            found.append(f"{self.left['jobs']} jobs are left")
        if completed != self.left["recovered"]:
            found.append(f"{completed} recoveries completed, {self.left['recovered']} in events")
        if not self.left["events"] == self.left["seals"] == self.left["last_seal"]:
            found.append(f"the journal has gaps: {self.left}")
        return found

    def _broken(self, promise: Promise) -> Iterator[str]:
        rows = self.verifications if promise.purpose == "verifications" else self.recoveries
        if promise.id not in rows:
            yield f"{promise.shown} was accepted and is not there"
        if promise.id not in self.verifications:
            yield f"{promise.shown} has no challenge"
        proofs = [row for row in self.messages[promise.id] if row["template"].endswith("_code")]
        if len(proofs) != 1:
            yield f"{promise.shown} has {len(proofs)} messages with a proof"
        if any(row["state"] != "sent" for row in proofs):
            yield f"{promise.shown} has a message that is {proofs[0]['state']}"
        if promise.is_completed and rows[promise.id]["state"] != "completed":
            yield f"{promise.shown} was completed and is {rows[promise.id]['state']}"

    def _told_twice(self) -> Iterator[str]:
        """Every address is a stream of its own: each kind of message comes to it at most once."""
        told = Counter(
            (row["address"], row["template"])
            for rows in self.messages.values()
            for row in rows
            if row["address"] is not None
        )
        yield from (
            f"{what} came {times} times to {to}" for (to, what), times in told.items() if times > 1
        )


def _by_id(rows: Sequence[Any]) -> dict[UUID, Any]:
    return {row["id"]: row for row in rows}


def _odd(row: Any) -> Iterator[str]:
    """What cannot be of any message once all is over."""
    if row["state"] != "sent":
        yield f"message {row['id']} is {row['state']}"
    if not row["is_wiped"]:
        yield f"message {row['id']} still holds what it said"
    if row["address"] is None:
        yield f"message {row['id']} is {row['state']} and was never handed over"
    elif row["is_dropped"] != row["is_decoy"]:
        yield f"message {row['id']} is a decoy's, or not, and was not treated as one"


async def journal_is_whole(db: Db, keyring: Keyring) -> bool:
    """Numbered without gaps, chained and signed."""
    return await events.verify(db, keyring) is None
