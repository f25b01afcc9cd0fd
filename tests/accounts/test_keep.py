"""Keeping accounts: puts are idempotent, calls at once are carried out one after the other."""

import asyncio
import importlib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher

from sparekey import accounts, jobs
from sparekey.db import Db, Executor
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret
from tests.accounts.conftest import ALICE_EMAIL, ALICE_PHONE, Company, addresses

PASSWORD = "seven quiet lamps by a river"


async def test_the_same_put_twice_leaves_what_one_leaves(company: Company, db: Db) -> None:
    first = await company.put("a1", ALICE_EMAIL, ALICE_PHONE, username="alice", name="Alice")
    company.clock.advance(timedelta(minutes=1))
    second = await company.put("a1", ALICE_EMAIL, ALICE_PHONE, username="alice", name="Alice")

    assert second == first
    row = await db.fetchrow("SELECT count(*) AS written FROM events.event")
    assert row["written"] == 1
    assert await company.notices(second) == {}


@pytest.mark.parametrize(
    "password",
    [
        pytest.param({"password": Secret(PASSWORD)}, id="password"),
        pytest.param({"password_hash": Secret(PasswordHasher().hash(PASSWORD))}, id="hash"),
    ],
)
async def test_the_same_password_again_is_no_change(
    company: Company, db: Db, password: dict[str, object]
) -> None:
    async def put() -> None:
        await company.put("a1", ALICE_EMAIL, **password)

    async def changes() -> int:
        row = await db.fetchrow(
            "SELECT count(*) AS told FROM events.event WHERE kind = 'account.password_changed'"
        )
        return row["told"]

    await asyncio.gather(put(), put(), put())
    await put()
    assert await changes() == 0

    await company.patch("a1", accounts.Wanted(password=Secret(f"{PASSWORD}, another")))
    assert await changes() == 1
    await put()
    assert await changes() == 2


async def test_a_put_empties_what_a_patch_keeps(company: Company) -> None:
    await company.put("a1", ALICE_EMAIL, username="alice", name="Alice", locale="en-GB")
    patched = await company.patch("a1", accounts.Wanted(name="Alice W"))
    emptied = await company.patch("a1", accounts.Wanted(username=None))

    assert (patched.username, patched.name, patched.locale) == ("alice", "Alice W", "en-GB")
    assert [one.value for one in patched.addresses] == [ALICE_EMAIL]
    assert emptied.username is None
    assert await company.reach("alice") == []


async def test_a_patch_of_nobody_is_a_problem(company: Company) -> None:
    with pytest.raises(Problem) as refusal:
        await company.patch("nobody", accounts.Wanted(name="Alice"))

    assert (refusal.value.code, refusal.value.status) == ("account.unknown", 404)


async def test_first_puts_at_once_make_one_account(company: Company, db: Db) -> None:
    made = await asyncio.gather(
        *(company.put("a1", ALICE_EMAIL, username="alice") for _ in range(20))
    )

    assert len({account.id for account in made}) == 1
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM accounts.account) AS accounts,"
        " (SELECT count(*) FROM accounts.address) AS addresses,"
        " (SELECT count(*) FROM accounts.identifier) AS identifiers,"
        " (SELECT count(*) FROM events.event WHERE kind = 'account.created') AS created"
    )
    assert dict(row) == {"accounts": 1, "addresses": 1, "identifiers": 2, "created": 1}


async def test_changes_at_once_end_as_one_of_them(company: Company) -> None:
    await company.put("a1", ALICE_PHONE)
    wishes = [f"new{number}@mail.example" for number in range(10)]
    await asyncio.gather(*(company.put("a1", wish) for wish in wishes))

    account = await accounts.get(company.db, company.keyring, company.brand.id, "a1")
    assert account is not None
    (address,) = account.addresses
    assert address.value in wishes
    assert await company.reach(ALICE_PHONE) == []
    company.clock.advance(timedelta(hours=72))
    assert await company.reach(address.value) == [address.value]


