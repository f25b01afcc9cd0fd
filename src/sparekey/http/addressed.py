"""To which of the configured addresses a request came. A Host header chooses between addresses that
are configured; no address is ever made of it."""

from urllib.parse import urlsplit

from sparekey.http.requests import Request, header


def is_addressed_to(request: Request, origin: str) -> bool:
    """Whether the request came to `origin`, which is one of ours."""
    return (header(request, b"host") or "").lower() == urlsplit(origin).netloc
