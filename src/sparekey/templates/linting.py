"""Reads a template as its customers will, with the longest values, and reports what is wrong."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType

from sparekey.templates import markup
from sparekey.templates.model import CannotRender, Channel, Kind, Template, Words
from sparekey.templates.rendering import language_of, render_template
from sparekey.templates.rules import RULES, Finding
from sparekey.templates.rules.reading import Place, Reading, plain
from sparekey.templates.values import shown
from sparekey.templates.variables import SAMPLE_HOST, SUPPORT

_ALWAYS_GIVEN = {"can_reply"}
_SUPPORT = frozenset(variable.name for variable in SUPPORT)
_NO_VALUES: Mapping[str, str] = MappingProxyType({})
#: What a condition may ask: which values are there, and which of a list one is.
_COMPARED = re.compile(r"([a-z_]+)\s*==\s*([\"'])([a-z_]+)\2")


def lint(
    template: Template,
    locale: str,
    channel: Channel,
    *,
    allowed_hosts: Collection[str] = (),
    values: Mapping[str, str] = _NO_VALUES,
) -> list[Finding]:
    """Every finding in one language's words for one channel, each once, errors first.

    The words are read from senders with and without replies, with every optional value, without
    the support contacts, and with none. `values` are a brand's own in place of the samples;
    `allowed_hosts` may be linked to besides the sample's own host.
    """
    words = template.locales.get(locale)
    if words is None or not _sources(words, channel):
        return [Finding("words", "error", f"there are no words for {channel} in {locale}")]
    findings = list(_static(template, words, channel))
    if not findings:
        hosts = frozenset({SAMPLE_HOST, *allowed_hosts})
        try:
            for reading in _readings(template, locale, channel, hosts, values):
                findings += [finding for rule in RULES for finding in rule(reading)]
        except CannotRender as error:
            findings.append(Finding("renders", "error", str(error)))
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity)


def lint_words(
    template: Template,
    locale: str,
    words: Words,
    *,
    allowed_hosts: Collection[str] = (),
    values: Mapping[str, str] = _NO_VALUES,
) -> list[Finding]:
    """As `lint`, for other words of a template, in each channel that they have words for."""
    other = replace(template, locales={locale: words})
    channels: list[Channel] = [*(["sms"] if words.sms else []), *(["email"] if words.email else [])]
    if not channels:
        return [Finding("words", "error", "there are no words")]
    found = [
        finding
        for channel in channels
        for finding in lint(other, locale, channel, allowed_hosts=allowed_hosts, values=values)
    ]
    return sorted(found, key=lambda finding: finding.severity)


def _static(template: Template, words: Words, channel: Channel) -> Iterator[Finding]:
    """What shows before anything is filled in: a variable nobody gives, a code in the subject, a
    condition that would show other words to some."""
    from sparekey.templates.compiling import text_words

    given = {variable.name for variable in template.variables} | _ALWAYS_GIVEN
    for place, source in _sources(words, channel).items():
        try:
            used = set(text_words(source).global_variables())
        except CannotRender as error:
            yield Finding("renders", "error", f"the {place}: {error}", place)
            continue
        for name in sorted(used - given):
            yield Finding(
                "variables", "error", f"the {place} uses {name}, which nobody gives", place
            )
        if place == "subject" and "code" in used:
            message = "locked screens show subjects, so no code there"
            yield Finding("subject_code", "error", message, place)
        if not _asks_known_things(template, source):
            message = f"the {place} may ask whether a value is there, and nothing else"
            yield Finding("conditions", "error", message, place)


def _asks_known_things(template: Template, source: str) -> bool:
    """Whether the samples show every word that anybody can get to see."""
    from sparekey.templates.compiling import decides_by_presence

    choices = {one.name: one.choices for one in template.variables if one.kind is Kind.CHOICE}

    def decided(match: re.Match[str]) -> str:
        return match[1] if match[3] in choices.get(match[1], ()) else match[0]

    return decides_by_presence(_COMPARED.sub(decided, source))


def _sources(words: Words, channel: Channel) -> dict[Place, str]:
    if channel == "sms":
        return {"sms": words.sms} if words.sms else {}
    if words.email is None:
        return {}
    return {"subject": words.email.subject, "text": words.email.text, "html": words.email.mjml}


def _readings(
    template: Template,
    locale: str,
    channel: Channel,
    allowed_hosts: frozenset[str],
    own: Mapping[str, str],
) -> Iterator[Reading]:
    language = language_of(locale)
    for samples, can_reply in product(_samples(template, own), (True, False)):
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
            shown={name: plain(value) for name, value in values.items() if value},
            rendered=rendered,
            markup=markup.read(rendered.html) if rendered.html else None,
            allowed_hosts=allowed_hosts,
        )


def _samples(template: Template, own: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """With every optional value, without support contacts, and with none, for each choice."""
    choices = [variable for variable in template.variables if variable.kind is Kind.CHOICE]
    for picked in product(*(variable.choices for variable in choices)):
        chosen = {variable.name: value for variable, value in zip(choices, picked, strict=True)}
        every = samples(template, own) | chosen
        optional = {variable.name for variable in template.variables if variable.is_optional}
        for left_out in dict.fromkeys((frozenset[str](), _SUPPORT & optional, frozenset(optional))):
            yield {name: value for name, value in every.items() if name not in left_out}


def samples(template: Template, own: Mapping[str, str] = _NO_VALUES) -> dict[str, str]:
    """A value for every variable of a template: the brand's `own`, else the longest expected."""
    return {one.name: own.get(one.name, one.sample) for one in template.variables}