async def test_puts_and_deletions_at_once_never_skip_the_wait(company: Company) -> None:
    await company.put("a1", ALICE_PHONE)
    await asyncio.gather(
        *(company.put("a1", "mallory@mail.example") for _ in range(10)),
        *(company.delete("a1") for _ in range(5)),
    )
    await company.put("a1", "mallory@mail.example")

    assert await company.reach("mallory@mail.example") == []


async def test_the_first_hold_keeps_its_reason(company: Company) -> None:
    await company.put("a1", ALICE_EMAIL)
    for reason in ("stolen phone", "another reason"):
        company.clock.advance(timedelta(minutes=1))
        async with company.db.transaction() as tx:
            await accounts.hold(tx, company.brand.id, "a1", "lock", reason, company.clock())

    account = await accounts.get(company.db, company.keyring, company.brand.id, "a1")
    assert account is not None
    assert account.lock_reason == "stolen phone"
    async with company.db.transaction() as tx:
        assert not await accounts.hold(
            tx, company.brand.id, "nobody", "lock", "why", company.clock()
        )


async def test_events_say_what_happened_and_hold_ids_only(company: Company, db: Db) -> None:
    await company.put("a1", ALICE_PHONE, name="Alice", password=Secret(PASSWORD))
    await company.put("a1", ALICE_EMAIL, name="Alice", password=Secret(PASSWORD + "!"))
    await company.delete("a1")

    rows = await db.fetch("SELECT kind, event::text AS row FROM events.event AS event")
    kinds = [row["kind"] for row in rows]
    assert sorted(kinds) == [
        "account.address_changed",
        "account.changed",
        "account.created",
        "account.deleted",
        "account.password_changed",
    ]
    written = " ".join(row["row"] for row in rows)
    for secret in (ALICE_PHONE, ALICE_EMAIL, "Alice", PASSWORD, "a1"):
        assert f'"{secret}' not in written


async def test_a_password_must_not_be_the_accounts_own_words(company: Company) -> None:
    for password in ("Acme-Energy-2026", "alice.winters.12", "AC 1234 5678 1234"):
        with pytest.raises(Problem) as refusal:
            await company.put(
                "a1",
                "alice.winters@mail.example",
                customer_number="AC12345678",
                password=Secret(password),
            )
        assert refusal.value.code == "password.contains_context"
    assert await accounts.get(company.db, company.keyring, company.brand.id, "a1") is None


async def test_a_second_factor_allows_eight_characters(company: Company) -> None:
    await company.put("a1", second_factor=True, password=Secret("vq7-lamp"))
    await company.patch("a1", accounts.Wanted(password=Secret("vq7-lamq")))
    with pytest.raises(Problem) as refusal:
        await company.patch("a1", accounts.Wanted(second_factor=False, password=Secret("vq7-lamp")))

    assert refusal.value.code == "password.too_short"


async def test_a_password_and_a_hash_together_are_refused(company: Company) -> None:
    both = accounts.Wanted(
        password=Secret(PASSWORD), password_hash=Secret(PasswordHasher().hash(PASSWORD))
    )
    with pytest.raises(Problem) as refusal:
        await accounts.put(company.db, company.keyring, company.brand, "a1", both, company.clock())

    assert refusal.value.code == "password.given_twice"


async def test_recovery_sets_no_password_on_a_held_account(company: Company) -> None:
    account = await company.put("a1", ALICE_EMAIL)
    done: list[bool] = []
    for what in ("lock", "unlock"):
        async with company.db.transaction() as tx:
            await accounts.hold(tx, company.brand.id, "a1", what, "asked", company.clock())
            done.append(await accounts.set_password(tx, account.id, "hash", company.clock()))

    assert done == [False, True]


