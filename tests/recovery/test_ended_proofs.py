"""A proof that a flow sends once more after its challenge has ended: nothing goes out, and the run
knows."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.flows.drawing import Drawn, drawn
from tests.recovery.publishing import go_live, outcomes
from tests.recovery.steps import enrol, forgot, grant_for, prove
from tests.world.cast import Person
from tests.world.simulated import Simulation

#: Sends the proof a second time, whatever became of the first.
AGAIN: Drawn = {
    "begin": ("start_page", {}, {"then": "send"}),
    "send": ("send", {"template": "recovery_code", "channel": "sms"}, {"sent": "check"}),
    "check": (
        "check_code",
        {"seconds": 900},
        {"proven": "in", "wrong": "check", "exhausted": "again", "no_answer": "again"},
    ),
    "again": (
        "send",
        {"template": "recovery_code", "channel": "sms"},
        {"sent": "check", "over": "late"},
    ),
    "in": ("finish", {"outcome": "in"}, {}),
    "late": ("finish", {"outcome": "ask_again", "is_good": False}, {}),
}


def again(**changes: int) -> Any:
    """The drawing that sends twice, with other exits of its second send."""
    kind, settings, exits = AGAIN["again"]
    nodes = {**AGAIN, "again": (kind, {**settings, **changes}, exits)}
    return msgspec.to_builtins(drawn(nodes, "again"))


async def time_passes(world: Simulation, _asked: str) -> None:
    """Nobody does anything."""


async def guesses(world: Simulation, asked: str) -> None:
    """Somebody types three wrong codes."""
    for _ in range(3):
        await prove(world.client, asked, code="00000000")


async def denies(world: Simulation, asked: str) -> None:
    """Somebody says that it was not them."""
    await world.post(f"/v1/recoveries/{asked}/deny")


ENDS = [time_passes, guesses, denies]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("who", ["alice", "nobody"])
async def test_what_has_ended_is_not_sent_again_and_the_run_knows(
    app_client: Simulation, end: Callable[[Simulation, str], Awaitable[None]], who: str
):
    api, person = app_client.client, app_client.person(who)
    await go_live(app_client, again())
    if who == "alice":
        await enrol(api, person)

    asked = await forgot(api, person.phone)
    await app_client.deliver()
    before = len(person.phone.inbox)
    await end(app_client, asked)
    await app_client.deliver()
    await app_client.wait(timedelta(minutes=16))
    await app_client.deliver()

    assert await outcomes(app_client, "again") == {"ask_again": 1}
    assert len(person.phone.inbox) == before


async def test_whoever_asks_again_gets_a_new_code(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    await go_live(app_client, again())
    await enrol(api, alice)

    ended = await forgot(api, alice.phone)
    await app_client.deliver()
    old = alice.phone.inbox[-1].code
    await guesses(app_client, ended)
    await app_client.wait(timedelta(minutes=2))
    asked = await forgot(api, alice.phone)
    await app_client.deliver()
    new = alice.phone.inbox[-1].code

    assert (await prove(api, ended, code=old)).status_code == 422
    assert (await prove(api, asked, code=old)).status_code == 422
    assert await grant_for(api, asked, code=new)
    await app_client.deliver()
    assert await outcomes(app_client, "again") == {"ask_again": 1, "in": 1}


@pytest.mark.parametrize("receipt_within", [0, 60])
async def test_a_run_ends_by_the_name_of_the_way_out_that_nobody_led_on(
    app_client: Simulation, receipt_within: int
):
    api, alice = app_client.client, app_client.person("alice")
    document = again(receipt_within=receipt_within)
    second = next(one for one in document["nodes"] if one["id"] == "again")
    heard = ("delivered", "undelivered", "no_receipt") if receipt_within else ("sent",)
    second["exits"] = dict.fromkeys(heard, "check")
    document["nodes"] = [one for one in document["nodes"] if one["id"] != "late"]
    await go_live(app_client, document)
    await enrol(api, alice)

    await guesses(app_client, await asked_and_sent(app_client, alice))
    await app_client.deliver()

    assert await outcomes(app_client, "again") == {"over": 1}
    assert len(alice.phone.inbox) == 1


async def test_what_was_done_on_the_way_to_the_closed_send_is_done_once(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    document = again()
    check = next(one for one in document["nodes"] if one["id"] == "check")
    check["exits"]["exhausted"] = "ticket"
    document["nodes"].append(
        {
            "id": "ticket",
            "kind": "hand_to_support",
            "settings": {"topic": "cannot_get_in"},
            "exits": {"handed": "again"},
        }
    )
    await go_live(app_client, document)
    await enrol(api, alice)

    await guesses(app_client, await asked_and_sent(app_client, alice))
    await app_client.deliver()
    tickets = (await api.get("/v1/tickets")).json()["data"]
    counts = (await api.get("/v1/flows/again/counts")).json()

    assert len(tickets) == 1
    assert counts["outcomes"] == {"ask_again": 1}
    assert [node["exits"] for node in counts["nodes"] if node["node"] in ("ticket", "again")] == [
        {"sent": 0, "over": 1},
        {"handed": 1},
    ]


async def asked_and_sent(world: Simulation, person: Person) -> str:
    """A recovery whose code has arrived."""
    asked = await forgot(world.client, person.phone)
    await world.deliver()
    return asked


async def test_a_code_that_still_counts_is_sent_anew(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    document = again()
    check = next(one for one in document["nodes"] if one["id"] == "check")
    check["settings"]["seconds"] = 120
    await go_live(app_client, document)
    await enrol(api, alice)

    asked = await asked_and_sent(app_client, alice)
    await app_client.wait(timedelta(minutes=2, seconds=1))
    await app_client.deliver()
    await grant_for(api, asked, code=alice.phone.inbox[-1].code)
    await app_client.deliver()

    assert len({one.code for one in alice.phone.inbox}) == 2
    assert await outcomes(app_client, "again") == {"in": 1}
