"""Hashes that libpass reads and checks, each scheme under its name there.

libpass is imported on the first hash that needs it: most installations never meet one.
"""

from importlib import import_module
from typing import Any

from sparekey.accounts.passwords.contract import Check, costly, malformed


def read(scheme: str, text: str, *, most_rounds: int | None = None) -> Check:
    """The check of `text` by `scheme`; raises UnusableHash.

    `most_rounds` counts as the scheme does: the number itself, or its logarithm.
    """
    handler: Any = getattr(import_module("passlib.hash"), scheme)
    try:
        parsed = handler.from_string(text)
    except ValueError:
        raise malformed(scheme) from None
    if parsed.checksum is None:
        raise malformed(scheme)
    if most_rounds is not None and parsed.rounds > most_rounds:
        raise costly()

    def check(password: bytes) -> bool:
        try:
            return handler.verify(password, text)
        except ValueError:  # the scheme knows no such password: one with a NUL, for example
            return False

    return check
