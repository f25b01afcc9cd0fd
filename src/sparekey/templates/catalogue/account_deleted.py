"""Tells every address of an account that it was deleted: nothing is left to stop, so no link."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, HAPPENED_AT, SUPPORT


def _words(voice: Voice, *, deleted: str, subject: str, asks: str) -> Words:
    return Words(
        sms=f"{deleted} {asks} {voice.who_helps_sms}",
        email=mail(
            subject,
            says(deleted),
            says(voice.nothing_to_do),
            says(f"{asks} {voice.who_helps}"),
            says("{{ brand }}"),
        ),
    )


template = Template(
    purpose="account_deleted",
    proof=None,
    variables=(BRAND, HAPPENED_AT, *SUPPORT),
    locales={
        "en": _words(
            EN,
            deleted="Your {{ brand }} account was deleted on {{ happened_at }}.",
            subject="Your {{ brand }} account was deleted",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            deleted="Ihr Konto bei {{ brand }} wurde am {{ happened_at }} gelöscht.",
            subject="Ihr Konto bei {{ brand }} wurde gelöscht",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            deleted="Votre compte chez {{ brand }} a été supprimé le {{ happened_at }}.",
            subject="Votre compte chez {{ brand }} a été supprimé",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            deleted="Su cuenta en {{ brand }} se ha eliminado el {{ happened_at }}.",
            subject="Su cuenta en {{ brand }} se ha eliminado",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            deleted="تم حذف حسابك في {{ brand }} بتاريخ {{ happened_at }}.",
            subject="تم حذف حسابك في {{ brand }}",
            asks="لست أنت؟",
        ),
    },
)
