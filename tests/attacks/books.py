"""A look into the books: what guesses have cost, and what was really sent."""

from dataclasses import dataclass
from datetime import datetime

from sparekey.db import Db
from sparekey.kit.ids import parse

#: What a wrong guess at eight digits costs.
EIGHT_DIGITS = 10**7


@dataclass(frozen=True, slots=True)
class Books:
    """One challenge's books: charged to it, and used in each of its ledgers."""

    charged: int
    ledgers: tuple[int, ...]


async def books_of(db: Db, challenge: str, at: datetime) -> Books:
    """What the challenge was charged, and what is used up in the ledgers that pay for it."""
    row = await db.fetchrow(
        """SELECT v.charged, array(
            SELECT guard.units(l.charged_until, $2, 70080) FROM guard.ledger AS l
            WHERE l.key = ANY (v.ledger_keys) ORDER BY l.key) AS used
        FROM verification.verification AS v WHERE v.id = $1""",
        parse("ver", challenge),
        at,
    )
    return Books(row["charged"], tuple(row["used"]))


async def spent_by_the_deployment(db: Db, at: datetime) -> int:
    """What is used up of the deployment's budget, all shards together."""
    row = await db.fetchrow(
        "SELECT sum(guard.units(charged_until, $1, 224.256)) AS units FROM guard.budget", at
    )
    return int(row["units"])


async def real_messages(db: Db, brand_id: int) -> int:
    """How many messages of a brand were meant to arrive."""
    row = await db.fetchrow(
        "SELECT count(*) FROM outbox.message WHERE brand_id = $1 AND NOT is_decoy", brand_id
    )
    return row["count"]
