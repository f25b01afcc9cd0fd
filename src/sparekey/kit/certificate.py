"""Certificates of those whom we connect to: how long they hold, and why one is not trusted."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

_RENEW_BEFORE = timedelta(days=14)
#: OpenSSL's verify codes (openssl-verification-options(1)) that people can do something about.
_REASONS = {
    9: "it does not hold yet: compare the clocks",
    10: "it has expired",
    18: "it vouches for itself",
    19: "nobody known vouches for it",
    20: "nobody known vouches for it",
    21: "nobody known vouches for it",
    62: "it is another host's",
    64: "it is another address's",
}


def ends_at(peer: Mapping[str, Any] | None) -> datetime | None:
    """When the certificate of a TLS connection ends (`getpeercert`); None without one."""
    if not peer:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(cast("str", peer["notAfter"])), UTC)


def ends_soon(end: datetime) -> bool:
    """Whether it is time to renew a certificate that ends then."""
    return end - datetime.now(UTC) < _RENEW_BEFORE


def distrust(error: BaseException | None) -> str | None:
    """Why a certificate was refused, from the error or what caused it; None when none was."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return _REASONS.get(error.verify_code, error.verify_message)
        error = error.__cause__ or error.__context__
    return None
