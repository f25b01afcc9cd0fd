"""The handle of a challenge, for the company's server to hand on to its customer's browser.

With the brand's key the id names a challenge. A browser has no key, so it needs the handle: the id,
sealed with a key outside the database, which nobody makes up who only knows the id.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from sparekey.kit.keyring import BrokenSeal, Keyring
from sparekey.kit.secret import Secret


def write_handle(keyring: Keyring, brand_id: int, id: UUID) -> Secret[str]:
    """The handle of a challenge of this brand."""
    sealed = keyring.seal(id.bytes, bound_to=_bound(brand_id))
    return Secret(urlsafe_b64encode(sealed).decode().rstrip("="))


def read_handle(keyring: Keyring, brand_id: int, text: str) -> UUID | None:
    """The challenge that a handle names; None when this brand gave no such handle."""
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return UUID(bytes=keyring.unseal(sealed, bound_to=_bound(brand_id)))
    except (ValueError, BrokenSeal):
        return None


def _bound(brand_id: int) -> bytes:
    return f"verification handle {brand_id}".encode()
