"""Who may ask how often: strangers little, the owner's own browser beside them, all in silence."""

from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from sparekey.brands import ClassicPolicy, Support
from tests.attacks.register import covers
from tests.attacks.requests import wrong
from tests.recovery.steps import (
    at_brand,
    browser,
    code_of,
    enrol,
    forgot,
    grant_for,
    prove,
    recover,
    set_password,
    sign_in,
)
from tests.world.cast import Person
from tests.world.simulated import Simulation

MINUTE = timedelta(minutes=1)
_NETWORKS = count(1)


def elsewhere() -> dict[str, Any]:
    """A stranger's network, a new one each time."""
    number = next(_NETWORKS)
    return {"ip": f"198.51.{number // 250}.{number % 250 + 1}"}


async def strangers_start(api: httpx.AsyncClient, alice: Person, n: int) -> str:
    """Spelled anew, so that no limit of what is typed meets it."""
    return await forgot(api, f"{alice.phone}{' ' * n}", client=elsewhere())


async def test_the_fifth_send_of_a_day_is_a_link_by_email_that_lasts_the_day(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recoveries: list[str] = []
    for n in range(8):
        recoveries.append(await strangers_start(api, alice, n))
        await app_client.deliver()
        app_client.clock.advance(timedelta(minutes=11))
    link = alice.email.inbox[-1]
    app_client.clock.advance(timedelta(hours=22))
    grant = await grant_for(api, recoveries[4], link_token=link.link_token)

    assert (len(alice.phone.inbox), len(alice.email.inbox)) == (4, 1)
    assert "24 hours" in link.text
    assert (await set_password(api, recoveries[4], grant)).status_code == 200


async def reserved(app: Simulation, api: httpx.AsyncClient, alice: Person) -> tuple[str, str]:
    """The day's last send for strangers: its recovery, and the token of its link."""
    recovery = ""
    for n in range(5):
        recovery = await strangers_start(api, alice, n)
        await app.deliver()
        app.clock.advance(timedelta(minutes=11))
    return recovery, alice.email.inbox[-1].link_token


@covers("T-32")
async def test_the_starter_cannot_call_the_reserved_link_off(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery, token = await reserved(app_client, api, alice)

    denied = await api.post(f"/v1/recoveries/{recovery}/deny", json={})
    grant = await grant_for(api, recovery, link_token=token)

    assert denied.json()["status"] == "denied"
    assert (await set_password(api, recovery, grant)).status_code == 200


@covers("T-32")
async def test_the_starter_cannot_take_the_reserved_links_grant(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery, token = await reserved(app_client, api, alice)
    grant = await grant_for(api, recovery, link_token=token)

    denied = await api.post(f"/v1/recoveries/{recovery}/deny", json={})

    assert denied.json()["status"] == "denied"
    assert (await set_password(api, recovery, grant)).status_code == 200


@covers("T-32")
async def test_the_links_own_token_stops_the_reserved_link(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery, token = await reserved(app_client, api, alice)
    url = httpx.URL(alice.email.inbox[-1].not_me_url)

    async with browser(app_client) as page:
        await page.post(url.path, data={"m": url.params["m"]})

    assert (await prove(api, recovery, link_token=token)).status_code == 422


@covers("T-31")
async def test_twenty_strangers_use_up_nothing_of_the_owners(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    device = (await sign_in(api, alice.phone))["device_token"]
    own = await forgot(api, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[-1].code
    for n in range(20):
        await strangers_start(api, alice, n)
        await app_client.deliver()
        app_client.clock.advance(timedelta(seconds=29))
    grant = await grant_for(api, own, code=code)
    app_client.clock.advance(timedelta(hours=1))
    for n in range(20):
        await strangers_start(api, alice, n)
        await app_client.deliver()
    before = len(alice.phone.inbox)
    app_client.clock.advance(MINUTE)
    known = await forgot(api, alice.phone, client={"device": device})
    await app_client.deliver()

    assert grant
    assert len(alice.phone.inbox) == before + 1
    assert await grant_for(api, known, code=alice.phone.inbox[-1].code)


async def test_a_known_browser_may_ask_three_times_a_day(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    device = await recover(app_client, alice)
    before = len(alice.phone.inbox)
    for _ in range(5):
        app_client.clock.advance(MINUTE)
        await forgot(api, alice.phone, client={"device": device})
        await app_client.deliver()
    asked = len(alice.phone.inbox) - before
    await app_client.wait(timedelta(days=1))
    await forgot(api, alice.phone, client={"device": device})
    await app_client.deliver()

    assert asked == 3
    assert len(alice.phone.inbox) - before == 4


async def test_the_browser_of_one_is_a_stranger_to_another(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    mallory = app_client.person("mallory")
    await enrol(api, mallory)
    device = await recover(app_client, mallory)
    for _ in range(8):
        await forgot(api, alice.phone, client={"device": device})
        await app_client.deliver()

    assert len(alice.phone.inbox) == 1


async def test_whoever_types_the_same_again_and_again_is_told_to_wait_known_or_not(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    answers = {
        typed: [await api.post("/v1/recoveries", json={"identifier": typed}) for _ in range(12)]
        for typed in (alice.phone.address, "+447400999999", "nobody@mail.example")
    }

    for told in answers.values():
        assert [answer.status_code for answer in told] == [202] * 10 + [429] * 2
        assert {code_of(answer) for answer in told[10:]} == {"request.too_many"}
        assert {answer.headers["retry-after"] for answer in told[10:]} == {"60"}


@pytest.fixture
async def classic(app_client: Simulation, api: httpx.AsyncClient) -> Person:
    """Alice at a brand that pauses recovery by code after three wrong ones."""
    support = Support(phone="+44 20 7946 0000", hours="9 to 5")
    await at_brand(app_client, classic=ClassicPolicy(3, timedelta(hours=1)), support=support)
    alice = app_client.person("alice")
    await enrol(api, alice, username=alice.account)
    return alice


async def fail(simulation: Simulation, typed: str, **more: Any) -> None:
    """Start, and type three wrong codes."""
    recovery = await forgot(simulation.client, typed, **more)
    await simulation.deliver()
    for code in ("00000001", "00000002", "00000003"):
        await prove(simulation.client, recovery, code=code)


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_pause_is_told_for_what_was_typed_known_or_not(
    app_client: Simulation, api: httpx.AsyncClient, classic: Person, is_known: bool
):
    typed = classic.phone.address if is_known else "+447400999999"
    await fail(app_client, typed)
    paused = await api.post("/v1/recoveries", json={"identifier": typed})
    app_client.clock.advance(timedelta(minutes=59))
    still = await api.post("/v1/recoveries", json={"identifier": typed})
    app_client.clock.advance(timedelta(minutes=1))
    over = await api.post("/v1/recoveries", json={"identifier": typed})

    assert (paused.status_code, code_of(paused)) == (429, "recovery.paused")
    assert paused.headers["retry-after"] == "3600"
    assert paused.json()["support"] == {"phone": "+44 20 7946 0000", "hours": "9 to 5"}
    assert (still.status_code, over.status_code) == (429, 202)


async def test_the_accounts_pause_is_silent_and_leaves_links_and_known_browsers_alone(
    app_client: Simulation, api: httpx.AsyncClient, classic: Person
):
    device = (await sign_in(api, classic.account))["device_token"]
    await fail(app_client, classic.phone.address)
    app_client.clock.advance(MINUTE)
    other = await api.post("/v1/recoveries", json={"identifier": classic.account})
    await app_client.deliver()
    texts = len(classic.phone.inbox)
    by_link = await grant_for(
        api, other.json()["id"], link_token=classic.email.inbox[-1].link_token
    )
    await forgot(api, classic.account, client={"device": device})
    await app_client.deliver()

    assert other.status_code == 202
    assert by_link
    assert (texts, len(classic.phone.inbox)) == (1, 2)


@pytest.mark.parametrize("door", ["device", "email"])
async def test_the_told_pause_leaves_known_browsers_and_links_alone(
    app_client: Simulation, api: httpx.AsyncClient, classic: Person, door: str
):
    device = (await sign_in(api, classic.account))["device_token"]
    await fail(app_client, classic.phone.address)
    own: dict[str, Any] = (
        {"channel": "email"} if door == "email" else {"client": {"device": device}}
    )
    app_client.clock.advance(MINUTE)
    recovery = await forgot(api, classic.phone, **own)
    await app_client.deliver()

    if door == "email":
        assert await grant_for(api, recovery, link_token=classic.email.inbox[-1].link_token)
    else:
        assert await grant_for(api, recovery, code=classic.phone.inbox[-1].code)


async def test_no_pause_where_the_brand_wants_none(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    for _ in range(3):
        await fail(app_client, alice.phone.address)
        app_client.clock.advance(MINUTE)

    assert await forgot(api, alice.phone)


async def test_three_wrong_codes_use_a_challenge_up_and_the_next_one_works(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    received = alice.phone.inbox[-1]
    for n in range(3):
        await prove(api, recovery, code=wrong(received, n + 1))
    refused = await prove(api, recovery, code=received.code)
    app_client.clock.advance(MINUTE)
    again = await forgot(api, alice.phone)
    await app_client.deliver()

    assert code_of(refused) == "recovery.not_proven"
    assert await grant_for(api, again, code=alice.phone.inbox[-1].code)
