"""A run that has handed somebody over again waits for what it handed over last."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sparekey import support
from sparekey.kit.ids import parse
from sparekey.support import State
from tests.flows.drawing import Drawn
from tests.nodes.test_hearing import document
from tests.recovery.publishing import go_live, outcomes
from tests.recovery.steps import enrol
from tests.world.simulated import Simulation

DAY = timedelta(days=1, seconds=1)


def handing_over(first: str, then: str) -> Drawn:
    """Hands somebody over, and a day later again; its end says at which wait they were seen to."""
    return {
        "begin": ("start_api", {}, {"then": "first"}),
        "first": ("hand_to_support", {"topic": first}, {"handed": "wait_first"}),
        "wait_first": waiting("first_seen_to", "then"),
        "then": ("hand_to_support", {"topic": then}, {"handed": "wait_then"}),
        "wait_then": waiting("then_seen_to", "nobody"),
        **{
            name: ("finish", {"outcome": name}, {})
            for name in ("first_seen_to", "then_seen_to", "nobody")
        },
    }


def waiting(seen_to: str, otherwise: str) -> tuple[str, Mapping[str, object], Mapping[str, str]]:
    """Reminds once, and waits a day."""
    settings = {"template": "help", "times": 1, "every": 86_400}
    return "remind", settings, {"changed": seen_to, "enough": otherwise, "again": otherwise}


async def begun(world: Simulation, nodes: Drawn) -> None:
    """A run for Alice that has handed her over once."""
    alice = world.person("alice")
    await enrol(world.client, alice)
    await go_live(world, document(nodes))
    await world.post("/v1/flows/drawn/runs", {"account": alice.account})
    await world.deliver()


async def ticket(world: Simulation, topic: str) -> UUID:
    """The ticket of a topic."""
    shown = (await world.client.get("/v1/tickets")).json()["data"]
    found = parse("tic", next(one["id"] for one in shown if one["topic"] == topic))
    assert found is not None
    return found


async def solve(world: Simulation, topic: str) -> None:
    """An agent has seen to it."""
    of = world.brand.id, await ticket(world, topic)
    await support.move(world.db, *of, State.SOLVED, at=world.clock())


async def test_an_earlier_ticket_that_is_solved_late_is_not_the_later_one(
    app_client: Simulation,
) -> None:
    await begun(app_client, handing_over("cannot_get_in", "lost_address"))
    await app_client.wait(DAY)
    await app_client.deliver()

    await solve(app_client, "cannot_get_in")
    await app_client.deliver()
    before = await outcomes(app_client, "drawn")
    await solve(app_client, "lost_address")
    await app_client.deliver()

    assert before == {}
    assert await outcomes(app_client, "drawn") == {"then_seen_to": 1}


async def test_what_was_solved_before_it_was_opened_again_is_not_solved(
    app_client: Simulation,
) -> None:
    await begun(app_client, handing_over("cannot_get_in", "cannot_get_in"))
    await solve(app_client, "cannot_get_in")
    await app_client.wait(DAY)
    await app_client.work("flows.run")  # before anybody hears that it was solved
    await app_client.deliver()
    before = await outcomes(app_client, "drawn")

    await solve(app_client, "cannot_get_in")
    await app_client.deliver()

    assert before == {}
    assert await outcomes(app_client, "drawn") == {"then_seen_to": 1}


async def test_a_ticket_that_is_solved_is_heard_at_once(app_client: Simulation) -> None:
    await begun(app_client, handing_over("cannot_get_in", "lost_address"))

    await solve(app_client, "cannot_get_in")
    await app_client.deliver()

    assert await outcomes(app_client, "drawn") == {"first_seen_to": 1}
