"""Answers whoever asks by text for a new password, the same whoever it is; it names nobody."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, SUPPORT


def _words(voice: Voice, *, comes: str, several: str, asks: str) -> Words:
    return Words(sms=f"{comes} {several} {asks} {voice.who_helps_sms}")


template = Template(
    purpose="recovery",
    proof=None,
    variables=(BRAND, *SUPPORT),
    locales={
        "en": _words(
            EN,
            comes="A new password at {{ brand }}: if we know this number, a code comes. "
            "Text it back here.",
            several="Several accounts? Add your customer number.",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            comes="Neues Passwort bei {{ brand }}: Kennen wir die Nummer, kommt ein Code. "
            "Senden Sie ihn hierher zurück.",
            several="Mehrere Konten? Schreiben Sie Ihre Kundennummer dazu.",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            comes="Nouveau mot de passe chez {{ brand }} : si ce numéro est connu, un code vient. "
            "Renvoyez-le ici.",
            several="Plusieurs comptes ? Ajoutez votre numéro client.",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            comes="Nueva contraseña en {{ brand }}: si conocemos este número, llega un código. "
            "Reenvíelo aquí.",
            several="¿Varias cuentas? Añada su número de cliente.",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            comes="كلمة مرور جديدة في {{ brand }}: يصلك رمز إن كنا نعرف هذا الرقم. "
            "أعده إلى هنا.",
            several="لديك عدة حسابات؟ أضف رقم العميل.",
            asks="لست أنت؟",
        ),
    },
)
