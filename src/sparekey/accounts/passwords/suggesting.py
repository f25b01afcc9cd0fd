"""A password to offer: four words of a list of 7,776, some 51 bits that can be remembered."""

import gzip
import secrets
from functools import cache
from importlib.resources import files

from sparekey.accounts.passwords.policy import MIN_LENGTH
from sparekey.kit.secret import Secret

_WORDS = 4


def suggest_password() -> Secret[str]:
    """Four words, long enough wherever a password is the only factor."""
    while True:
        words = " ".join(secrets.choice(_words()) for _ in range(_WORDS))
        if len(words) >= MIN_LENGTH:
            return Secret(words)


@cache
def _words() -> tuple[str, ...]:
    packed = files("sparekey.accounts.passwords").joinpath("words.txt.gz").read_bytes()
    return tuple(gzip.decompress(packed).decode().split())
