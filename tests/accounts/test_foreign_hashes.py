"""Hashes that other software made: each signs its owner in, and is replaced by ours for it.

`foreign-hashes.json` is made by that software itself; `make-foreign-hashes` says how.
"""

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import bcrypt
import httpx
import pytest

from sparekey import accounts
from sparekey.accounts import passwords, store
from sparekey.accounts.passwords.families import HASH_FAMILIES
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret
from tests.accounts.conftest import ALICE_EMAIL, Company
from tests.world.deployment import Deployment

VECTORS: list[dict[str, str]] = json.loads(
    Path(__file__).with_name("foreign-hashes.json").read_text()
)
PASSWORD = "seven quiet lamps by a river"
SSHA = "{SSHA}" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
ARGON2 = "$argon2id$v=19$m={m},t={t},p={p}$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"
B64 = "A" * 43


async def enrol(api: httpx.AsyncClient, hashed: str) -> str:
    """An account with this hash; what its owner types."""
    email = f"{secrets.token_hex(8)}@mail.example"
    body = {
        "addresses": [{"kind": "email", "value": email, "verified": True}],
        "password_hash": hashed,
    }
    answer = await api.put(f"/v1/accounts/{email}", json=body)
    assert answer.status_code == 201, (hashed, answer.text)
    return email


async def sign_in(api: httpx.AsyncClient, identifier: str, password: str) -> str:
    body = {"identifier": identifier, "password": password}
    answer = await api.post("/v1/sign-ins", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["outcome"]


async def stored(db: Db, ref: str) -> str:
    row = await db.fetchrow("SELECT password_hash FROM accounts.account WHERE ref = $1", ref)
    return row["password_hash"]


def spoilt(password: str) -> str:
    """Wrong in the first character: bcrypt never looks at the last ones of a long password."""
    return f"~{password[1:]}"


async def test_every_hash_signs_its_owner_in_and_becomes_ours(
    api: httpx.AsyncClient, deployment: Deployment
) -> None:
    given = [vector["password"] for vector in VECTORS]
    names = [await enrol(api, vector["hash"]) for vector in VECTORS]
    some = given.count(PASSWORD)

    async def outcomes(typed: Sequence[str]) -> list[str]:
        tries = zip(names, typed, strict=False)
        return list(await asyncio.gather(*(sign_in(api, *one) for one in tries)))

    async with deployment.database() as db:
        kept = [await stored(db, name) for name in names]
        wrong = await outcomes([spoilt(password) for password in given[:some]])
        untouched = [await stored(db, name) for name in names]
        right = await outcomes(given)
        renewed = [await stored(db, name) for name in names]
        again = await outcomes(given)
        wrong_again = await outcomes([spoilt(password) for password in given[:some]])

    by = [f"{vector['by']}: {vector['hash'][:12]}" for vector in VECTORS]
    assert {one[:9] for one in kept} == {"imported."}
    assert untouched == kept
    assert [one for one in zip(by, right, strict=True) if one[1] != "ok"] == []
    assert {one.partition(".")[0] for one in renewed} == {"v1"}
    assert all("$argon2id$v=19$m=19456,t=2,p=1$" in one for one in renewed)
    assert Counter(wrong + wrong_again) == {"wrong": 2 * some}
    assert Counter(again) == {"ok": len(names)}


def test_the_vectors_meet_every_family() -> None:
    met = {
        name
        for name, family in HASH_FAMILIES.all().items()
        if any(vector["hash"].startswith(family.begins) for vector in VECTORS)
    }

    assert met == set(HASH_FAMILIES.names())


def test_no_two_families_claim_one_hash() -> None:
    begins = [text for family in HASH_FAMILIES.all().values() for text in family.begins]

    assert not [
        (one, other)
        for one, other in combinations(begins, 2)
        if one.startswith(other) or other.startswith(one)
    ]


async def test_sign_ins_at_once_renew_a_hash_once_and_tell_nobody(
    api: httpx.AsyncClient, deployment: Deployment
) -> None:
    name = await enrol(api, bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(8)).decode())
    async with deployment.database() as db:
        before = await db.fetchrow("SELECT * FROM accounts.account WHERE ref = $1", name)
        outcomes = await asyncio.gather(*(sign_in(api, name, PASSWORD) for _ in range(8)))
        after = await db.fetchrow("SELECT * FROM accounts.account WHERE ref = $1", name)
        events = await db.fetch(
            "SELECT kind FROM events.event WHERE subject = $1 ORDER BY id", after["id"]
        )

    assert Counter(outcomes) == {"ok": 8}
    assert after["password_hash"].startswith("v1.")
    changed = {key for key, value in before.items() if after[key] != value}
    assert changed == {"password_hash"}
    assert {row["kind"] for row in events} == {"account.created", "account.signed_in"}
    assert await sign_in(api, name, PASSWORD) == "ok"


