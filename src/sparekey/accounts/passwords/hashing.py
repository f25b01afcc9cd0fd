"""How passwords are stored: Argon2id over a MAC whose key is not in the database.

A stored password is `v1.<key name>` and a PHC string (OWASP's m=19456, t=2, p=1), so that a dump
without the keyring verifies nothing, and keys and costs can change: the next sign-in renews it.
Hashes imported from the company were made without that MAC, so they are sealed instead; whose they
are says `families`. Hashing runs in two threads with a bounded queue: memory stays bounded
whatever is asked.
"""

import asyncio
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher

from sparekey.accounts.passwords import families
from sparekey.accounts.passwords.contract import MAX_PASSWORD_BYTES, UnusableHash
from sparekey.accounts.passwords.policy import normal
from sparekey.kit.keyring import BrokenSeal, Keyring
from sparekey.kit.problem import Problem

THREADS = 2
#: At some 25 ms each, the last in this queue waits for less than a second; for up to ten where
#: everybody's hash is a foreign one of the most costly kind.
MAX_WAITING = 64
_MAC_DOMAIN = "accounts.password"
_NAME_DOMAIN = "accounts.password key name"
_VERSION = "v1."
_IMPORTED = "imported."

_Answer = TypeVar("_Answer")


async def hash_password(keyring: Keyring, password: str) -> str:
    """The stored form of a new password; raises Problem 503 when too many wait to be hashed."""
    return await _in_thread(lambda: _hash(keyring, password))


async def is_right(keyring: Keyring, password: str, stored: str, *, bound_to: bytes) -> bool:
    """Whether `password` is the one stored for the account `bound_to`; the same Problem 503."""
    return await _in_thread(lambda: _verify(keyring, password, stored, bound_to))


def needs_new_hash(keyring: Keyring, stored: str) -> bool:
    """Whether a right password should be stored anew: old costs, an old key, or imported."""
    name, _, phc = stored.partition("$")
    return name != _VERSION + _key_names(keyring)[0] or _hasher().check_needs_rehash(f"${phc}")


def import_hash(keyring: Keyring, foreign: str, *, bound_to: bytes) -> str:
    """The stored form of a hash that other software made; raises Problem 422 for none of ours."""
    try:
        families.read(foreign)
    except UnusableHash as refusal:
        raise Problem("password.unsupported_hash", 422, str(refusal)) from None
    return _IMPORTED + b64encode(keyring.seal(foreign.encode(), bound_to=bound_to)).decode()


def is_same_import(keyring: Keyring, foreign: str, stored: str, *, bound_to: bytes) -> bool:
    """Whether `stored` is the stored form of just this foreign hash."""
    if not stored.startswith(_IMPORTED):
        return False
    sealed = b64decode(stored.removeprefix(_IMPORTED))
    try:
        return keyring.unseal(sealed, bound_to=bound_to) == foreign.encode()
    except BrokenSeal:
        return False


@cache
def stand_in_hash() -> str:
    """A stored form that no password has, as costly as ours: what strangers are compared with."""
    return f"{_VERSION}none{_hasher().hash(b'nobody', salt=b'sparekey-nobody!')}"


def _hash(keyring: Keyring, password: str) -> str:
    return f"{_VERSION}{_key_names(keyring)[0]}{_hasher().hash(_macs(keyring, password)[0])}"


def _verify(keyring: Keyring, password: str, stored: str, bound_to: bytes) -> bool:
    """One run of what is stored, whatever that is."""
    if stored.startswith(_IMPORTED):
        return _verify_imported(keyring, password, stored, bound_to)
    name, _, phc = stored.removeprefix(_VERSION).partition("$")
    names = _key_names(keyring)
    if name not in names:
        return _run_for_nothing(password)
    return _hasher().verify(_macs(keyring, password)[names.index(name)], f"${phc}")


def _verify_imported(keyring: Keyring, password: str, stored: str, bound_to: bytes) -> bool:
    """Companies hash as typed or normalised; both forms were the customer's own.

    What was taken once and is no longer (a family uninstalled) is like a hash that was altered.
    """
    sealed = b64decode(stored.removeprefix(_IMPORTED))
    try:
        check = families.read(keyring.unseal(sealed, bound_to=bound_to).decode())
    except (BrokenSeal, UnusableHash):
        return _run_for_nothing(password)
    forms = dict.fromkeys((_bytes(password), _bytes(normal(password))))
    return any(len(form) <= MAX_PASSWORD_BYTES and check(form) for form in forms)


def _run_for_nothing(password: str) -> bool:
    _hasher().verify(_bytes(password), stand_in_hash().removeprefix(f"{_VERSION}none"))
    return False


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _macs(keyring: Keyring, password: str) -> list[bytes]:
    return [b64encode(mac) for mac in keyring.macs(_MAC_DOMAIN, _bytes(normal(password)))]


def _key_names(keyring: Keyring) -> list[str]:
    return [mac[:6].hex() for mac in keyring.macs(_NAME_DOMAIN)]


@cache
def _hasher() -> Argon2Hasher:
    return Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)


# --- two threads and a queue -----------------------------------------------------------------

_THREADS = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
_PLACES = threading.BoundedSemaphore(THREADS + MAX_WAITING)


async def _in_thread(work: Callable[[], _Answer]) -> _Answer:
    if not _PLACES.acquire(blocking=False):
        raise Problem(
            "password.busy",
            503,
            "Try again in a few seconds: too many passwords are being checked.",
            headers={"Retry-After": "3"},
        )

    future = _THREADS.submit(work)
    future.add_done_callback(lambda _: _PLACES.release())  # runs when it is cancelled, too
    return await asyncio.wrap_future(future)
