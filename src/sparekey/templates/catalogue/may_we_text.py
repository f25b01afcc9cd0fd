"""Asks a customer without a proven number whether a number may be kept for getting back in."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, NAME, SUPPORT


def _words(voice: Voice, *, or_not: str, asks: str, subject: str, what: str, how: str) -> Words:
    return Words(
        sms=None,
        email=mail(
            subject,
            voice.greeted(asks),
            says(what),
            says(how),
            says(f"{or_not} {voice.who_helps}"),
            says("{{ brand }}"),
        ),
    )


template = Template(
    purpose="enrol",
    proof=None,
    is_unasked=True,
    variables=(BRAND, NAME, *SUPPORT),
    locales={
        "en": _words(
            EN,
            or_not="Stuck, or not you?",
            asks="May {{ brand }} text you a code when you forget your password?",
            subject="A mobile number for your {{ brand }} account",
            what="Your account has no mobile number yet. "
            "We text only when you ask for it. Your network may charge for texts. "
            "You can end it at any time.",
            how="Do you agree? Tell us with the word Agree, and we ask for your number.",
        ),
        "de": _words(
            DE,
            or_not="Waren Sie das nicht?",
            asks="Darf {{ brand }} Ihnen einen Code schicken, wenn Sie Ihr Passwort vergessen?",
            subject="Eine Handynummer für Ihr Konto bei {{ brand }}",
            what="Ihr Konto hat noch keine Handynummer. "
            "Wir schreiben nur, wenn Sie es wollen. Sie können es jederzeit beenden.",
            how="Schreiben Sie uns das Wort Einverstanden, und wir fragen nach Ihrer Nummer.",
        ),
        "fr": _words(
            FR,
            or_not="Un souci, ou pas vous ?",
            asks="{{ brand }} peut-il vous envoyer un code si vous oubliez votre mot de passe ?",
            subject="Un numéro de portable pour votre compte {{ brand }}",
            what="Votre compte n'a pas encore de numéro de portable. "
            "Nous n'écrivons qu'à votre demande. Vous pouvez y mettre fin à tout moment.",
            how="Écrivez-nous le mot Accord, et nous vous demanderons votre numéro.",
        ),
        "es": _words(
            ES,
            or_not="¿No fue usted?",
            asks="¿Puede {{ brand }} enviarle un código si olvida su contraseña?",
            subject="Un número de móvil para su cuenta de {{ brand }}",
            what="Su cuenta aún no tiene un número de móvil. "
            "Solo escribimos cuando usted lo pide. Puede dejarlo en todo momento.",
            how="Escríbanos la palabra Acuerdo y le pediremos su número.",
        ),
        "ar": _words(
            AR,
            or_not="لست أنت؟",
            asks="هل يجوز أن ترسل لك {{ brand }} رمزًا إذا نسيت كلمة المرور؟",
            subject="رقم جوال لحسابك لدى {{ brand }}",
            what="ليس لحسابك رقم جوال بعد. لا نرسل إلا عندما تطلب. يمكنك إنهاء ذلك في أي وقت.",
            how="اكتب لنا كلمة أوافق وسنسألك عن رقمك.",
        ),
    },
)
