"""What every root opens first: database, keyring, clock; and what it refuses to start without."""

from sparekey.opening.address import require_address
from sparekey.opening.failure import CannotStart
from sparekey.opening.house import House, base_url, open_house

__all__ = ["CannotStart", "House", "base_url", "open_house", "require_address"]
