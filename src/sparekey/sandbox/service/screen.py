"""What the screen of a sandbox shows: whose phones and mailboxes there are, and one of each, open.

Addresses stay out of URLs: a phone or mailbox is named there by its address, sealed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sparekey.db import Executor
from sparekey.kit.keyring import BrokenSeal, Keyring
from sparekey.sandbox import store
from sparekey.sandbox.model import Bubble
from sparekey.sandbox.service.inbox import key_of

_MOST_OWNERS = 100
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Owners:
    """The phones and mailboxes that received something lately, the latest first."""

    phones: Sequence[str]
    mailboxes: Sequence[str]


async def latest_brand(on: Executor) -> int | None:
    """The brand that received something last."""
    return await store.LATEST_BRAND.maybe(on)


async def owners(on: Executor, *, brand_id: int) -> Owners:
    """Whose phones and mailboxes there are to look at."""
    found = await store.OWNERS.all(on, brand=brand_id, limit=_MOST_OWNERS)
    return Owners(
        phones=[one.address for one in found if one.channel != "email"],
        mailboxes=[one.address for one in found if one.channel == "email"],
    )


async def texts(
    on: Executor, keyring: Keyring, *, brand_id: int, address: str | None
) -> Sequence[Bubble]:
    """The latest texts of a phone, those typed on it too, oldest first; none of no phone."""
    if address is None:
        return ()
    key = key_of(keyring, brand_id, address)
    came = await store.NEWEST.all(on, brand=brand_id, key=key, limit=_MOST_SHOWN)
    typed = await store.TYPED.all(on, brand=brand_id, sender=address, limit=_MOST_SHOWN)
    shown = [Bubble(one.id, False, one.sender, one.text, one.sent_at) for one in came]
    shown += [Bubble(one.id, True, one.recipient, one.text, one.created_at) for one in typed]
    return sorted(shown, key=lambda bubble: (bubble.at, bubble.id))


async def emails(
    on: Executor, keyring: Keyring, *, brand_id: int, address: str | None
) -> Sequence[store.Listed]:
    """The latest emails of a mailbox, the latest first; none of no mailbox."""
    if address is None:
        return ()
    key = key_of(keyring, brand_id, address)
    return await store.NEWEST.all(on, brand=brand_id, key=key, limit=_MOST_SHOWN)


async def email(on: Executor, *, brand_id: int, id: UUID) -> store.Delivery | None:
    """One email, whole."""
    found = await store.MAIL.maybe(on, id=id, brand=brand_id)
    return found if found is not None and found.channel == "email" else None


def seal_address(keyring: Keyring, brand_id: int, address: str) -> str:
    """The name of a phone or mailbox in a URL."""
    sealed = keyring.seal(address.encode(), bound_to=_bound(brand_id))
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal_address(keyring: Keyring, brand_id: int, name: str) -> str | None:
    """Whose phone or mailbox it names; None for a name that we did not give."""
    try:
        sealed = urlsafe_b64decode(name + "=" * (-len(name) % 4))
        return keyring.unseal(sealed, bound_to=_bound(brand_id)).decode()
    except (ValueError, BrokenSeal):
        return None


def _bound(brand_id: int) -> bytes:
    return f"sandbox screen {brand_id}".encode()
