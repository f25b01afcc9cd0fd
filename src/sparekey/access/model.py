"""API keys: their form, the closed list of what they may do, and who a request comes from."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret

#: Everything a key can be allowed, and what that is.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "verifications:write": "start, check, resend and cancel verifications",
        "verifications:read": "read verifications",
        "recoveries:write": "start recoveries and bring proofs and passwords",
        "grants:redeem": "redeem a grant for the account it recovers",
        "accounts:read": "read accounts",
        "accounts:write": "create, change, lock and delete accounts",
        "addresses:write": "change the addresses of accounts",
        "passwords:write": "set the passwords of accounts",
        "sign_ins:write": "check passwords and report sign-ins",
        "messages:read": "read what became of messages",
        "templates:read": "read the words of messages and try them out",
        "templates:write": "change the words of messages and send tests of them",
        "flows:read": "read flows, try them out and see how people fare in them",
        "flows:write": "change the drafts of flows",
        "flows:publish": "publish flows, start them and let stuck runs go on",
        "tickets:read": "read tickets of support and what was said in them",
        "tickets:write": "move tickets of support on, with a note",
        "events:read": "read the journal of events",
        "inbox:write": "hand in mail that came back",
        "sandbox:read": "read the sandbox's inbox and reply from it",
        "lookup": "ask what is known of a phone number",
    }
)

#: Enough for any honest caller, little enough that a stolen key is noticed.
DEFAULT_PER_MINUTE = 300_000

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 32  # 190 bits
_KEY = re.compile(r"sk_(live|test)_[0-9A-Za-z]{32}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key a request carries and what it may do."""

    key_id: UUID
    brand_id: int
    scopes: frozenset[str]
    is_test: bool
    per_minute: int = DEFAULT_PER_MINUTE

    def require(self, scope: str) -> None:
        """Problem 403 unless the key has `scope`."""
        if scope not in self.scopes:
            raise Problem(
                "access.scope_missing",
                403,
                f"This key lacks the scope {scope}; make one with it: sparekey keys create.",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
                extra={"scope": scope},
            )


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept and listed: everything but the key."""

    id: UUID
    brand_id: int
    name: str
    scopes: tuple[str, ...]
    is_test: bool
    per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_usable(self, at: datetime) -> bool:
        """Whether it opens anything at `at`."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def new_key(*, is_test: bool) -> Secret[str]:
    """A fresh key: its kind in front, so that a scanner of public code finds a lost one."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return Secret(f"sk_{'test' if is_test else 'live'}_{body}")


def hash_of(key: str) -> bytes:
    """What is stored of a key, and what it is found by."""
    return hashlib.sha256(key.encode()).digest()


def looks_like_a_key(text: str) -> bool:
    """Whether `text` can be one of our keys at all: what cannot is refused without a look-up."""
    return _KEY.fullmatch(text) is not None
