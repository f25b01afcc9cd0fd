"""What the product's tables say, and whether the reference model says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import Db, statement
from tests.world.policy import DAY, YEAR, Books, Challenge, Ledger


@dataclass(frozen=True, slots=True)
class Row:
    is_decoy: bool
    code_length: int
    alphabet: str
    account_key: bytes
    ledger_keys: list[bytes]
    allowance: int
    expires_at: datetime
    next_send_at: datetime

    @property
    def size(self) -> int | None:
        """How many codes there could be; None for a link."""
        if self.code_length == 0:
            return None
        return (32 if self.alphabet == "base32" else 10) ** self.code_length


ROW = statement(
    """SELECT is_decoy, code_length, alphabet, account_key, ledger_keys, allowance, expires_at,
        next_send_at
    FROM verification.verification WHERE id = :id""",
    returns=Row,
)

_STATES = statement(
    """SELECT v.id, verification.state_at(v.state, v.channel, v.closings, v.expires_at,
            guard.closings(v.ledger_keys, verification.kind(v.purpose)), :at) AS state,
        v.max_attempts - v.attempts AS checks_left
    FROM verification.verification AS v WHERE v.id = ANY (:ids)"""
)

_LEDGERS = statement(
    """SELECT encode(key, 'hex') AS name, guard.units(charged_until, :at, 70080) AS used,
        guard.held(holds, guard.slot(:at)) AS held,
        guard.units(returned_until, :at, 630720) AS given_back
    FROM guard.ledger WHERE key = ANY (:keys)"""
)

_SHARDS = statement(
    """SELECT shard, guard.units(charged_until, :at, 224.256) AS used,
        guard.held(holds, guard.slot(:at)) AS held
    FROM guard.budget WHERE shard = ANY (:shards)"""
)

LATEST_MESSAGE = statement(
    """SELECT id FROM outbox.message WHERE about = :about AND NOT is_decoy
    ORDER BY created_at DESC LIMIT 1""",
    returns=UUID,
)

SPEND = statement(
    """INSERT INTO guard.ledger (key, charged_until, returned_until)
    VALUES (:key, :until, '-infinity')"""
)

SPEND_SHARDS = statement(
    "UPDATE guard.budget SET charged_until = :until, holds = '{}' WHERE shard >= 0"
)


def by_now(state: str, challenge: Challenge, at: int) -> str:
    """A state as both tell it: the model has one word for what ended otherwise, and the product
    forgets, two days later, what ended what was over anyway."""
    if state in ("superseded", "cancelled"):
        return "expired" if at >= challenge.expires_at + DAY else "cancelled"
    return state


async def compare_ledgers(db: Db, books: Books, now: datetime, at: int) -> None:
    """Every ledger of the model: the same used and given back, as much held as may linger."""
    names = list(books.ledgers)
    rows = await _LEDGERS.all(db, at=now, keys=[bytes.fromhex(name) for name in names])
    found = {row["name"]: row for row in rows}
    for name, ledger in books.ledgers.items():
        row = found.get(name, {"used": 0, "held": 0, "given_back": 0})
        assert row["used"] == ledger.used(at), name
        _assert_held(books, ledger, row["held"], at)
        given_back = -(-max(0, ledger.returned_until - at) * 50_000_000 // YEAR)
        assert row["given_back"] == given_back, name
        assert row["used"] + row["held"] <= ledger.burst


async def compare_shards(db: Db, books: Books, now: datetime, at: int) -> None:
    """The same for the deployment's budget."""
    for row in await _SHARDS.all(db, at=now, shards=list(books.shards)):
        shard = books.shards[row["shard"]]
        assert row["used"] == shard.used(at), row["shard"]
        _assert_held(books, shard, row["held"], at)


async def compare_states(
    db: Db, books: Books, challenges: Mapping[UUID, Challenge], now: datetime, at: int
) -> None:
    """The same state of every challenge, and the same guesses left at it."""
    rows = await _STATES.all(db, ids=list(challenges), at=now)
    assert len(rows) == len(challenges)
    for row in rows:
        challenge = challenges[row["id"]]
        state = by_now(books.state(challenge, at), challenge, at)
        told = by_now(row["state"], challenge, at)
        assert told == state, f"{told} is {state} in the model: {challenge}"
        if state == "pending":
            assert row["checks_left"] == challenge.checks_left


def _assert_held(books: Books, ledger: Ledger, held: int, at: int) -> None:
    assert ledger.held(at) <= held <= ledger.held(at, books.policy.linger)
