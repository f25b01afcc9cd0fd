"""Tells an owner of a sign-in that is not like theirs; nothing has been decided about it."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import (
    BRAND,
    BROWSER,
    HAPPENED_AT,
    NAME,
    NOT_ME_URL,
    PLACE,
    SUPPORT,
)


def _words(voice: Voice, *, seen: str, subject: str, asks: str) -> Words:
    """`seen` ends without its full stop: an email adds the browser and the place."""
    return Words(
        sms=f"{seen}. {voice.way_out_sms(asks)}",
        email=mail(
            subject,
            voice.greeted(f"{seen}{voice.origin}."),
            says(voice.nothing_to_do),
            voice.way_out(asks, voice.protect),
            voice.support,
        ),
    )


template = Template(
    purpose="unusual_activity",
    proof=None,
    variables=(BRAND, HAPPENED_AT, BROWSER, PLACE, NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": _words(
            EN,
            seen="There was an unusual sign-in to your {{ brand }} account on {{ happened_at }}",
            subject="An unusual sign-in to your {{ brand }} account",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            seen="Es gab eine ungewöhnliche Anmeldung in Ihrem Konto bei {{ brand }} "
            "am {{ happened_at }}",
            subject="Eine ungewöhnliche Anmeldung in Ihrem Konto bei {{ brand }}",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            seen="Il y a eu une connexion inhabituelle à votre compte {{ brand }} "
            "le {{ happened_at }}",
            subject="Une connexion inhabituelle à votre compte {{ brand }}",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            seen="Ha habido una entrada poco habitual en su cuenta de {{ brand }} "
            "el {{ happened_at }}",
            subject="Una entrada poco habitual en su cuenta de {{ brand }}",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            seen="حدث تسجيل دخول غير معتاد إلى حسابك في {{ brand }} بتاريخ {{ happened_at }}",
            subject="تسجيل دخول غير معتاد إلى حسابك في {{ brand }}",
            asks="لست أنت؟",
        ),
    },
)
