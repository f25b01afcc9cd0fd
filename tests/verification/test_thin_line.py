"""A code is asked for, sent, typed and accepted, at every door it can be asked for at."""

from datetime import timedelta

import httpx

from tests.world.cast import Person
from tests.world.simulated import Simulation


async def test_a_code_by_text_is_right_once(api: httpx.AsyncClient, alice: Person):
    started = await api.post(
        "/v1/verifications", json={"to": alice.phone.address, "purpose": "sign_in"}
    )
    path = f"/v1/verifications/{started.json()['id']}/check"
    code = alice.phone.next().code

    first = await api.post(path, json={"code": code})
    second = await api.post(path, json={"code": code})

    assert started.status_code == 201
    assert (first.json()["status"], first.json()["valid"]) == ("approved", True)
    assert (second.json()["valid"], second.json()["reason"]) == (False, "already_used")


async def test_simulated_days_pass_in_a_moment(app_client: Simulation):
    alice = app_client.person("alice")
    body = {"to": alice.email.address, "purpose": "recovery"}
    for _ in range(3):
        assert (await app_client.post("/v1/verifications", body)).status_code == 201
        await app_client.wait(timedelta(days=30))
    await app_client.post("/v1/verifications", body)
    await app_client.deliver()

    assert len(alice.email.inbox) == 1
