"""Which passwords are good enough, and what is kept of them."""

import asyncio
import resource
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from sparekey.accounts import passwords
from sparekey.accounts.passwords import policy
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

LONG = "a rather long pass phrase nobody else has thought of, or so it seems, in 2026"


def code_of(password: str, *context: str | None, has_second_factor: bool = False) -> str | None:
    """Why a password is refused; None when it is taken."""
    problem = passwords.password_problem(
        password, context=context, has_second_factor=has_second_factor
    )
    return problem.code if problem else None


@pytest.mark.parametrize(
    ("password", "has_second_factor", "code"),
    [
        ("xk-lamp-river7", False, "password.too_short"),  # 14
        ("xk-lamp-river77", False, None),  # 15
        ("b" * 15, False, None),
        ("b" * 64, False, None),
        ("b" * 128, False, None),
        ("b" * 129, False, "password.too_long"),
        ("vq7-lam", True, "password.too_short"),
        ("vq7-lamp", True, None),
        ("🐎" * 14, False, "password.too_short"),
        ("🐎" * 15, False, None),
        ("e\u0301" * 14, False, "password.too_short"),  # 28 code points before NFKC, 14 after
        (" " * 15, False, None),
        ("пароль мой длинный", False, None),
        ("correct horse battery staple", False, None),
        ("qwertyuiop12345", False, "password.too_common"),
        ("PasswordPassword", False, "password.too_common"),
        ("Password1234567", False, "password.too_common"),
        ("iloveyou", True, "password.too_common"),
        ("ＩＬＯＶＥＹＯＵ", True, "password.too_common"),
        ("a long one with\x00NUL", False, "password.unwritable"),
        ("a long one with\nline", False, "password.unwritable"),
        ("a long one with \ud800", False, "password.unwritable"),
    ],
)
def test_the_policy_is_length_and_whole_password_lists(
    password: str, has_second_factor: bool, code: str | None
) -> None:
    assert code_of(password, has_second_factor=has_second_factor) == code


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Acme Energy Acme Energy", "password.contains_context"),
        ("acmeenergy-2026", "password.contains_context"),
        ("Alice-Winters-Alice", "password.contains_context"),
        ("alice.winters1@", "password.contains_context"),
        ("alicewinterspassword1", "password.contains_context"),
        ("my cat alice eats plums", None),
        ("energy of nineteen horses", None),
    ],
)
def test_names_that_belong_to_the_account_are_no_password(password: str, code: str | None) -> None:
    assert (
        code_of(password, "Acme Energy", "Alice Winters", "alice.winters@m.example", None) == code
    )


def test_the_shipped_list_is_long_enough_at_both_lengths() -> None:
    words = policy._common().decode().strip("\n").split("\n")  # pyright: ignore[reportPrivateUsage]

    assert sum(len(word) >= 15 for word in words) >= 3000
    assert sum(8 <= len(word) < 15 for word in words) >= 3000
    assert words == sorted(set(words))


async def test_what_is_stored_is_argon2id_as_owasp_has_it(keyring: Keyring) -> None:
    stored = await passwords.hash_password(keyring, LONG)

    cost = extract_parameters(stored[stored.index("$") :])
    assert stored[stored.index("$") :].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (cost.salt_len, cost.hash_len) == (16, 32)
    assert not passwords.needs_new_hash(keyring, stored)
    assert await passwords.is_right(keyring, LONG, stored, bound_to=b"")
    assert not await passwords.is_right(keyring, LONG + " ", stored, bound_to=b"")


async def test_a_dump_without_the_key_verifies_nothing(keyring: Keyring) -> None:
    stored = await passwords.hash_password(keyring, LONG)
    imported = passwords.import_hash(keyring, PasswordHasher().hash(LONG), bound_to=b"account 1")

    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(stored[stored.index("$") :], LONG)
    assert "argon2" not in imported
    other = Keyring.generate()
    renamed = (await passwords.hash_password(other, LONG)).partition("$")[0] + stored[15:]
    for kept in (stored, renamed, imported):
        assert not await passwords.is_right(other, LONG, kept, bound_to=b"account 1")


async def test_a_rotated_key_still_verifies_and_asks_for_a_new_hash(keyring: Keyring) -> None:
    stored = await passwords.hash_password(keyring, LONG)
    fresh = Keyring.generate()
    rotated = Keyring((*fresh.code, *keyring.code), fresh.seal_keys, keyring.index_key)

    assert await passwords.is_right(rotated, LONG, stored, bound_to=b"")
    assert passwords.needs_new_hash(rotated, stored)


async def test_equal_looking_passwords_are_equal_and_no_character_is_lost(
    keyring: Keyring,
) -> None:
    stored = await passwords.hash_password(keyring, "Café und Straße, ﬁfteen")
    decomposed = unicodedata.normalize("NFD", "Café und Straße, fifteen")
    at_73 = await passwords.hash_password(keyring, "x" * 72 + "a")

    assert await passwords.is_right(keyring, decomposed, stored, bound_to=b"")
    assert not await passwords.is_right(keyring, "x" * 72 + "b", at_73, bound_to=b"")
    assert not await passwords.is_right(keyring, "x" * 72, at_73, bound_to=b"")


async def test_a_hash_of_the_companys_own_works_for_its_account_only(keyring: Keyring) -> None:
    theirs = PasswordHasher(time_cost=3, memory_cost=12_288, parallelism=1).hash(LONG)
    stored = passwords.import_hash(keyring, theirs, bound_to=b"account 1")

    assert await passwords.is_right(keyring, LONG, stored, bound_to=b"account 1")
    assert not await passwords.is_right(keyring, "another", stored, bound_to=b"account 1")
    assert not await passwords.is_right(keyring, LONG, stored, bound_to=b"account 2")
    assert passwords.needs_new_hash(keyring, stored)


async def test_two_hundred_at_once_neither_fill_the_memory_nor_wait_for_ever(
    keyring: Keyring,
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tries = [passwords.hash_password(keyring, f"{LONG} {n}") for n in range(200)]

    results = await asyncio.gather(*tries, return_exceptions=True)

    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    refused = [one for one in results if isinstance(one, Problem)]
    assert {one.code for one in refused} == {"password.busy"}
    assert 100 <= len(refused) <= 200 - 66
    assert grown_kib < 3 * 19_456
    assert await passwords.hash_password(keyring, LONG)
