"""An application of Vonage, which signs in with a token that it signs itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sparekey.gateways.model import UnusableSettings
from sparekey.gateways.wires._over_http import Told

_LIFE_SECONDS = 15 * 60
_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Application:
    """Its id and key."""

    id: str
    key: RSAPrivateKey = field(repr=False)

    def authorization(self) -> dict[str, str]:
        """The header with a token of now."""
        import jwt

        now = int(datetime.now(UTC).timestamp())
        claims = {
            "application_id": self.id,
            "iat": now,
            "exp": now + _LIFE_SECONDS,
            "jti": str(uuid4()),
        }
        return {"authorization": f"Bearer {jwt.encode(claims, self.key, 'RS256')}"}


def application_of(told: Told) -> Application | None:
    """The configured one; UnusableSettings."""
    if not told.together("application", "private_key"):
        return None
    name = told.text("application", like=_ID, takes="the application's id, a UUID")
    try:
        key = load_pem_private_key(told.values["private_key"].encode(), password=None)
    except (ValueError, TypeError) as error:
        raise UnusableSettings("private_key takes an RSA key in PEM.") from error
    if not isinstance(key, RSAPrivateKey):
        raise UnusableSettings("private_key takes an RSA key in PEM.")
    return Application(name, key)
