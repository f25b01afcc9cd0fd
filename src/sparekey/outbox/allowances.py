"""Under which key sends to an address are counted.

The allowance is shared by all live brands, so that nobody's inbox fills through many of them; a
sandbox keeps to itself.
"""

from sparekey.kit.address import Address
from sparekey.kit.keyring import Keyring


def sends_key(keyring: Keyring, brand_id: int, to: Address, *, is_sandbox: bool) -> bytes:
    """The allowance of an address, however it is spelled or tagged."""
    realm = f"sandbox {brand_id}" if is_sandbox else "live"
    return keyring.index("sends", realm, to.folded)
