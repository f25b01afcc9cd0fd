"""Signing in: every outcome, the same for strangers, limited before anything is looked at."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from argon2 import PasswordHasher

from sparekey import accounts
from sparekey.accounts import Attempt, Outcome, SignIn
from sparekey.accounts.passwords.hashing import MAX_WAITING
from sparekey.accounts.service.sign_in import ANSWER_AFTER_SECONDS
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret
from tests.accounts.conftest import ALICE_EMAIL, ALICE_PHONE, Company

PASSWORD = "seven quiet lamps by a river"


async def sign_in(
    company: Company,
    password: str = PASSWORD,
    *,
    identifier: str = ALICE_EMAIL,
    network: str = "192.0.2.1",
    device: Secret[str] | None = None,
) -> SignIn:
    return await accounts.sign_in(
        company.db,
        company.keyring,
        company.brand,
        Attempt(identifier, network, device),
        Secret(password),
        company.clock(),
        answer_after=0,
    )


@asynccontextmanager
async def crowd(keyring: Keyring) -> AsyncGenerator[None]:
    """More people than are let in wait for their passwords to be hashed, as long as this lasts."""
    is_over = False

    async def insist() -> None:
        while not is_over:
            try:
                await accounts.hash_password(keyring, PASSWORD)
            except Problem:
                await asyncio.sleep(0)

    people = asyncio.gather(*(insist() for _ in range(2 * MAX_WAITING)))
    await asyncio.sleep(0)
    yield
    is_over = True
    await people


@pytest.fixture
async def alice(company: Company) -> accounts.Account:
    return await company.put(
        "a1", ALICE_EMAIL, ALICE_PHONE, username="alice", password=Secret(PASSWORD)
    )


async def test_every_identifier_signs_in_and_a_wrong_password_does_not(
    company: Company, alice: accounts.Account
) -> None:
    right = [
        await sign_in(company, identifier=text) for text in (ALICE_EMAIL, "07400 123456", "Alice")
    ]
    wrong = [
        await sign_in(company, "a wrong password, but long"),
        await sign_in(company, ""),
        await sign_in(company, identifier="stranger@mail.example"),
    ]

    assert {(one.outcome, one.ref) for one in right} == {(Outcome.OK, "a1")}
    assert wrong == [SignIn(Outcome.WRONG)] * 3


async def test_held_accounts_say_so_only_to_who_knows_the_password(
    company: Company, alice: accounts.Account
) -> None:
    seen: list[tuple[Outcome, Outcome]] = []
    for what in ("lock", "disable"):
        async with company.db.transaction() as tx:
            await accounts.hold(tx, company.brand.id, "a1", what, "asked", company.clock())
        right, wrong = await sign_in(company), await sign_in(company, "wrong")
        seen.append((right.outcome, wrong.outcome))

    assert seen == [(Outcome.LOCKED, Outcome.WRONG), (Outcome.DISABLED, Outcome.WRONG)]


async def test_a_password_to_be_changed_brings_no_sign_in(
    company: Company, alice: accounts.Account
) -> None:
    hashed = await accounts.hash_password(company.keyring, "a temporary secret 4711")
    async with company.db.transaction() as tx:
        await accounts.set_password(
            tx, alice.id, hashed, company.clock(), by="agent", must_change=True
        )

    answer = await sign_in(company, "a temporary secret 4711")

    assert (answer.outcome, answer.device) == (Outcome.MUST_CHANGE, None)


async def test_of_parallel_wrong_passwords_ten_are_looked_at(
    company: Company, alice: accounts.Account, db: Db
) -> None:
    await asyncio.gather(*(sign_in(company, f"wrong {number}") for number in range(30)))

    counted = await db.fetch("SELECT cardinality(times) AS tries FROM guard.cap")
    assert [row["tries"] for row in counted] == [10, 10]
    assert (await sign_in(company)).outcome is Outcome.WRONG
    assert (await sign_in(company, network="198.51.100.7")).outcome is Outcome.WRONG


async def test_a_known_browser_has_tries_of_its_own(
    company: Company, alice: accounts.Account
) -> None:
    device = (await sign_in(company)).device
    assert device is not None
    for number in range(12):
        await sign_in(company, "wrong", network=f"198.51.100.{number}")

    known = await sign_in(company, device=device)
    assert (await sign_in(company)).outcome is Outcome.WRONG
    assert (known.outcome, known.device) == (Outcome.OK, None)


async def test_a_success_gives_back_its_own_try_and_no_other(
    company: Company, alice: accounts.Account
) -> None:
    for _ in range(9):
        await sign_in(company, "wrong")
        await sign_in(company)
    assert (await sign_in(company)).outcome is Outcome.OK
    await sign_in(company, "wrong")

    assert (await sign_in(company)).outcome is Outcome.WRONG


async def test_a_try_that_is_turned_away_unlooked_at_does_not_count(
    company: Company, alice: accounts.Account, db: Db
) -> None:
    tries = [sign_in(company, "wrong") for _ in range(10)]
    async with crowd(company.keyring):
        answers = await asyncio.gather(*tries, return_exceptions=True)

    looked_at = answers.count(SignIn(Outcome.WRONG))
    counted = await db.fetch("SELECT cardinality(times) AS tries FROM guard.cap")
    assert {one.code for one in answers if isinstance(one, Problem)} == {"password.busy"}
    assert [row["tries"] for row in counted] == [looked_at, looked_at]
    assert (await sign_in(company)).outcome is Outcome.OK


async def test_an_imported_hash_is_renewed_at_the_next_sign_in(company: Company, db: Db) -> None:
    await company.put("a1", ALICE_EMAIL, password_hash=Secret(PasswordHasher().hash(PASSWORD)))
    before = await db.fetchrow("SELECT password_hash FROM accounts.account")
    first, second = await sign_in(company), await sign_in(company)

    after = await db.fetchrow("SELECT password_hash, password_changed_at FROM accounts.account")
    assert before["password_hash"].startswith("imported.")
    assert after["password_hash"].startswith("v1.")
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.OK)
    assert after["password_changed_at"] == company.clock()


async def test_reports_of_wrong_passwords_count_as_they_would_here(
    company: Company, alice: accounts.Account
) -> None:
    for name in (ALICE_EMAIL, "stranger@mail.example"):
        for _ in range(10):
            await accounts.report_sign_in(
                company.db,
                company.keyring,
                company.brand,
                Attempt(name, "192.0.2.1"),
                "wrong",
                company.clock(),
            )

    assert (await sign_in(company)).outcome is Outcome.WRONG


async def test_another_keyring_opens_nothing(company: Company, alice: accounts.Account) -> None:
    thief = Keyring(Keyring.generate().code, company.keyring.seal_keys, company.keyring.index_key)
    answer = await accounts.sign_in(
        company.db,
        thief,
        company.brand,
        Attempt(ALICE_EMAIL, "192.0.2.1"),
        Secret(PASSWORD),
        company.clock(),
        answer_after=0,
    )

    assert answer == SignIn(Outcome.WRONG)


async def test_the_answer_comes_at_the_deadline_for_everybody(
    company: Company, alice: accounts.Account
) -> None:
    took: list[float] = []
    for identifier in (ALICE_EMAIL, "stranger@mail.example"):
        began = time.perf_counter()
        await accounts.sign_in(
            company.db,
            company.keyring,
            company.brand,
            Attempt(identifier, "192.0.2.1"),
            Secret(PASSWORD),
            company.clock(),
        )
        took.append(time.perf_counter() - began)

    assert all(0 <= one - ANSWER_AFTER_SECONDS < 0.5 for one in took)
