"""The statements of runs. A fencing token decides every settlement: a stale one touches no row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.flows.model import Event, Run, Signal, unpack


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it is stored; `fence` tells this claim from any later one."""

    id: UUID
    account_id: UUID | None
    wake_at: datetime
    version_id: int
    brand_id: int
    fence: int
    node: int
    waits: int
    heard: int
    attempts: int
    steps: int
    heard_word: str | None
    heard_ref: UUID | None
    memory: bytes | None
    path: bytes

    @property
    def run(self) -> Run:
        """The run this row is."""
        return Run(
            id=self.id,
            brand_id=self.brand_id,
            version_id=self.version_id,
            account_id=self.account_id,
            node=self.node,
            waits=Signal(self.waits),
            wake_at=self.wake_at,
            fence=self.fence,
            steps=self.steps,
            memory=unpack(self.memory),
            path=self.path,
        )

    @property
    def event(self) -> Event | None:
        """What it was woken by: something that happened, its time, or None to enter its node."""
        if not self.heard and not self.waits:
            return None
        return Event(Signal(self.heard or Signal.TIME), self.heard_word or "", self.heard_ref)


@dataclass(frozen=True, slots=True)
class EndedRow:
    """A run in the archive."""

    version_id: int
    outcome: str
    path: bytes
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A run for a person to look at."""

    id: UUID
    flow: str
    version: int
    account_id: UUID | None
    node: int
    waits: int
    wake_at: datetime
    parked_at: datetime | None
    parked_for: str | None


start = statement(
    """SELECT flows.start(:id, :account, :brand, :version, :node, :waits, :wake_at, :steps,
        :memory, :path, :reply_key, :door, :most)""",
    returns=bool,
)

# SKIP LOCKED: simultaneous claims take different rows.
claim = statement(
    """
    UPDATE flows.run
    SET wake_at = :until, fence = fence + 1, attempts = attempts + 1
    WHERE id = ANY (ARRAY(
        SELECT id
        FROM flows.run
        WHERE wake_at <= :at AND parked_at IS NULL
        ORDER BY wake_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING id, account_id, wake_at, version_id, brand_id, fence, node, waits, heard, attempts,
        steps, heard_word, heard_ref, memory, path
    """,
    returns=RunRow,
)

hold = statement("SELECT flows.hold(:id)")

hear = statement("SELECT flows.hear(:id, :signal, :word, :ref, :at)", returns=str)

await_receipt = statement("SELECT flows.await_receipt(:id, :message, :at)")

# Whatever wakes a run, its time or a word, moves the fence.
still_waits = statement(
    """SELECT true FROM flows.run WHERE id = :id AND fence = :fence AND waits <> 0
    FOR UPDATE""",
    returns=bool,
)

settle = statement(
    """SELECT flows.settle(:ids, :fences, :versions, :nodes, :waits, :wakes, :steps, :memories,
        :paths, :at)""",
    returns=UUID,
)

finish = statement("SELECT flows.finish(:ids, :fences, :outcomes, :paths, :at)", returns=UUID)

count = statement(
    """SELECT flows.add_counts(:versions, :nodes, :exits, :counts, :ended, :outcomes, :goods, :ends,
        :shard)"""
)

# Straight into the archive: a run whose first breath was its last.
archive = statement(
    """INSERT INTO flows.ended (id, version_id, brand_id, account_id, outcome, path, ended_at)
    VALUES (:id, :version, :brand, :account, :outcome, :path, :at)
    ON CONFLICT DO NOTHING"""
)

release = statement(
    """
    UPDATE flows.run
    SET wake_at = :at, attempts = attempts - 1
    WHERE id = ANY (:ids::uuid[])
      AND fence = (:fences::integer[])[array_position(:ids::uuid[], id)]
    """
)

recall = statement(
    """
    UPDATE flows.run
    SET wake_at = :at, attempts = attempts - 1
    WHERE wake_at = ANY (:ends::timestamptz[]) AND parked_at IS NULL AND attempts > 0
    """
)

retry_later = statement("UPDATE flows.run SET wake_at = :wake_at WHERE id = :id AND fence = :fence")

# Moving the fence as well ends the claim it was parked under.
park = statement(
    """UPDATE flows.run
    SET fence = fence + 1, parked_at = :at, parked_for = :reason
    WHERE id = :id AND fence = :fence"""
)

revive = statement(
    """UPDATE flows.run
    SET parked_at = NULL, parked_for = NULL, attempts = 0, wake_at = :at
    WHERE id = :id AND brand_id = :brand AND parked_at IS NOT NULL"""
)

skip = statement(
    """UPDATE flows.run
    SET parked_at = NULL, parked_for = NULL, attempts = 0, wake_at = :at, fence = fence + 1,
        waits = 0, heard = :signal, heard_word = :exit, heard_ref = NULL
    WHERE id = :id AND brand_id = :brand AND parked_at IS NOT NULL"""
)

find = statement(
    """SELECT id, account_id, wake_at, version_id, brand_id, fence, node, waits, heard, attempts,
        steps, heard_word, heard_ref, memory, path
    FROM flows.run WHERE id = :id AND brand_id = :brand""",
    returns=RunRow,
)

# Those of an account that wait for one of these signals.
of_account = statement(
    """SELECT id FROM flows.run
    WHERE account_id = :account AND waits & :signal::smallint <> 0 AND parked_at IS NULL""",
    returns=UUID,
)

# The same of a number: the youngest first. So many because others may begin runs that hear the same
# number, a neighbour's or a stranger's; the guard holds them far below this.
of_number = statement(
    """SELECT id FROM flows.run
    WHERE reply_key = :key AND brand_id = :brand AND waits & :signal::smallint <> 0
        AND parked_at IS NULL
    ORDER BY id DESC LIMIT 64""",
    returns=UUID,
)

reason = statement("SELECT parked_for FROM flows.run WHERE id = :id", returns=str)

ended = statement(
    """SELECT version_id, outcome, path, ended_at FROM flows.ended
    WHERE id = :id AND brand_id = :brand""",
    returns=EndedRow,
)

is_there = statement(
    """SELECT EXISTS (SELECT FROM flows.run WHERE id = :id)
        OR EXISTS (SELECT FROM flows.ended WHERE id = :id)""",
    returns=bool,
)

those_there = statement(
    """SELECT one.id FROM unnest(:ids::uuid[]) AS one (id)
    WHERE EXISTS (SELECT FROM flows.run AS r WHERE r.id = one.id)
        OR EXISTS (SELECT FROM flows.ended AS e WHERE e.id = one.id)""",
    returns=UUID,
)

parked = statement(
    """SELECT r.id, f.name AS flow, v.number AS version, r.account_id, r.node, r.waits,
        r.wake_at, r.parked_at, r.parked_for
    FROM flows.run AS r
    JOIN flows.version AS v ON v.id = r.version_id
    JOIN flows.flow AS f ON f.id = v.flow_id
    WHERE r.brand_id = :brand AND r.parked_at IS NOT NULL
    ORDER BY r.parked_at DESC, r.id LIMIT :limit""",
    returns=Standing,
)

oldest_due = statement(
    "SELECT wake_at FROM flows.run WHERE parked_at IS NULL ORDER BY wake_at LIMIT 1",
    returns=datetime,
)

count_parked = statement(
    """SELECT count(*) FROM flows.run
    WHERE parked_at IS NOT NULL AND (:brand::integer IS NULL OR brand_id = :brand)""",
    returns=int,
)


def columns(run: Run) -> Mapping[str, object]:
    """What `settle` takes of a run, beside its memory."""
    return {
        "fences": run.fence,
        "versions": run.version_id,
        "nodes": run.node,
        "waits": int(run.waits),
        "wakes": run.wake_at,
        "steps": run.steps,
        "paths": run.path,
    }


def tokens(rows: Sequence[RunRow]) -> dict[str, list[UUID] | list[int]]:
    """The ids and fences of claimed runs, as the statements over many runs take them."""
    return {"ids": [row.id for row in rows], "fences": [row.fence for row in rows]}