async def test_the_same_address_twice_and_too_many_are_refused(company: Company) -> None:
    twice = [addresses(ALICE_PHONE, ALICE_PHONE), addresses("a@m.example", "A@M.example")]
    many = [addresses(*(f"a{number}@m.example" for number in range(11)))]
    codes: list[str] = []
    for wanted in (*twice, *many):
        with pytest.raises(Problem) as refusal:
            await accounts.put(
                company.db,
                company.keyring,
                company.brand,
                "a1",
                accounts.Wanted(addresses=wanted),
                company.clock(),
            )
        codes.append(refusal.value.code)

    assert codes == ["account.duplicate_address"] * 2 + ["account.too_many_addresses"]


async def test_a_device_is_known_to_its_account_for_a_year(company: Company) -> None:
    alice = await company.put("a1", ALICE_EMAIL)
    bob = await company.put("b1", "bob@mail.example")
    async with company.db.transaction() as tx:
        token = await accounts.remember_device(tx, company.keyring, alice.id, company.clock())

    async def knows(text: str, account: accounts.Account | None) -> bool:
        return await accounts.known_device(
            company.db, company.keyring, text, account and account.id, company.clock()
        )

    assert [await knows(token.reveal(), who) for who in (alice, bob, None)] == [True, False, False]
    assert not await knows("another", alice)
    company.clock.advance(timedelta(days=365))
    assert not await knows(token.reveal(), alice)


async def test_an_account_knows_twenty_browsers_also_of_sign_ins_at_once(
    company: Company, db: Db
) -> None:
    alice, bob = await company.put("a1", ALICE_EMAIL), await company.put("b1", "bob@mail.example")

    async def remember(on: Executor, account: accounts.Account) -> str:
        at = company.clock.advance(timedelta(minutes=1))
        return (await accounts.remember_device(on, company.keyring, account.id, at)).reveal()

    bobs, *alices = [await remember(db, one) for one in (bob, *[alice] * 20)]
    async with db.transaction() as tx:
        alices.append(await remember(tx, alice))
        at_once = asyncio.create_task(remember(db, alice))
        while not (await db.fetchrow("SELECT count(*) FROM pg_locks WHERE NOT granted"))[0]:
            pass
    alices.append(await at_once)

    kept = await db.fetchrow("SELECT count(*) FROM accounts.device WHERE account_id = $1", alice.id)
    known = [
        await accounts.known_device(db, company.keyring, token, account.id, company.clock())
        for token, account in [(bobs, bob), *((token, alice) for token in alices)]
    ]
    assert kept["count"] == 20
    assert known == [True, False, False, *[True] * 20]


async def test_a_device_of_an_account_that_is_gone_is_not_kept(company: Company, db: Db) -> None:
    alice = await company.put("a1", ALICE_EMAIL)
    await company.delete("a1")
    await accounts.remember_device(db, company.keyring, alice.id, company.clock())

    assert (await db.fetchrow("SELECT count(*) FROM accounts.device"))["count"] == 0


async def test_a_new_password_closes_what_was_issued_before(company: Company, db: Db) -> None:
    account = await company.put("a1", ALICE_EMAIL)
    await company.patch("a1", accounts.Wanted(password=Secret(PASSWORD)))

    key = accounts.account_key(company.keyring, company.brand.id, "a1")
    row = await db.fetchrow("SELECT closed_at FROM guard.ledger WHERE key = $1", key)
    assert account.has_password is False
    assert set(row["closed_at"]) == {company.clock()}


async def test_the_sweep_declares_itself(company: Company, db: Db) -> None:
    load = importlib.import_module("sparekey.accounts.jobs")
    await company.put("a1", ALICE_PHONE)
    await company.put("a1", ALICE_EMAIL)
    company.clock.advance(timedelta(hours=72))
    await load.sweep(SimpleNamespace(db=db, clock=company.clock), {})

    rows = await db.fetch("SELECT retired_at FROM accounts.address")
    assert [row["retired_at"] for row in rows] == [None]
    assert jobs.SCHEDULES["accounts.sweep"] == "23 * * * *"
