"""A brand's own words: saving a version of them, reading them as of a version, trying them out."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID
from weakref import WeakKeyDictionary

from sparekey import events
from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.kit.cache import Cache
from sparekey.kit.problem import Problem
from sparekey.templates import store, variables
from sparekey.templates.journal import CHANGED
from sparekey.templates.linting import lint_words, samples
from sparekey.templates.look import look
from sparekey.templates.model import OURS, Book, CannotRender, Rendered, Template, Words
from sparekey.templates.rendering import find, languages, registry, render_template
from sparekey.templates.rules import Finding
from sparekey.templates.variables import SAMPLE_HOST

#: How long a process may begin messages in the words of before somebody changed them.
CACHED_SECONDS = 5.0
_CACHED_BRANDS = 1000
_CACHED_BOOKS = 500
_LONGEST_HISTORY = 100
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_LINKS = (
    *(variables.LINK, variables.PAGE_URL, variables.FORGOT_URL),
    *(variables.NOT_ME_URL, variables.UNDO_URL),
)

_versions: "WeakKeyDictionary[Db, Cache[int, int]]" = WeakKeyDictionary()
_books: "WeakKeyDictionary[Db, Cache[tuple[int, int], Book]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Saved:
    """Words were saved as this version; the warnings kept nobody from it."""

    version: int
    warnings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Tried:
    """A message as it would be sent, in each channel it has words for, and what the lint says."""

    sms: Rendered | None
    email: Rendered | None
    findings: Sequence[Finding]


# --- reading --------------------------------------------------------------------------------------


async def current_version(on: Executor, brand_id: int) -> int:
    """The version of a brand's words that messages begin with now, at most five seconds old."""
    cache = _versions.get(on.home)
    if cache is None:
        cache = _versions[on.home] = Cache(size=_CACHED_BRANDS, seconds=CACHED_SECONDS)
    now = time.monotonic()
    found = cache.get(brand_id, now)
    if found is None:
        found = await store.CURRENT.one(on, brand=brand_id)
        cache.put(brand_id, found, now)
    return found


async def book(db: Db, brand_id: int, version: int) -> Book:
    """A brand's words as of a version. They never change, so a process reads them once."""
    if version == 0:
        return OURS
    cache = _books.get(db)
    if cache is None:
        cache = _books[db] = Cache(size=_CACHED_BOOKS, seconds=float("inf"))
    found = cache.get((brand_id, version), 0)
    if found is None:
        found = _bound(version, await store.AS_OF.all(db, brand=brand_id, version=version))
        cache.put((brand_id, version), found, 0)
    return found


async def newest_version(on: Executor, brand_id: int) -> int:
    """The version that is the newest now, past every cache."""
    return await store.CURRENT.one(on, brand=brand_id)


async def newest(on: Executor, brand_id: int) -> list[store.Wording]:
    """The brand's newest words of each template and locale, past every cache."""
    version = await newest_version(on, brand_id)
    return await store.AS_OF.all(on, brand=brand_id, version=version)


async def history(on: Executor, brand_id: int, name: str, locale: str) -> list[store.Wording]:
    """What a brand has saved for one template and locale, newest first."""
    known(name)
    return await store.HISTORY.all(
        on, brand=brand_id, template=name, locale=locale, limit=_LONGEST_HISTORY
    )


def _bound(version: int, wordings: Sequence[store.Wording]) -> Book:
    own: dict[str, dict[str, Words]] = {}
    for wording in wordings:
        if wording.words is not None and wording.template in registry.names():
            ours = _nearest(find(wording.template), wording.locale)
            own.setdefault(wording.template, {})[wording.locale] = wording.words.over(ours)
    return Book(version, {name: _with(find(name), locales) for name, locales in own.items()})


def _with(template: Template, locales: Mapping[str, Words]) -> Template:
    return replace(template, locales={**template.locales, **locales})


def _nearest(template: Template, locale: str) -> Words | None:
    return template.locales.get(locale) or template.locales.get(locale.partition("-")[0])


# --- saving ---------------------------------------------------------------------------------------


