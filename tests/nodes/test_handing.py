"""Runs that are handed to people: one ticket of a customer, whoever starts how many of them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from sparekey import flows, jobs
from sparekey.flows import ready
from sparekey.kit.ids import parse
from sparekey.support import State
from tests.flows.drawing import Drawn, begun, published
from tests.flows.test_api import go_live
from tests.recovery.publishing import outcomes, publish
from tests.recovery.steps import at_brand, enrol, forgot, prove
from tests.world.cast import Person
from tests.world.footprints import footprint
from tests.world.simulated import Simulation


def handing(kind: str, topic: str = "cannot_get_in") -> Drawn:
    """A flow that hands over whoever comes, and ends."""
    return {
        "begin": (kind, {}, {"then": "people"}),
        "people": ("hand_to_support", {"topic": topic}, {"handed": "end"}),
        "end": ("finish", {"outcome": "handed_over"}, {}),
    }


def patient(kind: str) -> Drawn:
    """The same, and the run stays until its ticket is solved."""
    stays = {"template": "help", "channel": "email", "times": 2, "every": 86_400}
    return {
        "begin": (kind, {}, {"then": "people"}),
        "people": ("hand_to_support", {"topic": "cannot_get_in"}, {"handed": "stay"}),
        "stay": ("remind", stays, {"again": "stay", "enough": "tired", "changed": "seen_to"}),
        "tired": ("finish", {"outcome": "tired"}, {}),
        "seen_to": ("finish", {"outcome": "seen_to"}, {}),
    }


async def customer(world: Simulation, name: str = "alice") -> Person:
    """Somebody with an account."""
    person = world.person(name)
    await enrol(world.client, person)
    return person


async def ask(world: Simulation, identifier: object) -> None:
    """Somebody says that they forgot, and what follows is done."""
    await forgot(world.client, identifier)
    await world.deliver()


async def start(world: Simulation, name: str, person: Person) -> None:
    """The company's server starts a flow for a customer."""
    answer = await world.post(f"/v1/flows/{name}/runs", {"account": person.account})
    assert answer.status_code == 201, answer.text


async def tickets(world: Simulation) -> list[Any]:
    """What support sees, the youngest first."""
    return (await world.client.get("/v1/tickets")).json()["data"]


async def said(world: Simulation, ticket: Any) -> list[str]:
    """What is said in a ticket."""
    told = (await world.client.get(f"/v1/tickets/{ticket['id']}")).json()
    return [one["text"] for one in told["messages"]]


async def move(world: Simulation, ticket: Any, state: State) -> None:
    """An agent brings a ticket into another state."""
    await world.wait(timedelta(seconds=1))
    answer = await world.client.patch(f"/v1/tickets/{ticket['id']}", json={"status": state})
    assert answer.status_code == 204, answer.text
    await world.deliver()
    await world.wait(timedelta(seconds=1))


async def test_what_strangers_start_for_an_account_is_one_ticket(app_client: Simulation) -> None:
    await go_live(app_client.client, handing("start_page"), "forgot")
    alice = await customer(app_client)

    asked = [await forgot(app_client.client, to) for to in (alice.phone, alice.email) * 3]
    await app_client.deliver()
    [ticket] = await tickets(app_client)
    told = await said(app_client, ticket)

    assert (ticket["account"], ticket["runs"], ticket["status"]) == (alice.account, 6, "open")
    assert len(told) == 6
    assert {one.partition("run_")[2].split()[0] for one in told} == {
        one.partition("_")[2] for one in asked
    }
    assert not any(to.address in one for one in told for to in (alice.phone, alice.email))


async def test_guesses_at_a_ready_made_flow_are_one_ticket(app_client: Simulation) -> None:
    await publish(app_client.client, msgspec.to_builtins(ready.document("reset_by_code")))
    alice = await customer(app_client)

    for _ in range(4):
        asked = await forgot(app_client.client, alice.phone)
        await app_client.deliver()
        for code in ("00000000", "11111111", "22222222"):
            await prove(app_client.client, asked, code=code)
        await app_client.deliver()
        await app_client.wait(timedelta(minutes=11))
    [ticket] = await tickets(app_client)

    assert await outcomes(app_client, "reset_by_code") == {"handed_over": 4}
    assert (ticket["account"], ticket["runs"]) == (alice.account, 4)


async def test_a_ticket_shows_everything_it_was_joined_about(app_client: Simulation) -> None:
    await go_live(app_client.client, handing("start_page"), "forgot")
    await go_live(app_client.client, handing("start_api", "unusual"), "warned")
    alice = await customer(app_client)

    await ask(app_client, alice.phone)
    await start(app_client, "warned", alice)
    await start(app_client, "warned", alice)
    [ticket] = await tickets(app_client)

    assert ticket["topic"] == "cannot_get_in"
    assert ticket["topics"] == ["cannot_get_in", "unusual"]