async def test_a_password_that_changes_meanwhile_is_not_undone(company: Company, db: Db) -> None:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await company.put("a1", ALICE_EMAIL, password_hash=Secret(hashed))
    old = await db.fetchrow("SELECT id, password_hash FROM accounts.account")
    await company.patch("a1", accounts.Wanted(password=Secret("another long pass phrase")))
    renewed = await store.accounts.replace_hash.run(
        db, id=old["id"], old_hash=old["password_hash"], new_hash="v1.late"
    )

    assert renewed == 0
    assert not (await stored(db, "a1")).startswith("v1.late")


@pytest.mark.parametrize(
    "hashed",
    [
        "", " ", "secret", "5f4dcc3b5aa765d61d8327deb882cf99", "$1$abcdefgh$abcdefghijklmnopqrstuv",
        "$2b$12$tooshort", "$2b$31$" + "a" * 53, "$2b$13$" + "a" * 53, "$2b$03$" + "a" * 53,
        "$2x$10$" + "a" * 53, "$2b$1e$" + "a" * 53, "$2b$10$" + "a" * 54, "$2b$10$" + "ä" * 53,
        ARGON2.format(m=4_194_304, t=1, p=1), ARGON2.format(m=131_073, t=1, p=1),
        ARGON2.format(m=19_456, t=1_000_000_000, p=1), ARGON2.format(m=65_536, t=5, p=1),
        ARGON2.format(m=65_536, t=1, p=9), ARGON2.format(m=8, t=1, p=8),
        ARGON2.format(m=0, t=1, p=1), ARGON2.format(m=-1, t=1, p=1), ARGON2.format(m="x", t=1, p=1),
        ARGON2.format(m=19_456, t=2, p=1).replace("argon2id", "argon2d"),
        ARGON2.format(m=19_456, t=2, p=1).replace("aGFz", "%%%%"),
        ARGON2.format(m=19_456, t=2, p=1)[:-20], "$argon2id$", "$argon2id$$$$$$",
        f"pbkdf2_sha256$1000000000$salt${B64}=", f"pbkdf2_sha256$2000001$salt${B64}=",
        f"pbkdf2_sha256$-1$salt${B64}=", f"pbkdf2_sha256$0$salt${B64}=",
        f"pbkdf2_sha256$x$salt${B64}=", "pbkdf2_sha256$1000$salt$", "pbkdf2_sha256$1000$salt",
        f"pbkdf2_sha256$1000$${B64}=", f"pbkdf2_sha512$1000$salt${B64}=", "pbkdf2_sha256$" * 30,
        f"$pbkdf2-sha256$1000000000$c2FsdHNhbHQ${B64}", "$pbkdf2-sha256$1000$c2FsdHNhbHQ$AAAA",
        f"$pbkdf2-md5$1000$c2FsdHNhbHQ${B64}", "{PBKDF2-SHA512}1000000000$c2FsdA$" + "A" * 86,
        "pbkdf2:sha256:1000000000$salt$" + "a" * 64, "pbkdf2:sha256:1000$salt$" + "a" * 40,
        "pbkdf2:md5:1000$salt$" + "a" * 40, "pbkdf2:sha256:0$salt$" + "a" * 64,
        f"scrypt$16384$salt$8$6${'A' * 86}==", f"scrypt$1073741824$salt$8$1${'A' * 86}==",
        f"scrypt$16383$salt$8$1${'A' * 86}==", f"scrypt$16384$salt$0$1${'A' * 86}==",
        f"scrypt$1$salt$8$1${'A' * 86}==", "md5$salt$" + "a" * 32, "sha1$$" + "a" * 40,
        "argon2$bcrypt", "bcrypt_sha256$$2b$14$" + "a" * 53, "bcrypt$$2b$14$" + "a" * 53,
        "$P$", "$P$z" + "a" * 30, "$P$Z" + "a" * 30, "$P$B" + "a" * 29, "$H$9" + "ä" * 30,
        "$wp", "$wp$2y$13$" + "a" * 53, "$wp$2y$10$short", "$wpsomething",
        "{SHA}" + "a" * 27 + "=", "{MD5}" + "a" * 22 + "==", "{SSHA}AAAA", "{SSHA}", "{}", "{",
        "{SSHA512}" + "A" * 10, "{CRYPT}ab1234567890.", "{CLEARTEXT}secret", "{SSHA}%%%%" * 10,
        "$6$rounds=999999999$saltsalt$" + "a" * 86, "$6$rounds=100001$saltsalt$" + "a" * 86,
        "$6$saltsalt$short", "$6$rounds=x$saltsalt$" + "a" * 86, "$6$saltsalt", "$5$" + "a" * 43,
        "$6$rounds=10$saltsalt$" + "a" * 86,
        "a" * 100_000, "$2b$12$" + "a" * 100_000, "{SSHA}" + "A" * 1_000_000, "$argon2id$" * 100,
        "\0", SSHA + "\0", SSHA + "\n", "$2b$12$\udcff", SSHA + " ",
    ],
)  # fmt: skip
def test_what_is_no_hash_or_costs_too_much_is_refused_at_once(
    keyring: Keyring, hashed: str
) -> None:
    began = time.perf_counter()
    with pytest.raises(Problem) as refusal:
        passwords.import_hash(keyring, hashed, bound_to=b"account 1")

    assert time.perf_counter() - began < 1
    assert (refusal.value.code, refusal.value.status) == ("password.unsupported_hash", 422)
    assert len(hashed) < 9 or hashed not in refusal.value.detail


