"""What is known at a start, and what speaks against its being the owner's own quiet account."""

from datetime import timedelta
from typing import Any

import pytest

from sparekey import accounts, brands, guard
from sparekey.nodes.service.knowing import known
from tests.recovery.steps import enrol, move
from tests.world.cast import Person
from tests.world.simulated import Simulation


async def facts(simulation: Simulation, person: Person) -> dict[str, str]:
    """What a run of this account would know now."""
    brand = await brands.by_id(simulation.db, simulation.brand.id)
    account = await accounts.get(simulation.db, simulation.keyring, brand.id, person.account)
    return await known(
        simulation.db,
        simulation.keyring,
        brand,
        account,
        start="start_api",
        channel="api",
        at=simulation.clock(),
    )


async def customer(simulation: Simulation, **fields: Any) -> Person:
    """Somebody with an account."""
    alice = simulation.person("alice")
    await enrol(simulation.client, alice, **fields)
    return alice


async def key_of(simulation: Simulation, person: Person) -> bytes:
    """What the guard knows an account by."""
    return accounts.account_key(simulation.keyring, simulation.brand.id, person.account)


async def test_an_ordinary_account_is_fine_and_known_in_words(app_client: Simulation) -> None:
    alice = await customer(app_client, locale="de-AT", second_factor=True)

    said = await facts(app_client, alice)

    assert said.pop("brand")
    assert said == {
        "start": "start_api",
        "channel": "api",
        "account": "known",
        "status": "active",
        "language": "de",
        "country": "gb",
        "second_factor": "yes",
        "verdict": "fine",
    }


async def test_nothing_of_a_stranger_is_known(app_client: Simulation) -> None:
    said = await facts(app_client, app_client.person("nobody"))

    assert set(said) == {"start", "channel", "brand", "account", "language"}
    assert said["account"] == "stranger"


@pytest.mark.parametrize(("way", "status"), [("lock", "locked"), ("disable", "disabled")])
async def test_a_held_account_is_suspicious(app_client: Simulation, way: str, status: str) -> None:
    alice = await customer(app_client)

    await app_client.post(f"/v1/accounts/{alice.account}/{way}", {"reason": "lost phone"})
    said = await facts(app_client, alice)

    assert (said["status"], said["verdict"]) == (status, "suspicious")


async def test_a_new_address_is_suspicious_while_it_waits(app_client: Simulation) -> None:
    alice = await customer(app_client)

    await move(app_client.client, alice, alice.email.address, "+447700900999")
    waiting = await facts(app_client, alice)
    await app_client.wait(timedelta(hours=73))
    rested = await facts(app_client, alice)

    assert (waiting["verdict"], rested["verdict"]) == ("suspicious", "fine")


@pytest.mark.parametrize("kind", [guard.BLOCK, guard.FREEZE, guard.PAUSE])
async def test_what_the_guard_stopped_is_suspicious_until_it_ends(
    app_client: Simulation, kind: str
) -> None:
    alice = await customer(app_client)
    key, at = await key_of(app_client, alice), app_client.clock()

    until = at + timedelta(days=1)
    await guard.block(app_client.db, key=key, kind=kind, until=until, reason="test", at=at)
    stopped = await facts(app_client, alice)
    await app_client.wait(timedelta(days=2))

    assert stopped["verdict"] == "suspicious"
    assert (await facts(app_client, alice))["verdict"] == "fine"


async def test_somebody_elses_stop_of_texts_is_not_held_against_them(
    app_client: Simulation,
) -> None:
    alice = await customer(app_client)
    key, at = await key_of(app_client, alice), app_client.clock()

    until = at + timedelta(days=1)
    await guard.block(app_client.db, key=key, kind=guard.STOP, until=until, reason="test", at=at)

    assert (await facts(app_client, alice))["verdict"] == "fine"
