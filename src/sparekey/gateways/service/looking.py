"""Looking after hooks: can a provider reach them, and when was it heard last?"""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlsplit

from sparekey import brands
from sparekey.db import Db
from sparekey.gateways import store
from sparekey.gateways.hooks import hook_url
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Gateway
from sparekey.gateways.service.arriving import path_of
from sparekey.kit.finding import Finding
from sparekey.kit.hosts import stays_here
from sparekey.kit.keyring import Keyring
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

_PATIENCE_SECONDS = 10.0
_MOST_BYTES = 4096
#: What our own door says to a call that no provider has signed.
_OURS = "request.not_found"


async def examine_hook(
    db: Db, keyring: Keyring, gateway: Gateway, *, base_url: str
) -> AsyncIterator[Finding]:
    """What can be seen of a gateway's hook from here; nothing of a kind that has none.

    The call that it makes is unsigned, so it is turned away: that is how our own door is known.
    """
    try:
        hears = KINDS.get(gateway.kind).hears
    except (UnknownPlugin, BrokenPlugin):
        return
    if hears is None:
        return
    brand = await brands.by_id(db, gateway.brand_id)
    base = brand.base_url or base_url
    yield await _reached(hook_url(keyring, path_of(gateway), base), base)
    yield await _heard(db, gateway)


async def _reached(url: str, base: str) -> Finding:
    about = f"its hook at {urlsplit(base).netloc}"
    if stays_here(urlsplit(base).hostname or ""):
        return Finding(f"{about}, which nobody outside reaches", was_checked=False)
    try:
        answered = await asyncio.to_thread(_answer, url)
    except OSError as error:  # every failure of a line, of TLS and of a name is one
        return Finding(
            about, f"it is not reached from here ({type(error).__name__}): mend DNS, TLS or proxy"
        )
    if answered == _OURS:
        return Finding(about)
    return Finding(about, "something else answers there: pass /hooks/ on to Sparekey, as it comes")


def _answer(url: str) -> str:
    """The code of the problem that is answered; empty for anything else, a redirect too."""
    opener = urllib.request.build_opener(_Stay)
    request = urllib.request.Request(url, data=b"", method="POST")  # noqa: S310  # our own address
    try:
        with opener.open(request, timeout=_PATIENCE_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            octets = error.read(_MOST_BYTES)
    try:
        said = json.loads(octets)
    except ValueError:
        return ""
    return str(cast("dict[str, Any]", said).get("code", "")) if isinstance(said, dict) else ""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: a provider's signature holds for one address."""

    def redirect_request(self, *_arguments: object, **_named: object) -> None:
        """No request."""


async def _heard(db: Db, gateway: Gateway) -> Finding:
    known = await store.HEARING.maybe(db, id=gateway.id)
    if known is None or known.heard_at is None:
        forged = known is not None and known.forged_at is not None
        return Finding(
            "its callbacks",
            "what came was not signed as configured: compare its secrets with the provider's"
            if forged
            else "none has come yet: give the provider the address of `sparekey gateways hook`",
        )
    at = f"the last came {known.heard_at:%Y-%m-%d %H:%M} UTC"
    if known.unreadable_at is not None and known.unreadable_at >= known.heard_at:
        return Finding("its callbacks", f"{at}, and could not be read: see the log")
    if known.forged_at is not None and known.forged_at > known.heard_at:
        return Finding("its callbacks", f"{at}; since then only unsigned ones: compare the secrets")
    return Finding(f"its callbacks, {at}")
