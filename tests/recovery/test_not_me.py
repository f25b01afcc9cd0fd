""" "That wasn't me": one recovery called off by its id, strangers shut out by a message's token."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from tests.attacks.register import covers
from tests.recovery.steps import (
    at_brand,
    browser,
    code_of,
    enrol,
    forgot,
    grant_for,
    move,
    prove,
    recover,
    set_password,
    sign_in,
)
from tests.world.cast import Person
from tests.world.simulated import Simulation

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def page(app_client: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of whoever got the message."""
    async with browser(app_client) as made:
        yield made


async def press_the_button(page: httpx.AsyncClient, url: str) -> httpx.Response:
    """Open the link of "that wasn't me" and press its button."""
    token = httpx.URL(url).params["m"]
    form = await page.get(url)
    assert 'method="post"' in form.text
    return await page.post(url.partition("?")[0], data={"m": token}, follow_redirects=True)


async def kinds(simulation: Simulation) -> list[str]:
    """What the journal says of recoveries."""
    rows = await simulation.db.fetch("SELECT kind FROM events.event WHERE kind LIKE 'recovery.%'")
    return [row["kind"] for row in rows]


@covers("T-32")
async def test_denying_by_id_ends_that_recovery_and_no_other(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    mallorys = await forgot(api, alice.phone)
    await app_client.deliver()
    app_client.clock.advance(MINUTE)
    alices = await forgot(api, alice.phone)
    await app_client.deliver()
    denied = await api.post(f"/v1/recoveries/{mallorys}/deny")
    first, second = alice.phone.inbox
    refused = await prove(api, mallorys, code=first.code)
    grant = await grant_for(api, alices, code=second.code)
    done = await set_password(api, alices, grant)
    await app_client.deliver()
    app_client.clock.advance(MINUTE)
    later = await forgot(api, alice.phone)
    await app_client.deliver()

    assert denied.json() == {"id": mallorys, "status": "denied"}
    assert code_of(refused) == "recovery.not_proven"
    assert done.status_code == 200
    assert await grant_for(api, later, code=alice.phone.inbox[-1].code)
    assert await kinds(app_client) == ["recovery.denied"]


async def test_denying_takes_the_grant_back(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    await api.post(f"/v1/recoveries/{recovery}/deny")

    assert code_of(await set_password(api, recovery, grant)) == "recovery.grant_refused"


async def test_what_was_denied_before_it_was_looked_up_sends_nothing(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await api.post(f"/v1/recoveries/{recovery}/deny")
    await app_client.deliver()

    assert not alice.phone.inbox


async def test_a_completed_recovery_cannot_be_denied(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    await set_password(api, recovery, grant)
    denied = await api.post(f"/v1/recoveries/{recovery}/deny")

    assert denied.json()["status"] == "completed"


async def test_opening_the_not_me_page_stops_nothing(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    for _ in range(20):
        await page.get(alice.phone.inbox[-1].not_me_url)
        await page.head(alice.phone.inbox[-1].not_me_url)

    assert await grant_for(api, recovery, code=alice.phone.inbox[-1].code)


async def test_the_button_kills_what_is_pending_and_calls_a_person(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    stopped = await press_the_button(page, alice.phone.inbox[-1].not_me_url)
    refused = await prove(api, recovery, code=alice.phone.inbox[-1].code)

    assert (stopped.status_code, "<h1>We stopped it</h1>" in stopped.text) == (200, True)
    assert code_of(refused) == "recovery.not_proven"
    assert await kinds(app_client) == ["recovery.repudiated"]


@covers("T-32")
async def test_under_a_freeze_strangers_get_no_code_but_the_owners_link_goes(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    await forgot(api, alice.phone)
    await app_client.deliver()
    await press_the_button(page, alice.phone.inbox[-1].not_me_url)
    app_client.clock.advance(MINUTE)
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, link_token=alice.email.inbox[-1].link_token)
    done = await set_password(api, recovery, grant)
    app_client.clock.advance(MINUTE)
    await forgot(api, alice.phone)
    await app_client.deliver()

    assert done.status_code == 200
    assert sum("sets a new password" in one.text for one in alice.phone.inbox) == 2


async def test_under_a_freeze_a_known_browser_still_gets_a_code(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    device = (await sign_in(api, alice.phone))["device_token"]
    await forgot(api, alice.phone)
    await app_client.deliver()
    await press_the_button(page, alice.phone.inbox[-1].not_me_url)
    app_client.clock.advance(MINUTE)
    recovery = await forgot(api, alice.phone, client={"device": device})
    await app_client.deliver()

    assert len(alice.phone.inbox) == 2
    assert await grant_for(api, recovery, code=alice.phone.inbox[-1].code)


async def test_a_freeze_ends_after_thirty_days(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient
):
    bob = app_client.person("bob")
    await enrol(api, bob, reach="phone")
    await forgot(api, bob.phone)
    await app_client.deliver()
    await press_the_button(page, bob.phone.inbox[-1].not_me_url)
    sent: list[int] = []
    for wait in (timedelta(minutes=1), timedelta(days=30) - 2 * MINUTE, 2 * MINUTE):
        await app_client.wait(wait)
        await forgot(api, bob.phone)
        await app_client.deliver()
        sent.append(len(bob.phone.inbox))

    assert sent == [1, 1, 2]


@pytest.mark.parametrize("about", ["recovery", "company", "must_change"])
async def test_the_notice_of_a_new_password_stops_what_comes_next(
    app_client: Simulation,
    api: httpx.AsyncClient,
    page: httpx.AsyncClient,
    alice: Person,
    about: str,
):
    match about:
        case "recovery":
            await recover(app_client, alice)
        case "company":
            await enrol(api, alice, password="two lazy clouds over town")
        case _:
            async with app_client.db.transaction() as tx:
                await tx.execute("UPDATE accounts.account SET must_change = true")
            grant = (await sign_in(api, alice.phone))["grant"]
            await api.post("/v1/grants/redeem", json={"grant": grant})
    await app_client.deliver()
    notice = alice.phone.inbox[-1]
    stopped = await press_the_button(page, notice.not_me_url)
    app_client.clock.advance(MINUTE)
    await forgot(api, alice.phone)
    await app_client.deliver()

    assert "was changed" in notice.text
    assert "<h1>We stopped it</h1>" in stopped.text
    assert alice.phone.inbox[-1] == notice
    assert alice.email.inbox[-1].link
    assert await kinds(app_client) == ["recovery.repudiated"]


async def test_an_address_that_came_yesterday_gets_a_notice_that_stops_nothing(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    thief = app_client.person("mallory")
    await move(api, alice, alice.phone.address, thief.phone.address)
    await app_client.deliver()
    await app_client.wait(timedelta(days=1))
    await recover(app_client, alice)
    notice = thief.phone.inbox[-1]

    assert "was changed" in notice.text
    assert "/not-me" not in notice.text


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "…"])
async def test_what_is_no_token_of_ours_stops_nothing(
    app_client: Simulation, page: httpx.AsyncClient, token: str
):
    answer = await page.post(f"/{app_client.brand.slug}/not-me", data={"m": token})

    assert answer.status_code == 404
    assert await kinds(app_client) == []


async def test_a_token_stops_nothing_at_another_brand(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    token = httpx.URL(alice.phone.inbox[-1].not_me_url).params["m"]
    code, key = alice.phone.inbox[-1].code, api.headers["Authorization"]
    await at_brand(app_client)
    foreign = await page.post(f"/{app_client.brand.slug}/not-me", data={"m": token})
    api.headers["Authorization"] = key

    assert foreign.status_code == 404
    assert await grant_for(api, recovery, code=code)
