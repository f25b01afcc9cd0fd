"""Signing mail, so that receivers know who answers for it (DKIM: RFC 6376, RFC 8463)."""

from collections.abc import Iterable
from dataclasses import replace

import dkim  # pyright: ignore[reportMissingTypeStubs]

from sparekey.gateways.wires.smtp.keys import DkimKey
from sparekey.gateways.wires.smtp.letter import Letter

#: Each is named once more than it stands there (RFC 6376 8.15): nobody can add a second one.
_SIGNED = [
    *(b"from", b"from", b"to", b"to", b"subject", b"subject", b"date", b"date"),
    *(b"message-id", b"message-id", b"reply-to", b"reply-to", b"auto-submitted"),
    *(b"mime-version", b"mime-version", b"content-type", b"content-type"),
]


def sign(letter: Letter, keys: Iterable[DkimKey], domain: str) -> Letter:
    """The letter with one signature of each key above it. Takes milliseconds of processor time."""
    signatures = [_signature(letter.octets, key, domain) for key in keys]
    return replace(letter, octets=b"".join([*signatures, letter.octets]))


def _signature(octets: bytes, key: DkimKey, domain: str) -> bytes:
    return dkim.sign(  # pyright: ignore[reportUnknownMemberType]
        octets,
        key.selector.encode(),
        domain.encode(),
        key.private.reveal(),
        canonicalize=(b"relaxed", b"relaxed"),
        signature_algorithm=key.algorithm.encode(),
        include_headers=_SIGNED,
    )
