"""Whoever changes the journal in the database is found at the first row that is not as it was."""

from datetime import timedelta

import pytest

from sparekey import events
from sparekey.db import Db, partitions
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from tests.events.conftest import lend
from tests.world.basics import START

EXPIRED_BEFORE = START - timedelta(days=365)
LONG_GONE = new_id(START - timedelta(days=400))


@pytest.fixture
async def journal(db: Db, keyring: Keyring) -> Db:
    """Five sealed events; a checkpoint at the third and at the fifth."""
    for number in range(5):
        await lend(db, f"b{number}")
        if number == 2:
            await events.seal(db, keyring, START)
    await events.seal(db, keyring, START + timedelta(hours=2))
    assert await events.verify(db, keyring) is None
    return db


async def tamper(db: Db, sql: str) -> None:
    """Mallory's statements; `SECOND` stands for the id of the second event."""
    second = await db.fetchrow("SELECT event_id FROM events.event_seal WHERE seq = 2")
    await db.execute(sql.replace("SECOND", f"'{second[0]}'"))


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ('UPDATE events.event SET data = \'{"book": "b7"}\' WHERE id = SECOND', 2),
        ("UPDATE events.event SET at = at + interval '1 us' WHERE id = SECOND", 2),
        ("UPDATE events.event SET kind = 'library.burnt' WHERE id = SECOND", 2),
        ("UPDATE events.event SET subject = NULL WHERE id = SECOND", 2),
        ("UPDATE events.event SET brand_id = 2 WHERE id = SECOND", 2),
        ("DELETE FROM events.event WHERE id = SECOND", 2),
        ("UPDATE events.event_seal SET brand_id = 2 WHERE seq = 2", 2),
        ("UPDATE events.event_seal SET hash = sha256('x') WHERE seq = 2", 2),
        ("UPDATE events.event_seal SET digest = sha256('x') WHERE seq = 2", 2),
        ("DELETE FROM events.event_seal WHERE seq = 2", 2),
        ("DELETE FROM events.event_seal WHERE seq = 1", 1),
        (
            "UPDATE events.event_seal s SET event_id = o.event_id FROM events.event_seal o"
            " WHERE s.seq IN (2, 3) AND o.seq IN (2, 3) AND o.seq <> s.seq",
            2,
        ),
        ("UPDATE events.checkpoint SET signature = sha256('x') WHERE seq = 3", 3),
        ("UPDATE events.checkpoint SET at = at - interval '1 day' WHERE seq = 5", 5),
        ("DELETE FROM events.checkpoint WHERE seq = 5", 5),
        ("DELETE FROM events.event_seal WHERE seq = 5", 4),
        ("DELETE FROM events.checkpoint WHERE seq = 5; DELETE FROM events.event_seal"
         " WHERE seq > 3", 4),
        ("DELETE FROM events.event_seal WHERE seq > 3;"
         " DELETE FROM events.event WHERE id NOT IN (SELECT event_id FROM events.event_seal)", 4),
    ],
)  # fmt: skip
async def test_a_change_is_found_where_it_was_made(
    journal: Db, keyring: Keyring, tampering: str, found_at: int
) -> None:
    await tamper(journal, tampering)

    assert await events.verify(journal, keyring) == found_at


async def test_a_deleted_event_cannot_pass_for_one_past_its_time(
    journal: Db, keyring: Keyring
) -> None:
    """Mallory lets the seal of what she deleted name an event that retention would have dropped."""
    await tamper(journal, "DELETE FROM events.event WHERE id = SECOND")
    await journal.execute("UPDATE events.event_seal SET event_id = $1 WHERE seq = 2", LONG_GONE)

    assert await events.verify(journal, keyring, expired_before=EXPIRED_BEFORE) == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE events.event_seal SET digest = sha256('x') WHERE seq = 2",
        "UPDATE events.event_seal SET hash = sha256('x') WHERE seq = 2",
    ],
)
async def test_the_seals_of_events_past_their_time_are_checked_too(
    journal: Db, keyring: Keyring, tampering: str
) -> None:
    later = START + timedelta(days=400)
    await partitions.drop_expired(journal, events.ARCHIVES, later)
    assert await events.verify(journal, keyring, expired_before=later) is None

    await tamper(journal, tampering)

    assert await events.verify(journal, keyring, expired_before=later) == 2


async def test_an_event_slipped_in_is_found(journal: Db, keyring: Keyring) -> None:
    await lend(journal, "forged")
    await journal.execute("DELETE FROM events.unsealed")

    assert await events.verify(journal, keyring) == 6


async def test_an_event_deleted_before_it_was_numbered_is_found(
    journal: Db, keyring: Keyring
) -> None:
    forgotten = await lend(journal, "forgotten")
    await journal.execute("DELETE FROM events.event WHERE id = $1", forgotten)
    await events.seal(journal, keyring, START + timedelta(hours=3))

    assert await events.verify(journal, keyring) == 6


async def test_an_event_missing_when_it_was_numbered_is_found_however_old_its_id(
    journal: Db, keyring: Keyring
) -> None:
    forgotten = await lend(journal, "forgotten")
    await journal.execute("DELETE FROM events.event WHERE id = $1", forgotten)
    await journal.execute("UPDATE events.unsealed SET event_id = $1", LONG_GONE)
    await events.seal(journal, keyring, START + timedelta(hours=3))

    assert await events.verify(journal, keyring, expired_before=EXPIRED_BEFORE) == 6


async def test_a_chain_computed_anew_lacks_the_signature(journal: Db, keyring: Keyring) -> None:
    """Mallory edits an event and reseals everything with a keyring of her own."""
    await tamper(journal, "UPDATE events.event SET kind = 'library.burnt' WHERE id = SECOND")
    await journal.execute("INSERT INTO events.unsealed SELECT xid, id FROM events.event")
    await journal.execute("TRUNCATE events.event_seal, events.checkpoint")
    await events.seal(journal, Keyring.generate(), START)

    assert await events.verify(journal, keyring) == 5


async def test_checkpoints_hold_while_code_keys_rotate(journal: Db, keyring: Keyring) -> None:
    fresh = Keyring.generate()
    rotated = Keyring((*fresh.code, *keyring.code), keyring.seal_keys, keyring.index_key)

    assert await events.verify(journal, rotated) is None
    assert await events.verify(journal, fresh) == 3


async def test_a_chain_made_anew_gets_no_signature(journal: Db, keyring: Keyring) -> None:
    await journal.execute("DELETE FROM events.event_seal WHERE seq = 5")
    await journal.execute("DELETE FROM events.checkpoint")
    await lend(journal, "later")

    with pytest.raises(events.BrokenChain):
        await events.seal(journal, keyring, START + timedelta(hours=3))


async def test_an_emptied_journal_is_not_begun_anew_beside_its_checkpoints(
    journal: Db, keyring: Keyring
) -> None:
    await journal.execute("TRUNCATE events.event_seal")
    await lend(journal, "later")

    with pytest.raises(events.BrokenChain):
        await events.seal(journal, keyring, START + timedelta(hours=3))
