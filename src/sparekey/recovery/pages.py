"""Bare forms behind the links in our messages; opening one consumes nothing, only its button does.

A link's token leaves the address at once: it moves into a cookie that no script can read.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, select_autoescape
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from sparekey import accounts, brands, guard, http, recovery, verification
from sparekey.http import Request
from sparekey.kit.problem import Problem

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=select_autoescape()
)
_FIELD_BYTES = 4096
_LINK, _GRANT = "link", "grant"


@get("/l/{token:str}", public=True, include_in_schema=False)
async def open_link(request: Request, token: FromPath[str]) -> Response[Any]:
    """Take the token out of the address; mail scanners may come as often as they like."""
    read = verification.read_link_token(token)
    if read is None:
        return _page("gone", status=404)
    answer: Response[Any] = Redirect("/l", status_code=303)
    answer.cookies += [_cookie(request, _LINK, token), _cookie(request, _GRANT, "")]
    answer.headers.update(http.page_headers())
    return answer


@get("/l", public=True, include_in_schema=False)
async def ask_for_password(request: Request) -> Response[str]:
    """The form for a new password."""
    if _kept(request, _LINK) is None:
        return _gone()
    return _page("password", problem=None)


@post("/l", public=True, include_in_schema=False, status_code=200)
async def use_link(request: Request) -> Response[str]:
    """Use the link, once; a password that will not do leaves the grant for another try."""
    _same_origin(request)
    await _within_limits(request)
    around, at = http.context(request), http.context(request).clock()
    password = (await _fields(request)).get("password", "")
    token, grant = _kept(request, _LINK), _kept(request, _GRANT)
    read = verification.read_link_token(token or "")
    brand = read and await recovery.brand_of(around.db, read[0], at=at)
    if read is None or brand is None:
        return _gone()
    if (recovery.read_grant(grant or "") or (None,))[0] != read[0]:
        grant = None  # of an earlier link
    if grant is None:
        proven = await recovery.prove_link(
            around.db, around.keyring, brand, read[0], token or "", at=at
        )
        if proven is None:
            return _forgotten(request, _page("gone", status=410))
        grant = proven.token.reveal()
    try:
        await recovery.set_password(
            around.db, around.keyring, brand, read[0], grant, password, at=at
        )
    except Problem as problem:
        if problem.code == recovery.refused().code:
            return _forgotten(request, _page("gone", status=410))
        again = _page("password", status=problem.status, problem=problem.detail)
        again.cookies.append(_cookie(request, _GRANT, grant))
        return again
    return _forgotten(request, _page("done", brand=brand.name))


@get("/{brand:str}/not-me", public=True, include_in_schema=False)
async def ask_not_me(request: Request, brand: FromPath[str]) -> Response[str]:
    """The button of "that wasn't me"."""
    found = await _brand(request, brand)
    return _page("not-me", brand=found.name, token=request.query_params.get("m", ""))


@post("/{brand:str}/not-me", public=True, include_in_schema=False, status_code=200)
async def not_me(request: Request, brand: FromPath[str]) -> Response[str]:
    """What is pending dies, strangers' codes close for 30 days, a person is told."""
    await _within_limits(request)
    around, found = http.context(request), await _brand(request, brand)
    token = (await _fields(request)).get("m", "")
    stopped = await recovery.repudiate(
        around.db, around.keyring, found.id, token, at=around.clock()
    )
    return _page("stopped", brand=found.name, support=found.support) if stopped else _gone()


@get("/{brand:str}/undo", public=True, include_in_schema=False)
async def ask_undo(request: Request, brand: FromPath[str]) -> Response[str]:
    """The button that undoes a change of address."""
    found = await _brand(request, brand)
    return _page("undo", brand=found.name, token=request.query_params.get("m", ""))


@post("/{brand:str}/undo", public=True, include_in_schema=False, status_code=200)
async def undo(request: Request, brand: FromPath[str]) -> Response[str]:
    """The old address is back, the new one gone."""
    await _within_limits(request)
    around, found = http.context(request), await _brand(request, brand)
    token = (await _fields(request)).get("m", "")
    async with around.db.transaction() as tx:
        undone = await accounts.undo(tx, around.keyring, token, around.clock())
    return _page("undone", brand=found.name) if undone else _gone()


ROUTES: list[HTTPRouteHandler] = [
    open_link,
    ask_for_password,
    use_link,
    ask_not_me,
    not_me,
    ask_undo,
    undo,
]


def _page(name: str, *, status: int = 200, **values: object) -> Response[str]:
    return Response(
        _PAGES.get_template(f"{name}.html").render(**values),
        status_code=status,
        media_type="text/html; charset=utf-8",
        headers=http.page_headers(),
    )


def _forgotten(request: Request, page: Response[str]) -> Response[str]:
    """The page, and a browser that keeps neither the link nor the grant."""
    page.cookies += [_cookie(request, _LINK, ""), _cookie(request, _GRANT, "")]
    return page


def _gone() -> Response[str]:
    return _page("gone", status=404)


async def _brand(request: Request, slug: str) -> brands.Brand:
    found = await brands.find(http.context(request).db, slug)
    if found is None:
        raise Problem("request.not_found", 404, "There is no page at this address.")
    return found


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields, each once; what is sent twice counts as not sent."""
    body = (await request.body())[:_FIELD_BYTES].decode(errors="replace")
    return {name: values[0] for name, values in parse_qs(body).items() if len(values) == 1}


async def _within_limits(request: Request) -> None:
    """Forms are open to all, so each network has its rate."""
    around = http.context(request)
    networks = [around.keyring.index("network", key) for key in http.client(request).keys]
    retry_at = await guard.ask(around.db, networks=networks, at=around.clock())
    if retry_at is not None:
        wait = retry_at - around.clock()
        raise http.too_many(http.Quota("network", 60, timedelta(minutes=10), 0, wait))


def _same_origin(request: Request) -> None:
    """A form of ours comes from our own page: browsers say so, and nobody else has the cookie."""
    site = http.header(request, b"sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Problem("request.foreign_form", 403, "Open the link in your message again.")


def _is_plain(request: Request) -> bool:
    """Cookies are `__Host-` and Secure, but for http, which settings allow on loopback only."""
    return http.context(request).base_url.startswith("http://")


def _name(request: Request, what: str) -> str:
    return f"sparekey-{what}" if _is_plain(request) else f"__Host-sparekey-{what}"


def _cookie(request: Request, what: str, value: str) -> Cookie:
    return Cookie(
        _name(request, what),
        value=value,
        path="/",
        httponly=True,
        secure=not _is_plain(request),
        samesite="strict" if what == _GRANT else "lax",
        max_age=900 if value else 0,
    )


def _kept(request: Request, what: str) -> str | None:
    return request.cookies.get(_name(request, what)) or None
