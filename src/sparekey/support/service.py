"""Opening tickets, saying something in them, moving them on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey import events
from sparekey.db import Db, Executor, Tx
from sparekey.kit.ids import new_id, show
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.support import journal, store
from sparekey.support.model import (
    CLOSES_AFTER,
    FOLLOWS,
    MOST_CHARACTERS,
    MOST_HANDED,
    Author,
    Message,
    State,
    Story,
    Ticket,
    Topic,
)

_AFTER_ALL = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A run that cannot help somebody further. `party` is whom it is about, for whoever has no
    account, too: as long as their ticket is not solved, they have that one."""

    brand_id: int
    run: UUID
    node: str
    topic: Topic
    party: UUID
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something to say in a ticket."""

    author: Author
    text: str
    source: UUID | None = None


async def hand_over(tx: Tx, keyring: Keyring, handed: Handover, *, at: datetime) -> UUID:
    """The party's ticket with this run in it: the one that is not solved, or a new one.

    Where people wait for the customer, it is their turn again.
    """
    ticket = await store.HAND_OVER.one(
        tx,
        id=new_id(at),
        brand=handed.brand_id,
        account=handed.account_id,
        party=handed.party,
        run=handed.run,
        topic=handed.topic.value,
        at=at,
    )
    await _say_handed(tx, keyring, ticket.id, handed, at)
    if ticket.state == State.WAITING:
        await _change(tx, handed.brand_id, ticket.id, State.OPEN, at)
    if ticket.state == State.WAITING or not ticket.was_there:
        kind = journal.CHANGED if ticket.was_there else journal.OPENED
        data = {"topic": ticket.topic, "state": State.OPEN.value}
        await events.append(
            tx, at=at, kind=kind, brand=handed.brand_id, subject=ticket.id, data=data
        )
    return ticket.id


async def _say_handed(
    tx: Tx, keyring: Keyring, ticket: UUID, handed: Handover, at: datetime
) -> None:
    """Say which run, where and about what, unless the ticket says that often enough."""
    message, run = new_id(at), show("run", handed.run)
    words = f"Run {run} was handed over at {handed.node}: {handed.topic.value}."
    await store.SAY_HANDED.run(
        tx,
        id=message,
        ticket=ticket,
        run=handed.run,
        sealed=keyring.seal(words.encode(), bound_to=message.bytes),
        at=at,
        most=MOST_HANDED,
    )


async def runs_of(on: Executor, ticket: UUID) -> list[UUID]:
    """The runs in a solved ticket that go on and have not been told yet."""
    return await store.HANDED.all(on, ticket=ticket)


async def take_run(tx: Tx, ticket: UUID, run: UUID) -> bool:
    """Whether this run is still to be told that its ticket is solved; of all who ask one may. None
    for a run that waits for another one now; the run is held."""
    return await store.TAKE_HANDED.run(tx, ticket=ticket, run=run) > 0


async def forget_runs(on: Executor, ticket: UUID) -> None:
    """All runs in a solved ticket that go on have been told."""
    await store.FORGET_HANDED.run(on, ticket=ticket)


async def say(tx: Tx, keyring: Keyring, ticket: UUID, said: Said, *, at: datetime) -> UUID:
    """Add to a ticket what somebody said; its words are sealed."""
    message = new_id(at)
    sealed = keyring.seal(said.text[:MOST_CHARACTERS].encode(), bound_to=message.bytes)
    await store.SAY.run(
        tx,
        id=message,
        ticket=ticket,
        author=said.author.value,
        source=said.source,
        sealed=sealed,
        at=at,
    )
    return message


async def move(
    db: Db,
    keyring: Keyring,
    brand_id: int,
    ticket: UUID,
    state: State,
    *,
    note: str | None = None,
    at: datetime,
) -> None:
    """Bring a ticket into another state, and keep what its agent notes; Problem 404 or, when that
    does not follow, 409."""
    async with db.transaction() as tx:
        if not await _change(tx, brand_id, ticket, state, at):
            there = await find(tx, brand_id, ticket)
            raise Problem(
                "ticket.state", 409, f"This ticket is {there.state}; it cannot become {state} now."
            )
        if note is not None:
            said = Said(author=Author.AGENT, text=note)
            await say(tx, keyring, ticket, said, at=at)
        data = {"topic": (await find(tx, brand_id, ticket)).topic.value, "state": state.value}
        await events.append(
            tx, at=at, kind=journal.CHANGED, brand=brand_id, subject=ticket, data=data
        )


async def _change(tx: Tx, brand_id: int, ticket: UUID, state: State, at: datetime) -> bool:
    from_states = [one.value for one in FOLLOWS[state]]
    return await store.CHANGE.run(
        tx, id=ticket, brand=brand_id, state=state.value, from_states=from_states, at=at
    ) > 0  # fmt: skip


async def find(on: Executor, brand_id: int, ticket: UUID) -> Ticket:
    """A ticket of the brand; Problem 404."""
    row = await store.FIND.maybe(on, id=ticket, brand=brand_id)
    if row is None:
        raise Problem("ticket.unknown", 404, "This brand has no ticket of this id.")
    return row.ticket


async def story(on: Executor, keyring: Keyring, brand_id: int, ticket: UUID) -> Story:
    """A ticket with all that was said; Problem 404."""
    found = await find(on, brand_id, ticket)
    rows = await store.SAID.all(on, ticket=ticket)
    said = [
        Message(
            row.id,
            Author(row.author),
            row.source,
            keyring.unseal(row.sealed, bound_to=row.id.bytes).decode(),
            row.at,
        )
        for row in rows
    ]
    return Story(found, said)


async def listed(
    on: Executor,
    brand_id: int,
    *,
    state: State | None = None,
    account_id: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[Ticket]:
    """A brand's tickets, the youngest first, from the one after `after` on."""
    rows = await store.PAGE.all(
        on,
        brand=brand_id,
        before=after or _AFTER_ALL,
        state=None if state is None else state.value,
        account=account_id,
        limit=limit,
    )
    return [row.ticket for row in rows]


async def close_solved(on: Executor, *, at: datetime) -> int:
    """Close what was solved two weeks ago; how many."""
    return await store.CLOSE.run(on, at=at, before=at - CLOSES_AFTER)
