"""What a call says: that a key is awaited, any or the hash key, then the code, twice, digit by
digit, in the customer's language."""

from dataclasses import dataclass

from sparekey.gateways.model import Outgoing, Refused


@dataclass(frozen=True, slots=True)
class Spoken:
    """The parts of a call, and the locale that a synthetic voice speaks them in."""

    locale: str
    asks: str
    asks_for_hash: str
    says: str
    ends: str


@dataclass(frozen=True, slots=True)
class _Words:
    locale: str
    asks: str
    asks_for_hash: str
    code: str
    again: str
    ends: str
    pause: str = ", "


_WORDS = {
    "en": _Words(
        "en-US",
        "Hello. Press any key to hear your code.",
        "Hello. Press the hash, or pound, key to hear your code.",
        "Your code is:",
        "Once more:",
        "Goodbye.",
    ),
    "de": _Words(
        "de-DE",
        "Guten Tag. Drücken Sie eine beliebige Taste, um Ihren Code zu hören.",
        "Guten Tag. Drücken Sie die Rautetaste, um Ihren Code zu hören.",
        "Ihr Code lautet:",
        "Noch einmal:",
        "Auf Wiederhören.",
    ),
    "fr": _Words(
        "fr-FR",
        "Bonjour. Appuyez sur une touche pour entendre votre code.",
        "Bonjour. Appuyez sur la touche dièse pour entendre votre code.",
        "Votre code est :",
        "Je répète :",
        "Au revoir.",
    ),
    "es": _Words(
        "es-ES",
        "Hola. Pulse cualquier tecla para escuchar su código.",
        "Hola. Pulse la tecla almohadilla para escuchar su código.",
        "Su código es:",
        "Se lo repito:",
        "Adiós.",
    ),
    "ar": _Words(
        "ar",
        "مرحبًا. اضغط على أي مفتاح لسماع الرمز الخاص بك.",
        "مرحبًا. اضغط على مفتاح المربع لسماع الرمز الخاص بك.",
        "الرمز الخاص بك هو:",
        "أكرر:",
        "إلى اللقاء.",
        "، ",
    ),
}


def spoken(message: Outgoing) -> Spoken:
    """The call that says a message's code; Refused for a message without one."""
    if not message.code:
        raise Refused("a call can say a code only")
    words = _WORDS.get(message.locale.partition("-")[0].lower(), _WORDS["en"])
    code = words.pause.join(message.code) + "."
    says = f"{words.code} {code} {words.again} {code}"
    return Spoken(words.locale, words.asks, words.asks_for_hash, says, words.ends)
