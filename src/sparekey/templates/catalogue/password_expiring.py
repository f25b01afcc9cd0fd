"""Tells an owner that their password expires soon; without a link, which others could copy."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, NAME, SUPPORT


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


template = Template(
    purpose="password_expiring",
    proof=None,
    keeps_to_the_day=True,
    variables=(BRAND, NAME, *SUPPORT),
    locales={
        "en": _words(
            EN,
            brief="A reminder: your {{ brand }} password expires soon.",
            or_not="Stuck, or not you?",
            told="The password of your {{ brand }} account expires soon.",
            subject="Your {{ brand }} password expires soon",
            then="Change it the next time you sign in.",
        ),
        "de": _words(
            DE,
            brief="Zur Erinnerung: Ihr Passwort bei {{ brand }} läuft bald ab.",
            or_not="Waren Sie das nicht?",
            told="Das Passwort Ihres Kontos bei {{ brand }} läuft bald ab.",
            subject="Ihr Passwort bei {{ brand }} läuft bald ab",
            then="Ändern Sie es, wenn Sie sich das nächste Mal anmelden.",
        ),
        "fr": _words(
            FR,
            brief="Rappel : votre mot de passe {{ brand }} expire sous peu.",
            or_not="Un souci, ou pas vous ?",
            told="Le mot de passe de votre compte {{ brand }} expire sous peu.",
            subject="Votre mot de passe {{ brand }} expire sous peu",
            then="Changez-le à votre prochaine connexion.",
        ),
        "es": _words(
            ES,
            brief="Su clave de {{ brand }} caduca pronto.",
            or_not="¿No fue usted?",
            told="La contraseña de su cuenta de {{ brand }} caduca pronto.",
            subject="Su contraseña de {{ brand }} caduca pronto",
            then="Cambie la clave cuando vuelva a entrar.",
        ),
        "ar": _words(
            AR,
            brief="كلمة مرورك لدى {{ brand }} تنتهي قريبًا.",
            or_not="لست أنت؟",
            told="تنتهي صلاحية كلمة مرور حسابك لدى {{ brand }} قريبًا.",
            subject="كلمة مرورك لدى {{ brand }} تنتهي قريبًا",
            then="غيّرها عند تسجيل دخولك القادم.",
        ),
    },
)
