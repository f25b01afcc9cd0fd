"""The outbox in front of an SMSC: what it does with each answer, and that no code goes twice."""

from datetime import timedelta

from sparekey.gateways.wires.smpp.sending import SmppWire
from tests.attacks.requests import guess, start
from tests.gateways.smpp.texting import wire_to
from tests.world.simulated import Simulation
from tests.world.smsc import smsc
from tests.world.wires import delivering_through


async def handed_over(simulation: Simulation, wire: SmppWire, *, later: float = 0) -> int:
    """Hand over what is due so many seconds later; how many messages that was."""
    simulation.clock.advance(timedelta(seconds=later))
    return await delivering_through(simulation.house, wire)()


async def outcomes(simulation: Simulation) -> list[tuple[str, str | None]]:
    """State and failure of every message."""
    rows = await simulation.db.fetch("SELECT state, failure FROM outbox.message")
    return [(row["state"], row["failure"]) for row in rows]


async def test_a_code_that_left_by_smpp_is_the_right_one(app_client: Simulation):
    alice = app_client.person("alice")
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        challenge = await start(app_client.client, alice.phone)
        await handed_over(app_client, wire)
    parts = carrier.of("submit")
    code = "".join(part["text"] for part in parts).rpartition("#")[2]
    answer = await guess(app_client.client, challenge, code)

    assert {f"+{part['to']}" for part in parts} == {alice.phone.address}
    assert answer["valid"] is True
    assert await outcomes(app_client) == [("sent", None)]


async def test_a_text_whose_smsc_was_killed_is_unsure_and_never_sent_again(app_client: Simulation):
    alice = app_client.person("alice")
    async with smsc(on_submit=["die"]) as carrier, wire_to(carrier.port) as wire:
        await start(app_client.client, alice.phone)
        first = await handed_over(app_client, wire)
        carrier.settings["on_submit"] = []
        await carrier.start()
        later = [await handed_over(app_client, wire, later=61) for _ in range(10)]

    assert first == 1
    assert not any(later)
    assert await outcomes(app_client) == [("unsure", "unsure")]
    assert carrier.of("submit") == []


async def test_a_throttled_text_comes_again_and_arrives_once(app_client: Simulation):
    alice = app_client.person("alice")
    async with smsc(on_submit=["throttle"]) as carrier, wire_to(carrier.port) as wire:
        await start(app_client.client, alice.phone)
        await handed_over(app_client, wire)
        between = await outcomes(app_client)
        await handed_over(app_client, wire, later=1)
        again = await handed_over(app_client, wire, later=61)

    assert between == [("queued", "throttled")]
    assert again == 0
    assert len({part["text"] for part in carrier.of("submit")}) == len(carrier.of("submit"))
    assert await outcomes(app_client) == [("sent", None)]
