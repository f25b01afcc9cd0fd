"""Under which keys guesses at an address are charged. Ledgers are a brand's own."""

from sparekey import guard
from sparekey.kit.address import Address
from sparekey.kit.keyring import Keyring


def ledger_key(keyring: Keyring, brand_id: int, to: Address) -> bytes:
    """The ledger of an address."""
    return guard.address_ledger(keyring, brand_id, to)


def nobody_key(keyring: Keyring, brand_id: int, to: Address) -> bytes:
    """The ledger that stands in for an account while the address opens none that we know."""
    return keyring.index("nobody", str(brand_id), guard.reached(to))
