"""Address values at rest: sealed, and bound to the row that holds them."""

from uuid import UUID

from sparekey.kit.address import Address, Kind, read_address
from sparekey.kit.keyring import Keyring


def seal_address(keyring: Keyring, address_id: UUID, address: Address) -> bytes:
    """The value for the row `address_id`, readable with the keyring only."""
    return keyring.seal(address.value.encode(), bound_to=address_id.bytes)


def value_of(keyring: Keyring, address_id: UUID, sealed: bytes) -> str:
    """The canonical text; raises BrokenSeal."""
    return keyring.unseal(sealed, bound_to=address_id.bytes).decode()


def address_of(keyring: Keyring, address_id: UUID, kind: Kind, sealed: bytes) -> Address:
    """The address itself; raises BrokenSeal."""
    return read_address(kind, value_of(keyring, address_id, sealed))
