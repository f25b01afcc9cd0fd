"""From a template, a language and values to the message that is handed over."""

import re
from collections.abc import Mapping

from sparekey.kit.registry import Registry
from sparekey.templates import origin_bound
from sparekey.templates.model import (
    CannotRender,
    Channel,
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
) -> Rendered:
    """The message to hand over, in `locale`, else its base language, else English.

    Variables the template does not declare are ignored, optional ones may be missing or empty.
    Raises CannotRender when the values do not make a message that may be sent.
    """
    return render_template(
        find(name), channel=channel, locale=locale, variables=variables, can_reply=can_reply
    )


def render_template(
    template: Template,
    *,
    channel: Channel,
    locale: str,
    variables: Mapping[str, str],
    can_reply: bool,
) -> Rendered:
    """As `render`, for a template in hand."""
    spoken = spoken_locale(template, locale)
    words = template.locales[spoken]
    language = languages.get(spoken.partition("-")[0])
    said = shown(template.variables, variables, language=language, channel=channel)
    values: dict[str, object] = {**said, "can_reply": can_reply}
    bound = _bound(template, channel, said.get("host"), variables)
    rendered = (
        _sms(words, values, bound)
        if channel == "sms"
        else _email(words, values, spoken, language.direction)
    )
    return _checked(rendered, code=variables.get("code", ""), bound=bound)


def prepare() -> None:
    """Import and parse everything now, so that the first customer of a process does not wait."""
    from sparekey.templates.compiling import html_words, text_words

    for template in registry.all().values():
        for locale, words in template.locales.items():
            if words.sms:
                text_words(words.sms)
            if words.email:
                text_words(words.email.subject)
                text_words(words.email.text)
                direction = languages.get(locale.partition("-")[0]).direction
                html_words(words.email.mjml, locale, direction)


def spoken_locale(template: Template, locale: str) -> str:
    """The template's locale nearest to the wanted one; raises CannotRender when it has none."""
    for candidate in (locale, locale.replace("_", "-").partition("-")[0], FALLBACK_LOCALE):
        if candidate in template.locales:
            return candidate
    raise CannotRender(f"{template.purpose} has no words in {locale} or {FALLBACK_LOCALE}")


def _sms(words: Words, values: Mapping[str, object], bound: OriginBound | None) -> Rendered:
    if words.sms is None:
        raise CannotRender("there are no words for sms")
    last_line = "\n" + origin_bound.line(bound.host, bound.code) if bound else ""
    return Rendered(None, _filled(words.sms, values) + last_line, None)


def _email(words: Words, values: Mapping[str, object], locale: str, direction: str) -> Rendered:
    from sparekey.templates.compiling import fill, html_words

    if words.email is None:
        raise CannotRender("there are no words for email")
    return Rendered(
        subject=_filled(words.email.subject, values),
        text=_filled(words.email.text, values) + "\n",
        html=fill(html_words(words.email.mjml, locale, direction), values),
    )


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


def _checked(rendered: Rendered, *, code: str, bound: OriginBound | None) -> Rendered:
    """Refuses a code in the subject and a last line that is not ours."""
    subject = rendered.subject or ""
    if "\n" in subject or (code and code in re.sub(r"[\s-]", "", subject)):
        raise CannotRender("a subject is one line without the code")
    if origin_bound.parse(rendered.text) != bound:
        raise CannotRender("the last line binds a code that is not the message's")
    return rendered
