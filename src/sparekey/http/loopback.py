"""Pages for the person at this machine only: whoever comes another way sees that nothing is there.

What decides is the configured base URL and a Host header that says the same, never the address of
the peer: behind a proxy every peer is this machine, and a page of elsewhere can lead a browser here
under a name of its own (DNS rebinding), but cannot choose the Host it sends. What a proxy says that
it passed on came from elsewhere, too.
"""

import re
from urllib.parse import urlsplit

from litestar.exceptions import NotFoundException

from sparekey.http.addressed import is_addressed_to
from sparekey.http.requests import Request, context
from sparekey.kit.origin import is_loopback

_PASSED_ON = (b"x-forwarded-for", b"forwarded", b"via")


def require_loopback(request: Request) -> None:
    """Raises the 404 of an address where nothing is, unless this is loopback in every respect."""
    own = context(request).base_url
    host = re.sub(r":\d+$", "", urlsplit(own).netloc)
    was_passed_on = any(name in _PASSED_ON for name, _ in request.scope["headers"])
    if not is_loopback(host) or was_passed_on or not is_addressed_to(request, own):
        raise NotFoundException
