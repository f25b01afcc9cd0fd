"""What every root opens first: database, keyring, clock; and what it refuses to start without."""

from sparekey.opening.address import require_address
from sparekey.opening.failure import CannotStart
from sparekey.opening.house import House, open_house

__all__ = ["CannotStart", "House", "open_house", "require_address"]
