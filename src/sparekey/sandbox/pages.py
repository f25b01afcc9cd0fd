"""`/sandbox`: a phone and a mailbox on screen, live, for the person at this machine only."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from sparekey import brands, guard, http, pages, sandbox
from sparekey.http import Body, Request
from sparekey.kit.address import read_email, read_phone
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem
from sparekey.sandbox.model import Bubble, pieces

_HERE = Path(__file__).parent / "pages"
_PAGES = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
#: What a screen may have chosen; the rest is what came last.
_CHOICES = ("brand", "phone", "mailbox", "email")
#: An email runs in a frame of its own, without script, forms and everything from elsewhere; what
#: it links to opens in a tab that is like any other.
_FRAME = "allow-popups allow-popups-to-escape-sandbox"
_EMAIL_POLICY = (
    f"sandbox {_FRAME}; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
pages.add_files(_HERE)
_LINK = re.compile(r"<a(?=\s)", re.IGNORECASE)


class Typed(Body, frozen=True, kw_only=True):
    """What was typed on this page."""

    text: str


@dataclass(frozen=True, slots=True)
class _Screen:
    """What is open: one phone and one mailbox of a brand, and one of its emails."""

    brand: brands.Brand
    every_brand: Sequence[brands.Brand]
    chosen: Mapping[str, str]
    owners: sandbox.Owners
    phone: str | None
    texts: Sequence[Bubble]
    mailbox: str | None
    emails: Sequence[Any]
    email: Any

    def at(self, **changes: str) -> str:
        """The query of this screen with other choices."""
        return urlencode({**self.chosen, **changes})


@get("/sandbox", public=True, include_in_schema=False, is_quiet=True)
async def look(request: Request) -> Response[str]:
    """The screen."""
    http.require_loopback(request)
    return await _shown(request)


@post("/sandbox/open", public=True, include_in_schema=False, status_code=303)
async def open_inbox(request: Request) -> Response[Any]:
    """Open the phone or mailbox whose address was typed; it goes on under a sealed name."""
    http.require_loopback(request)
    pages.require_own_form(request)
    brand, around = await _brand(request), http.context(request)
    await _within_limits(request)
    wanted = await _typed(request, "address")
    try:
        address = read_email(wanted) if "@" in wanted else read_phone(wanted, _region(brand))
    except Problem as problem:
        return await _shown(request, problem=problem)
    name = sandbox.seal_address(around.keyring, brand.id, address.value)
    place = "mailbox" if "@" in address.value else "phone"
    return _back(request, brand=brand.slug, **{place: name})


@post("/sandbox/replies", public=True, include_in_schema=False, status_code=303)
async def reply(request: Request) -> Response[Any]:
    """Keep what was typed on the open phone, as `POST /v1/sandbox/replies` does."""
    http.require_loopback(request)
    pages.require_own_form(request)
    brand, around = await _brand(request), http.context(request)
    await _within_limits(request)
    chosen = request.query_params.get("phone", "")
    phone = sandbox.unseal_address(around.keyring, brand.id, chosen)
    if phone is None:
        raise Problem("request.not_found", 404, "There is no phone of this name.")
    text = await _typed(request, "text")
    if text:
        texts = await sandbox.texts(around.db, around.keyring, brand_id=brand.id, address=phone)
        await sandbox.keep_reply(
            around.db,
            around.keyring,
            brand,
            sender=read_email(phone) if "@" in phone else read_phone(phone),
            recipient=texts[-1].with_whom if texts else brand.sender.number or brand.sender.name,
            text=text,
            at=around.clock(),
        )
    return _back(request)


@get("/sandbox/email/{message:str}", public=True, include_in_schema=False, is_quiet=True)
async def email(request: Request, message: FromPath[str]) -> Response[str]:
    """An email as it is, for the frame that keeps it apart."""
    http.require_loopback(request)
    brand, named = await _brand(request), parse("msg", message)
    around = http.context(request)
    found = named and await sandbox.email(around.db, brand_id=brand.id, id=named)
    if found is None or found.html is None:
        raise Problem("request.not_found", 404, "There is no email of this name.")
    headers = {
        **http.page_headers(),
        "Content-Security-Policy": _EMAIL_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
    }
    opened = _LINK.sub('<a target="_blank" rel="noopener noreferrer"', found.html)
    return Response(opened, media_type="text/html; charset=utf-8", headers=headers)


@get("/sandbox/events", public=True, include_in_schema=False, is_quiet=True)
async def events(request: Request) -> Stream:
    """Server-sent events: one whenever the screen has become old."""
    http.require_loopback(request)
    brand, around = await _brand(request), http.context(request)
    if not sandbox.has_room(around.db):
        raise Problem("sandbox.too_many_screens", 503, "Close another screen of the sandbox first.")

    async def told() -> AsyncGenerator[bytes]:
        with (
            sandbox.watching(around.db, brand.id) as watcher,
            http.ended_with_server(watcher.end),
        ):
            async for is_news in watcher.news():
                yield b"event: arrived\ndata:\n\n" if is_news else b": quiet\n\n"

    return Stream(told(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


ROUTES: list[HTTPRouteHandler] = [look, open_inbox, reply, email, events]


async def _shown(request: Request, *, problem: Problem | None = None) -> Response[str]:
    screen, now = await _screen(request), http.context(request).clock()
    words = _PAGES.get_template("screen.html" if screen else "none.html").render(
        screen=screen,
        asset=pages.address_of,
        frame=_FRAME,
        problem=problem,
        name=partial(_name, request, screen),
        time=partial(_time, now=now),
        pieces=pieces,
        show=partial(show, "msg"),
    )
    return Response(
        words,
        status_code=problem.status if problem else 200,
        media_type="text/html; charset=utf-8",
        headers={**http.page_headers(), "Content-Security-Policy": _POLICY},
    )


async def _screen(request: Request) -> _Screen | None:
    around = http.context(request)
    every_brand = [one for one in await brands.everyone(around.db) if one.is_sandbox]
    if not every_brand:
        return None
    chosen = _chosen(request)
    if "brand" in chosen:
        brand = await _brand(request)
    else:
        latest = await sandbox.latest_brand(around.db)
        brand = next((one for one in every_brand if one.id == latest), every_brand[0])
    owners = await sandbox.owners(around.db, brand_id=brand.id)
    on, keyring = around.db, around.keyring
    phone = _opened(request, brand, "phone") or next(iter(owners.phones), None)
    mailbox = _opened(request, brand, "mailbox") or next(iter(owners.mailboxes), None)
    texts = await sandbox.texts(on, keyring, brand_id=brand.id, address=phone)
    emails = await sandbox.emails(on, keyring, brand_id=brand.id, address=mailbox)
    wanted = parse("msg", chosen.get("email", ""))
    opened = next((one for one in emails if one.id == wanted), next(iter(emails), None))
    return _Screen(brand, every_brand, chosen, owners, phone, texts, mailbox, emails, opened)


async def _brand(request: Request) -> brands.Brand:
    found = await brands.find(http.context(request).db, request.query_params.get("brand", ""))
    if found is None or not found.is_sandbox:
        raise Problem("request.not_found", 404, "There is no sandbox of this name.")
    return found


def _chosen(request: Request) -> dict[str, str]:
    return {name: request.query_params[name] for name in _CHOICES if name in request.query_params}


def _opened(request: Request, brand: brands.Brand, place: str) -> str | None:
    name = request.query_params.get(place, "")
    return sandbox.unseal_address(http.context(request).keyring, brand.id, name)


def _name(request: Request, screen: _Screen | None, address: str) -> str:
    assert screen is not None
    return sandbox.seal_address(http.context(request).keyring, screen.brand.id, address)


def _back(request: Request, **changes: str) -> Response[Any]:
    answer: Response[Any] = Redirect(
        f"/sandbox?{urlencode({**_chosen(request), **changes})}", status_code=303
    )
    answer.headers.update(http.page_headers())
    return answer


async def _typed(request: Request, field: str) -> str:
    """What was typed into a field, as strictly read as any text."""
    text = (await pages.fields(request)).get(field, "")
    return http.decode(msgspec.json.encode({"text": text}), Typed, multiline=("text",)).text.strip()


async def _within_limits(request: Request) -> None:
    around = http.context(request)
    networks = [around.keyring.index("network", key) for key in http.client(request).keys]
    retry_at = await guard.ask(around.db, networks=networks, at=around.clock())
    if retry_at is not None:
        wait = retry_at - around.clock()
        raise http.too_many(http.Quota("network", 60, timedelta(minutes=10), 0, wait))


def _region(brand: brands.Brand) -> str | None:
    return brand.countries[0] if brand.countries else None


def _time(at: datetime, now: datetime) -> str:
    """The time of day where this machine is, and the day when it is another one."""
    here, now = at.astimezone(), now.astimezone()
    return f"{here:%H:%M}" if here.date() == now.date() else f"{here:%d %b, %H:%M}"
