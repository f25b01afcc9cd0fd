"""Under which keys sends to an address, and to its neighbours, are counted.

The allowance is shared by all live brands, so that nobody's inbox fills through many of them; a
sandbox keeps to itself.
"""

from sparekey.kit.address import Address
from sparekey.kit.keyring import Keyring


def sends_key(keyring: Keyring, brand_id: int, to: Address, *, is_sandbox: bool) -> bytes:
    """The allowance of an address, however it is spelled or tagged."""
    realm = f"sandbox {brand_id}" if is_sandbox else "live"
    return keyring.index("sends", realm, to.folded)


def prefix_of(e164: str) -> str:
    """A number without its last four digits: what pumped numbers have in common."""
    return e164[:-4]


def prefix_key(keyring: Keyring, brand_id: int, e164: str) -> bytes:
    """The key of a number's prefix; whose numbers are proven, a brand knows by itself."""
    return keyring.index("prefix", str(brand_id), prefix_of(e164))
