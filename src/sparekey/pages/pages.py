"""What pages load: stylesheets, the one script, and the logos of brands."""

import time
from weakref import WeakKeyDictionary

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import brands, http
from sparekey.db import Db
from sparekey.http import Answer, Request
from sparekey.kit.cache import Cache
from sparekey.kit.problem import Problem
from sparekey.pages import assets

_LOGO = "logo"
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
#: A page of the release before asks for what was there: it gets what is here now, this once.
_FOR_NOW = {"Cache-Control": "no-store"}
_SHARED = {"Cross-Origin-Resource-Policy": "same-origin"}
#: Opened by itself, a picture is a document: one that may do nothing.
_SANDBOXED = {"Content-Security-Policy": "default-src 'none'; sandbox"}
_logos: "WeakKeyDictionary[Db, Cache[str, brands.Logo]]" = WeakKeyDictionary()


@get(
    "/assets/{digest:str}/{name:str}",
    public=True,
    include_in_schema=False,
    is_quiet=True,
)
async def asset(request: Request, digest: FromPath[str], name: FromPath[str]) -> Answer:
    """A file by the digest of its content."""
    if name == _LOGO:
        return await _logo(request, digest)
    found = assets.find(name)
    if found is None:
        raise _missing()
    http.add_headers(request, {**_SHARED, **(_FOR_EVER if found.digest == digest else _FOR_NOW)})
    return _sent(request, found.content, found.compressed, found.media_type)


async def _logo(request: Request, digest: str) -> Answer:
    db = http.context(request).db
    known = _logos.get(db)
    if known is None:
        known = _logos[db] = Cache(size=200, seconds=3600.0)
    found = known.get(digest, time.monotonic()) or await brands.find_logo(db, digest)
    if found is None:
        raise _missing()
    known.put(digest, found, time.monotonic())
    http.add_headers(request, {**_SHARED, **_FOR_EVER, **_SANDBOXED})
    packed = assets.packed(found.content) if found.media_type.endswith("+xml") else None
    return _sent(request, found.content, packed, found.media_type)


def _sent(request: Request, content: bytes, compressed: bytes | None, media_type: str) -> Answer:
    """Compressed, to whoever takes it."""
    if compressed is None:
        return Answer(content, status_code=200, media_type=media_type)
    http.add_headers(request, {"Vary": "Accept-Encoding"})
    if "gzip" in (http.header(request, b"accept-encoding") or ""):
        http.add_headers(request, {"Content-Encoding": "gzip"})
        content = compressed
    return Answer(content, status_code=200, media_type=media_type)


def _missing() -> Problem:
    return Problem("request.not_found", 404, "There is no file at this address.")


ROUTES: list[HTTPRouteHandler] = [asset]
