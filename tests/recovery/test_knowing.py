"""What is known at a start, and what speaks against its being the owner's own quiet account."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from sparekey import accounts, brands, flows, guard, recovery
from sparekey.kit.address import read_phone
from sparekey.nodes.kinds import branch, safety_check
from tests.flows.drawing import Drawn, drawn
from tests.recovery.steps import enrol, forgot, move, prove, recover
from tests.world.cast import Person
from tests.world.simulated import Simulation


async def facts(simulation: Simulation, person: Person) -> dict[str, str]:
    """What a run of this account would know now."""
    brand = await brands.by_id(simulation.db, simulation.brand.id)
    account = await accounts.get(simulation.db, simulation.keyring, brand.id, person.account)
    return await recovery.known_of_account(
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


#: A recovery that ends at once, by the verdict on its start.
JUDGED: Drawn = {
    "begin": ("start_page", {}, {"then": "look"}),
    "look": ("safety_check", {}, {one: one for one in flows.Verdict}),
    **{one: ("finish", {"outcome": one}, {}) for one in flows.Verdict},
}


async def judged(simulation: Simulation, identifier: object, **asked: Any) -> list[str]:
    """Ask to get back in; which verdicts there were since the last time."""
    before = await outcomes(simulation)
    await forgot(simulation.client, identifier, **asked)
    await simulation.deliver()
    after = await outcomes(simulation)
    return [one for one in after if after[one] != before.get(one)]


async def outcomes(simulation: Simulation) -> dict[str, int]:
    """How the runs ended."""
    return (await simulation.client.get("/v1/flows/judged/counts")).json()["outcomes"]


async def draw(simulation: Simulation) -> None:
    """Publish the drawing that ends by the verdict."""
    document = msgspec.to_builtins(drawn(JUDGED, "judged"))
    made = await simulation.post("/v1/flows", {"document": document})
    published = await simulation.post("/v1/flows/judged/publish", {"reason": "to look"})
    assert (made.status_code, published.status_code) == (201, 201), published.text


async def test_nobody_is_sure_of_a_new_browser_or_of_a_stranger(app_client: Simulation) -> None:
    alice, nobody = await customer(app_client), app_client.person("nobody")
    await draw(app_client)

    assert await judged(app_client, alice.phone) == ["unsure"]
    assert await judged(app_client, nobody.phone) == ["unsure"]


async def test_a_known_browser_is_fine_whatever_strangers_do(app_client: Simulation) -> None:
    alice = await customer(app_client)
    device = await recover(app_client, alice)
    await draw(app_client)
    address = read_phone(alice.phone.address)
    key = guard.address_ledger(app_client.keyring, app_client.brand.id, address)
    at = app_client.clock()
    until = at + timedelta(days=30)
    for kind in (guard.FREEZE, guard.PAUSE):
        await guard.block(app_client.db, key=key, kind=kind, until=until, reason="test", at=at)

    assert await judged(app_client, alice.phone) == ["suspicious"]
    assert await judged(app_client, alice.phone, client={"device": device}) == ["fine"]


async def test_a_new_address_and_a_block_are_held_against_a_known_browser(
    app_client: Simulation,
) -> None:
    alice = await customer(app_client)
    device = await recover(app_client, alice)
    await draw(app_client)
    known = {"client": {"device": device}}

    await move(app_client.client, alice, alice.email.address, "+447700900999")
    moved = await judged(app_client, alice.email, **known)
    await app_client.wait(timedelta(hours=73))
    rested = await judged(app_client, alice.email, **known)
    key, at = await key_of(app_client, alice), app_client.clock()
    until = at + timedelta(days=1)
    await guard.block(app_client.db, key=key, kind=guard.BLOCK, until=until, reason="test", at=at)

    assert (moved, rested) == (["suspicious"], ["fine"])
    assert await judged(app_client, alice.email, **known) == ["suspicious"]


async def test_a_new_browser_is_suspicious_after_more_guesses_than_owners_make(
    app_client: Simulation,
) -> None:
    alice = await customer(app_client)
    for _ in range(4):
        asked = await forgot(app_client.client, alice.phone)
        await app_client.deliver()
        for _ in range(3):
            await prove(app_client.client, asked, code="00000000")
        await app_client.wait(timedelta(minutes=20))
    few = (await facts(app_client, alice))["verdict"]
    key = await key_of(app_client, alice)
    await app_client.db.execute(
        "UPDATE guard.ledger SET charged_until = $2 WHERE key = $1",
        key,
        app_client.clock() + timedelta(days=300),
    )
    await draw(app_client)

    assert few == "fine"
    assert (await facts(app_client, alice))["verdict"] == "suspicious"
    assert await judged(app_client, alice.phone) == ["suspicious"]


def test_the_words_of_facts_are_said_wherever_they_are_used() -> None:
    document = {
        **JUDGED,
        "look": (
            "branch",
            {"of": "verdict", "cases": [{"exit": "fine", "is": ["fine", "good"]}]},
            {"fine": "fine", "otherwise": "unsure"},
        ),
    }
    found = flows.check(drawn(document)).errors
    rules = flows.settings_schema(branch.node)["$defs"]["Cases"]["allOf"]
    of_verdict = next(one for one in rules if one["if"]["properties"]["of"]["const"] == "verdict")

    assert [(one.code, one.message) for one in found if one.code == "branch.never"] == [
        ("branch.never", "verdict is one of fine, unsure, suspicious, never good.")
    ]
    one_case = of_verdict["then"]["properties"]["cases"]["items"]
    assert one_case == {"properties": {"is": {"items": {"enum": ["fine", "unsure", "suspicious"]}}}}
    assert "allOf" in flows.json_schema()["$defs"]["Cases"]
    for one in flows.Verdict:
        assert one in str(branch.__doc__)
        assert f"`{one}`" in str(safety_check.__doc__)
