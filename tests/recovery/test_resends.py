"""Sending the proof again: a fresh one in place of the old, which keeps what was typed before."""

from datetime import timedelta

import httpx
import pytest

from tests.attacks.requests import wrong
from tests.recovery.steps import at_brand, code_of, enrol, forgot, grant_for, move, prove
from tests.world.cast import Person
from tests.world.simulated import Simulation

MINUTE = timedelta(minutes=1)


async def resend(api: httpx.AsyncClient, recovery: str, **more: str) -> httpx.Response:
    return await api.post(f"/v1/recoveries/{recovery}/resend", json=more)


async def test_a_fresh_code_takes_the_place_of_the_old(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    app_client.clock.advance(MINUTE)
    again = await resend(api, recovery)
    await app_client.deliver()
    old, new = alice.phone.inbox
    refused = await prove(api, recovery, code=old.code)

    assert (again.status_code, again.json()) == (202, {"id": recovery, "status": "requested"})
    assert refused.status_code == 422
    assert await grant_for(api, recovery, code=new.code)


async def test_another_channel_may_be_asked_for(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    app_client.clock.advance(MINUTE)
    await resend(api, recovery, channel="email")
    await app_client.deliver()
    refused = await prove(api, recovery, code=alice.phone.inbox[-1].code)

    assert refused.status_code == 422
    assert await grant_for(api, recovery, link_token=alice.email.inbox[-1].link_token)


async def test_a_channel_that_reaches_nobody_stays_with_the_one_that_does(
    app_client: Simulation, api: httpx.AsyncClient
):
    bob = app_client.person("bob")
    await enrol(api, bob, reach="phone")
    recovery = await forgot(api, bob.phone)
    await app_client.deliver()
    app_client.clock.advance(MINUTE)
    await resend(api, recovery, channel="email")
    await app_client.deliver()

    assert await grant_for(api, recovery, code=bob.phone.inbox[1].code)


async def test_no_sooner_than_a_minute_later(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    app_client.clock.advance(timedelta(seconds=59))
    early = await resend(api, recovery)
    app_client.clock.advance(timedelta(seconds=1))
    due = await resend(api, recovery)
    again = await resend(api, recovery)

    assert [answer.status_code for answer in (early, due, again)] == [429, 202, 429]
    assert (code_of(early), early.headers["retry-after"]) == ("recovery.too_soon", "1")
    assert again.headers["retry-after"] == "60"


async def test_a_resend_forgets_no_wrong_guess(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    for n in (1, 2):
        await prove(api, recovery, code=wrong(alice.phone.inbox[0], n))
    app_client.clock.advance(MINUTE)
    await resend(api, recovery)
    await app_client.deliver()
    await prove(api, recovery, code=wrong(alice.phone.inbox[1]))
    right = await prove(api, recovery, code=alice.phone.inbox[1].code)

    assert code_of(right) == "recovery.not_proven"


async def test_what_has_ended_is_not_sent_again(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    proven = await forgot(api, alice.phone)
    await app_client.deliver()
    denied, old = await forgot(api, "nobody"), await forgot(api, "nobody either")
    await grant_for(api, proven, code=alice.phone.inbox[0].code)
    await api.post(f"/v1/recoveries/{denied}/deny")
    app_client.clock.advance(MINUTE)
    ended = [
        await resend(api, recovery)
        for recovery in (proven, denied, "rec_01JQ0000000000000000000000")
    ]
    await app_client.wait(timedelta(hours=24))
    ended.append(await resend(api, old))
    await app_client.deliver()

    assert {answer.status_code for answer in ended[:2]} == {409}
    assert (ended[3].status_code, code_of(ended[3])) == (409, "recovery.ended")
    assert ended[2].status_code in (404, 409)
    assert len(alice.phone.inbox) == 1


async def test_no_resend_reaches_an_account_that_was_locked_meanwhile(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    await api.post(f"/v1/accounts/{alice.account}/lock", json={"reason": "stolen handset"})
    app_client.clock.advance(MINUTE)
    answer = await resend(api, recovery)
    await app_client.deliver()

    assert answer.status_code == 202
    assert len(alice.phone.inbox) == 1


@pytest.mark.parametrize("has_another", [True, False])
async def test_no_resend_goes_to_an_address_that_is_the_accounts_no_more(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, has_another: bool
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    await move(api, alice, *([alice.email.address] if has_another else []))
    await app_client.deliver()
    before = len(alice.phone.inbox)
    app_client.clock.advance(MINUTE)
    await resend(api, recovery)
    await app_client.deliver()

    assert len(alice.phone.inbox) == before


async def test_what_comes_by_code_first_may_come_by_link(
    app_client: Simulation, api: httpx.AsyncClient
):
    await at_brand(app_client, channel_order=("email", "sms"))
    alice = app_client.person("alice")
    await enrol(api, alice)
    recovery = await forgot(api, alice.email)
    await app_client.deliver()
    app_client.clock.advance(MINUTE)
    await resend(api, recovery, channel="sms")
    await app_client.deliver()
    stale = await prove(api, recovery, link_token=alice.email.inbox[-1].link_token)

    assert stale.status_code == 422
    assert await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
