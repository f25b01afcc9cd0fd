"""Reading a form, and whether it is our own: no form of another site does anything here."""

from urllib.parse import parse_qs

from sparekey import http
from sparekey.brands import Brand
from sparekey.http import Request
from sparekey.kit.problem import Problem

_MAX_BYTES = 8192
_MAX_FIELDS = 20


async def fields(request: Request) -> dict[str, str]:
    """The form's fields, each once; what is sent twice counts as not sent."""
    body = (await request.body())[:_MAX_BYTES].decode(errors="replace")
    try:
        sent = parse_qs(body, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in sent.items() if len(values) == 1}


def require_own_form(request: Request, brand: Brand | None = None) -> None:
    """Problem 403 for a form that another site's page sent; browsers say so.

    `Origin` is `null` on forms of our own, because pages send no referrer (Fetch, 3.2). Browsers
    that say neither keep our cookies to themselves (SameSite).
    """
    site, origin = http.header(request, b"sec-fetch-site"), http.header(request, b"origin")
    own = {http.context(request).base_url, brand.base_url if brand else None}
    if site not in (None, "same-origin", "none") or origin not in (None, "null", *own):
        raise Problem("request.foreign_form", 403, "Open the page at its own address again.")
