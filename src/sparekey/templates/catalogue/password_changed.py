"""Tells every address of an account that its password is a new one."""

from sparekey.templates.catalogue._changed_password import BRIEF, LINES, SUBJECTS
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


def _words(voice: Voice, locale: str, *, sms: str, asks: str, then: str) -> Words:
    return Words(
        sms=f"{BRIEF[locale]} {sms} {{{{ not_me_url }}}}",
        email=mail(
            SUBJECTS[locale],
            voice.greeted(LINES[locale]),
            says(voice.nothing_to_do),
            voice.way_out(asks, then),
            voice.support,
        ),
    )


template = Template(
    purpose="password_changed",
    proof=None,
    variables=(BRAND, HAPPENED_AT, BROWSER, PLACE, NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": _words(
            EN,
            "en",
            sms="Not you? {% if can_reply %}Reply NO,"
            "{% if support_phone %} call {{ support_phone }}{% endif %} or open"
            "{% elsif support_phone %}Call {{ support_phone }} or open{% else %}Open{% endif %}",
            asks="Not you?",
            then="Tell us here{% if can_reply %} or reply NO to this email{% endif %}, "
            "and we help you take your account back:",
        ),
        "de": _words(
            DE,
            "de",
            sms="Waren Sie das nicht? {% if can_reply %}Antworten Sie NO oder öffnen Sie"
            "{% elsif support_phone %}Rufen Sie an: {{ support_phone }} oder öffnen Sie"
            "{% else %}Öffnen Sie{% endif %}",
            asks="Waren Sie das nicht?",
            then="Sagen Sie es uns hier{% if can_reply %} oder antworten Sie auf diese E-Mail mit "
            "NO{% endif %}, und wir holen Ihr Konto mit Ihnen zurück:",
        ),
        "fr": _words(
            FR,
            "fr",
            sms="Pas vous ? {% if can_reply %}Répondez NO ou ouvrez"
            "{% elsif support_phone %}Appelez le {{ support_phone }} ou ouvrez"
            "{% else %}Ouvrez{% endif %}",
            asks="Pas vous ?",
            then="Dites-le-nous ici{% if can_reply %} ou répondez NO à cet e-mail{% endif %}, "
            "et nous vous aidons à reprendre votre compte :",
        ),
        "es": _words(
            ES,
            "es",
            sms="¿No fue usted? {% if can_reply %}Responda NO o abra"
            "{% elsif support_phone %}Llame al {{ support_phone }} o abra"
            "{% else %}Abra{% endif %}",
            asks="¿No fue usted?",
            then="Avise aquí{% if can_reply %} o responda NO a este correo{% endif %} "
            "y ayudamos a recuperar la cuenta:",
        ),
        "ar": _words(
            AR,
            "ar",
            sms="لست أنت؟ {% if can_reply %}رد بكلمة NO أو افتح"
            "{% elsif support_phone %}اتصل بالرقم {{ support_phone }} أو افتح"
            "{% else %}افتح{% endif %}",
            asks="لست أنت؟",
            then="أخبرنا هنا{% if can_reply %} أو رد على هذه الرسالة بكلمة NO{% endif %} "
            "وسنساعدك على استعادة حسابك:",
        ),
    },
)
