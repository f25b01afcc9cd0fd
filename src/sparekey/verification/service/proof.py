"""Drawing a proof and writing down what must be kept of it: MACs, and what is sealed for later."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec

from sparekey import guard
from sparekey.kit.address import Address, Email, Phone
from sparekey.kit.keyring import Keyring
from sparekey.verification.model import TOKEN_BYTES, Purpose, Start, draw_code, link_token


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fresh proof: what the message carries, and the MAC of it at each rung of the ladder."""

    variables: Mapping[str, str]
    macs: Sequence[bytes]
    lengths: tuple[int, ...]
    costs: tuple[int, ...]


#: A link costs nothing to guess at, because it cannot be guessed; one rung serves it.
_LINK_LENGTHS = (0, 0, 0)
_LINK_COSTS = (0, 0, 0)
#: The value that a message's link is made of, where it leads elsewhere than to a new password.
_LINKS = {Purpose.VERIFY_ADDRESS: "verify_token"}


def draw(
    keyring: Keyring,
    start: Start,
    about: UUID,
    account: bytes,
    address: bytes,
    ladder: guard.Ladder,
) -> Drawn:
    """One code whose beginnings serve every rung, or one link token."""
    binding = account + address + start.purpose.encode()
    if start.proof == "link":
        token = secrets.token_bytes(TOKEN_BYTES)
        mac = _bound(link_macs(keyring, about, start.brand_id, token), binding)
        shown = {_LINKS.get(start.purpose, "link_token"): link_token(about, token)}
        return Drawn(shown, (mac,) * 3, _LINK_LENGTHS, _LINK_COSTS)
    code = draw_code(start.alphabet).reveal()
    macs = [
        _bound(code_macs(keyring, about, start.brand_id, code[:length]), binding)
        for length in ladder.lengths
    ]
    return Drawn({"code": code}, macs, ladder.lengths, ladder.costs)


def _bound(macs: Sequence[bytes], binding: bytes) -> bytes:
    """As `verification.bound` does it in SQL, with the newest key."""
    return hashlib.sha256(macs[0] + binding).digest()


def code_macs(keyring: Keyring, about: UUID, brand_id: int, code: str) -> list[bytes]:
    """The MACs of a code at a challenge, newest key first."""
    return keyring.macs("code", about.bytes, str(brand_id), code)


def link_macs(keyring: Keyring, about: UUID, brand_id: int, token: bytes) -> list[bytes]:
    """The MACs of a link's secret, newest key first."""
    return keyring.macs("link", about.bytes, str(brand_id), token)


def junk_mac() -> bytes:
    """The MAC of nothing, for decoys."""
    return secrets.token_bytes(32)


class Kept(msgspec.Struct, frozen=True):
    """What a challenge keeps, sealed, to answer and to send again."""

    to: str
    region: str | None
    account: str | None
    variables: dict[str, str]
    template: str
    locale: str
    ttl_seconds: int
    words_version: int = 0
    falls_back: bool = False

    @property
    def ttl(self) -> timedelta:
        """How long a proof of this challenge lives, a resent one too."""
        return timedelta(seconds=self.ttl_seconds)

    @property
    def address(self) -> Address:
        """The destination; a decoy's may be one that no number plan knows."""
        if self.region is not None:
            return Phone(self.to, self.region)
        local, _, domain = self.to.rpartition("@")
        return Email(local, domain)


def seal(keyring: Keyring, about: UUID, kept: Kept) -> bytes:
    """Seal for the challenge's own row."""
    return keyring.seal(msgspec.json.encode(kept), bound_to=about.bytes)


def unseal(keyring: Keyring, about: UUID, sealed: bytes) -> Kept:
    """What a challenge kept; raises BrokenSeal."""
    return msgspec.json.decode(keyring.unseal(sealed, bound_to=about.bytes), type=Kept)


def kept_of(start: Start) -> Kept:
    """What a start leaves for its resends."""
    region = start.to.region if isinstance(start.to, Phone) else None
    return Kept(
        to=start.to.value,
        region=region,
        account=start.account,
        variables=dict(start.variables),
        template=start.template,
        locale=start.locale,
        ttl_seconds=int(start.ttl.total_seconds()),
        words_version=start.words_version,
        falls_back=start.falls_back_after is not None,
    )