async def test_runs_that_hand_over_at_the_same_moment_make_one_ticket(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, handing("start_api"), "warned")
    people = [await customer(app_client, name) for name in ("alice", "bob")]

    for _ in range(3):
        await asyncio.gather(
            *(start(app_client, "warned", person) for person in people for _ in range(8))
        )
    found = await tickets(app_client)

    assert {one["account"]: one["runs"] for one in found} == {
        person.account: 24 for person in people
    }
    assert len(found) == 2


async def test_runs_that_wake_at_the_same_moment_make_one_ticket(app_client: Simulation) -> None:
    later = ("wait", {"seconds": 60}, {"then": "people"})
    nodes: Drawn = {
        **handing("start_api"),
        "begin": ("start_api", {}, {"then": "later"}),
        "later": later,
    }
    await go_live(app_client.client, nodes, "later")
    alice = await customer(app_client)
    await asyncio.gather(*(start(app_client, "later", alice) for _ in range(8)))

    await app_client.wait(timedelta(minutes=1))
    await app_client.deliver()
    [ticket] = await tickets(app_client)

    assert ticket["runs"] == 8
    assert await outcomes(app_client, "later") == {"handed_over": 8}


async def test_a_flood_grows_a_number_and_no_messages(app_client: Simulation) -> None:
    await go_live(app_client.client, handing("start_api"), "warned")
    alice = await customer(app_client)

    for _ in range(5):
        await asyncio.gather(*(start(app_client, "warned", alice) for _ in range(8)))
    [ticket] = await tickets(app_client)

    assert ticket["runs"] == 40
    assert len(await said(app_client, ticket)) == 20


async def test_a_solved_ticket_stays_solved_and_another_one_opens(app_client: Simulation) -> None:
    await go_live(app_client.client, handing("start_page"), "forgot")
    alice = await customer(app_client)
    await ask(app_client, alice.phone)
    [first] = await tickets(app_client)

    await move(app_client, first, State.SOLVED)
    await ask(app_client, alice.phone)
    await ask(app_client, alice.email)
    found = await tickets(app_client)

    assert [(one["status"], one["runs"]) for one in found] == [("open", 2), ("solved", 1)]
    assert found[1]["id"] == first["id"]
    assert len(await said(app_client, first)) == 1


async def test_a_run_that_joins_calls_people_back_to_a_ticket_that_waits(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, handing("start_page"), "forgot")
    alice = await customer(app_client)
    await ask(app_client, alice.phone)
    [first] = await tickets(app_client)

    await move(app_client, first, State.WAITING)
    await ask(app_client, alice.email)
    [ticket] = await tickets(app_client)
    told = await app_client.db.fetch("SELECT kind FROM events.event ORDER BY id")

    assert (ticket["status"], ticket["runs"]) == ("open", 2)
    assert [one["kind"] for one in told if one["kind"].startswith("ticket.")] == [
        "ticket.opened",
        "ticket.changed",
        "ticket.changed",
    ]


async def test_every_run_that_joined_hears_that_its_ticket_is_solved(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, patient("start_page"), "forgot")
    await go_live(app_client.client, patient("start_api"), "called")
    alice, bob = await customer(app_client), await customer(app_client, "bob")
    await ask(app_client, alice.phone)
    await start(app_client, "called", alice)
    await start(app_client, "called", alice)
    await start(app_client, "called", bob)
    nobody = app_client.person("nobody")
    await ask(app_client, nobody.phone)
    await ask(app_client, nobody.phone)

    found = {one["account"]: one for one in await tickets(app_client)}
    await move(app_client, found[alice.account], State.SOLVED)
    after_hers = await outcomes(app_client, "forgot"), await outcomes(app_client, "called")
    await move(app_client, found[None], State.SOLVED)

    assert after_hers == ({"seen_to": 1}, {"seen_to": 2})
    assert await outcomes(app_client, "forgot") == {"seen_to": 3}


async def test_a_ticket_that_is_solved_while_runs_join_leaves_none_behind(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, patient("start_api"), "called")
    alice = await customer(app_client)
    await start(app_client, "called", alice)
    [first] = await tickets(app_client)

    await asyncio.gather(
        move(app_client, first, State.SOLVED),
        *(start(app_client, "called", alice) for _ in range(8)),
    )
    await app_client.deliver()
    found = await tickets(app_client)
    ended = (await outcomes(app_client, "called")).get("seen_to", 0)
    waiting = [one for one in found if one["status"] == "open"]

    assert sum(one["runs"] for one in found) == 9
    assert len(waiting) <= 1
    assert ended == 9 - sum(one["runs"] for one in waiting)


