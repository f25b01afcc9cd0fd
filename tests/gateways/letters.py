"""A message to hand over, and the settings of a gateway to hand it to."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dkim  # pyright: ignore[reportMissingTypeStubs]
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sparekey.gateways import Outgoing
from sparekey.gateways.wires.smtp.keys import DkimKey
from sparekey.gateways.wires.smtp.settings import SmtpSettings, read_settings
from sparekey.kit.ids import new_id

_AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def message(**changes: Any) -> Outgoing:
    """One to Alice, changed as told."""
    told: dict[str, Any] = {
        "id": new_id(_AT),
        "brand_id": 1,
        "channel": "email",
        "sender": "Acme",
        "to": "alice@mail.example",
        "subject": "Choose a new password",
        "text": "Open https://recover.acme.example/l/abc\n",
        "html": "<p>Open <a href='https://recover.acme.example/l/abc'>it</a></p>",
        "expires_at": _AT + timedelta(minutes=30),
        "sent_at": _AT,
        "bounce_token": "b" * 52,
        "reply_token": "r" * 52,
        **changes,
    }
    return Outgoing(**told)


def values(**changes: str) -> dict[str, str]:
    """A gateway to a server on loopback, changed as told; an empty change leaves a setting out."""
    told = {
        "host": "127.0.0.1",
        "security": "none",
        "sender": "no-reply@acme.example",
        **changes,
    }
    return {name: text for name, text in told.items() if text}


def settings(told: Mapping[str, str] | None = None, **changes: str) -> SmtpSettings:
    """The same, read."""
    return read_settings({**(told or values()), **changes})


def verifies(octets: bytes, *keys: DkimKey, nth: int = 0) -> bool:
    """Whether the n-th signature holds, by the keys that are published for acme.example."""
    records = {f"{key.selector}._domainkey.acme.example.".encode(): key.record for key in keys}

    def published(name: bytes, timeout: int = 5) -> bytes:
        return records.get(name, "").encode()

    verifier: Any = dkim.DKIM(octets)
    try:
        return verifier.verify(idx=nth, dnsfunc=published)
    except dkim.ValidationError:
        return False


def rsa_key(bits: int = 2048) -> str:
    """A new RSA key in PEM."""
    return _pem(rsa.generate_private_key(65537, bits))


def ed25519_key() -> str:
    """A new Ed25519 key in PEM."""
    return _pem(Ed25519PrivateKey.generate())


def _pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
