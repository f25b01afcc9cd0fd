"""From a template, a language and values to the message that is handed over."""

import re
from collections.abc import Mapping

from sparekey.kit.registry import Registry
from sparekey.templates import origin_bound
from sparekey.templates.model import (
    CannotRender,
    Channel,
    Email,
    Language,
    Rendered,
    Template,
    Words,
)
from sparekey.templates.values import cleaned_host, shown

catalogue = Registry(
    "sparekey.templates.catalogue", "sparekey.templates", declares="template", of=Template
)
languages = Registry(
    "sparekey.templates.languages", "sparekey.languages", declares="language", of=Language
)

FALLBACK_LOCALE = "en"


def find(name: str) -> Template:
    """The template of this name; raises kit.registry.UnknownPlugin."""
    return catalogue.get(name)


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
    values: dict[str, object] = {
        **shown(template.variables, variables, language=language, channel=channel),
        "can_reply": can_reply,
    }
    if channel == "sms":
        text = _sms(words, values) + _origin_bound_line(template, variables)
        return _checked(Rendered(None, text, None), template, variables)
    if words.email is None:
        raise CannotRender(f"{template.purpose} has no words for email in {spoken}")
    return _checked(_email(words.email, values, spoken, language), template, variables)


def spoken_locale(template: Template, locale: str) -> str:
    """The template's locale nearest to the wanted one; raises CannotRender when it has none."""
    for candidate in (locale, locale.replace("_", "-").partition("-")[0], FALLBACK_LOCALE):
        if candidate in template.locales:
            return candidate
    raise CannotRender(f"{template.purpose} has no words in {locale} or {FALLBACK_LOCALE}")


def _sms(words: Words, values: Mapping[str, object]) -> str:
    if words.sms is None:
        raise CannotRender("there are no words for sms")
    return _filled(words.sms, values)


def _email(words: Email, values: Mapping[str, object], locale: str, language: Language) -> Rendered:
    from sparekey.templates.compiling import fill, html_words

    return Rendered(
        subject=_filled(words.subject, values),
        text=_filled(words.text, values) + "\n",
        html=fill(html_words(words.mjml, locale, language.direction), values),
    )


def _filled(source: str, values: Mapping[str, object]) -> str:
    """Plain words, tidied: conditions leave spaces and empty lines behind."""
    from sparekey.templates.compiling import fill, text_words

    lines = [" ".join(line.split()) for line in fill(text_words(source), values).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _origin_bound_line(template: Template, variables: Mapping[str, str]) -> str:
    host = variables.get("host", "")
    if not template.is_origin_bound or not host:
        return ""
    return "\n" + origin_bound.line(cleaned_host(host), variables["code"])


def _checked(rendered: Rendered, template: Template, variables: Mapping[str, str]) -> Rendered:
    """Refuses a code in the subject and a last line that is not ours."""
    code = variables.get("code", "")
    subject = rendered.subject or ""
    if "\n" in subject or (code and code in re.sub(r"[\s-]", "", subject)):
        raise CannotRender("a subject is one line without the code")
    bound = origin_bound.parse(rendered.text)
    if bound and (not template.is_origin_bound or bound.code != code):
        raise CannotRender("the last line binds a code that is not the message's")
    return rendered