async def save(
    db: Db,
    brand: Brand,
    name: str,
    locale: str,
    words: Words | None,
    *,
    base_url: str,
    by: UUID | None,
    expected: int | None = None,
    at: datetime,
) -> Saved:
    """Use these words from now on (None: ours again); what is under way keeps the words it has.

    Problem 422 with the lint's findings when there is an error among them, 404 for a template or
    422 for a language that there is not, 409 when it was changed since the version `expected`.
    """
    template = known(name)
    require_locale(locale)
    own = own_values(brand, base_url)
    warnings = await _warnings(template, locale, words, own) if words else []
    async with db.transaction() as tx:
        version = await store.COUNT.one(tx, brand=brand.id)
        row = _columns(words) | {"brand": brand.id, "template": name, "locale": locale}
        if not await store.KEEP.run(tx, version=version, expected=expected, by=by, at=at, **row):
            raise Problem(
                "template.changed",
                409,
                "Somebody changed these words meanwhile; read them again and save yours over them.",
            )
        data = {"template": name, "locale": locale, "version": version}
        await events.append(tx, at=at, kind=CHANGED, brand=brand.id, data=data)
    if (cache := _versions.get(db)) is not None:
        cache.forget(brand.id)
    return Saved(version, warnings)


async def _warnings(
    template: Template, locale: str, words: Words, own: Mapping[str, str]
) -> list[Finding]:
    """What the lint has to say; Problem 422 when an error is among it."""
    found = await asyncio.to_thread(
        lint_words, template, locale, words, allowed_hosts=(own["host"],), values=own
    )
    if any(finding.severity == "error" for finding in found):
        raise _refused(found)
    return found


def known(name: str) -> Template:
    """The template of this name; Problem 404 when there is none."""
    if name not in registry.names():
        raise Problem("template.unknown", 404, "There is no template of this name.")
    return find(name)


def require_locale(locale: str) -> None:
    """Problem 422 unless we know how the language of `locale` says times."""
    if not _LOCALE.fullmatch(locale) or locale.partition("-")[0] not in languages.names():
        named = ", ".join(languages.names())
        raise Problem(
            "template.locale_unknown",
            422,
            f"Use {named}, or one of them with a country such as en-GB.",
            extra={"field": "locale"},
        )


def _columns(words: Words | None) -> dict[str, str | None]:
    email = words.email if words else None
    return {
        "sms": words.sms if words else None,
        "subject": email.subject if email else None,
        "body": email.text if email else None,
        "mjml": email.mjml if email else None,
    }


def _refused(found: Sequence[Finding]) -> Problem:
    return Problem(
        "template.refused",
        422,
        "These words were not saved; each error says where it is and what to say instead.",
        extra={"findings": [as_words(finding) for finding in found]},
    )


def as_words(finding: Finding) -> dict[str, str | None]:
    """A finding for an answer."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "place": finding.place,
        "message": finding.message,
        "instead": finding.instead,
    }


# --- trying out -----------------------------------------------------------------------------------


async def try_out(
    template: Template, locale: str, words: Words, *, own: Mapping[str, str], can_reply: bool
) -> Tried:
    """Render words with the longest values there can be, and read them with the lint."""
    return await asyncio.to_thread(_tried, template, locale, words, own, can_reply)


def _tried(
    template: Template, locale: str, words: Words, own: Mapping[str, str], can_reply: bool
) -> Tried:
    host = own.get("host", SAMPLE_HOST)
    found = lint_words(template, locale, words, allowed_hosts=(host,), values=own)
    other = replace(template, locales={locale: words})
    longest = {**own, **samples(template, own)}
    sms = email = None
    try:
        if words.sms:
            sms = render_template(
                other, channel="sms", locale=locale, variables=longest, can_reply=can_reply
            )
        if words.email:
            email = render_template(
                other, channel="email", locale=locale, variables=longest, can_reply=False
            )
    except CannotRender as error:
        if not any(finding.severity == "error" for finding in found):
            found = [Finding("renders", "error", str(error)), *found]
    return Tried(sms, email, found)


def own_values(brand: Brand, base_url: str) -> dict[str, str]:
    """What is the same in all messages of a brand, and samples of its links."""
    base = brand.base_url or base_url
    links = {
        link.name: base
        + link.sample.removeprefix(f"https://{SAMPLE_HOST}").replace("/company/", f"/{brand.slug}/")
        for link in _LINKS
    }
    return {
        "brand": brand.name,
        "host": urlsplit(base).hostname or SAMPLE_HOST,
        "support_phone": brand.support.phone or "",
        "support_email": brand.support.email or "",
        "support_hours": brand.support.hours or "",
        **look(brand.colour),
        **links,
    }
