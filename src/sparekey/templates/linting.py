"""Reads a template as its customers will, with the longest values, and reports what is wrong."""

from collections.abc import Collection, Iterator
from itertools import product

from sparekey.templates import markup
from sparekey.templates.model import CannotRender, Channel, Kind, Template, Words
from sparekey.templates.rendering import languages, render_template
from sparekey.templates.rules import RULES, Finding, Reading
from sparekey.templates.values import shown
from sparekey.templates.variables import SAMPLE_HOST

_ALWAYS_GIVEN = {"can_reply"}


def lint(
    template: Template,
    locale: str,
    channel: Channel,
    *,
    allowed_hosts: Collection[str] = (),
) -> list[Finding]:
    """Every finding in one language's words for one channel, each once, errors first.

    The words are read from senders with and without replies, with every optional value and
    with none. `allowed_hosts` may be linked to besides the sample's own host.
    """
    words = template.locales.get(locale)
    if words is None or not _sources(words, channel):
        return [Finding("words", "error", f"there are no words for {channel} in {locale}")]
    findings = list(_static(template, words, channel))
    if not findings:
        try:
            for reading in _readings(template, locale, channel, {SAMPLE_HOST, *allowed_hosts}):
                findings += [finding for rule in RULES for finding in rule(reading)]
        except CannotRender as error:
            findings.append(Finding("renders", "error", str(error)))
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity)


def _static(template: Template, words: Words, channel: Channel) -> Iterator[Finding]:
    """What shows before anything is filled in: a variable nobody gives, a code in the subject."""
    from sparekey.templates.compiling import text_words

    given = {variable.name for variable in template.variables} | _ALWAYS_GIVEN
    for part, source in _sources(words, channel).items():
        try:
            used = set(text_words(source).global_variables())
        except CannotRender as error:
            yield Finding("renders", "error", f"the {part}: {error}")
            continue
        for name in sorted(used - given):
            yield Finding("variables", "error", f"the {part} uses {name}, which nobody gives")
        if part == "subject" and "code" in used:
            yield Finding("subject_code", "error", "locked screens show subjects, so no code there")


def _sources(words: Words, channel: Channel) -> dict[str, str]:
    if channel == "sms":
        return {"text": words.sms} if words.sms else {}
    if words.email is None:
        return {}
    return {"subject": words.email.subject, "text": words.email.text, "html": words.email.mjml}


def _readings(
    template: Template, locale: str, channel: Channel, allowed_hosts: set[str]
) -> Iterator[Reading]:
    language = languages.get(locale.partition("-")[0])
    for samples, can_reply in product(_samples(template), (True, False)):
        rendered = render_template(
            template, channel=channel, locale=locale, variables=samples, can_reply=can_reply
        )
        values = shown(template.variables, samples, language=language, channel=channel)
        yield Reading(
            template=template,
            language=language,
            channel=channel,
            can_reply=can_reply,
            samples=samples,
            shown={name: value for name, value in values.items() if value},
            rendered=rendered,
            markup=markup.read(rendered.html) if rendered.html else None,
            allowed_hosts=frozenset(allowed_hosts),
        )


def _samples(template: Template) -> Iterator[dict[str, str]]:
    """With every optional value and with none, for each choice."""
    choices = [variable for variable in template.variables if variable.kind is Kind.CHOICE]
    for picked in product(*(variable.choices for variable in choices)):
        chosen = {variable.name: value for variable, value in zip(choices, picked, strict=True)}
        every = {variable.name: variable.sample for variable in template.variables} | chosen
        optional = {variable.name for variable in template.variables if variable.is_optional}
        yield every
        yield {name: value for name, value in every.items() if name not in optional}
