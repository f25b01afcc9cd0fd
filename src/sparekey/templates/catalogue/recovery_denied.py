"""Confirms that a request was stopped because the customer said it was not theirs."""

from sparekey.templates.catalogue._parts import Part, mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, FORGOT_URL, NAME, SUPPORT

_HOURS = "{% if support_hours %} ({{ support_hours }}){% endif %}"


def _words(
    voice: Voice, *, stopped: str, subject: str, asks: str, again: str, hours_sms: str = _HOURS
) -> Words:
    """`again` is what stands before the address where to begin anew."""
    sms = (
        f"{asks} {{% if support_phone %}}{voice.call}{hours_sms}."
        f"{{% elsif forgot_url %}}{again} {{{{ forgot_url }}}}"
        f"{{% else %}}{voice.who_helps_sms}{{% endif %}}"
    )
    helped = f"{{% else %}}{voice.who_helps}{{% endif %}}"
    begun = Part(
        f"{asks} {{% if forgot_url %}}{again}\n{{{{ forgot_url }}}}{helped}",
        says(
            f'{asks} {{% if forgot_url %}}{again}<br /><a href="{{{{ forgot_url }}}}">'
            f"{{{{ forgot_url }}}}</a>{helped}"
        ).mjml,
    )
    return Words(
        sms=f"{stopped} {sms}",
        email=mail(subject, voice.greeted(stopped), begun, voice.support),
    )


template = Template(
    purpose="recovery_denied",
    proof=None,
    variables=(BRAND, NAME, FORGOT_URL, *SUPPORT),
    locales={
        "en": _words(
            EN,
            stopped="{{ brand }} stopped the request you said was not yours. "
            "Your password has not changed.",
            subject="{{ brand }} stopped a request that was not yours",
            asks="Was it you?",
            again="Start again at",
        ),
        "de": _words(
            DE,
            stopped="{{ brand }} hat die Anfrage gestoppt, die nicht von Ihnen war. "
            "Ihr Passwort ist unverändert.",
            subject="{{ brand }} hat eine Anfrage gestoppt",
            asks="Waren Sie es doch?",
            again="Beginnen Sie neu:",
            hours_sms="",
        ),
        "fr": _words(
            FR,
            stopped="{{ brand }} a bloqué la demande qui n'était pas de vous. "
            "Votre mot de passe reste inchangé.",
            subject="{{ brand }} a bloqué une demande",
            asks="C'était vous ?",
            again="Recommencez ici :",
            hours_sms="",
        ),
        "es": _words(
            ES,
            stopped="{{ brand }} ha parado la solicitud que no era suya. "
            "Su contraseña sigue igual.",
            subject="{{ brand }} ha parado una solicitud",
            asks="¿Fue usted?",
            again="Empiece otra vez:",
        ),
        "ar": _words(
            AR,
            stopped="أوقفت {{ brand }} الطلب الذي قلت إنه ليس منك. لم تتغير كلمة مرورك.",
            subject="أوقفت {{ brand }} طلبًا ليس منك",
            asks="هل كنت أنت؟",
            again="ابدأ من جديد:",
            hours_sms="",
        ),
    },
)
