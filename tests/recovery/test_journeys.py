"""Getting back in: by text, by a link, by a code in an email, in a browser that is known."""

from datetime import timedelta

import httpx
import pytest

from tests.recovery.steps import (
    NEW_PASSWORD,
    OLD_PASSWORD,
    at_brand,
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


async def test_by_text(app_client: Simulation, api: httpx.AsyncClient, alice: Person):
    asked = await api.post("/v1/recoveries", json={"identifier": alice.phone.address})
    recovery = asked.json()["id"]
    await app_client.deliver()
    proven = await prove(api, recovery, code=alice.phone.inbox[-1].code)
    done = await set_password(api, recovery, proven.json()["grant"])

    assert asked.status_code == 202
    assert asked.json() == {
        "id": recovery,
        "status": "requested",
        "expires_at": "2026-03-05T12:00:00Z",
    }
    assert proven.json()["status"] == "proven"
    assert proven.json()["grant_expires_at"] == "2026-03-04T12:15:00Z"
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    assert (await sign_in(api, alice.phone, NEW_PASSWORD))["outcome"] == "ok"
    assert (await sign_in(api, alice.phone, OLD_PASSWORD))["outcome"] == "wrong"
    assert not alice.email.inbox


async def test_by_a_link(app_client: Simulation, api: httpx.AsyncClient, alice: Person):
    recovery = await forgot(api, alice.email, channel="email")
    await app_client.deliver()
    received = alice.email.inbox[-1]
    grant = await grant_for(api, recovery, link_token=received.link_token)
    done = await set_password(api, recovery, grant)

    assert done.status_code == 200
    assert received.link.startswith("https://recover.acme.example/l/")
    assert "Hello Alice Winters" in received.text
    assert not alice.phone.inbox


async def test_by_a_code_in_an_email(app_client: Simulation, api: httpx.AsyncClient):
    await at_brand(app_client, email_proof="code")
    alice = app_client.person("alice")
    await enrol(api, alice)
    recovery = await forgot(api, alice.email, channel="email")
    await app_client.deliver()
    received = alice.email.inbox[-1]
    grant = await grant_for(api, recovery, code=received.code)
    done = await set_password(api, recovery, grant)

    assert done.status_code == 200
    assert not [url for url in received.urls if "/l/" in url]
    assert received.code not in (received.subject or "")


async def test_a_brand_says_which_way_comes_first(app_client: Simulation, api: httpx.AsyncClient):
    await at_brand(app_client, channel_order=("email", "sms"))
    alice = app_client.person("alice")
    await enrol(api, alice)
    await forgot(api, alice.phone)
    await app_client.deliver()

    assert [message.channel for message in alice.email.inbox] == ["email"]
    assert not alice.phone.inbox


@pytest.mark.parametrize("by", ["phone", "email", "username", "customer_number"])
async def test_whatever_names_the_account_leads_to_it(
    app_client: Simulation, api: httpx.AsyncClient, by: str
):
    alice = app_client.person("alice")
    names = {"username": "alice winters", "customer_number": "AC-7731-09"}
    await enrol(api, alice, **names)
    typed = {
        "username": "Alice  WINTERS",
        "customer_number": "ac 7731 09",
        "phone": f" {alice.phone} ",
        "email": alice.email.address.upper(),
    }
    await forgot(api, typed[by])
    await app_client.deliver()

    assert len(alice.phone.inbox) == 1


async def test_an_address_that_nobody_proved_leads_nowhere(
    app_client: Simulation, api: httpx.AsyncClient
):
    bob = app_client.person("bob")
    address = {"kind": "phone", "value": bob.phone.address, "verified": False}
    await enrol(api, bob, reach="", addresses=[address], username=bob.account)
    await forgot(api, bob.phone)
    await forgot(api, bob.account)
    await app_client.deliver()

    assert not bob.phone.inbox


async def test_a_name_that_two_share_leads_nowhere(app_client: Simulation, api: httpx.AsyncClient):
    alice, bob = app_client.person("alice"), app_client.person("bob")
    shared = [{"kind": "phone", "value": alice.phone.address, "verified": True}]
    for person in (alice, bob):
        await enrol(api, person, addresses=shared, username=person.account)
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    before = len(alice.phone.inbox)
    app_client.clock.advance(timedelta(minutes=1))
    await forgot(api, bob.account)
    await app_client.deliver()

    assert (before, len(alice.phone.inbox)) == (0, 1)
    assert (
        code_of(await prove(api, recovery, code=alice.phone.inbox[-1].code))
        == "recovery.not_proven"
    )


async def test_what_was_typed_is_forgotten_once_it_was_looked_up(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await forgot(api, alice.phone)
    await forgot(api, "nobody@mail.example")
    query = "SELECT count(*) AS kept FROM recovery.recovery WHERE asked IS NOT NULL"
    before = await app_client.db.fetchrow(query)
    await app_client.deliver()
    after = await app_client.db.fetchrow(query)

    assert (before["kept"], after["kept"]) == (2, 0)


async def test_asking_changes_nothing(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    await grant_for(api, recovery, code=alice.phone.inbox[-1].code)

    assert (await sign_in(api, alice.phone))["outcome"] == "ok"


async def test_a_grant_is_not_a_sign_in_and_works_once(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    done = await set_password(api, recovery, grant)
    again = await set_password(api, recovery, grant, "five green boats in a row")
    redeemed = await api.post("/v1/grants/redeem", json={"grant": grant})

    assert set(done.json()) == {"status", "device_token"}
    assert (code_of(again), code_of(redeemed)) == ("recovery.grant_refused",) * 2
    assert (await sign_in(api, alice.phone, NEW_PASSWORD))["outcome"] == "ok"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.too_short"),
        ("a" * 129, "password.too_long"),
        ("Acme", "password.too_short"),
    ],
)
async def test_a_password_that_will_not_do_leaves_the_grant(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, password: str, code: str
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    refused = await set_password(api, recovery, grant, password)
    done = await set_password(api, recovery, grant)

    assert (refused.status_code, code_of(refused)) == (422, code)
    assert done.status_code == 200


async def test_the_company_redeems_a_grant_and_sets_the_password_itself(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    redeemed = await api.post("/v1/grants/redeem", json={"grant": grant})
    again = await api.post("/v1/grants/redeem", json={"grant": grant})
    late = await set_password(api, recovery, grant)
    await app_client.deliver()
    recovered = await app_client.db.fetchrow(
        "SELECT data FROM events.event WHERE kind = 'account.recovered'"
    )

    assert redeemed.json()["account"] == alice.account
    assert (code_of(again), code_of(late)) == ("recovery.grant_refused",) * 2
    assert '"revoke_sessions": true' in recovered["data"]
    assert len(alice.email.inbox) == 1
    assert (await sign_in(api, alice.phone))["outcome"] == "ok"


async def test_a_password_that_must_be_changed_brings_a_grant(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    async with app_client.db.transaction() as tx:
        await tx.execute("UPDATE accounts.account SET must_change = true")
    answer = await sign_in(api, alice.phone)
    wrong = await sign_in(api, alice.phone, "not my password at all")
    redeemed = await api.post("/v1/grants/redeem", json={"grant": answer["grant"]})

    assert answer["outcome"] == "must_change"
    assert wrong == {"outcome": "wrong"}
    assert redeemed.json()["account"] == alice.account


async def test_a_recovery_leaves_the_second_factor_alone(
    app_client: Simulation, api: httpx.AsyncClient
):
    alice = app_client.person("alice")
    await enrol(api, alice, second_factor=True)
    await recover(app_client, alice)
    account = await api.get(f"/v1/accounts/{alice.account}")

    assert account.json()["second_factor"] is True


async def test_customers_return_only_where_the_brand_allows(
    app_client: Simulation, api: httpx.AsyncClient
):
    home = "https://acme.example/welcome"
    await at_brand(app_client, return_urls=(home,))
    elsewhere = [
        f"{home}/",
        f"{home}?x=1",
        home.upper(),
        "https://acme.example.evil.example/welcome",
    ]
    allowed = await api.post("/v1/recoveries", json={"identifier": "x", "return_url": home})
    refused = [
        await api.post("/v1/recoveries", json={"identifier": "x", "return_url": url})
        for url in elsewhere
    ]

    assert allowed.status_code == 202
    assert {code_of(answer) for answer in refused} == {"recovery.return_url_refused"}


async def test_asking_twice_with_one_idempotency_key_asks_once(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    key = {"Idempotency-Key": "a-retry-of-ours"}
    body = {"identifier": alice.phone.address}
    first = await app_client.post("/v1/recoveries", body, **key)
    second = await app_client.post("/v1/recoveries", body, **key)
    other = await app_client.post("/v1/recoveries", {"identifier": "somebody else"}, **key)
    await app_client.deliver()

    assert second.json() == first.json()
    assert (other.status_code, code_of(other)) == (422, "idempotency.mismatch")
    assert len(alice.phone.inbox) == 1
