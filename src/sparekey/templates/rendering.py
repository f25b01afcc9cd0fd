"""From a template, a language and values to the message that is handed over."""

import re
from collections.abc import Mapping
from functools import lru_cache

import structlog

from sparekey.kit.registry import Registry
from sparekey.templates import origin_bound
from sparekey.templates.layout import COLOURS
from sparekey.templates.model import (
    OURS,
    Book,
    CannotRender,
    Channel,
    Email,
    Language,
    Rendered,
    Template,
    Words,
)
from sparekey.templates.origin_bound import OriginBound
from sparekey.templates.values import shown

registry = Registry(
    "sparekey.templates.catalogue", "sparekey.templates", declares="template", of=Template
)
languages = Registry(
    "sparekey.templates.languages", "sparekey.languages", declares="language", of=Language
)

FALLBACK_LOCALE = "en"
_JOINED = "\u00a0"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_BODY = re.compile(r"<body[^>]*>")

_log = structlog.get_logger()


def find(name: str) -> Template:
    """The template of this name; raises kit.registry.UnknownPlugin."""
    return registry.get(name)


def render(
    name: str,
    *,
    channel: Channel,
    locale: str,
    variables: Mapping[str, str],
    can_reply: bool,
    book: Book = OURS,
    is_test: bool = False,
) -> Rendered:
    """The message to hand over, in `locale`, else its base language, else English.

    In the brand's words where its `book` has some; in ours where those cannot be filled in, for a
    customer needs the message more than its words. `is_test` marks it as one.
    Variables the template does not declare are ignored, optional ones may be missing or empty.
    Raises CannotRender when the values do not make a message that may be sent.
    """
    ours = find(name)
    written = book.templates.get(name)
    for template in (written, ours) if written else (ours,):
        try:
            return render_template(
                template,
                channel=channel,
                locale=locale,
                variables=variables,
                can_reply=can_reply,
                is_test=is_test,
            )
        except CannotRender as error:
            if template is ours:
                raise
            _log.warning("own_words_failed", template=name, locale=locale, why=str(error))
    raise AssertionError("ours is the last")


def render_template(
    template: Template,
    *,
    channel: Channel,
    locale: str,
    variables: Mapping[str, str],
    can_reply: bool,
    is_test: bool = False,
) -> Rendered:
    """As `render`, for a template in hand."""
    spoken = spoken_locale(template, locale)
    words = template.locales[spoken]
    language = language_of(spoken)
    said = shown(template.variables, variables, language=language, channel=channel)
    values: dict[str, object] = {**said, "can_reply": can_reply}
    bound = _bound(template, channel, said.get("host"), variables)
    rendered = (
        _sms(words, values, bound)
        if channel == "sms"
        else _email(words, values | _colours(variables), spoken, language)
    )
    _check(rendered, code=variables.get("code", ""), bound=bound)
    return _marked(rendered, language.test_mark) if is_test else rendered


def prepare() -> None:
    """Import and parse everything now, so that the first customer of a process does not wait."""
    from sparekey.templates.compiling import html_words, text_words

    for template in registry.all().values():
        for locale, words in template.locales.items():
            if words.sms:
                text_words(words.sms)
            if words.email:
                language = language_of(locale)
                email = _kept_together(words.email, language.unbreakable)
                text_words(email.subject)
                text_words(email.text)
                html_words(email.mjml, locale, language.direction)


def language_of(locale: str) -> Language:
    """The language of a locale; raises kit.registry.UnknownPlugin."""
    return languages.get(locale.partition("-")[0])


def spoken_locale(template: Template, locale: str) -> str:
    """The template's locale nearest to the wanted one; raises CannotRender when it has none."""
    wanted = locale.replace("_", "-")
    for candidate in (wanted, wanted.partition("-")[0].lower(), FALLBACK_LOCALE):
        if candidate in template.locales:
            return candidate
    raise CannotRender(f"{template.purpose} has no words in {locale} or {FALLBACK_LOCALE}")


def _sms(words: Words, values: Mapping[str, object], bound: OriginBound | None) -> Rendered:
    if words.sms is None:
        raise CannotRender("there are no words for sms")
    last_line = "\n" + origin_bound.line(bound.host, bound.code) if bound else ""
    return Rendered(None, _filled(words.sms, values) + last_line, None)


def _email(words: Words, values: Mapping[str, object], locale: str, language: Language) -> Rendered:
    from sparekey.templates.compiling import fill, html_words

    if words.email is None:
        raise CannotRender("there are no words for email")
    email = _kept_together(words.email, language.unbreakable)
    return Rendered(
        subject=_filled(email.subject, values),
        text=_filled(email.text, values) + "\n",
        html=fill(html_words(email.mjml, locale, language.direction), values),
    )


def _colours(variables: Mapping[str, str]) -> dict[str, str]:
    """The brand's, where they are colours."""
    given = {name: variables.get(name, "") for name in COLOURS}
    return {
        name: given[name] if _COLOUR.fullmatch(given[name]) else ours
        for name, ours in COLOURS.items()
    }


@lru_cache(maxsize=512)
def _kept_together(email: Email, signs: str) -> Email:
    """The words with the spaces that no line may break at, where a language puts some."""

    def kept(words: str) -> str:
        for sign in signs:
            words = words.replace(f" {sign}", _JOINED + sign)
        return words

    return Email(kept(email.subject), kept(email.text), kept(email.mjml)) if signs else email


def _filled(source: str, values: Mapping[str, object]) -> str:
    """Plain words with their values."""
    from sparekey.templates.compiling import decided, decides_by_presence, fill, text_words, tidied

    if not decides_by_presence(source):
        return tidied(fill(text_words(source), values))
    given = frozenset(name for name, value in values.items() if value)
    parts = list(decided(source, given, frozenset(values.keys() - given)))
    parts[1::2] = [str(values[name]) for name in parts[1::2]]
    return "".join(parts)


def _bound(
    template: Template, channel: Channel, host: str | None, variables: Mapping[str, str]
) -> OriginBound | None:
    """What a browser is to read from the message; the line itself is ours, never the words'."""
    if channel != "sms" or not template.is_origin_bound or not host:
        return None
    return OriginBound(host, variables["code"])


def _check(rendered: Rendered, *, code: str, bound: OriginBound | None) -> None:
    """Refuses a code in the subject and a last line that is not ours."""
    subject = rendered.subject or ""
    if "\n" in subject or (code and code in re.sub(r"[\s-]", "", subject)):
        raise CannotRender("a subject is one line without the code")
    if origin_bound.parse(rendered.text) != bound:
        raise CannotRender("the last line binds a code that is not the message's")


def _marked(rendered: Rendered, mark: str) -> Rendered:
    """A message of no consequence, which says so first."""
    subject = None if rendered.subject is None else f"{mark} {rendered.subject}"
    html = rendered.html and _BODY.sub(rf"\g<0><p>{mark}</p>", rendered.html, count=1)
    return Rendered(subject, f"{mark} {rendered.text}", html)
