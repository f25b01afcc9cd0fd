"""A request that is sent twice happens once, and what is remembered of it is worth nothing."""

import hashlib
import json
from datetime import timedelta

import pytest

from tests.attacks.books import real_messages
from tests.attacks.register import covers
from tests.attacks.requests import start
from tests.world.cast import Person
from tests.world.deployment import Deployment, make_brand
from tests.world.dumps import dump
from tests.world.simulated import Simulation


@covers("T-30")
async def test_twenty_equal_requests_at_once_are_one_message(deployment: Deployment, bob: Person):
    brand, key = await deployment.new_brand()
    request = ("/v1/verifications", {"to": bob.phone.address, "purpose": "sign_in"})

    answers = await deployment.at_once(
        [request] * 20, headers=[("Idempotency-Key", "the-same")], api_key=key
    )
    async with deployment.database() as db:
        messages = await db.fetch("SELECT 1 FROM outbox.message WHERE brand_id = $1", brand.id)

    told = [answer for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 429}
    assert len(told) >= 10
    assert len({answer.json()["id"] for answer in told}) == 1
    assert len({answer.body for answer in told}) == 1
    assert len(messages) == 1


async def test_another_body_under_the_same_key_is_refused(app_client: Simulation):
    alice, bob = app_client.person("alice"), app_client.person("bob")
    answers = [
        await app_client.post(
            "/v1/verifications", {"to": to, "purpose": "sign_in"}, **{"Idempotency-Key": "k"}
        )
        for to in (alice.phone.address, bob.phone.address, alice.phone.address)
    ]

    assert [answer.status_code for answer in answers] == [201, 422, 201]
    assert answers[0].json()["id"] == answers[2].json()["id"]
    assert await real_messages(app_client.db, app_client.brand.id) == 1


@covers("T-37")
async def test_brands_that_choose_the_same_key_do_not_meet(app_client: Simulation):
    alice = app_client.person("alice")
    body = {"to": alice.phone.address, "purpose": "sign_in"}
    _, other = await make_brand(app_client.db, app_client.clock())
    bearers = [app_client.client.headers["Authorization"], f"Bearer {other}"]

    answers = [
        await app_client.client.post(
            "/v1/verifications",
            json=body,
            headers={"Authorization": bearer, "Idempotency-Key": "k"},
        )
        for bearer in bearers
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@covers("T-37")
async def test_what_is_remembered_tells_a_thief_nothing(app_client: Simulation, database_url: str):
    alice = app_client.person("alice")
    body = {"to": alice.phone.address, "purpose": "sign_in"}
    await app_client.post("/v1/verifications", body, **{"Idempotency-Key": "k-of-alice"})
    await app_client.deliver()
    code = alice.phone.inbox[-1].code
    row = await app_client.db.fetchrow("SELECT * FROM http.idempotency")

    stolen = dump(database_url, but="sandbox")

    hashes = [
        hashlib.new(name, json.dumps(body, separators=between).encode()).digest()[:16]
        for name in ("sha256", "sha1", "md5")
        for between in ((", ", ": "), (",", ":"))
    ]
    assert row["fingerprint"] not in hashes
    assert set(json.loads(f"[{row['answer']}]")[0]) <= set("0123456789abcdef-")
    for secret in (code, alice.phone.address, "k-of-alice", b"k-of-alice".hex()):
        assert secret not in stolen
        assert secret.encode().hex() not in stolen


async def test_a_key_may_be_used_anew_after_a_day(app_client: Simulation):
    alice = app_client.person("alice")
    body = {"to": alice.phone.address, "purpose": "sign_in"}
    first = await app_client.post("/v1/verifications", body, **{"Idempotency-Key": "k"})
    await app_client.wait(timedelta(days=1, seconds=1))
    second = await app_client.post("/v1/verifications", body, **{"Idempotency-Key": "k"})

    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "ключ"])
async def test_an_unusable_key_is_refused_and_nothing_sent(deployment: Deployment, key: str):
    brand, api_key = await deployment.new_brand()
    request = ("/v1/verifications", {"to": "+447400123456", "purpose": "sign_in"})

    answers = await deployment.at_once(
        [request], headers=[("Idempotency-Key", key.encode().decode("latin-1"))], api_key=api_key
    )

    assert [answer.status for answer in answers] == [400]
    assert await deployment.everything_sent(brand.id) == []


async def test_a_repeated_start_is_answered_after_the_code_was_used(app_client: Simulation):
    alice = app_client.person("alice")
    body = {"to": alice.phone.address, "purpose": "sign_in"}
    first = await app_client.post("/v1/verifications", body, **{"Idempotency-Key": "k"})
    await app_client.deliver()
    code = alice.phone.inbox[-1].code
    await app_client.post(f"/v1/verifications/{first.json()['id']}/check", {"code": code})
    second = await app_client.post("/v1/verifications", body, **{"Idempotency-Key": "k"})
    await app_client.deliver()

    assert second.json()["id"] == first.json()["id"]
    assert len(alice.phone.inbox) == 1
    assert await start(app_client.client, alice.email)
