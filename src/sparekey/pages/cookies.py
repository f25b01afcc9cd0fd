"""Cookies that nobody can read, change or make up: what a browser keeps between two pages.

A cookie's content is sealed with a key outside the database and bound to its own name, so a page
may trust it as it trusts a row; 128 bits of authentication stand between an id and whoever only
knows that id. They are `__Host-` and Secure, but for http, which settings allow on loopback only.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

import msgspec

from sparekey import http
from sparekey.http import Request
from sparekey.kit.keyring import BrokenSeal

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Cookie(Generic[Content]):
    """One kind of cookie: what it holds, for how long, and whether other sites' links bring it."""

    name: str
    of: type[Content]
    life: timedelta
    site: Literal["Lax", "Strict"] = "Lax"

    @property
    def bound_to(self) -> bytes:
        """What its seal is bound to."""
        return f"cookie {self.name}".encode()


def keep(request: Request, cookie: Cookie[Content], content: Content) -> None:
    """Let the browser keep it; later in the same answer counts."""
    around = http.context(request)
    ends_at = around.clock() + cookie.life
    plain = msgspec.json.encode((int(ends_at.timestamp()), content))
    sealed = urlsafe_b64encode(around.keyring.seal(plain, bound_to=cookie.bound_to))
    keep_plain(request, cookie, sealed.decode().rstrip("="))


def kept(request: Request, cookie: Cookie[Content]) -> Content | None:
    """What the browser kept; None when it is not ours, too old, or not there."""
    around, text = http.context(request), kept_plain(request, cookie)
    if text is None:
        return None
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        plain = around.keyring.unseal(sealed, bound_to=cookie.bound_to)
        kind: Any = tuple[int, cookie.of]
        ends_at, content = msgspec.json.decode(plain, type=kind)
    except (ValueError, BrokenSeal, msgspec.MsgspecError):
        return None  # of another release, or of somebody's own making
    return content if around.clock() < datetime.fromtimestamp(ends_at, UTC) else None


def forget(request: Request, cookie: Cookie[Any]) -> None:
    """The browser keeps it no longer."""
    keep_plain(request, cookie, "")


def keep_plain(request: Request, cookie: Cookie[Any], value: str) -> None:
    """Keep a value as it is, for what is no secret; the empty one ends the cookie."""
    parts = [f"{_name(request, cookie)}={value}", "Path=/", "HttpOnly", f"SameSite={cookie.site}"]
    parts.append(f"Max-Age={int(cookie.life.total_seconds()) if value else 0}")
    if not _is_plain(request):
        parts.append("Secure")
    http.set_cookie(request, "; ".join(parts))


def kept_plain(request: Request, cookie: Cookie[Any]) -> str | None:
    """The value as the browser sends it."""
    return request.cookies.get(_name(request, cookie)) or None


def _name(request: Request, cookie: Cookie[Any]) -> str:
    prefix = "" if _is_plain(request) else "__Host-"
    return f"{prefix}sparekey-{cookie.name}"


def _is_plain(request: Request) -> bool:
    return http.context(request).base_url.startswith("http://")
