"""A key opens what its scopes say, for its own brand, until it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from sparekey import access
from sparekey.db import Db
from sparekey.kit.problem import Problem
from tests.access.cast import a_brand, a_key
from tests.world.basics import MovableClock


async def test_a_key_names_its_brand_and_scopes(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    key = await a_key(db, clock, acme, "verifications:write", "lookup")

    caller = await access.authenticate(db, f"Bearer {key}", clock())

    assert caller.brand_id == acme.id
    assert caller.scopes == {"verifications:write", "lookup"}
    assert not caller.is_test


async def test_a_live_brand_has_live_keys_and_a_sandbox_test_keys(db: Db, clock: MovableClock):
    live = await a_brand(db, clock)
    sandbox = await a_brand(db, clock, slug="try", is_sandbox=True)

    live_key, test_key = await a_key(db, clock, live), await a_key(db, clock, sandbox)

    assert live_key.startswith("sk_live_")
    assert test_key.startswith("sk_test_")
    assert (await access.authenticate(db, f"Bearer {test_key}", clock())).is_test


async def test_neither_a_key_nor_a_brand_can_change_its_kind(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    await a_key(db, clock, acme)

    for change in (
        "UPDATE access.api_key SET is_test = true",
        "UPDATE brands.brand SET is_sandbox = true",
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await db.execute(change)


async def test_the_database_never_holds_a_key(db: Db, clock: MovableClock):
    key = await a_key(db, clock, await a_brand(db, clock))

    stored = await db.fetch("SELECT k::text FROM access.api_key AS k")

    assert key not in str(stored)
    assert key.removeprefix("sk_live_") not in str(stored)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer sk_live_short",
        f"Bearer sk_live_{'a' * 33}",
        f"Bearer sk_live_{'a' * 32}",
        f"Bearer  sk_live_{'a' * 32}",
        f"Bearer sk_live_{'é' * 32}",
        f"Bearer sk_live_{'a' * 32}\n",
        f"Bearer sk_prod_{'a' * 32}",
        "Bearer " + "a" * 10_000,
    ],
)
async def test_every_other_header_gets_the_same_401(
    db: Db, clock: MovableClock, header: str | None
):
    with pytest.raises(Problem) as caught:
        await access.authenticate(db, header, clock())

    assert (caught.value.status, caught.value.code) == (401, "access.key_refused")
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_revoked_key_is_refused_within_five_seconds(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    made, key = await access.create_key(db, acme, name="web", scopes=["lookup"], at=clock())
    await access.authenticate(db, f"Bearer {key.reveal()}", clock())

    assert await access.revoke(db, acme.id, made.id, clock())
    clock.advance(timedelta(seconds=5))

    with pytest.raises(Problem):
        await access.authenticate(db, f"Bearer {key.reveal()}", clock())


async def test_a_key_ends_by_itself_to_the_moment(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    ends = clock() + timedelta(seconds=3)
    _, key = await access.create_key(
        db, acme, name="web", scopes=["lookup"], at=clock(), expires_at=ends
    )
    await access.authenticate(db, f"Bearer {key.reveal()}", clock())

    clock.advance(timedelta(seconds=3))

    with pytest.raises(Problem):
        await access.authenticate(db, f"Bearer {key.reveal()}", clock())


async def test_two_keys_work_while_one_replaces_the_other(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    old, new = await a_key(db, clock, acme), await a_key(db, clock, acme)

    for key in (old, new):
        assert (await access.authenticate(db, f"Bearer {key}", clock())).brand_id == acme.id


async def test_a_key_can_be_ended_by_its_own_brand_only_and_once(db: Db, clock: MovableClock):
    acme, other = await a_brand(db, clock), await a_brand(db, clock, slug="other")
    made, _ = await access.create_key(db, acme, name="web", scopes=["lookup"], at=clock())

    assert not await access.revoke(db, other.id, made.id, clock())
    assert await access.revoke(db, acme.id, made.id, clock())
    assert not await access.revoke(db, acme.id, made.id, clock())


async def test_a_key_seen_before_costs_no_statement(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    key = await a_key(db, clock, acme)
    await access.authenticate(db, f"Bearer {key}", clock())
    await db.execute("DELETE FROM access.api_key")

    assert (await access.authenticate(db, f"Bearer {key}", clock())).brand_id == acme.id


async def test_a_flood_of_invented_keys_drives_no_caller_out(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    key = await a_key(db, clock, acme)
    await access.authenticate(db, f"Bearer {key}", clock())
    await db.execute("DELETE FROM access.api_key")

    for number in range(1100):
        with pytest.raises(Problem):
            await access.authenticate(db, f"Bearer sk_live_{number:032}", clock())

    assert (await access.authenticate(db, f"Bearer {key}", clock())).brand_id == acme.id


@pytest.mark.parametrize(
    "wish",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": ""},
        {"name": "a\nb"},
        {"per_minute": 0},
        {"per_minute": 6_000_001},
    ],
)
async def test_a_key_that_cannot_be_is_refused(db: Db, clock: MovableClock, wish: dict[str, Any]):
    acme = await a_brand(db, clock)
    usual: dict[str, Any] = {"name": "web", "scopes": ["lookup"]}

    with pytest.raises(Problem) as caught:
        await access.create_key(db, acme, at=clock(), **usual | wish)

    assert caught.value.status == 422


async def test_a_key_is_made_for_a_brand_that_exists_as_it_is_only(db: Db, clock: MovableClock):
    acme = await a_brand(db, clock)
    forged = replace(acme, is_sandbox=True)

    with pytest.raises(LookupError):
        await access.create_key(db, forged, name="web", scopes=["lookup"], at=clock())
