"""Tells a customer the username they forgot; it opens nothing by itself."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, LOGIN, NAME, NOT_ME_URL, SUPPORT


def _words(voice: Voice, *, told: str, subject: str, nothing: str) -> Words:
    return Words(
        sms=f"{told} {voice.way_out_sms()}",
        email=mail(
            subject,
            voice.greeted(told),
            says(nothing),
            voice.way_out(),
            voice.support,
        ),
    )


template = Template(
    purpose="username",
    proof=None,
    is_answer=True,
    variables=(BRAND, LOGIN.required(), NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": _words(
            EN,
            told="Your username at {{ brand }} is {{ login }}.",
            subject="Your username at {{ brand }}",
            nothing="You sign in with it as before. Your password has not changed.",
        ),
        "de": _words(
            DE,
            told="Ihr Benutzername bei {{ brand }} ist {{ login }}.",
            subject="Ihr Benutzername bei {{ brand }}",
            nothing="Sie melden sich damit an wie bisher. Ihr Passwort ist unverändert.",
        ),
        "fr": _words(
            FR,
            told="Votre nom d'utilisateur chez {{ brand }} est {{ login }}.",
            subject="Votre nom d'utilisateur chez {{ brand }}",
            nothing="Il vous sert à vous connecter comme avant. Votre mot de passe reste inchangé.",
        ),
        "es": _words(
            ES,
            told="Su nombre de usuario en {{ brand }} es {{ login }}.",
            subject="Su nombre de usuario en {{ brand }}",
            nothing="Sirve para entrar como siempre. Su contraseña sigue igual.",
        ),
        "ar": _words(
            AR,
            told="اسم المستخدم لحسابك في {{ brand }} هو {{ login }}.",
            subject="اسم المستخدم لحسابك في {{ brand }}",
            nothing="سجّل الدخول به كالمعتاد. لم تتغير كلمة مرورك.",
        ),
    },
)
