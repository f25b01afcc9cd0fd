"""What every message must and must not say, one function per rule.

Each rule looks at one reading of a message, rendered with the longest values it must hold, and
yields what it finds. Words that depend on the language come from its file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sparekey.kit import gsm7
from sparekey.templates import origin_bound
from sparekey.templates.markup import Markup
from sparekey.templates.model import Channel, Language, Rendered, Template

LONGEST_SMS = 320
MOST_EMAIL_LINES = 5
_SHORTENERS = frozenset((
    "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "qrco.de", "rb.gy",
    "rebrand.ly", "s.id", "shorturl.at", "snip.ly", "t.co", "t.ly", "t2m.io", "tiny.cc",
    "tinyurl.com", "v.gd",
))  # fmt: skip
# Carriers act on these themselves, as opt-out or opt-in, whatever our message meant by them.
_CARRIER_WORDS = (
    "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
    "OPT-OUT", "OPT OUT", "REMOVE", "ARRET", "TD", "START", "UNSTOP", "YES",
)  # fmt: skip
_HOST_NAME = r"(?:[a-z0-9-]+\.)+[a-z]{2,}"
_HOST_LIKE = re.compile(_HOST_NAME, re.IGNORECASE)
# Phones make a link of an address without its scheme, too.
_URL = re.compile(rf"https?://[^\s<>\"]+|(?<!@)\b{_HOST_NAME}/[^\s<>\"]*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_ ]+\]|<[A-Z_]+>|%\(\w+\)s|\bX{3,}\b|\$\{|\blorem ipsum\b")

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found; an `error` keeps the words from being used."""

    rule: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as rendered with sample values, and what it was rendered from."""

    template: Template
    language: Language
    channel: Channel
    can_reply: bool
    samples: Mapping[str, str]
    shown: Mapping[str, str]
    rendered: Rendered
    markup: Markup | None
    allowed_hosts: frozenset[str]

    @property
    def words(self) -> str:
        """The text that people read, without the line that browsers read."""
        text = self.rendered.text
        return text.rpartition("\n")[0] if origin_bound.parse(text) else text

    @property
    def parts(self) -> dict[str, str]:
        """The same message once per form in which somebody reads it."""
        return {"text": self.words} | ({"html": self.markup.words} if self.markup else {})

    @property
    def links(self) -> list[str]:
        """Every address in the message, once per mention."""
        anchors = [anchor.href for anchor in self.markup.anchors] if self.markup else []
        return [url for part in self.parts.values() for url in _URL.findall(part)] + anchors


def brand(reading: Reading) -> Iterator[Finding]:
    """The company is named."""
    for part, words in reading.parts.items():
        if reading.shown["brand"] not in words:
            yield Finding("brand", "error", f"the {part} does not name the company")


def purpose(reading: Reading) -> Iterator[Finding]:
    """The message says what it is for."""
    wanted = reading.language.purpose_words[reading.template.purpose]
    for part, words in reading.parts.items():
        if not any(word in words.lower() for word in wanted):
            yield Finding("purpose", "error", f"the {part} says none of: {', '.join(wanted)}")


def validity(reading: Reading) -> Iterator[Finding]:
    """A code or link says how long it works."""
    for part, words in reading.parts.items():
        if reading.template.proof and reading.shown["valid_for"] not in words:
            yield Finding("validity", "error", f"the {part} does not say how long it is valid")


def not_me(reading: Reading) -> Iterator[Finding]:
    """Who did not ask for this learns what to do."""
    ways = [
        reading.shown[name]
        for name in ("not_me_url", "undo_url", "forgot_url", "support_phone", "support_email")
        if name in reading.shown
    ]
    for part, words in reading.parts.items():
        starts = [words.lower().find(asks) for asks in reading.language.not_me_words]
        rest = words[min((at for at in starts if at >= 0), default=len(words)) :]
        says_no = reading.can_reply and re.search(r"\bNO\b", rest)
        if not says_no and not any(way in rest for way in ways):
            severity: Severity = "warning" if rest and not ways else "error"
            yield Finding("not_me", severity, f"the {part} has no way to say: that was not me")


def one_proof(reading: Reading) -> Iterator[Finding]:
    """Exactly the declared proof: a code, a link, or none."""
    for part, words in reading.parts.items():
        for proof in ("code", "link"):
            value = reading.shown.get(proof)
            mentions = words.count(value) if value else 0
            is_declared = reading.template.proof == proof
            if is_declared != bool(mentions):
                said = "lacks its" if is_declared else "must not hold a"
                yield Finding("one_proof", "error", f"the {part} {said} {proof}")
            if reading.channel == "sms" and mentions > 1:
                yield Finding("one_proof", "error", f"the {part} says its {proof} twice")


def code_first(reading: Reading) -> Iterator[Finding]:
    """A code comes first, for previews and screen readers."""
    if reading.template.proof != "code":
        return
    for part, words in reading.parts.items():
        if not words.startswith(reading.shown["code"]):
            yield Finding("code_first", "error", f"the {part} does not begin with the code")


def link_host(reading: Reading) -> Iterator[Finding]:
    """Links lead to us or to a host the company allowed, over nobody's shortener."""
    for url in reading.links:
        host = _host(url)
        if host in _SHORTENERS:
            yield Finding("shortener", "error", f"{host} hides where a link leads")
        elif host not in reading.allowed_hosts:
            yield Finding("link_host", "error", f"a link leads to {host or 'no host'}")


