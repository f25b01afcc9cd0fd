"""What a lock, a closed account or a new password does to recoveries that are under way."""

from datetime import timedelta

import httpx
import pytest

from tests.recovery.steps import (
    NEW_PASSWORD,
    code_of,
    forgot,
    grant_for,
    prove,
    recover,
    set_password,
    sign_in,
)
from tests.world.cast import Person
from tests.world.simulated import Simulation

HOLDS = [("lock", "unlock"), ("disable", "enable")]


async def hold(api: httpx.AsyncClient, person: Person, what: str) -> None:
    answer = await api.post(f"/v1/accounts/{person.account}/{what}", json={"reason": "a call"})
    assert answer.status_code == 200


@pytest.mark.parametrize(("close", "reopen"), HOLDS)
async def test_a_held_account_is_written_to_by_nobody_until_it_is_open_again(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, close: str, reopen: str
):
    await hold(api, alice, close)
    refused = await forgot(api, alice.email)
    await app_client.deliver()
    before = len(alice.phone.inbox)
    await hold(api, alice, reopen)
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()

    assert before == 0
    assert (await prove(api, refused, code="12345678")).status_code == 422
    assert await grant_for(api, recovery, code=alice.phone.inbox[-1].code)


@pytest.mark.parametrize(("close", "reopen"), HOLDS)
@pytest.mark.parametrize("use", ["password", "redeem"])
async def test_a_grant_is_of_no_use_while_the_account_is_held(
    app_client: Simulation,
    api: httpx.AsyncClient,
    alice: Person,
    close: str,
    reopen: str,
    use: str,
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)

    async def go_on() -> httpx.Response:
        if use == "password":
            return await set_password(api, recovery, grant)
        return await api.post("/v1/grants/redeem", json={"grant": grant})

    await hold(api, alice, close)
    refused = await go_on()
    await hold(api, alice, reopen)
    used = await go_on()

    assert (refused.status_code, code_of(refused)) == (422, "recovery.grant_refused")
    assert used.status_code == 200


@pytest.mark.parametrize("door", ["recovery", "put", "patch"])
async def test_a_new_password_by_any_door_kills_every_code_sent_before(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, door: str
):
    verification = await api.post(
        "/v1/verifications",
        json={"to": alice.email.address, "purpose": "sign_in", "account": alice.account},
    )
    app_client.clock.advance(timedelta(minutes=1))
    pending = await forgot(api, alice.phone)
    await app_client.deliver()
    by_text, by_email = alice.phone.inbox[-1].code, alice.email.inbox[-1].code
    app_client.clock.advance(timedelta(minutes=1))
    if door == "recovery":
        await recover(app_client, alice)
    else:
        path = f"/v1/accounts/{alice.account}"
        await api.request(door.upper(), path, json={"password": NEW_PASSWORD})
    late = await prove(api, pending, code=by_text)
    checked = await api.post(
        f"/v1/verifications/{verification.json()['id']}/check", json={"code": by_email}
    )

    assert code_of(late) == "recovery.not_proven"
    assert checked.json()["reason"] == "superseded"
    assert (await sign_in(api, alice.email, NEW_PASSWORD))["outcome"] == "ok"


@pytest.mark.parametrize("door", ["recovery", "patch"])
async def test_a_new_password_kills_every_other_grant(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, door: str
):
    earlier = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, earlier, code=alice.phone.inbox[-1].code)
    app_client.clock.advance(timedelta(minutes=1))
    if door == "recovery":
        await recover(app_client, alice)
    else:
        await api.patch(f"/v1/accounts/{alice.account}", json={"password": NEW_PASSWORD})
    late = await set_password(api, earlier, grant, "five green boats in a row")

    assert code_of(late) == "recovery.grant_refused"
    assert (await sign_in(api, alice.phone, NEW_PASSWORD))["outcome"] == "ok"


async def test_a_deleted_account_is_recovered_by_nobody(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    await api.delete(f"/v1/accounts/{alice.account}")

    assert code_of(await set_password(api, recovery, grant)) == "recovery.grant_refused"