async def test_the_refusal_says_what_would_be_taken(api: httpx.AsyncClient) -> None:
    unknown = await api.put("/v1/accounts/x1", json={"password_hash": "$7$whatever"})
    costly = await api.put("/v1/accounts/x1", json={"password_hash": "$2b$31$" + "a" * 53})
    unsalted = await api.put("/v1/accounts/x1", json={"password_hash": "{SHA}" + "a" * 27 + "="})

    assert [one.status_code for one in (unknown, costly, unsalted)] == [422] * 3
    for name in ("Argon2", "bcrypt", "Django", "LDAP", "PBKDF2", "WordPress", "crypt"):
        assert name in unknown.json()["detail"]
    assert "costs more" in costly.json()["detail"]
    assert "no salt" in unsalted.json()["detail"]


@pytest.mark.parametrize(
    "password",
    ["", "\0", f"x\0{PASSWORD}", "x" * 1024, "\U0001f600" * 1024, "\ud800", "é" * 300],
)
async def test_a_strange_password_is_wrong_and_breaks_nothing(
    keyring: Keyring, password: str
) -> None:
    outcomes: dict[str, bool] = {}
    for vector in VECTORS:
        if vector["password"] == PASSWORD and "$2" not in vector["hash"]:
            kept = passwords.import_hash(keyring, vector["hash"], bound_to=b"1")
            outcomes[vector["hash"][:12]] = await passwords.is_right(
                keyring, password, kept, bound_to=b"1"
            )

    assert [name for name, is_right in outcomes.items() if is_right] == []


async def test_what_bcrypt_never_saw_it_does_not_miss(keyring: Keyring) -> None:
    kept = passwords.import_hash(
        keyring, bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode(), bound_to=b"1"
    )

    assert await passwords.is_right(keyring, "x" * 80, kept, bound_to=b"1")
    assert not await passwords.is_right(keyring, "x" * 71, kept, bound_to=b"1")


async def test_blanks_around_a_wordpress_password_are_left_out(keyring: Keyring) -> None:
    for vector in VECTORS:
        if vector["hash"].startswith(("$P$", "$wp")):
            kept = passwords.import_hash(keyring, vector["hash"], bound_to=b"1")
            typed = f" {vector['password']}\t"
            assert await passwords.is_right(keyring, typed, kept, bound_to=b"1")


async def test_a_hash_is_its_accounts_only_and_unreadable_without_the_keyring(
    keyring: Keyring,
) -> None:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    kept = passwords.import_hash(keyring, hashed, bound_to=b"account 1")

    assert hashed[7:] not in kept
    assert await passwords.is_right(keyring, PASSWORD, kept, bound_to=b"account 1")
    assert not await passwords.is_right(keyring, PASSWORD, kept, bound_to=b"account 2")
    assert not await passwords.is_right(Keyring.generate(), PASSWORD, kept, bound_to=b"account 1")


async def test_a_strangers_password_costs_what_a_customers_does(
    company: Company, other_company: Company
) -> None:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(11)).decode()
    for nth in range(30):
        email = f"user{nth}@mail.example"
        await company.put(f"a{nth}", email, password_hash=Secret(hashed))
        await other_company.put(f"a{nth}", email)
    member = await seconds(company, "user1@mail.example")
    strangers = [await seconds(company, f"stranger{nth}@mail.example") for nth in range(8)]
    elsewhere = [await seconds(other_company, f"stranger{nth}@mail.example") for nth in range(8)]

    cheap, dear = sorted(elsewhere)[4], sorted(strangers)[4]
    assert dear > cheap + 0.5 * (member - cheap)


async def seconds(company: Company, identifier: str) -> float:
    """What a wrong password costs this process, whoever else is busy."""
    began = time.process_time()
    await accounts.sign_in(
        company.db,
        company.keyring,
        company.brand,
        accounts.Attempt(identifier, "192.0.2.1"),
        Secret("a wrong one, and long"),
        company.clock(),
        answer_after=0,
    )
    return time.process_time() - began
