"""Tickets: one for each run that hands over, moved on by one person at a time, read by scope."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from sparekey import support
from sparekey.db import Db
from sparekey.kit.ids import new_id, show
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.support import Author, Handover, Said, State, Topic
from sparekey.support.service import close_solved
from tests.recovery.steps import enrol
from tests.world.basics import START, MovableClock
from tests.world.simulated import Simulation

Opens = Callable[..., Awaitable[UUID]]


@pytest.fixture
def opens(db: Db, keyring: Keyring, clock: MovableClock) -> Opens:
    """Hands somebody over; the id of their ticket."""

    async def hand_over(**more: Any) -> UUID:
        wanted: dict[str, Any] = {
            "brand_id": 1,
            "run": new_id(START),
            "node": "help",
            "topic": Topic.NOT_ME,
            "party": new_id(START),
        }
        async with db.transaction() as tx:
            return await support.hand_over(tx, keyring, Handover(**{**wanted, **more}), at=clock())

    return hand_over


async def test_the_same_run_is_one_ticket_however_often_it_comes(opens: Opens) -> None:
    run, party = new_id(START), new_id(START)

    tickets = await asyncio.gather(*(opens(run=run, party=party) for _ in range(8)))

    assert len(set(tickets)) == 1


async def test_a_state_follows_only_where_the_drawing_leads(
    db: Db, keyring: Keyring, opens: Opens, clock: MovableClock
) -> None:
    ticket = await opens()

    await support.move(db, keyring, 1, ticket, State.WAITING, at=clock())
    await support.move(db, keyring, 1, ticket, State.SOLVED, at=clock())
    with pytest.raises(Problem, match="cannot become"):
        await support.move(db, keyring, 1, ticket, State.WAITING, at=clock())
    await support.move(db, keyring, 1, ticket, State.OPEN, at=clock())

    assert (await support.find(db, 1, ticket)).state == State.OPEN


async def test_a_ticket_that_is_opened_again_stands_beside_the_one_that_came_since(
    db: Db, keyring: Keyring, opens: Opens, clock: MovableClock
) -> None:
    party = new_id(START)
    first = await opens(party=party)
    await support.move(db, keyring, 1, first, State.SOLVED, at=clock())
    second = await opens(party=party)

    await support.move(db, keyring, 1, first, State.OPEN, at=clock())

    assert await opens(party=party) == second
    assert [(await support.find(db, 1, one)).state for one in (first, second)] == [State.OPEN] * 2


async def test_a_solved_ticket_is_closed_after_two_weeks(
    db: Db, keyring: Keyring, opens: Opens, clock: MovableClock
) -> None:
    ticket = await opens()
    await support.move(db, keyring, 1, ticket, State.SOLVED, at=clock())

    assert await close_solved(db, at=clock.advance(timedelta(days=13))) == 0
    assert await close_solved(db, at=clock.advance(timedelta(days=1))) == 1
    assert (await support.find(db, 1, ticket)).state == State.CLOSED


async def test_what_was_said_is_sealed_in_the_database(
    db: Db, keyring: Keyring, opens: Opens, clock: MovableClock
) -> None:
    ticket = await opens()
    async with db.transaction() as tx:
        said = Said(author=Author.CUSTOMER, text="I lost my phone in Leeds")
        await support.say(tx, keyring, ticket, said, at=clock.advance(timedelta(seconds=1)))
    rows = await db.fetch("SELECT sealed FROM support.message")

    told = await support.story(db, keyring, 1, ticket)

    assert not [row for row in rows if b"Leeds" in row["sealed"]]
    assert told.messages[-1].text == "I lost my phone in Leeds"


async def test_tickets_are_read_by_page_and_by_id_and_by_nobody_else(
    app_client: Simulation, opens: Opens
) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    account = await app_client.db.fetchrow("SELECT id FROM accounts.account")
    brand = app_client.brand.id
    for _ in range(3):
        await opens(brand_id=brand, account_id=account["id"])
    await opens(brand_id=brand + 1)

    page = (await app_client.client.get("/v1/tickets?limit=2&status=open")).json()
    rest = (await app_client.client.get(f"/v1/tickets?after={page['next']}")).json()
    one = (await app_client.client.get(f"/v1/tickets/{page['data'][0]['id']}")).json()
    unknown = await app_client.client.get("/v1/tickets/tic_00000000000000000000000000")
    wrong = await app_client.client.get("/v1/tickets?status=lost")

    assert (len(page["data"]), len(rest["data"]), rest["next"]) == (2, 1, None)
    assert one["ticket"]["account"] == alice.account
    assert (unknown.status_code, wrong.status_code) == (404, 400)


async def test_an_agent_moves_a_ticket_on_with_a_note_and_only_where_it_leads(
    app_client: Simulation, opens: Opens
) -> None:
    brand = app_client.brand.id
    ours, theirs = await opens(brand_id=brand), await opens(brand_id=brand + 1)
    path = f"/v1/tickets/{show('tic', ours)}"
    solved = {"status": "solved", "note": "Called back.\nShe is in."}

    answers = await asyncio.gather(*(app_client.client.patch(path, json=solved) for _ in range(8)))
    refused = {
        "closed": await app_client.client.patch(path, json={"status": "closed"}),
        "waiting": await app_client.client.patch(path, json={"status": "waiting"}),
        "theirs": await app_client.client.patch(f"/v1/tickets/{show('tic', theirs)}", json=solved),
    }
    told = (await app_client.client.get(path)).json()

    assert sorted(one.status_code for one in answers) == [204] + [409] * 7
    assert {name: one.status_code for name, one in refused.items()} == {
        "closed": 400,
        "waiting": 409,
        "theirs": 404,
    }
    assert told["ticket"]["status"] == "solved"
    assert [one["text"] for one in told["messages"] if one["author"] == "agent"] == [solved["note"]]
