"""A sandbox is one for ever, with brands, keys and messages of its own; nothing live meets it."""

import httpx
import pytest

from sparekey import brands, gateways
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.attacks.register import covers
from tests.attacks.requests import start
from tests.world.basics import MovableClock
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation

CHANNELS = ["sms", "email", "voice", "whatsapp", "rcs", "pigeon", ""]


@covers("T-35")
async def test_a_sandbox_brand_has_the_sandbox_and_a_live_one_never(
    db: Db, keyring: Keyring, clock: MovableClock
):
    async def keep(_message: gateways.Outgoing, _is_dropped: bool) -> None: ...

    routes = gateways.Gateways(gateways.Around(keep=keep), db, keyring)
    sandbox, _ = await make_brand(db, clock())
    live, _ = await make_brand(db, clock(), is_sandbox=False)

    async def ways(brand: brands.Brand, channel: str) -> list[str]:
        wanted = gateways.Wanted(channel, "", None, "recovery", "recovery_code", is_urgent=True)
        plan = await routes.plan(brand, wanted, is_own_door=False, at=clock())
        return [way.name for way in plan.ways]

    of_sandbox = [await ways(sandbox, channel) for channel in CHANNELS]
    of_live = [await ways(live, channel) for channel in CHANNELS]

    assert ["sandbox"] in of_sandbox
    assert all(names in (["sandbox"], []) for names in of_sandbox)
    assert not any(of_live)


@covers("T-35")
async def test_a_live_brands_messages_never_reach_a_sandbox(app_client: Simulation):
    live, key = await make_brand(
        app_client.db, app_client.clock(), is_sandbox=False, countries=("GB",)
    )
    alice = app_client.person("alice")
    headers = {"Authorization": f"Bearer {key}"}
    for handset in (alice.phone, alice.email):
        body = {"to": handset.address, "purpose": "sign_in"}
        answer = await app_client.client.post("/v1/verifications", json=body, headers=headers)
        assert answer.status_code == 201
    await app_client.deliver()

    kept = await app_client.db.fetch("SELECT 1 FROM sandbox.delivery")
    states = await app_client.db.fetch(
        "SELECT state, gateway, failure FROM outbox.message WHERE brand_id = $1", live.id
    )
    assert not kept
    assert not [*alice.phone.inbox, *alice.email.inbox]
    assert [tuple(row) for row in states] == [("failed", None, "no_gateway")] * 2


@covers("T-35")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/sandbox/inbox", {"address": "+447400123456"}),
        ("/v1/sandbox/replies", {"from": "+447400123456", "to": "60777", "text": "NO"}),
    ],
)
async def test_a_live_key_opens_no_sandbox(app_client: Simulation, path: str, body: object):
    _, key = await make_brand(app_client.db, app_client.clock(), is_sandbox=False)

    answer = await app_client.client.post(
        path, json=body, headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 403


@covers("T-35")
async def test_another_sandboxs_key_sees_no_messages_of_this_one(app_client: Simulation):
    alice = app_client.person("alice")
    await start(app_client.client, alice.phone)
    await app_client.deliver()
    _, key = await make_brand(app_client.db, app_client.clock())

    answer: httpx.Response = await app_client.client.post(
        "/v1/sandbox/inbox",
        json={"address": alice.phone.address},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert len(alice.phone.inbox) == 1
    assert answer.json() == {"data": []}


@covers("T-35")
async def test_a_key_works_for_the_kind_of_brand_it_was_made_for_only(app_client: Simulation):
    forged = app_client.client.headers["Authorization"].replace("sk_test_", "sk_live_")

    answer = await app_client.client.post(
        "/v1/verifications",
        json={"to": "+447400123456", "purpose": "sign_in"},
        headers={"Authorization": forged},
    )

    assert forged.startswith("Bearer sk_live_")
    assert answer.status_code == 401