def link_text(reading: Reading) -> Iterator[Finding]:
    """A link shows the host it leads to, there or as its whole address close by."""
    if reading.markup is None:
        return
    for anchor in reading.markup.anchors:
        host = _host(anchor.href)
        others = {seen.lower() for seen in _HOST_LIKE.findall(_without_path(anchor.visible))}
        others.discard(host)
        if others:
            yield Finding("link_text", "error", f"a link shows {others.pop()}, leads to {host}")
        if anchor.href not in reading.markup.words:
            yield Finding("link_text", "error", f"the address behind “{anchor.visible}” is hidden")


def remote_content(reading: Reading) -> Iterator[Finding]:
    """Opening the email fetches nothing: no picture, font, style or script."""
    for thing in reading.markup.remote if reading.markup else ():
        yield Finding("remote_content", "error", f"the html fetches something: {thing}")


def segments(reading: Reading) -> Iterator[Finding]:
    """A text fits one segment; two cost double, three are too many."""
    if reading.channel != "sms":
        return
    cost = gsm7.segments(reading.rendered.text)
    if cost.count > 1:
        severity: Severity = "warning" if cost.count == 2 else "error"
        sender = "a sender with" if reading.can_reply else "a sender without"
        yield Finding(
            "segments", severity, f"{cost.count} segments ({cost.encoding}) from {sender} replies"
        )


def length(reading: Reading) -> Iterator[Finding]:
    """Short enough to be read to its end."""
    text = reading.rendered.text
    if reading.channel == "sms" and len(text) > LONGEST_SMS:
        yield Finding("length", "error", f"{len(text)} characters; at most {LONGEST_SMS}")
    lines = [line for line in text.splitlines() if line.endswith((".", ":", "?", "!"))]
    if reading.channel == "email" and len(lines) > MOST_EMAIL_LINES:
        yield Finding("length", "warning", f"{len(lines)} lines to read; {MOST_EMAIL_LINES} do")


def bound_line(reading: Reading) -> Iterator[Finding]:
    """A browser reads our host and our code from the last line, or nothing at all."""
    if reading.channel != "sms":
        return
    expected = None
    if reading.template.is_origin_bound and "host" in reading.samples:
        expected = origin_bound.OriginBound(reading.samples["host"], reading.samples["code"])
    if origin_bound.parse(reading.rendered.text) != expected:
        yield Finding("bound_line", "error", "the last line does not bind the code to the host")


def placeholder(reading: Reading) -> Iterator[Finding]:
    """Nothing that somebody forgot to fill in."""
    for part, words in {**reading.parts, "subject": reading.rendered.subject or ""}.items():
        left = _PLACEHOLDER.search(words)
        if left:
            yield Finding("placeholder", "error", f"the {part} still says {left[0]}")


def carrier_words(reading: Reading) -> Iterator[Finding]:
    """No instruction uses a word that carriers take as opt-out or opt-in."""
    verbs = "|".join(reading.language.keyword_verbs)
    for part, words in reading.parts.items():
        for sentence in reading.language.keyword_sentences:
            words = words.replace(sentence, "")
        for word in _CARRIER_WORDS:
            asked = rf"\b(?i:{verbs})\W+(?:\w+\W+)?(?i:{re.escape(word)})\b"
            if re.search(rf"{asked}|\b{re.escape(word)}\b", words):
                yield Finding("carrier_words", "error", f"the {part} uses the carriers' {word}")


def no_reply(reading: Reading) -> Iterator[Finding]:
    """A sender that receives nothing asks for no reply."""
    if reading.can_reply:
        return
    for part, words in reading.parts.items():
        for word in reading.language.reply_words:
            if re.search(rf"\b{re.escape(word)}\b", words, re.IGNORECASE):
                yield Finding("no_reply", "error", f"the {part} says “{word}”; no reply arrives")


def _host(url: str) -> str:
    return urlsplit(url if "://" in url else f"https://{url}").hostname or ""


def _without_path(visible: str) -> str:
    """A visible address without its path, where a dot makes no host."""
    return urlsplit(visible).netloc if "://" in visible else visible


RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    *(brand, purpose, validity, not_me, one_proof, code_first),
    *(link_host, link_text, remote_content, segments, length),
    *(bound_line, placeholder, carrier_words, no_reply),
)
