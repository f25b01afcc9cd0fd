"""Proving that a callback is the provider's: compared in constant time, and never given twice."""

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sparekey.gateways.model import Forged, Raw
from sparekey.kit.secret import Secret

#: Clocks differ; a signature that tells its time is good for so long on both sides.
LEEWAY_SECONDS = 300


def only(raw: Raw, name: str) -> str:
    """The value of a header that came exactly once; raises Forged."""
    found = raw.header(name)
    if not found:
        raise Forged(f"{name} is absent or came twice")
    return found


def require_same(given: str, right: str) -> None:
    """Raises Forged unless they are the same; takes as long whichever sign differs."""
    if not hmac.compare_digest(given.encode(), right.encode()):
        raise Forged("the signature is another's")


def require_any(given: str, right: list[str]) -> None:
    """The same with several that would do; looks at all of them."""
    if not sum([hmac.compare_digest(given.encode(), one.encode()) for one in right]):
        raise Forged("the signature is another's")


def mac_base64(key: Secret[str], message: bytes, digest: str = "sha256") -> str:
    """HMAC in base64."""
    return base64.b64encode(hmac.digest(key.reveal().encode(), message, digest)).decode()


def mac_hex(key: Secret[str], message: bytes, digest: str = "sha256") -> str:
    """HMAC in hexadecimal digits."""
    return hmac.digest(key.reveal().encode(), message, digest).hex()


def require_recent(timestamp: str, raw: Raw) -> None:
    """Raises Forged for a time (seconds since 1970) far from when the callback came."""
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12
    if not is_number or abs(int(timestamp) - raw.at.timestamp()) > LEEWAY_SECONDS:
        raise Forged("the signature is of another time")


def claims_of(
    token: str, key: Secret[str], raw: Raw, *, algorithms: tuple[str, ...] = ("HS256",)
) -> Mapping[str, Any]:
    """What a JWT signed with a shared key claims, its times checked against when it came."""
    import jwt

    try:
        claims = jwt.decode(
            token, key.reveal(), list(algorithms),
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False,
                     "verify_aud": False},
        )  # fmt: skip
    except (jwt.PyJWTError, RecursionError) as error:
        raise Forged("the token is another's, or none") from error
    now = raw.at.timestamp()
    for name, sign in (("exp", 1), ("nbf", -1)):
        moment = claims.get(name)
        if moment is None:
            continue
        if not isinstance(moment, int | float) or (now - moment) * sign > LEEWAY_SECONDS:
            raise Forged("the token is of another time")
    return claims


def require_payload(claims: Mapping[str, Any], raw: Raw) -> None:
    """Raises Forged unless the token was made for this very body."""
    require_same(str(claims.get("payload_hash", "")).lower(), sha256(raw.body).hexdigest())


def bearer(raw: Raw) -> str:
    """The token of an Authorization header that came once."""
    scheme, _, token = only(raw, "authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Forged("authorization holds no token")
    return token.strip()
