"""Confirms NO or STOP by text: what strangers ask for does not come to this number for a day."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, SUPPORT


def _words(voice: Voice, *, stopped: str, again: str, asks: str) -> Words:
    """`again` is the word that lifts it, where a reply arrives."""
    lifted = f"{{% if can_reply %}} {again}{{% endif %}}"
    return Words(sms=f"{stopped}{lifted} {asks} {voice.who_helps_sms}")


template = Template(
    purpose="texts_stopped",
    proof=None,
    variables=(BRAND, *SUPPORT),
    locales={
        "en": _words(
            EN,
            stopped="No codes that others ask for come here from {{ brand }} for 24 hours.",
            again="Reply START to allow them.",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            stopped="Fremde Codes von {{ brand }} ruhen 24 Stunden.",
            again="Antworten Sie START, um sie zu erlauben.",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            stopped="Plus de codes demandés par d'autres chez {{ brand }} pendant 24 heures.",
            again="Répondez START pour les permettre.",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            stopped="Durante 24 horas no llegan claves de {{ brand }} que pidan otros.",
            again="Responda START para permitirlos.",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            stopped="لن تصل هنا رموز يطلبها غيرك من {{ brand }} لمدة 24 ساعة.",
            again="رد بكلمة START للسماح بها.",
            asks="لست أنت؟",
        ),
    },
)
