"""A brand's words over the API: read ours and its own, save, try out, take back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from sparekey import access, brands, gateways, http, templates
from sparekey.db import Db
from sparekey.http import Body, NoFields, Request
from sparekey.kit import gsm7
from sparekey.kit.ids import show
from sparekey.kit.problem import Problem
from sparekey.templates.model import Email, Rendered, Template, Variable, Words

_Locale = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
_MULTILINE = ("sms", "text", "mjml")


class EmailWords(Body, frozen=True, kw_only=True):
    """The Liquid of an email: its subject, its whole plain text, and MJML elements."""

    subject: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Annotated[str, Meta(min_length=1, max_length=5_000)]
    mjml: Annotated[str, Meta(min_length=1, max_length=20_000)]


class SavedWords(Body, frozen=True, kw_only=True):
    """`PUT /v1/templates/{name}/{locale}`: without one channel, ours stay in use for it.

    With `if_version`, nothing is saved when somebody saved a newer version meanwhile.
    """

    sms: Annotated[str, Meta(min_length=1, max_length=1_000)] | None = None
    email: EmailWords | None = None
    if_version: int | None = None


class WordsToTry(NoFields, frozen=True, kw_only=True):
    """`POST /v1/templates/{name}/preview`: these words, else those in use."""

    locale: _Locale | None = None
    sms: Annotated[str, Meta(min_length=1, max_length=1_000)] | None = None
    email: EmailWords | None = None
    can_reply: bool | None = None


class VariableShown(msgspec.Struct, frozen=True):
    """A value that the words may use; `sample` is the longest that is expected."""

    name: str
    about: str
    required: bool
    sample: str


class EmailShown(msgspec.Struct, frozen=True):
    """The Liquid of an email."""

    subject: str
    text: str
    mjml: str


class WordsShown(msgspec.Struct, frozen=True):
    """The Liquid of one template in one language."""

    sms: str | None
    email: EmailShown | None


class WordingShown(msgspec.Struct, frozen=True):
    """One template in one language; `version` is that of the brand's last change, 0 for none."""

    template: str
    locale: str
    version: int
    saved_at: datetime | None
    saved_by: str | None
    ours: WordsShown | None
    own: WordsShown | None


class TemplateShown(msgspec.Struct, frozen=True):
    """One message: what it is for, what may be filled in, and where there are words for it."""

    name: str
    purpose: str
    proof: str | None
    channels: list[str]
    variables: list[VariableShown]
    locales: list[str]
    own_locales: list[str]


class Templates(msgspec.Struct, frozen=True):
    """Every template, by name."""

    data: list[TemplateShown]


class FindingShown(msgspec.Struct, frozen=True):
    """What the lint says; `instead` is plainer wording, where it knows some."""

    rule: str
    severity: Literal["error", "warning"]
    place: str | None
    message: str
    instead: str | None


class VersionSaved(msgspec.Struct, frozen=True):
    """The words are in use as this version; each warning is worth a second look."""

    template: str
    locale: str
    version: int
    warnings: list[FindingShown]


class Versions(msgspec.Struct, frozen=True):
    """What was saved, newest first."""

    data: list[WordingShown]


class PriceShown(msgspec.Struct, frozen=True):
    """What this text costs to a mobile of a country, all its parts together."""

    country: str
    price: str
    currency: str


class SmsShown(msgspec.Struct, frozen=True):
    """A text with the longest values, and what sending it takes.

    `prices` names the countries for which the gateway that is tried first has a price.
    """

    text: str
    encoding: str
    segments: int
    units: int
    per_segment: int
    prices: list[PriceShown]


class EmailRendered(msgspec.Struct, frozen=True):
    """An email with the longest values."""

    subject: str
    text: str
    html: str


class Preview(msgspec.Struct, frozen=True):
    """The message as it would be sent, where it can be, and what the lint says."""

    template: str
    locale: str
    sms: SmsShown | None
    email: EmailRendered | None
    findings: list[FindingShown]


@get("/v1/templates", scope="templates:read")
async def listed(request: Request) -> Templates:
    """Every message there is."""
    own = await templates.newest(http.context(request).db, access.caller(request).brand_id)
    return Templates(
        [
            _template_shown(
                name,
                template,
                [one.locale for one in own if one.template == name and one.words is not None],
            )
            for name, template in templates.registry.all().items()
        ]
    )


@get("/v1/templates/{name:str}", scope="templates:read")
async def described(request: Request, name: FromPath[str]) -> Versions:
    """One message in every language: our words and the brand's."""
    template = templates.known(name)
    newest = await templates.newest(http.context(request).db, access.caller(request).brand_id)
    own = {one.locale: one for one in newest if one.template == name}
    return Versions(
        [
            _wording_shown(name, locale, template, own.get(locale))
            for locale in sorted({*template.locales, *own})
        ]
    )


@get("/v1/templates/{name:str}/{locale:str}", scope="templates:read")
async def read(request: Request, name: FromPath[str], locale: FromPath[str]) -> WordingShown:
    """One message in one language."""
    brand_id = access.caller(request).brand_id
    found = await templates.history(http.context(request).db, brand_id, name, locale)
    templates.require_locale(locale)
    return _wording_shown(name, locale, templates.known(name), found[0] if found else None)


@get("/v1/templates/{name:str}/{locale:str}/versions", scope="templates:read")
async def versions(request: Request, name: FromPath[str], locale: FromPath[str]) -> Versions:
    """What was saved for one message in one language, newest first."""
    brand_id = access.caller(request).brand_id
    template = templates.known(name)
    found = await templates.history(http.context(request).db, brand_id, name, locale)
    return Versions([_wording_shown(name, locale, template, one) for one in found])


