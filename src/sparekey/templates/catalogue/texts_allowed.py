"""Confirms START by text: codes come to this number again."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, SUPPORT


def _words(voice: Voice, *, allowed: str, stop: str, asks: str) -> Words:
    """`stop` is the word that ends it again, where a reply arrives."""
    ended = f"{{% if can_reply %}} {stop}{{% endif %}}"
    return Words(sms=f"{allowed}{ended} {asks} {voice.who_helps_sms}")


template = Template(
    purpose="texts_allowed",
    proof=None,
    variables=(BRAND, *SUPPORT),
    locales={
        "en": _words(
            EN,
            allowed="Codes from {{ brand }} come to this number again.",
            stop="Reply STOP to stop these messages.",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            allowed="Codes von {{ brand }} kommen wieder.",
            stop="Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            allowed="Les codes de {{ brand }} arrivent de nouveau ici.",
            stop="Répondez STOP pour ne plus rien recevoir.",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            allowed="Las claves de {{ brand }} vuelven a llegar.",
            stop="Responda STOP para no recibir mensajes.",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            allowed="عادت رموز {{ brand }} تصل إلى هذا الرقم.",
            stop="رد بكلمة STOP لإيقاف هذه الرسائل.",
            asks="لست أنت؟",
        ),
    },
)
