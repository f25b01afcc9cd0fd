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
    is_answer=True,
    variables=(BRAND, *SUPPORT),
    locales={
        "en": _words(
            EN,
            comes="New password at {{ brand }}: if we know you, a code comes. Text it back.",
            several="Several accounts? Add your customer number.",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            comes="Neues Passwort bei {{ brand }}: Kennen wir Sie, kommt ein Code.",
            several="Mehrere Konten? Mit Kundennummer.",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            comes="Nouveau mot de passe chez {{ brand }} : numéro connu, un code suit.",
            several="Plusieurs comptes ? Avec numéro client.",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            comes="Nueva contraseña en {{ brand }}: si le conocemos, llega una clave.",
            several="¿Varias cuentas? Añada su id de cliente.",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            comes="كلمة مرور جديدة في {{ brand }}: إن عرفناك يصلك رمز.",
            several="عدة حسابات؟ أضف رقم العميل.",
            asks="لست أنت؟",
        ),
    },
)
