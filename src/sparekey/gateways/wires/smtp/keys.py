"""Keys that sign messages: RSA and Ed25519 (RFC 6376, RFC 8463)."""

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sparekey.kit.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_LEAST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key, in the form that the signer takes, and the public half as it is published."""

    selector: str
    algorithm: Literal["rsa-sha256", "ed25519-sha256"]
    private: Secret[bytes]
    public: str

    @property
    def record(self) -> str:
        """The text of the DNS record under which everybody finds the public half."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"


def read_key(selector: str, pem: str) -> DkimKey:
    """The key in a PEM text; ValueError says what such a text takes."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("takes a private key in PEM without a passphrase") from error
    if isinstance(key, Ed25519PrivateKey):
        return _of_ed25519(selector, key.private_bytes_raw(), key.public_key().public_bytes_raw())
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        return _of_rsa(selector, key)
    raise ValueError(f"takes an Ed25519 key, or an RSA key of {_LEAST_RSA_BITS} bits or more")


def _of_ed25519(selector: str, private: bytes, public: bytes) -> DkimKey:
    return DkimKey(
        selector, "ed25519-sha256", Secret(b64encode(private)), b64encode(public).decode()
    )


def _of_rsa(selector: str, key: "RSAPrivateKey") -> DkimKey:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return DkimKey(selector, "rsa-sha256", Secret(private), b64encode(public).decode())
