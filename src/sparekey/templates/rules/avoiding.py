"""What a message must not say: secrets, private data, carriers' words, forgotten placeholders."""

import re
from collections.abc import Iterator

from sparekey.templates.rules.reading import Finding, Reading

# Carriers act on these themselves, as opt-out or opt-in, whatever our message meant by them.
_CARRIER_WORDS = (
    "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
    "OPT-OUT", "OPT OUT", "REMOVE", "ARRET", "TD", "START", "UNSTOP", "YES",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_ ]+\]|<[A-Z_]+>|%\(\w+\)s|\bX{3,}\b|\$\{|\blorem ipsum\b")
_PRIVATE = {
    "an email address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "a long number": re.compile(r"(?<![\w.:/-])\+?\d(?:[ ()-]?\d){7,}(?![\w:/-])"),
    "an IP address": re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){3,}[0-9a-f]+\b"),
    "an id of ours": re.compile(
        r"\b(?:ver|rec|msg|evt|key|grt|rpl)_[0-9A-Za-z]{6,}|\b[0-9a-f]{8}-[0-9a-f]{4}-"
    ),
}


def placeholder(reading: Reading) -> Iterator[Finding]:
    """Nothing that somebody forgot to fill in."""
    for place, words in reading.everything.items():
        left = _PLACEHOLDER.search(words)
        if left:
            yield Finding("placeholder", "error", f"the {place} still says {left[0]}", place)


def carrier_words(reading: Reading) -> Iterator[Finding]:
    """No instruction uses a word that carriers take as opt-out or opt-in."""
    verbs = "|".join(reading.language.keyword_verbs)
    for place, words in reading.parts.items():
        for sentence in reading.language.keyword_sentences:
            words = words.replace(sentence, "")
        for word in (*_CARRIER_WORDS, *reading.language.carrier_words):
            asked = rf"\b(?i:{verbs})\W+(?:\w+\W+)?(?i:{re.escape(word)})\b"
            alone = rf"|\b{re.escape(word)}\b" if word.isupper() else ""
            if re.search(asked + alone, words):
                message = f"the {place} uses the carriers' {word}"
                yield Finding("carrier_words", "error", message, place, "NO")


def no_reply(reading: Reading) -> Iterator[Finding]:
    """A sender that receives nothing asks for no reply."""
    if reading.can_reply:
        return
    for place, words in reading.parts.items():
        for word in reading.language.reply_words:
            if re.search(rf"\b{re.escape(word)}\b", words, re.IGNORECASE):
                message = f"the {place} says “{word}”; no reply arrives"
                yield Finding("no_reply", "error", message, place)


def secrets(reading: Reading) -> Iterator[Finding]:
    """No password is told, and nobody is asked to pass a code or a password on."""
    for place, words in reading.everything.items():
        for pattern in reading.language.tells_secret:
            if found := re.search(pattern, words, re.IGNORECASE):
                message = f"the {place} tells a secret or asks for one: “{found[0]}”"
                yield Finding("secrets", "error", message, place)


def private(reading: Reading) -> Iterator[Finding]:
    """No address, number or id but those of the company's support."""
    for place, words in reading.everything.items():
        for value in reading.values:
            words = words.replace(value, " ")
        for what, pattern in _PRIVATE.items():
            if pattern.search(words):
                yield Finding("private", "error", f"the {place} shows {what}", place)


def login_with_code(reading: Reading) -> Iterator[Finding]:
    """A code and a username are never found together: whoever reads both can use them."""
    for place, words in reading.everything.items():
        login, code = reading.shown.get("login"), reading.template.proof == "code"
        if login and code and login in words:
            message = f"the {place} shows the username beside a code"
            yield Finding("login_with_code", "error", message, place)
