"""Who visits: at which brand, in which language."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode
from weakref import WeakKeyDictionary

from sparekey import brands, http
from sparekey.db import Db
from sparekey.http import Request
from sparekey.kit.cache import Cache
from sparekey.kit.problem import Problem
from sparekey.pages.cookies import Cookie, keep_plain, kept_plain
from sparekey.pages.languages import choose, languages, spoken

_LANGUAGE = Cookie("lang", str, timedelta(days=365))
_ASKED = "lang"
#: Brands seen within a day, so that "not available" still looks like them.
_LATELY_SECONDS = 86_400.0
_lately: "WeakKeyDictionary[Db, Cache[str, brands.Brand]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page, as far as every page cares."""

    request: Request
    brand: brands.Brand | None
    language: str

    @property
    def language_links(self) -> list[tuple[str, str, str]]:
        """(language, its name, where this page is in it) for the picker."""
        query = parse_qs(self.request.scope["query_string"].decode("latin-1"))
        rest = {name: values[0] for name, values in query.items() if name != _ASKED}
        return [
            (code, name, f"?{urlencode({_ASKED: code, **rest})}")
            for code, name in languages().items()
        ]


async def find_brand(request: Request, slug: str) -> brands.Brand:
    """The brand of a page's address; Problem 404 when there is none."""
    db = http.context(request).db
    found = await brands.find(db, slug)
    if found is None:
        raise Problem("request.not_found", 404, "There is no page at this address.")
    lately = _lately.get(db)
    if lately is None:
        lately = _lately[db] = Cache(size=1000, seconds=_LATELY_SECONDS)
    lately.put(slug, found, time.monotonic())
    return found


def seen_lately(request: Request) -> brands.Brand | None:
    """The brand in the address of this request, without asking the database."""
    lately = _lately.get(http.context(request).db)
    scope: Any = request.scope
    slug: str | None = scope.get("path_params", {}).get("brand")
    return None if lately is None or slug is None else lately.get(slug, time.monotonic())


def visit(request: Request, brand: brands.Brand | None) -> Visit:
    """This request's visit; a language asked for in the address is kept from here on."""
    wished = request.query_params.get(_ASKED)
    if spoken(wished):
        keep_plain(request, _LANGUAGE, spoken(wished) or "")
    return Visit(request, brand, language_of(request, brand))


def language_of(request: Request, brand: brands.Brand | None) -> str:
    """The language that the answer to this request is in."""
    return choose(
        wished=request.query_params.get(_ASKED) or kept_plain(request, _LANGUAGE),
        accepted=http.header(request, b"accept-language"),
        otherwise=brand.locale if brand else "en",
    )
