"""Which family a foreign hash belongs to, told from its first characters."""

from functools import cache
from typing import Final

from sparekey.accounts.passwords.contract import Check, Family, UnusableHash
from sparekey.kit.registry import Registry

MAX_CHARACTERS: Final = 512

HASH_FAMILIES: Final = Registry(
    "sparekey.accounts.passwords.foreign",
    "sparekey.password_hashes",
    declares="family",
    of=Family,
)


def read(text: str) -> Check:
    """What checks a password against `text`; raises UnusableHash."""
    if len(text) > MAX_CHARACTERS:
        raise UnusableHash(f"This hash has more than {MAX_CHARACTERS} characters.")
    for family in _families():
        if text.startswith(family.begins):
            if not text.isascii() or not text.isprintable():
                raise UnusableHash("This hash has characters that no hash has.")
            return family.read(text)
    known = ", ".join(family.example for family in _families())
    raise UnusableHash(f"This is no hash of a kind we take, which are: {known}.")


@cache
def _families() -> tuple[Family, ...]:
    return tuple(HASH_FAMILIES.all().values())
