"""A creating request that is sent again happens once, and the store tells a thief nothing."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import post

from sparekey import http
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.http.doors import Note, visitor
from tests.world.basics import MovableClock

HOLDER = UUID(int=7)
CLAIM = http.IdempotencyClaim(b"k" * 16, b"f" * 16)
OTHER_BODY = http.IdempotencyClaim(b"k" * 16, b"g" * 16)


async def test_a_kept_answer_is_given_again(db: Db, clock: MovableClock):
    assert await http.begin(db, CLAIM, clock()) is None
    await http.keep_answer(db, CLAIM, {"id": "ver_1"})

    assert await http.begin(db, CLAIM, clock()) == {"id": "ver_1"}


async def test_another_body_under_the_same_key_is_refused(db: Db, clock: MovableClock):
    await http.begin(db, CLAIM, clock())
    await http.keep_answer(db, CLAIM, {"id": "ver_1"})

    with pytest.raises(Problem) as caught:
        await http.begin(db, OTHER_BODY, clock())

    assert (caught.value.code, caught.value.status) == ("idempotency.mismatch", 422)


async def test_of_simultaneous_equal_requests_one_goes_on(db: Db, clock: MovableClock):
    begun = [http.begin(db, CLAIM, clock()) for _ in range(20)]
    results = await asyncio.gather(*begun, return_exceptions=True)

    waiting = [r for r in results if isinstance(r, Problem)]
    assert results.count(None) == 1
    assert {(p.code, p.status) for p in waiting} == {("idempotency.in_progress", 409)}


async def test_inside_a_transaction_the_second_waits_and_gets_the_answer(
    db: Db, clock: MovableClock
):
    async def carry_out(number: int) -> Any:
        async with db.transaction() as tx:
            prior = await http.begin(tx, CLAIM, clock())
            if prior is None:
                await http.keep_answer(tx, CLAIM, {"id": number})
                return {"id": number}
            return prior

    answers = await asyncio.gather(*(carry_out(number) for number in range(10)))

    assert len({answer["id"] for answer in answers}) == 1


async def test_a_claim_that_was_rolled_back_never_was(db: Db, clock: MovableClock):
    async def fail() -> None:
        async with db.transaction() as tx:
            await http.begin(tx, CLAIM, clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await http.begin(db, OTHER_BODY, clock()) is None


async def test_an_answer_with_a_secret_is_not_kept_but_remembered(db: Db, clock: MovableClock):
    await http.begin(db, CLAIM, clock())
    await http.withhold_answer(db, CLAIM)

    with pytest.raises(Problem) as caught:
        await http.begin(db, CLAIM, clock())

    assert (caught.value.code, caught.value.status) == ("idempotency.answer_not_kept", 409)
    assert (await db.fetchrow("SELECT answer FROM http.idempotency"))["answer"] is None


async def test_a_claim_whose_process_died_is_free_after_a_minute_for_the_same_body(
    db: Db, clock: MovableClock
):
    await http.begin(db, CLAIM, clock())
    clock.advance(timedelta(minutes=1))

    with pytest.raises(Problem, match="mismatch"):
        await http.begin(db, OTHER_BODY, clock())
    assert await http.begin(db, CLAIM, clock()) is None


async def test_a_key_is_remembered_for_24_hours_and_then_swept(db: Db, clock: MovableClock):
    await http.begin(db, CLAIM, clock())
    await http.keep_answer(db, CLAIM, {"id": "ver_1"})

    clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    assert await http.sweep(db, clock()) == 0
    assert await http.begin(db, CLAIM, clock()) == {"id": "ver_1"}

    clock.advance(timedelta(seconds=1))
    assert await http.sweep(db, clock()) == 1
    assert await http.begin(db, OTHER_BODY, clock()) is None


async def test_an_expired_key_that_was_not_swept_yet_is_free(db: Db, clock: MovableClock):
    await http.begin(db, CLAIM, clock())
    await http.keep_answer(db, CLAIM, {"id": "ver_1"})
    clock.advance(timedelta(hours=24))

    assert await http.begin(db, OTHER_BODY, clock()) is None


async def test_a_known_answer_can_be_stored_with_its_claim(db: Db, clock: MovableClock):
    ask = "SELECT http.claim_idempotency($1, $2, $3, $4::jsonb) AS found"
    first = await db.fetchrow(ask, CLAIM.key, CLAIM.fingerprint, clock(), '{"id": 1}')

    assert first["found"] is None
    assert await http.begin(db, CLAIM, clock()) == {"id": 1}


async def claims(clock: MovableClock, keyring: Keyring, headers: Any, body: Any) -> Any:
    """What the header and body of one request become."""
    found: list[http.IdempotencyClaim | None] = []

    @post(["/notes", "/others"], public=True)
    async def door(request: http.Request) -> str:
        read = await http.read_json(request, Note)
        found.append(http.idempotency_claim(request, holder=HOLDER, body=read))
        return ""

    context = http.Context(None, keyring, clock, "https://x")  # pyright: ignore[reportArgumentType]  # no database is asked
    path = headers.pop("path", "/notes")
    async with visitor(http.application([door], context=context)) as client:
        answer = await client.post(
            path, content=body, headers={"content-type": "application/json", **headers}
        )
    return found[0] if found else answer.json()["code"]


async def test_quotes_spacing_and_order_make_no_difference(clock: MovableClock, keyring: Keyring):
    plain = await claims(clock, keyring, {"idempotency-key": "k-1"}, '{"to":"a","count":1}')
    quoted = await claims(clock, keyring, {"idempotency-key": '"k-1"'}, '{"count": 1, "to": "a"}')

    assert plain == quoted


async def test_key_body_and_route_each_make_another_claim(clock: MovableClock, keyring: Keyring):
    first = await claims(clock, keyring, {"idempotency-key": "k-1"}, '{"to":"a"}')
    key = await claims(clock, keyring, {"idempotency-key": "k-2"}, '{"to":"a"}')
    body = await claims(clock, keyring, {"idempotency-key": "k-1"}, '{"to":"b"}')
    route = await claims(
        clock, keyring, {"idempotency-key": "k-1", "path": "/others"}, '{"to":"a"}'
    )

    assert len({first.key, key.key, route.key}) == 3
    assert (first.key, first.fingerprint != body.fingerprint) == (body.key, True)


async def test_without_the_header_there_is_no_claim(clock: MovableClock, keyring: Keyring):
    assert await claims(clock, keyring, {}, '{"to":"a"}') is None


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "tab\tbed", "ключ".encode()])
async def test_an_unusable_key_is_refused(clock: MovableClock, keyring: Keyring, key: Any):
    code = await claims(clock, keyring, {"idempotency-key": key}, '{"to":"a"}')

    assert code == "idempotency.unusable_key"


async def test_the_claim_depends_on_the_key_outside_the_database(clock: MovableClock):
    one = await claims(clock, Keyring.generate(), {"idempotency-key": "k"}, '{"to":"a"}')
    two = await claims(clock, Keyring.generate(), {"idempotency-key": "k"}, '{"to":"a"}')

    assert one.key != two.key
    assert one.fingerprint != two.fingerprint
