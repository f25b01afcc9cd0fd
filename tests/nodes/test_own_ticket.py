"""A run that has handed somebody over again waits for the ticket of now, not for one before it."""

from collections.abc import Mapping
from datetime import timedelta

from sparekey.support import State
from tests.flows.drawing import Drawn
from tests.flows.test_api import go_live
from tests.nodes.test_handing import customer, move, start, tickets
from tests.recovery.publishing import outcomes
from tests.world.simulated import Simulation

DAY = timedelta(days=1, seconds=1)


def waiting(seen_to: str, otherwise: str) -> tuple[str, Mapping[str, object], Mapping[str, str]]:
    """Reminds once, and waits a day."""
    settings = {"template": "help", "times": 1, "every": 86_400}
    return "remind", settings, {"changed": seen_to, "enough": otherwise, "again": otherwise}


#: Hands somebody over, and a day later again; its end says at which wait they were seen to.
TWICE: Drawn = {
    "begin": ("start_api", {}, {"then": "first"}),
    "first": ("hand_to_support", {"topic": "cannot_get_in"}, {"handed": "wait_first"}),
    "wait_first": waiting("first_seen_to", "then"),
    "then": ("hand_to_support", {"topic": "lost_address"}, {"handed": "wait_then"}),
    "wait_then": waiting("then_seen_to", "nobody"),
    **{
        name: ("finish", {"outcome": name}, {})
        for name in ("first_seen_to", "then_seen_to", "nobody")
    },
}


async def handed(world: Simulation) -> None:
    """A run for Alice that has handed her over once."""
    await go_live(world.client, TWICE, "twice")
    await start(world, "twice", await customer(world))
    await world.deliver()


async def test_that_the_first_ticket_was_solved_is_not_heard_of_the_second(
    app_client: Simulation,
) -> None:
    await handed(app_client)
    [first] = await tickets(app_client)
    path = f"/v1/tickets/{first['id']}"
    solved = await app_client.client.patch(path, json={"status": State.SOLVED})
    assert solved.status_code == 204
    await app_client.wait(DAY)
    await app_client.work("flows.run")  # it hands over again before it hears that
    await app_client.deliver()
    second, _first = await tickets(app_client)
    before = await outcomes(app_client, "twice")

    await move(app_client, second, State.SOLVED)

    assert before == {}
    assert await outcomes(app_client, "twice") == {"then_seen_to": 1}


async def test_a_ticket_that_is_joined_again_is_heard_of_when_it_is_solved(
    app_client: Simulation,
) -> None:
    await handed(app_client)
    await app_client.wait(DAY)
    await app_client.deliver()
    [ticket] = await tickets(app_client)

    await move(app_client, ticket, State.SOLVED)

    assert ticket["topics"] == ["cannot_get_in", "lost_address"]
    assert await outcomes(app_client, "twice") == {"then_seen_to": 1}