@put("/v1/templates/{name:str}/{locale:str}", scope="templates:write", body=SavedWords)
async def save(request: Request, name: FromPath[str], locale: FromPath[str]) -> VersionSaved:
    """Use these words from now on; what is under way keeps the words it began with."""
    body = await http.read_json(request, SavedWords, multiline=_MULTILINE)
    return await _saved(request, name, locale, _words(body.sms, body.email), body.if_version)


@delete("/v1/templates/{name:str}/{locale:str}", scope="templates:write", status_code=200)
async def take_back(request: Request, name: FromPath[str], locale: FromPath[str]) -> VersionSaved:
    """Use our words again; the brand's stay in the history."""
    return await _saved(request, name, locale, None, None)


@post(
    "/v1/templates/{name:str}/preview",
    scope="templates:read",
    status_code=200,
    body=WordsToTry,
)
async def preview(request: Request, name: FromPath[str]) -> Preview:
    """Render words with the longest values and lint them; nothing is saved or sent."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, WordsToTry, multiline=_MULTILINE)
    brand = await brands.by_id(around.db, caller.brand_id)
    locale = body.locale or brand.locale
    templates.require_locale(locale)
    words = _words(body.sms, body.email)
    if not (words.sms or words.email):
        words, locale = await _in_use(request, name, locale)
    can_reply = brand.sender.can_reply if body.can_reply is None else body.can_reply
    tried = await templates.try_out(
        templates.known(name),
        locale,
        words,
        own=templates.own_values(brand, around.base_url),
        can_reply=can_reply,
    )
    sms = tried.sms and await _sms_shown(around.db, brand, name, tried.sms)
    return Preview(name, locale, sms, _email_shown(tried.email), _findings(tried.findings))


ROUTES: list[HTTPRouteHandler] = [listed, described, read, versions, save, take_back, preview]


async def _saved(
    request: Request, name: str, locale: str, words: Words | None, expected: int | None
) -> VersionSaved:
    around, caller = http.context(request), access.caller(request)
    if words is not None and not (words.sms or words.email):
        raise Problem(
            "request.invalid_field", 400, "Send `sms`, `email` or both.", extra={"field": "sms"}
        )
    made = await templates.save(
        around.db,
        await brands.by_id(around.db, caller.brand_id),
        name,
        locale,
        words,
        base_url=around.base_url,
        by=caller.key_id,
        expected=expected,
        at=around.clock(),
    )
    return VersionSaved(name, locale, made.version, _findings(made.warnings))


async def _in_use(request: Request, name: str, locale: str) -> tuple[Words, str]:
    """The brand's words as they are now, else ours, in the nearest language there is."""
    templates.known(name)
    around, brand_id = http.context(request), access.caller(request).brand_id
    newest = await templates.newest(around.db, brand_id)
    version = max((one.version for one in newest), default=0)
    book = await templates.book(around.db, brand_id, version)
    template = book.templates.get(name) or templates.known(name)
    spoken = templates.spoken_locale(template, locale)
    return template.locales[spoken], spoken


def _words(sms: str | None, email: EmailWords | None) -> Words:
    return Words(sms, Email(email.subject, email.text, email.mjml) if email else None)


def _template_shown(name: str, template: Template, own_locales: list[str]) -> TemplateShown:
    return TemplateShown(
        name=name,
        purpose=template.purpose,
        proof=template.proof,
        channels=list(template.channels),
        variables=[_variable_shown(variable) for variable in template.variables],
        locales=sorted(template.locales),
        own_locales=own_locales,
    )


def _variable_shown(variable: Variable) -> VariableShown:
    return VariableShown(
        variable.name, variable.kind.value, not variable.is_optional, variable.sample
    )


def _wording_shown(
    name: str, locale: str, template: Template, own: templates.Wording | None
) -> WordingShown:
    return WordingShown(
        template=name,
        locale=locale,
        version=own.version if own else 0,
        saved_at=own.saved_at if own else None,
        saved_by=show("key", own.saved_by) if own and own.saved_by else None,
        ours=_words_shown(template.locales.get(locale)),
        own=_words_shown(own.words if own else None),
    )


def _words_shown(words: Words | None) -> WordsShown | None:
    if words is None:
        return None
    email = words.email
    return WordsShown(words.sms, email and EmailShown(email.subject, email.text, email.mjml))


def _findings(found: Iterable[templates.Finding]) -> list[FindingShown]:
    return [
        FindingShown(one.rule, one.severity, one.place, one.message, one.instead) for one in found
    ]


async def _sms_shown(db: Db, brand: brands.Brand, name: str, rendered: Rendered) -> SmsShown:
    cost = gsm7.segments(rendered.text)
    purpose = templates.find(name).purpose
    quoted = await gateways.quotes(db, brand, template=name, purpose=purpose)
    currency = (await gateways.current_terms(db, brand.id)).currency
    prices = [
        PriceShown(country, gateways.shown(price * cost.count), currency)
        for country, price in quoted.items()
    ]
    return SmsShown(rendered.text, cost.encoding, cost.count, cost.units, cost.per_segment, prices)


def _email_shown(rendered: Rendered | None) -> EmailRendered | None:
    if rendered is None:
        return None
    return EmailRendered(rendered.subject or "", rendered.text, rendered.html or "")
