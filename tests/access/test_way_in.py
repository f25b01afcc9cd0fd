"""A route that names a scope is reached with a key that has it, and at the key's rate."""

from datetime import timedelta

import pytest
from litestar import get, post

from sparekey import access, http
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.access.cast import a_brand, a_key
from tests.http.doors import visitor
from tests.world.basics import MovableClock


@post("/v1/verifications", scope="verifications:write")
async def start(request: http.Request) -> str:
    return str(access.caller(request).brand_id)


@get("/open", public=True)
async def unlocked(request: http.Request) -> str:
    return str("sparekey.caller" in request.scope)


@pytest.fixture
def app(db: Db, clock: MovableClock, keyring: Keyring) -> http.Application:
    context = http.Context(db, keyring, clock, "https://recover.example")
    return http.application([start, unlocked], context=context, authenticate=access.admit)


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_a_key_with_the_scope_reaches_the_handler(
    app: http.Application, db: Db, clock: MovableClock
):
    acme = await a_brand(db, clock)
    key = await a_key(db, clock, acme, "verifications:write")

    async with visitor(app) as shop:
        answer = await shop.post("/v1/verifications", headers=bearing(key))

    assert (answer.status_code, answer.text) == (201, str(acme.id))
    assert answer.headers["ratelimit-policy"] == '"key";q=300000;w=60'


async def test_a_key_without_the_scope_is_told_which(
    app: http.Application, db: Db, clock: MovableClock
):
    key = await a_key(db, clock, await a_brand(db, clock), "lookup")

    async with visitor(app) as shop:
        answer = await shop.post("/v1/verifications", headers=bearing(key))

    assert answer.status_code == 403
    assert answer.json()["code"] == "access.scope_missing"
    assert answer.json()["scope"] == "verifications:write"


async def test_without_a_key_the_way_in_is_named(app: http.Application):
    async with visitor(app) as mallory:
        answer = await mallory.post("/v1/verifications")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="sparekey"'
    assert answer.headers["content-type"] == "application/problem+json"


async def test_two_authorization_headers_are_none(
    app: http.Application, db: Db, clock: MovableClock
):
    key = await a_key(db, clock, await a_brand(db, clock))
    twice = [("Authorization", f"Bearer {key}"), ("Authorization", f"Bearer {key}")]

    async with visitor(app) as mallory:
        answer = await mallory.post("/v1/verifications", headers=twice)

    assert answer.status_code == 401


async def test_a_key_in_the_address_opens_nothing(
    app: http.Application, db: Db, clock: MovableClock
):
    key = await a_key(db, clock, await a_brand(db, clock))

    async with visitor(app) as mallory:
        answer = await mallory.post(f"/v1/verifications?access_token={key}&key={key}")

    assert answer.status_code == 401


async def test_a_public_route_looks_at_no_key(app: http.Application):
    async with visitor(app) as anybody:
        answer = await anybody.get("/open", headers=bearing("sk_live_nonsense"))

    assert (answer.status_code, answer.text) == (200, "False")


async def test_above_its_rate_a_key_is_told_when_to_come_back(
    app: http.Application, db: Db, clock: MovableClock
):
    key = await a_key(db, clock, await a_brand(db, clock), per_minute=3)

    async with visitor(app) as shop:
        answers = [await shop.post("/v1/verifications", headers=bearing(key)) for _ in range(5)]
        clock.advance(timedelta(seconds=20))
        later = await shop.post("/v1/verifications", headers=bearing(key))

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert [answer.headers["ratelimit"] for answer in answers[:3]] == [
        '"key";r=2;t=20',
        '"key";r=1;t=40',
        '"key";r=0;t=60',
    ]
    assert answers[3].headers["retry-after"] == "20"
    assert answers[3].json()["violated-policies"] == ["key"]
    assert later.status_code == 201
