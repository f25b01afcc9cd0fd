"""Events stand or fall with their transaction, and say nothing that names a person."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sparekey import events
from sparekey.db import Db, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from tests.events.conftest import LENT, books, lend
from tests.world.basics import START, MovableClock


async def test_an_event_is_read_once_it_is_numbered(db: Db, keyring: Keyring) -> None:
    lent = await lend(db)
    before = await events.read(db, brand=1, after=0, limit=10)

    await events.seal(db, keyring, START)
    [entry] = await events.read(db, brand=1, after=0, limit=10)

    assert before == []
    assert (entry.seq, entry.id, entry.at, entry.kind) == (1, lent, START, LENT)
    assert entry.data == {"book": "b1"}


async def test_a_rolled_back_event_never_happened(db: Db, keyring: Keyring) -> None:
    async def fail_after_it() -> None:
        async with db.transaction() as tx:
            await events.append(tx, at=START, kind=LENT, brand=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_it()

    assert await events.seal(db, keyring, START) is None


async def test_a_page_begins_after_the_last_number_of_the_page_before(
    db: Db, keyring: Keyring
) -> None:
    for book in ("b1", "b2", "b3"):
        await lend(db, book)
    await events.seal(db, keyring, START)

    assert await books(db, limit=2) == ["b1", "b2"]
    assert await books(db, after=2) == ["b3"]


async def test_a_brand_reads_its_own_events_only(db: Db, keyring: Keyring) -> None:
    await lend(db, "theirs", brand=2)
    await lend(db, "ours", brand=1)
    await lend(db, "nobodys", brand=None)
    await events.seal(db, keyring, START)

    assert await books(db) == ["ours"]


async def test_events_appended_in_sql_are_in_the_journal_too(db: Db, keyring: Keyring) -> None:
    await lend(db)
    data = '{"book": "b9"}'
    await db.execute(
        "SELECT events.append($1, $2, 1, $3, NULL, $4)", new_id(START), START, LENT, data
    )
    await events.seal(db, keyring, START)

    assert await books(db) == ["b1", "b9"]


@pytest.mark.parametrize(
    "value",
    ["alice@example.com", "+447700900123", "two\r\nlines", "Ada Lovelace", "\x00", "é", "x" * 129],
)
async def test_data_that_is_not_an_id_is_refused(db: Db, value: str) -> None:
    async with db.transaction() as tx:
        with pytest.raises(ValueError, match="holds ids only, and who is something else"):
            await events.append(tx, at=START, kind=LENT, brand=1, data={"who": value})


async def test_ids_and_plain_values_are_taken_as_they_are(db: Db, keyring: Keyring) -> None:
    message = uuid4()
    data = {"message": message, "ip": "2001:db8::1", "tries": 3, "is_new": True, "reason": None}
    async with db.transaction() as tx:
        await events.append(tx, at=START, kind=LENT, brand=1, data=data)
    await events.seal(db, keyring, START)

    [entry] = await events.read(db, brand=1, after=0, limit=1)

    assert entry.data == data | {"message": str(message)}


async def test_an_undeclared_kind_is_a_mistake(db: Db) -> None:
    async with db.transaction() as tx:
        with pytest.raises(LookupError, match=r"no package declared the event library\.burnt"):
            await events.append(tx, at=START, kind="library.burnt", brand=1)


@pytest.mark.parametrize("kind", ["library", "Library.lent", "a.b.c", "library.lent\n", ""])
def test_a_kind_is_two_plain_words(kind: str) -> None:
    with pytest.raises(ValueError, match="kind is like"):
        events.declare(kind, "…")


def test_a_kind_has_one_meaning() -> None:
    events.declare(LENT, "A reader took a book home.")

    with pytest.raises(ValueError, match="two meanings"):
        events.declare(LENT, "Something else.")


async def test_a_reaction_is_in_the_same_transaction(db: Db, keyring: Keyring) -> None:
    returned = events.declare("library.book_returned", "A reader brought a book back.")

    @events.on(returned)
    async def lend_to_the_next(tx: Tx, event: events.Event) -> None:
        await events.append(tx, at=event.at, kind=LENT, brand=event.brand_id, data=event.data)

    async with db.transaction() as tx:
        await events.append(
            tx, at=START + timedelta(seconds=1), kind=returned, brand=1, data={"book": "b7"}
        )
    await events.seal(db, keyring, START)

    rows = await db.fetch("SELECT kind, xid FROM events.event ORDER BY kind")
    assert [row["kind"] for row in rows] == [LENT, returned]
    assert rows[0]["xid"] == rows[1]["xid"]


async def test_events_of_many_subjects_are_as_those_of_one(db: Db, keyring: Keyring) -> None:
    printed = events.declare("library.printed", "A book was printed.")
    seen: list[events.Event] = []

    @events.on(printed)
    async def notice(tx: Tx, event: events.Event) -> None:  # pyright: ignore[reportUnusedFunction]
        seen.append(event)

    subjects = [uuid4() for _ in range(3)]
    async with db.transaction() as tx:
        await events.append_each(tx, at=START, kind=printed, brand=1, subjects=subjects)
    await events.seal(db, keyring, START)

    entries = await events.read(db, brand=1, after=0, limit=10)
    assert {entry.subject for entry in entries} == set(subjects)
    assert [(entry.at, entry.kind, entry.data) for entry in entries] == [(START, printed, {})] * 3
    assert {(one.id, one.subject) for one in seen} == {(one.id, one.subject) for one in entries}


async def test_a_failing_reaction_undoes_the_event(db: Db, clock: MovableClock) -> None:
    torn = events.declare("library.page_torn", "A page is no longer whole.")

    @events.on(torn)
    async def fail(tx: Tx, event: events.Event) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await events.append(tx, at=clock(), kind=torn, brand=1)

    assert (await db.fetchrow("SELECT count(*) FROM events.event"))[0] == 0
