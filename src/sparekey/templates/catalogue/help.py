"""Answers HELP by text, and email that no machine understands: who we are, and who helps."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, SUPPORT


def _words(
    voice: Voice, *, help: str, rates: str, stop: str, subject: str, got: str, asks: str
) -> Words:
    """`stop` is the word for opting out, where a reply arrives; `got` is for email alone."""
    ended = f"{{% if can_reply %}}{stop} {{% endif %}}"
    return Words(
        sms=f"{help} {rates} {ended}{asks} {voice.who_helps_sms}",
        email=mail(
            subject,
            says(got),
            says(f"{asks} {voice.who_helps}"),
            says("{{ brand }}"),
        ),
    )


template = Template(
    purpose="help",
    proof=None,
    variables=(BRAND, *SUPPORT),
    locales={
        "en": _words(
            EN,
            help="Help with your {{ brand }} account.",
            rates="Message and data rates may apply.",
            stop="Reply STOP to stop these messages.",
            subject="Help with your {{ brand }} account",
            got="{{ brand }} got your message. The people who help customers can read it.",
            asks="Stuck, or not you?",
        ),
        "de": _words(
            DE,
            help="Hilfe zu Ihrem Konto bei {{ brand }}.",
            rates="",
            stop="Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.",
            subject="Hilfe zu Ihrem Konto bei {{ brand }}",
            got="{{ brand }} hat Ihre Nachricht. Wer dort hilft, kann sie lesen.",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            help="Aide pour votre compte {{ brand }}.",
            rates="",
            stop="Répondez STOP pour ne plus rien recevoir.",
            subject="Aide pour votre compte {{ brand }}",
            got="{{ brand }} a reçu votre message. L'équipe d'aide peut le lire.",
            asks="Un souci, ou pas vous ?",
        ),
        "es": _words(
            ES,
            help="Ayuda con su cuenta de {{ brand }}.",
            rates="",
            stop="Responda STOP para no recibir mensajes.",
            subject="Ayuda con su cuenta de {{ brand }}",
            got="{{ brand }} ha recibido su mensaje. Quienes ayudan pueden leerlo.",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            help="مساعدة في حسابك لدى {{ brand }}.",
            rates="",
            stop="رد بكلمة STOP لإيقاف هذه الرسائل.",
            subject="مساعدة في حسابك لدى {{ brand }}",
            got="وصلت رسالتك إلى {{ brand }}. يمكن لفريق المساعدة قراءتها.",
            asks="لست أنت؟",
        ),
    },
)
