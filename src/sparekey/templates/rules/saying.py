"""What a message must say: who, what for, how long, what to do if it was somebody else."""

import re
import unicodedata
from collections.abc import Iterator

from sparekey.templates import origin_bound
from sparekey.templates.rules.reading import Finding, Reading

_LEAST_OWN_LETTERS = 0.5


def brand(reading: Reading) -> Iterator[Finding]:
    """The company is named."""
    for place, words in reading.parts.items():
        if reading.shown["brand"] not in words:
            yield Finding("brand", "error", f"the {place} does not name the company", place)


def purpose(reading: Reading) -> Iterator[Finding]:
    """The message says what it is for."""
    wanted = reading.language.purpose_words[reading.template.purpose]
    for place, words in reading.parts.items():
        if not any(word in words.lower() for word in wanted):
            message = f"the {place} says none of: {', '.join(wanted)}"
            yield Finding("purpose", "error", message, place, wanted[0])


def validity(reading: Reading) -> Iterator[Finding]:
    """A code or link says how long it works."""
    for place, words in reading.parts.items():
        if reading.template.proof and reading.shown["valid_for"] not in words:
            message = f"the {place} does not say how long it is valid"
            yield Finding("validity", "error", message, place)


def not_me(reading: Reading) -> Iterator[Finding]:
    """Who did not ask for this learns what to do."""
    ways = [
        reading.shown[name]
        for name in ("not_me_url", "undo_url", "forgot_url", "support_phone", "support_email")
        if name in reading.shown
    ]
    for place, words in reading.parts.items():
        starts = [words.lower().find(asks) for asks in reading.language.not_me_words]
        rest = words[min((at for at in starts if at >= 0), default=len(words)) :]
        says_no = reading.can_reply and re.search(r"\bNO\b", rest)
        if says_no or any(way in rest for way in ways):
            continue
        if rest and not ways:
            message = f"without support contacts, the {place} can only name the company to turn to"
            yield Finding("not_me", "warning", message, place)
        else:
            message = f"the {place} has no way to say: that was not me"
            yield Finding("not_me", "error", message, place, reading.language.not_me_words[0])


def one_proof(reading: Reading) -> Iterator[Finding]:
    """Exactly the declared proof: a code, a link, or none."""
    for place, words in reading.parts.items():
        for proof in ("code", "link"):
            value = reading.shown.get(proof)
            mentions = words.count(value) if value else 0
            is_declared = reading.template.proof == proof
            if is_declared != bool(mentions):
                said = "lacks its" if is_declared else "must not hold a"
                yield Finding("one_proof", "error", f"the {place} {said} {proof}", place)
            if place == "sms" and mentions > 1:
                yield Finding("one_proof", "error", f"the {place} says its {proof} twice", place)


def code_first(reading: Reading) -> Iterator[Finding]:
    """A code comes first, for previews and screen readers."""
    if reading.template.proof != "code":
        return
    for place, words in reading.parts.items():
        if not words.startswith(reading.shown["code"]):
            message = f"the {place} does not begin with the code"
            yield Finding("code_first", "error", message, place)


def bound_line(reading: Reading) -> Iterator[Finding]:
    """A browser reads our host and our code from the last line, or nothing at all."""
    if reading.channel != "sms":
        return
    expected = None
    if reading.template.is_origin_bound and "host" in reading.shown:
        expected = origin_bound.OriginBound(reading.shown["host"], reading.samples["code"])
    if origin_bound.parse(reading.rendered.text) != expected:
        message = "the last line does not bind the code to the host"
        yield Finding("bound_line", "error", message, "sms")


def whole_text(reading: Reading) -> Iterator[Finding]:
    """The plain-text part is complete: it has every address that the HTML leads to."""
    for url in dict.fromkeys(reading.links("html")):
        if url not in reading.rendered.text:
            message = "the text lacks an address that the html leads to"
            yield Finding("whole_text", "error", message, "text")


def own_script(reading: Reading) -> Iterator[Finding]:
    """The words are in the letters of their language."""
    for place, words in reading.everything.items():
        for value in reading.values:
            words = words.replace(value, "")
        letters = [unicodedata.name(sign, "") for sign in words if sign.isalpha()]
        own = sum(name.startswith(reading.language.script) for name in letters)
        if letters and own < len(letters) * _LEAST_OWN_LETTERS:
            message = f"the {place} is not in the letters of its language"
            yield Finding("own_script", "error", message, place)
