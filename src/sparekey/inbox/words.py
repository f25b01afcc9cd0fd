"""The words that customers send alone: exact ones only, for a sentence may mean anything.

Opting out, in again and asking for help by text (the lists of US and Canadian carriers, FCC
64.1200(a)(10), and the same in our other languages); and "that was not me" by text or email.
"""

import re
import unicodedata
from enum import StrEnum


class Word(StrEnum):
    """What a message that is one word, or a few set ones, asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    NO = "no"


#: Of each language; a word of several languages stands in the first.
_WORDS: dict[Word, dict[str, str]] = {
    Word.STOP: {
        "en": "stop, stopall, stop all, unsubscribe, cancel, end, quit, revoke, optout, opt-out,"
        " opt out, remove, td",
        "fr": "arret, arrêt, arrêter, arreter, désabonner, desabonner",
        "de": "stopp, abmelden, abbestellen",
        "es": "alto, parar, baja, cancelar",
        "ar": "توقف, إيقاف, ايقاف, قف, إلغاء, الغاء",
    },
    Word.START: {
        "en": "start, unstop, yes",
        "fr": "commencer, démarrer, demarrer",
        "de": "starten, anmelden",
        "es": "empezar, iniciar, alta",
        "ar": "ابدأ, ابدا, بدء",
    },
    Word.HELP: {
        "en": "help, info",
        "fr": "aide",
        "de": "hilfe",
        "es": "ayuda",
        "ar": "مساعدة",
    },
    Word.NO: {
        "en": "no, not me, it wasn't me, it was not me, that wasn't me, that was not me",
        "fr": "non, pas moi, ce n'est pas moi, ce n'était pas moi",
        "de": "nein, nicht ich, ich war das nicht, das war ich nicht, ich war es nicht",
        "es": "no fui yo, yo no fui, no he sido yo",
        "ar": "لا, لست أنا, ليس أنا, لم أكن أنا",
    },
}
#: No word comes near it; what is longer is not folded at all.
_LONGEST = 200
_INVISIBLE = frozenset({"Cc", "Cf"})
_APOSTROPHES = re.compile("[‘’ʼ`´]")


def tidied(text: str) -> str:
    """Trimmed, in one case and form, spaces single, without punctuation at the end."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(" " if sign.isspace() else sign for sign in plain if _is_seen(sign))
    words = " ".join(_APOSTROPHES.sub("'", seen).casefold().split())
    while words and unicodedata.category(words[-1])[0] == "P":
        words = words[:-1].rstrip()
    return words


def _is_seen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in _INVISIBLE


_KNOWN: dict[str, tuple[Word, str]] = {
    tidied(one): (word, locale)
    for word, languages in reversed(_WORDS.items())
    for locale, listed in reversed(languages.items())
    for one in listed.split(",")
}


def read_word(text: str) -> tuple[Word, str | None] | None:
    """Which word a message is, and in which language if that tells one: English words are sent
    everywhere. None when it is anything else."""
    if len(text) > _LONGEST:
        return None
    found = _KNOWN.get(tidied(text))
    if found is None:
        return None
    word, locale = found
    return word, None if locale == "en" else locale
