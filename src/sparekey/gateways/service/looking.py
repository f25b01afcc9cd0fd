"""Looking after hooks: can a provider reach them, and when was it heard last?"""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPSConnection
from typing import Any, cast
from urllib.parse import urlsplit

from sparekey import brands
from sparekey.db import Db
from sparekey.gateways import store
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Gateway
from sparekey.kit import certificate
from sparekey.kit.finding import Finding
from sparekey.kit.origin import is_loopback
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

_PATIENCE_SECONDS = 10.0
_MOST_BYTES = 4096
#: No gateway's path, and what our own door says to it. The gateway's own is not asked: it is
#: secret, and who would hear it is not certain; an unsigned call to it would count as forged.
_NOBODYS = "/hooks/sparekey-doctor"
_OURS = "request.not_found"


async def examine_hook(db: Db, gateway: Gateway, *, base_url: str) -> AsyncIterator[Finding]:
    """What can be seen of a gateway's hook from here; nothing of a kind that hears nothing."""
    try:
        kind = KINDS.get(gateway.kind)
    except (UnknownPlugin, BrokenPlugin):
        return
    if kind.hears is None:
        return
    if not kind.listens:
        brand = await brands.by_id(db, gateway.brand_id)
        yield await _reached(brand.base_url or base_url)
    yield await _heard(db, gateway, by_itself=kind.listens)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The code of the problem that was answered, empty for anything else; and the certificate."""

    code: str
    certificate_ends_at: datetime | None


async def _reached(base: str) -> Finding:
    about, host = f"its hook at {urlsplit(base).netloc}", urlsplit(base).hostname or ""
    if is_loopback(host):
        return Finding(f"{about}, which nobody outside reaches", was_checked=False)
    try:
        answered = await asyncio.to_thread(_answer, f"{base}{_NOBODYS}")
    except OSError as error:  # every failure of a line, of TLS and of a name is one
        return Finding(about, _advice(error, host))
    if answered.code != _OURS:
        advice = "something else answers there: pass /hooks/ on to Sparekey, as it comes"
        return Finding(about, advice)
    end = answered.certificate_ends_at
    if end is not None and certificate.ends_soon(end):
        return Finding(about, f"its certificate ends on {end:%Y-%m-%d}: renew it")
    return Finding(about)


def _answer(url: str) -> _Answer:
    """What our own door says; redirects are not followed: a signature holds for one address."""
    parts = urlsplit(url)
    line = HTTPSConnection(
        parts.hostname or "",
        parts.port or 443,
        timeout=_PATIENCE_SECONDS,
        context=ssl.create_default_context(),
    )
    try:
        line.connect()
        end = certificate.ends_at(line.sock.getpeercert())
        line.request("POST", parts.path, body=b"")
        octets = line.getresponse().read(_MOST_BYTES)
    except HTTPException:  # whoever answers speaks no HTTP
        return _Answer("", None)
    finally:
        line.close()
    try:
        said = json.loads(octets)
    except ValueError:
        return _Answer("", end)
    code = cast("dict[str, Any]", said).get("code", "") if isinstance(said, dict) else ""
    return _Answer(str(code), end)


def _advice(error: OSError, host: str) -> str:
    if (reason := certificate.distrust(error)) is not None:
        return f"its certificate is not one to trust: {reason}; providers refuse it too"
    match error:
        case socket.gaierror():
            return f"{host} has no address here: publish it in DNS, or correct the base URL"
        case ConnectionRefusedError() | TimeoutError():
            return "nobody answers: start the proxy, and let providers through the firewall"
        case _:
            return f"it is not reached ({type(error).__name__}): look at the proxy and its TLS"


async def _heard(db: Db, gateway: Gateway, *, by_itself: bool) -> Finding:
    """When it was heard last; a kind that hears `by_itself` needs nobody's help to begin."""
    about = "what it brings by its own connection" if by_itself else "its callbacks"
    known = await store.HEARING.maybe(db, id=gateway.id)
    if known is None or known.heard_at is None:
        if known is not None and known.forged_at is not None:
            return Finding(about, "nothing that came was signed as configured: compare the secrets")
        if by_itself:
            return Finding(f"{about}: nothing has come yet", was_checked=False)
        advice = "none has come yet: give the provider the address of `sparekey gateways hook`"
        return Finding(about, advice)
    at = f"the last came {known.heard_at:%Y-%m-%d %H:%M} UTC"
    if known.unreadable_at is not None and known.unreadable_at >= known.heard_at:
        return Finding(about, f"{at}, and could not be read: see the log")
    if known.forged_at is not None and known.forged_at > known.heard_at:
        return Finding(about, f"{at}; since then only unsigned ones: compare the secrets")
    return Finding(f"{about}, {at}")
