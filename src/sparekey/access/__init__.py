"""Who may call the API: keys of brands, their scopes and rates, and the way in."""

from sparekey.access.admission import admit, caller
from sparekey.access.model import DEFAULT_PER_MINUTE, SCOPES, ApiKey, Caller
from sparekey.access.service.keys import authenticate, create_key, keys_of, revoke

__all__ = [
    "DEFAULT_PER_MINUTE",
    "SCOPES",
    "ApiKey",
    "Caller",
    "admit",
    "authenticate",
    "caller",
    "create_key",
    "keys_of",
    "revoke",
]
