"""How a message is worded: short, calm, easily read."""

import re
from collections.abc import Iterator, Mapping

from sparekey.kit import gsm7
from sparekey.templates import reading_ease
from sparekey.templates.links import WRITTEN
from sparekey.templates.model import Brevity
from sparekey.templates.rules.reading import Finding, Place, Reading, Severity

LONGEST_SMS = 320
MOST_EMAIL_LINES = 5
_SENTENCE_ENDS = (".", ":", "?", "!", "؟")
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")


def segments(reading: Reading) -> Iterator[Finding]:
    """A text fits one segment; two cost double, three are too many.

    Where a language needs UCS-2, a link and the line for browsers alone can fill two of its
    segments: there they are part of the price that the warning names, and not counted against the
    words. Neither is a company's name that needs it.
    """
    if reading.channel != "sms":
        return
    text = reading.rendered.text
    cost = gsm7.segments(text)
    if cost.count == 1:
        return
    odd = ""
    if reading.language.script != "LATIN":
        judged = gsm7.segments(WRITTEN.sub("", reading.parts["sms"]))
    elif odd := "".join(sign for sign in _own_words(reading)["sms"] if not gsm7.is_gsm7(sign)):
        judged = cost
    else:
        judged = gsm7.segments("".join(sign if gsm7.is_gsm7(sign) else "x" for sign in text))
    severity: Severity = "warning" if judged.count <= 2 else "error"
    sender = "a sender with" if reading.can_reply else "a sender without"
    message = f"{cost.count} segments ({cost.encoding}) from {sender} replies"
    if odd:
        message += f", because of {' '.join(dict.fromkeys(odd))}"
    yield Finding("segments", severity, message, "sms")


def length(reading: Reading) -> Iterator[Finding]:
    """Short enough to be read to its end."""
    text = reading.rendered.text
    if reading.channel == "sms" and len(text) > LONGEST_SMS:
        message = f"{len(text)} characters; at most {LONGEST_SMS}"
        yield Finding("length", "error", message, "sms")
    lines = [line for line in text.splitlines() if line.endswith(_SENTENCE_ENDS)]
    if reading.channel == "email" and len(lines) > MOST_EMAIL_LINES:
        message = f"{len(lines)} lines to read; {MOST_EMAIL_LINES} do"
        yield Finding("length", "warning", message, "text")


def tone(reading: Reading) -> Iterator[Finding]:
    """Calm and plain: nothing that frightens, hurries or sells, and nothing stiff."""
    for place, words in _own_words(reading).items():
        yield from _phrases(words, place, "error", reading.language.tone.hard)
        yield from _phrases(words, place, "warning", reading.language.tone.stiff)
        if "!" in words or "¡" in words:
            yield Finding("tone", "warning", f"the {place} calls out with !", place, ".")
        if shouted := _SHOUTED.search(words):
            yield Finding("tone", "warning", f"the {place} shouts {shouted[0]}", place)


def ease(reading: Reading) -> Iterator[Finding]:
    """Easily read by whoever is in a hurry."""
    for place, words in _own_words(reading).items():
        if place == "subject":
            continue
        measured = reading_ease.measure(words, reading.language.ease)
        if measured is None or not measured.is_hard:
            continue
        is_brevity = isinstance(reading.language.ease, Brevity)
        message = f"the {place} is hard to read ({measured.said}): shorter sentences and words"
        if not is_brevity:
            message += f"; {measured.least:.0f} or more is easy"
        yield Finding("ease", "warning", message, place)


def _own_words(reading: Reading) -> dict[Place, str]:
    """Without the values, the addresses and the sentences that carriers want as they are."""
    own: dict[Place, str] = {}
    for place, words in reading.everything.items():
        words = WRITTEN.sub("", words)
        for value in reading.values:
            words = words.replace(value, "")
        for sentence in reading.language.keyword_sentences:
            words = words.replace(sentence, "")
        own[place] = words
    return own


def _phrases(
    words: str, place: Place, severity: Severity, phrases: Mapping[str, str]
) -> Iterator[Finding]:
    for phrase, instead in phrases.items():
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words, re.IGNORECASE):
            message = f"the {place} says “{phrase}”"
            message += f"; plainer: {instead}" if instead else "; it can go"
            yield Finding("tone", severity, message, place, instead)
