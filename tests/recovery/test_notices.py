"""Owners hear of what happened to their account, at every address, and can undo it."""

from datetime import timedelta

import httpx
import pytest

from tests.attacks.register import covers
from tests.recovery.steps import (
    NEW_PASSWORD,
    browser,
    enrol,
    forgot,
    grant_for,
    move,
    recover,
)
from tests.world.cast import Person, new_person
from tests.world.deployment import Deployment
from tests.world.simulated import Simulation


async def undo(simulation: Simulation, url: str) -> httpx.Response:
    """Open the link of a notice and press its button."""
    async with browser(simulation) as page:
        await page.get(url)
        token = httpx.URL(url).params["m"]
        return await page.post(url.partition("?")[0], data={"m": token}, follow_redirects=True)


def undo_url(text: str) -> str:
    return next(word for word in text.split() if "/undo?m=" in word)


async def test_every_address_hears_of_a_recovery_once(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await recover(app_client, alice)
    await app_client.deliver()
    told = alice.email.inbox[-1]

    assert len(alice.phone.inbox) == 2
    assert len(alice.email.inbox) == 1
    assert "Your password at Acme was changed" in alice.phone.inbox[-1].text
    assert told.subject == "Your password at Acme was changed"
    assert NEW_PASSWORD not in f"{told.text}{told.html}"


async def test_what_a_server_without_a_worker_changes_is_told_too(deployment: Deployment):
    alice = new_person("alice", deployment)
    async with deployment.client(deployment.servers[1]) as api:
        await enrol(api, alice)
        await move(api, alice, alice.email.address)

    assert "was changed" in alice.phone.next().text


@pytest.mark.parametrize("door", ["put", "patch"])
async def test_every_address_hears_of_a_password_that_the_company_set(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, door: str
):
    path = f"/v1/accounts/{alice.account}"
    answer = await api.request(door.upper(), path, json={"password": NEW_PASSWORD})
    await app_client.deliver()

    assert answer.status_code == 200
    assert [len(at.inbox) for at in (alice.phone, alice.email)] == [1, 1]


async def test_nobody_hears_of_the_password_that_an_account_is_made_with(
    app_client: Simulation, alice: Person
):
    await app_client.deliver()

    assert not alice.phone.inbox
    assert not alice.email.inbox


async def test_an_address_that_has_just_been_taken_away_still_hears_of_it(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await move(api, alice, alice.email.address)
    await app_client.deliver()
    await app_client.wait(timedelta(hours=71))
    await api.patch(f"/v1/accounts/{alice.account}", json={"password": NEW_PASSWORD})
    await app_client.deliver()

    assert "password" in alice.phone.inbox[-1].text


@covers("T-27", "T-36")
async def test_a_changed_address_recovers_nothing_for_72_hours_and_is_undone_from_the_old_one(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    thief = app_client.person("mallory")
    await move(api, alice, thief.phone.address)
    await app_client.deliver()
    notices = [alice.phone.inbox[-1], alice.email.inbox[-1]]
    await app_client.wait(timedelta(hours=72) - timedelta(seconds=1))
    await forgot(api, thief.phone)
    await forgot(api, alice.account)
    await app_client.deliver()
    undone = await undo(app_client, undo_url(notices[0].text))
    again = await undo(app_client, undo_url(notices[1].text))
    recovery = await forgot(api, alice.email)
    await app_client.deliver()

    assert not thief.phone.inbox
    assert "The phone number of your Acme account was changed" in notices[0].text
    assert (undone.status_code, again.status_code) == (200, 404)
    assert await grant_for(api, recovery, code=alice.phone.inbox[-1].code)


async def test_nobody_undoes_a_change_that_is_72_hours_old(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await move(api, alice, alice.email.address)
    await app_client.deliver()
    await app_client.wait(timedelta(hours=72))

    assert (await undo(app_client, undo_url(alice.phone.inbox[-1].text))).status_code == 404


async def test_opening_the_undo_page_undoes_nothing(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await move(api, alice, alice.email.address)
    await app_client.deliver()
    async with browser(app_client) as scanner:
        for _ in range(20):
            await scanner.get(undo_url(alice.phone.inbox[-1].text))
    account = (await api.get(f"/v1/accounts/{alice.account}")).json()

    assert [one["kind"] for one in account["addresses"]] == ["email"]


async def test_a_recovery_ends_sessions_and_says_so_in_the_journal(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await recover(app_client, alice)
    told = await app_client.db.fetchrow(
        "SELECT data::text FROM events.event WHERE kind = 'account.recovered'"
    )

    assert '"revoke_sessions": true' in told["data"]
    assert alice.phone.address not in told["data"]
