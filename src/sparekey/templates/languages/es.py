"""Spanish, neutral where it stays short, else to customers who are addressed as “usted”.

What goes into texts keeps to the letters of GSM 7-bit: é ñ ¿ are there, á í ó ú are not.
"""

from datetime import date, datetime

from sparekey.templates.languages._times import counted, in_days, in_hours, zone
from sparekey.templates.model import Ease, Language, Tone

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def _duration(minutes: int) -> str:
    return counted(in_days(minutes), ("minuto", "hora", "día"), ("minutos", "horas", "días"))


def _brief_duration(minutes: int) -> str:
    """Without days: their í would more than double the price of a text."""
    return counted(in_hours(minutes), ("min", "h"), ("min", "h"))


def _day(day: date) -> str:
    return f"{_brief_day(day)} de {day.year}"


def _brief_day(day: date) -> str:
    return f"{day.day} de {_MONTHS[day.month - 1]}"


def _moment(at: datetime) -> str:
    return f"{_day(at)} a las {at:%H:%M} ({zone(at)})"


def _brief_moment(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1][:3]} a las {at:%H:%M} ({zone(at)})"


_TONE = Tone(
    hard={
        "inmediatamente": "",
        "de inmediato": "",
        "urgente": "",
        "actúe ya": "",
        "último aviso": "",
        "última oportunidad": "",
        "advertencia": "",
        "atención": "",
        "de lo contrario": "diga qué pasará después",
        "será suspendida": "diga qué pasará después",
        "será eliminada": "diga qué pasará después",
        "acciones legales": "",
        "debe usted": "diga qué hacer: «Abra este enlace»",
        "tiene que": "diga qué hacer: «Abra este enlace»",
        "descuento": "",
        "oferta": "",
        "boletín": "",
        "gratis": "",
    },
    stiff={
        "por favor": "",
        "le rogamos": "",
        "uy": "",
        "lamentablemente": "",
        "con éxito": "",
        "exitosamente": "",
        "inválido": "equivocado",
        "estimado": "Hola",
        "estimada": "Hola",
        "mediante la presente": "",
        "con el fin de": "para",
        "proceder a": "hacer",
        "efectuar": "hacer",
        "iniciar sesión": "entrar",
        "autenticar": "entrar",
        "autenticación": "entrada",
        "código de verificación": "código",
        "contraseña de un solo uso": "código",
        "credenciales": "contraseña",
        "no dude en": "Llame o escriba",
        "no autorizado": "no es suyo",
    },
)

language = Language(
    direction="ltr",
    script="LATIN",
    duration=_duration,
    brief_duration=_brief_duration,
    day=_day,
    brief_day=_brief_day,
    moment=_moment,
    brief_moment=_brief_moment,
    purpose_words={
        "recovery": ("nueva contraseña",),
        "sign_in": ("para entrar",),
        "second_factor": ("completa la entrada",),
        "verify_address": ("confirma este", "confirme este"),
        "approve": ("aprueba",),
        "caller_check": ("la llamada",),
        "password_changed": ("contraseña",),
        "address_changed": ("se ha cambiado",),
        "account_deleted": ("se ha eliminado",),
        "recovery_denied": ("ha parado",),
        "too_many_tries": ("demasiados",),
        "username": ("nombre de usuario",),
        "unusual_activity": ("poco habitual",),
        "texts_stopped": ("no llegan",),
        "texts_allowed": ("vuelven",),
        "help": ("ayuda",),
        "password_expiring": ("caduca pronto", "caduca el"),
        "rating": ("qué tal",),
        "enrol": ("número de móvil",),
    },
    not_me_words=(
        "¿no lo ha pedido?",
        "¿no fue usted?",
        "¿no va a llamar?",
        "¿fue usted?",
        "¿no es su cuenta?",
    ),
    reply_words=("responda", "responder", "conteste", "respuesta"),
    keyword_verbs=("responda", "envíe", "escriba", "conteste"),
    keyword_sentences=(
        "Responda STOP para no recibir mensajes.",
        "Responda START para permitirlos.",
    ),
    carrier_words=("BAJA", "ALTO", "PARAR", "CANCELAR"),
    tells_secret=(
        r"\b(?:responda|envíe|envíenos|dé|diga|díganos|facilite) (?:\w+ ){0,3}"
        r"(?:su|el|la|este) (?:\w+ )?(?:código|contraseña|pin)\b",
        r"\bsu (?:nueva |antigua )?contraseña es\b",
        r"\bcontraseña ?:",
    ),
    tone=_TONE,
    ease=Ease(206.835, 1.0, 62.3, "aeiouáéíóúüy", least=50),
    test_mark="Prueba:",
)
