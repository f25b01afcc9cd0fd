"""Asks somebody who got back in how it was, for a number from 1 to 5."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, NAME, SUPPORT


def _words(voice: Voice, *, or_not: str, asks: str, subject: str, how: str, brief: str) -> Words:
    return Words(
        sms=f"{brief} {or_not} {voice.who_helps_sms}",
        email=mail(
            subject,
            voice.greeted(asks),
            says(how),
            says(f"{or_not} {voice.who_helps}"),
            says("{{ brand }}"),
        ),
    )


template = Template(
    purpose="rating",
    proof=None,
    is_unasked=True,
    variables=(BRAND, NAME, *SUPPORT),
    locales={
        "en": _words(
            EN,
            brief="Back in at {{ brand }}: how was it, from 1 (poor) to 5 (good)?",
            or_not="Stuck, or not you?",
            asks="How was it to get back into your {{ brand }} account?",
            subject="How was it to get back into {{ brand }}?",
            how="Tell us with a number from 1 (poor) to 5 (good).",
        ),
        "de": _words(
            DE,
            brief="Wieder drin bei {{ brand }}: Wie war es, von 1 (schlecht) bis 5 (gut)?",
            or_not="Waren Sie das nicht?",
            asks="Wie war es, wieder in Ihr Konto bei {{ brand }} zu kommen?",
            subject="Wie war der Weg zurück in Ihr Konto bei {{ brand }}?",
            how="Sagen Sie es uns mit einer Zahl von 1 (schlecht) bis 5 (gut).",
        ),
        "fr": _words(
            FR,
            brief="Retour sur {{ brand }} : une note de 1 (mal) à 5 (bien) ?",
            or_not="Un souci, ou pas vous ?",
            asks="Votre retour sur votre compte {{ brand }} s'est-il bien passé ?",
            subject="Votre retour sur {{ brand }} s'est-il bien passé ?",
            how="Dites-le avec un chiffre de 1 (mal) à 5 (bien).",
        ),
        "es": _words(
            ES,
            brief="De nuevo en {{ brand }}: ¿qué tal, del 1 (mal) al 5 (bien)?",
            or_not="¿No fue usted?",
            asks="¿Qué tal fue volver a entrar en su cuenta de {{ brand }}?",
            subject="¿Qué tal fue volver a entrar en {{ brand }}?",
            how="Del 1 (mal) al 5 (bien).",
        ),
        "ar": _words(
            AR,
            brief="كيف كانت العودة إلى {{ brand }}، من 1 (سيئ) إلى 5 (جيد)؟",
            or_not="لست أنت؟",
            asks="كيف كانت العودة إلى حسابك لدى {{ brand }}؟",
            subject="كيف كانت عودتك إلى {{ brand }}؟",
            how="أخبرنا برقم من 1 (سيئ) إلى 5 (جيد).",
        ),
    },
)
