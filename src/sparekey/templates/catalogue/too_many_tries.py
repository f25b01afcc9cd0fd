"""Says that codes are paused after too many wrong ones, when they work again and who helps."""

from sparekey.templates.catalogue._parts import mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, NAME, NOT_ME_URL, SUPPORT, WAIT_FOR

_HOURS = "{% if support_hours %} ({{ support_hours }}){% endif %}"


def _words(
    voice: Voice, *, sms: str, subject: str, line: str, later: str, new: str, unchanged: str,
    needs_help: str, help_sms: str, asks: str, hours_sms: str = _HOURS,
) -> Words:  # fmt: skip
    """`later` says when to try again, `new` to ask for another code where nothing is paused."""
    following = f"{{% if wait_for %}}{later}{{% else %}}{new}{{% endif %}}"
    contact = (
        "{% if support_phone or support_email %}"
        f"{help_sms} {{% if support_phone %}}{{{{ support_phone }}}}"
        f"{{% else %}}{{{{ support_email }}}}{{% endif %}}{hours_sms}. {{% endif %}}"
    )
    return Words(
        sms=f"{sms} {following} {contact}{voice.way_out_sms(asks)}",
        email=mail(
            subject,
            voice.greeted(f"{line} {following} {unchanged}"),
            says(f"{needs_help} {voice.who_helps}"),
            voice.way_out(asks),
            says("{{ brand }}"),
        ),
    )


template = Template(
    purpose="too_many_tries",
    proof=None,
    variables=(BRAND, WAIT_FOR.optional(), NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": _words(
            EN,
            sms="Too many wrong codes for your {{ brand }} account.",
            subject="Too many wrong codes for your {{ brand }} account",
            line="Too many wrong codes for your {{ brand }} account.",
            later="Try again in {{ wait_for }}.",
            new="Ask for a new code.",
            unchanged="Your password has not changed.",
            needs_help="Need help now?",
            help_sms="Help:",
            asks="Not you?",
        ),
        "de": _words(
            DE,
            sms="Zu viele falsche Codes bei {{ brand }}.",
            subject="Zu viele falsche Codes für Ihr Konto bei {{ brand }}",
            line="Zu viele falsche Codes für Ihr Konto bei {{ brand }}.",
            later="Versuchen Sie es in {{ wait_for }} wieder.",
            new="Fordern Sie einen neuen Code an.",
            unchanged="Ihr Passwort ist unverändert.",
            needs_help="Brauchen Sie jetzt Hilfe?",
            help_sms="Hilfe:",
            hours_sms="",
            asks="Waren Sie das nicht?",
        ),
        "fr": _words(
            FR,
            sms="Trop de codes incorrects pour votre compte {{ brand }}.",
            subject="Trop de codes incorrects pour votre compte {{ brand }}",
            line="Trop de codes incorrects pour votre compte {{ brand }}.",
            later="Réessayez dans {{ wait_for }}.",
            new="Demandez un nouveau code.",
            unchanged="Votre mot de passe reste inchangé.",
            needs_help="Besoin d'aide tout de suite ?",
            help_sms="Aide :",
            asks="Pas vous ?",
        ),
        "es": _words(
            ES,
            sms="Demasiados intentos fallidos en su cuenta de {{ brand }}.",
            subject="Demasiados códigos equivocados en su cuenta de {{ brand }}",
            line="Demasiados códigos equivocados en su cuenta de {{ brand }}.",
            later="Vuelva a intentarlo en {{ wait_for }}.",
            new="Pida uno nuevo.",
            unchanged="Su contraseña sigue igual.",
            needs_help="¿Necesita ayuda ahora?",
            help_sms="Ayuda:",
            hours_sms="",
            asks="¿No fue usted?",
        ),
        "ar": _words(
            AR,
            sms="محاولات كثيرة خاطئة لحسابك في {{ brand }}.",
            subject="محاولات كثيرة خاطئة لحسابك في {{ brand }}",
            line="محاولات كثيرة خاطئة لحسابك في {{ brand }}.",
            later="حاول مجددًا بعد {{ wait_for }}.",
            new="اطلب رمزًا جديدًا.",
            unchanged="لم تتغير كلمة مرورك.",
            needs_help="تحتاج إلى مساعدة الآن؟",
            help_sms="للمساعدة:",
            hours_sms="",
            asks="لست أنت؟",
        ),
    },
)
