"""The SQL of the queue. A fencing token decides every settlement: a stale one touches no row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.jobs.model import Job, Parked


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule whose time has come."""

    name: str
    cron: str
    next_at: datetime


queue = statement("SELECT jobs.queue(:id, :kind, :payload, :due_at, :at, :lane, :tenant)")

# SKIP LOCKED: simultaneous claims take different rows. A kind this process cannot do stays for
# one that can, while two versions run side by side.
claim = statement(
    """
    UPDATE jobs.job
    SET due_at = :until, fence = fence + 1, attempts = attempts + 1
    WHERE id = ANY (ARRAY(
        SELECT id
        FROM jobs.job
        WHERE lane = :lane AND due_at <= :at AND parked_at IS NULL
            AND kind = ANY (:kinds::text[])
        ORDER BY due_at, id
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING id, kind, payload AS json, attempts, fence, tenant
    """,
    returns=Job,
)

# Of the lane that tenants share (2), the first job of each that is not full, whose is due longest
# first. The index is walked from tenant to tenant: a million jobs of one are a single step.
claim_in_turn = statement(
    """
    WITH RECURSIVE present (tenant) AS (
        (
            SELECT tenant FROM jobs.job
            WHERE lane = 2 AND parked_at IS NULL
            ORDER BY tenant LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT next.tenant FROM jobs.job AS next
            WHERE lane = 2 AND parked_at IS NULL AND next.tenant > present.tenant
            ORDER BY next.tenant LIMIT 1
        )
        FROM present
        WHERE present.tenant IS NOT NULL
    )
    UPDATE jobs.job
    SET due_at = :until, fence = fence + 1, attempts = attempts + 1
    WHERE id = ANY (ARRAY(
        SELECT first.id
        FROM present
        CROSS JOIN LATERAL (
            SELECT id, due_at
            FROM jobs.job
            WHERE lane = 2 AND tenant = present.tenant AND due_at <= :at AND parked_at IS NULL
                AND kind = ANY (:kinds::text[])
            ORDER BY due_at, id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        ) AS first
        WHERE present.tenant <> ALL (:full::integer[])
        ORDER BY first.due_at, first.id
        LIMIT :limit
    ))
    RETURNING id, kind, payload AS json, attempts, fence, tenant
    """,
    returns=Job,
)

# Not a join with unnest(): planned while the queue is empty, a join would read all of a full one.
finish = statement(
    """
    DELETE FROM jobs.job
    WHERE id = ANY (:ids::uuid[])
      AND fence = (:fences::integer[])[array_position(:ids::uuid[], id)]
    """
)

release = statement(
    """
    UPDATE jobs.job
    SET due_at = :at, attempts = attempts - 1
    WHERE id = ANY (:ids::uuid[])
      AND fence = (:fences::integer[])[array_position(:ids::uuid[], id)]
    """
)

recall = statement(
    """
    UPDATE jobs.job
    SET due_at = :at, attempts = attempts - 1
    WHERE lane = :lane AND due_at = ANY (:ends::timestamptz[]) AND parked_at IS NULL
    """
)

retry = statement(
    """
    UPDATE jobs.job
    SET due_at = :due_at, last_error_code = :error_code
    WHERE id = :id AND fence = :fence
    """
)

# Moving the fence as well ends the claim it was parked under.
park = statement(
    """
    UPDATE jobs.job
    SET fence = fence + 1, parked_at = :at, last_error_code = coalesce(:error_code, last_error_code)
    WHERE id = :id AND fence = :fence
    """
)

revive = statement(
    """
    UPDATE jobs.job
    SET parked_at = NULL, due_at = :at, attempts = 0
    WHERE id = :id AND parked_at IS NOT NULL
    RETURNING lane
    """,
    returns=int,
)

parked = statement(
    """
    SELECT id, kind, attempts, last_error_code
    FROM jobs.job
    WHERE parked_at IS NOT NULL
    ORDER BY parked_at DESC, id
    LIMIT :limit
    """,
    returns=Parked,
)

oldest_due = statement(
    """SELECT due_at FROM jobs.job WHERE lane = :lane AND parked_at IS NULL
    ORDER BY lane, due_at LIMIT 1""",
    returns=datetime,
)

count_parked = statement("SELECT count(*) FROM jobs.job WHERE parked_at IS NOT NULL", returns=int)

plan = statement(
    """
    INSERT INTO jobs.schedule (name, cron, next_at)
    VALUES (:name, :cron, :next_at)
    ON CONFLICT (name) DO UPDATE
    SET cron = excluded.cron, next_at = excluded.next_at
    WHERE schedule.cron <> excluded.cron
    """
)

# One whose last job is still at work waits until it is done.
due = statement(
    """
    SELECT name, cron, next_at
    FROM jobs.schedule
    WHERE next_at <= :at AND name = ANY (:names::text[])
      AND NOT EXISTS (
          SELECT FROM jobs.job WHERE job.id = schedule.job_id AND job.parked_at IS NULL
      )
    """,
    returns=Due,
)

# The row count decides which of several processes queues the job.
advance = statement(
    """
    UPDATE jobs.schedule
    SET next_at = :next_at, job_id = :job_id
    WHERE name = :name AND next_at = :was
    """
)


def tokens(jobs: Sequence[Job]) -> dict[str, list[UUID] | list[int]]:
    """The ids and fences of claimed jobs, as the statements over many jobs take them."""
    return {"ids": [job.id for job in jobs], "fences": [job.fence for job in jobs]}
