"""Tells an owner on which day their password expires; without a link, which others could copy."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, EXPIRES_ON, NAME, SUPPORT


def _words(voice: Voice, *, or_not: str, told: str, subject: str, then: str, brief: str) -> Words:
    return Words(
        sms=f"{brief} {or_not} {voice.who_helps_sms}",
        email=mail(
            subject,
            voice.greeted(told),
            says(then),
            says(f"{or_not} {voice.who_helps}"),
            says("{{ brand }}"),
        ),
    )


def _when(on_day: str, soon: str) -> str:
    """The day, where it is known."""
    return f"{{% if expires_on %}}{on_day} {{{{ expires_on }}}}{{% else %}}{soon}{{% endif %}}"


_EN, _DE = _when("on", "soon"), _when("am", "bald")
_FR, _ES, _AR = _when("le", "sous peu"), _when("el", "pronto"), _when("في", "قريبًا")

template = Template(
    purpose="password_expiring",
    proof=None,
    is_unasked=True,
    variables=(BRAND, EXPIRES_ON, NAME, *SUPPORT),
    locales={
        "en": _words(
            EN,
            brief=f"A reminder: your {{{{ brand }}}} password expires {_EN}.",
            or_not="Stuck, or not you?",
            told=f"The password of your {{{{ brand }}}} account expires {_EN}.",
            subject=f"Your {{{{ brand }}}} password expires {_EN}",
            then="Change it the next time you sign in.",
        ),
        "de": _words(
            DE,
            brief=f"Zur Erinnerung: Ihr Passwort bei {{{{ brand }}}} läuft {_DE} ab.",
            or_not="Nicht Ihr Konto?",
            told=f"Das Passwort Ihres Kontos bei {{{{ brand }}}} läuft {_DE} ab.",
            subject=f"Ihr Passwort bei {{{{ brand }}}} läuft {_DE} ab",
            then="Ändern Sie es, wenn Sie sich das nächste Mal anmelden.",
        ),
        "fr": _words(
            FR,
            brief=f"Rappel : votre mot de passe {{{{ brand }}}} expire {_FR}.",
            or_not="Un souci, ou pas vous ?",
            told=f"Le mot de passe de votre compte {{{{ brand }}}} expire {_FR}.",
            subject=f"Votre mot de passe {{{{ brand }}}} expire {_FR}",
            then="Changez-le à votre prochaine connexion.",
        ),
        "es": _words(
            ES,
            brief=f"Su clave de {{{{ brand }}}} caduca {_ES}.",
            or_not="¿No es su cuenta?",
            told=f"La contraseña de su cuenta de {{{{ brand }}}} caduca {_ES}.",
            subject=f"Su contraseña de {{{{ brand }}}} caduca {_ES}",
            then="Cambie la clave cuando vuelva a entrar.",
        ),
        "ar": _words(
            AR,
            brief=f"كلمة مرورك لدى {{{{ brand }}}} تنتهي {_AR}.",
            or_not="لست أنت؟",
            told=f"تنتهي صلاحية كلمة مرور حسابك لدى {{{{ brand }}}} {_AR}.",
            subject=f"كلمة مرورك لدى {{{{ brand }}}} تنتهي {_AR}",
            then="غيّرها عند تسجيل دخولك القادم.",
        ),
    },
)
