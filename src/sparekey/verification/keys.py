"""Under which keys guesses at an address are charged. Ledgers are a brand's own."""

from sparekey.kit.address import Address, Email
from sparekey.kit.keyring import Keyring


def ledger_key(keyring: Keyring, brand_id: int, to: Address) -> bytes:
    """The ledger of an address."""
    return keyring.index("ledger", str(brand_id), reached(to))


def nobody_key(keyring: Keyring, brand_id: int, to: Address) -> bytes:
    """The ledger that stands in for an account while the address opens none that we know."""
    return keyring.index("nobody", str(brand_id), reached(to))


def reached(to: Address) -> str:
    """What an address reaches: no spelling of a mailbox has books of its own."""
    return to.lowered if isinstance(to, Email) else to.e164