LOOPING: Drawn = {
    "begin": ("start_api", {}, {"then": "people"}),
    "people": ("hand_to_support", {"topic": "other"}, {"handed": "rest"}),
    "rest": ("wait_for_reply", {"seconds": 60}, {"other": "end", "no_reply": "people"}),
    "end": ("finish", {"outcome": "answered"}, {}),
}


async def test_a_run_that_hands_over_again_is_one_run(app_client: Simulation) -> None:
    await go_live(app_client.client, LOOPING, "looping")
    alice = await customer(app_client)
    await start(app_client, "looping", alice)
    for _ in range(2):
        await app_client.wait(timedelta(minutes=1))
        await app_client.deliver()
    [first] = await tickets(app_client)

    await move(app_client, first, State.SOLVED)
    await app_client.wait(timedelta(minutes=1))
    await app_client.deliver()
    second, solved = await tickets(app_client)

    assert (solved["id"], solved["status"], solved["runs"]) == (first["id"], "solved", 1)
    assert (second["status"], second["runs"]) == ("open", 1)
    assert len(await said(app_client, first)) == 3
    assert len(await said(app_client, second)) == 1


async def test_a_run_hears_once_of_its_ticket_however_often_it_is_told(
    app_client: Simulation,
) -> None:
    nodes = patient("start_api")
    kind, stays, exits = nodes["stay"]
    again: Drawn = {
        **nodes,
        "stay": (kind, stays, {**exits, "changed": "password"}),
        "password": (kind, stays, {**exits, "again": "password"}),
    }
    await go_live(app_client.client, again, "called")
    alice = await customer(app_client)
    await start(app_client, "called", alice)
    [ticket] = await tickets(app_client)
    await move(app_client, ticket, State.SOLVED)

    found = parse("tic", ticket["id"])
    payload = {"data": {"state": "solved"}, "brand": app_client.brand.id, "subject": str(found)}
    at = app_client.clock()
    await jobs.queue(app_client.db, kind="nodes.ticket_changed", payload=payload, due_at=at, at=at)
    await app_client.deliver()
    left = await app_client.db.fetchrow("SELECT count(*) FROM support.handed")

    assert await outcomes(app_client, "called") == {}
    assert left["count"] == 0


async def test_a_stranger_leaves_the_same_rows_as_a_member(app_client: Simulation) -> None:
    await go_live(app_client.client, patient("start_page"), "forgot")
    alice, nobody = await customer(app_client), app_client.person("nobody")
    written: dict[str, list[dict[str, int]]] = {}

    for person in (alice, nobody):
        of = written.setdefault(person.account, [])
        for state in (None, None, State.WAITING, State.SOLVED):
            if state is not None:
                [ticket] = [one for one in await tickets(app_client) if one["status"] == "open"]
                await move(app_client, ticket, state)
            await app_client.wait(timedelta(minutes=11))
            before = await footprint(app_client.db)
            await ask(app_client, person.phone)
            of.append(await before.since())
        [ticket] = [one for one in await tickets(app_client) if one["status"] == "open"]
        await move(app_client, ticket, State.SOLVED)

    assert written[nobody.account] == written[alice.account]
    assert [one["support.ticket"] for one in written[nobody.account]] == [1, 1, 1, 1]
    assert [one["support.message"] for one in written[nobody.account]] == [1, 1, 1, 1]
    assert [one["runs"] for one in await tickets(app_client)] == [1, 3, 1, 3]


async def test_runs_about_nobody_have_a_ticket_each(app_client: Simulation) -> None:
    ready = await published(app_client.db, app_client.brand.id, handing("start_api"), "warned")
    made: list[UUID] = []

    for _ in range(3):
        one = begun(app_client.clock)
        async with app_client.db.transaction() as tx:
            await flows.begin(tx, ready, one, keyring=app_client.keyring, at=app_client.clock())
        made.append(one.id)

    assert [one["runs"] for one in await tickets(app_client)] == [1, 1, 1]


async def test_another_brands_ticket_is_not_joined(app_client: Simulation) -> None:
    nobody = app_client.person("nobody")
    for name in ("first", "second"):
        await go_live(app_client.client, handing("start_page"), name)
        await ask(app_client, nobody.phone)
        [ticket] = await tickets(app_client)
        assert ticket["runs"] == 1
        await at_brand(app_client)
