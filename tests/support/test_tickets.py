"""Tickets: one of a topic for each thing, moved on by one person at a time, read by scope."""

import asyncio
from datetime import timedelta

import pytest

from sparekey import support
from sparekey.db import Db
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.support import Author, Case, Said, State, Topic
from sparekey.support.service import close_solved
from tests.recovery.steps import enrol
from tests.world.basics import START, MovableClock
from tests.world.simulated import Simulation


async def opened(db: Db, clock: MovableClock, **more: object) -> tuple[Case, object]:
    """A ticket of somebody's."""
    wanted: dict[str, object] = {"brand_id": 1, "about": new_id(START), "topic": Topic.NOT_ME}
    case = Case(**{**wanted, **more})  # type: ignore[arg-type]
    async with db.transaction() as tx:
        return case, await support.open_ticket(tx, case, at=clock())


async def test_the_same_case_is_one_ticket_however_often_it_comes(
    db: Db, clock: MovableClock
) -> None:
    case, first = await opened(db, clock)

    async def again() -> object:
        async with db.transaction() as tx:
            return await support.open_ticket(tx, case, at=clock())

    assert set(await asyncio.gather(*(again() for _ in range(8)))) == {first}


async def test_a_state_follows_only_where_the_drawing_leads(db: Db, clock: MovableClock) -> None:
    case, _ = await opened(db, clock)
    ticket = (await support.listed(db, 1, limit=1))[0].id

    await support.move(db, 1, ticket, State.WAITING, at=clock())
    await support.move(db, 1, ticket, State.SOLVED, at=clock())
    with pytest.raises(Problem, match="cannot become"):
        await support.move(db, 1, ticket, State.WAITING, at=clock())
    async with db.transaction() as tx:
        await support.open_ticket(tx, case, at=clock())

    assert (await support.find(db, 1, ticket)).state == State.OPEN


async def test_a_solved_ticket_is_closed_after_two_weeks(db: Db, clock: MovableClock) -> None:
    await opened(db, clock)
    ticket = (await support.listed(db, 1, limit=1))[0].id
    await support.move(db, 1, ticket, State.SOLVED, at=clock())

    assert await close_solved(db, at=clock.advance(timedelta(days=13))) == 0
    assert await close_solved(db, at=clock.advance(timedelta(days=1))) == 1
    assert (await support.find(db, 1, ticket)).state == State.CLOSED


async def test_what_was_said_is_sealed_in_the_database(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    await opened(db, clock)
    ticket = (await support.listed(db, 1, limit=1))[0].id
    async with db.transaction() as tx:
        said = Said(author=Author.CUSTOMER, text="I lost my phone in Leeds")
        await support.say(tx, keyring, ticket, said, at=clock())
    row = await db.fetchrow("SELECT sealed FROM support.message")

    told = await support.story(db, keyring, 1, ticket)

    assert b"Leeds" not in row["sealed"]
    assert [one.text for one in told.messages] == ["I lost my phone in Leeds"]


async def test_tickets_are_read_by_page_and_by_id_and_by_nobody_else(
    app_client: Simulation,
) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    account = await app_client.db.fetchrow("SELECT id FROM accounts.account")
    brand, clock = app_client.brand.id, app_client.clock
    for _ in range(3):
        await opened(app_client.db, clock, brand_id=brand, account_id=account["id"])
    await opened(app_client.db, clock, brand_id=brand + 1)

    page = (await app_client.client.get("/v1/tickets?limit=2&status=open")).json()
    rest = (await app_client.client.get(f"/v1/tickets?after={page['next']}")).json()
    one = (await app_client.client.get(f"/v1/tickets/{page['data'][0]['id']}")).json()
    unknown = await app_client.client.get("/v1/tickets/tic_00000000000000000000000000")
    wrong = await app_client.client.get("/v1/tickets?status=lost")

    assert (len(page["data"]), len(rest["data"]), rest["next"]) == (2, 1, None)
    assert one["ticket"]["account"] == alice.account
    assert (unknown.status_code, wrong.status_code) == (404, 400)
