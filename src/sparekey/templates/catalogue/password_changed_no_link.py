"""Tells a new address that the password changed: it still waits, so it names people, not a link."""

from sparekey.templates.catalogue._changed_password import BRIEF, LINES, SUBJECTS
from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, BROWSER, HAPPENED_AT, NAME, PLACE, SUPPORT


def _words(voice: Voice, locale: str, *, asks: str) -> Words:
    return Words(
        sms=f"{BRIEF[locale]} {asks} {voice.who_helps_sms}",
        email=mail(
            SUBJECTS[locale],
            voice.greeted(LINES[locale]),
            says(voice.nothing_to_do),
            says(f"{asks} {voice.who_helps}"),
            says("{{ brand }}"),
        ),
    )


template = Template(
    purpose="password_changed",
    proof=None,
    variables=(BRAND, HAPPENED_AT, BROWSER, PLACE, NAME, *SUPPORT),
    locales={
        "en": _words(EN, "en", asks="Not you?"),
        "de": _words(DE, "de", asks="Waren Sie das nicht?"),
        "fr": _words(FR, "fr", asks="Pas vous ?"),
        "es": _words(ES, "es", asks="¿No fue usted?"),
        "ar": _words(AR, "ar", asks="لست أنت؟"),
    },
)
