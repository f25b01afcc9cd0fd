"""What a family of foreign hashes declares: how they begin, how one is read, what it may cost."""

from collections.abc import Callable
from dataclasses import dataclass

#: Whether these bytes are the password. Runs in a thread, and for as long as the family allows.
Check = Callable[[bytes], bool]

#: Longer passwords are nobody's, and some schemes take as many times longer to check them.
MAX_PASSWORD_BYTES = 512
#: The most memory that one check may use.
MAX_MEMORY_KIB = 131_072


class UnusableHash(Exception):
    """A hash that is malformed, too weak or too costly; the sentence says which, without it."""


@dataclass(frozen=True, slots=True)
class Family:
    """Hashes that one kind of software makes.

    `begins` are their first characters, none of which begins another family's. `read` refuses what
    is not whole or costs more than a sign-in may take, so that a check cannot fail or go on for
    ever; it raises UnusableHash.
    """

    example: str
    begins: tuple[str, ...]
    read: Callable[[str], Check]


def costly() -> UnusableHash:
    """The refusal of a hash that would keep a sign-in waiting."""
    return UnusableHash("This hash costs more to check than a sign-in may take.")


def malformed(what: str) -> UnusableHash:
    """The refusal of a text that begins like a hash of `what` and does not go on like one."""
    return UnusableHash(f"This begins like a hash of {what}, but is cut off or altered.")
