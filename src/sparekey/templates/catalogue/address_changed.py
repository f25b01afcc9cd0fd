"""Tells the old address that another one took its place, and how to undo that."""

from sparekey.templates.catalogue._parts import acts, mail, says
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.catalogue._voices.voice import Voice
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import (
    ADDRESS_KIND,
    BRAND,
    BROWSER,
    HAPPENED_AT,
    NAME,
    PLACE,
    SUPPORT,
    UNDO_URL,
    VALID_FOR,
)


def _which(*, phone: str, email: str) -> str:
    return f'{{% if address_kind == "phone" %}}{phone}{{% else %}}{email}{{% endif %}}'


def _words(voice: Voice, *, subject: str, sms: str, line: str, undo: str, label: str) -> Words:
    return Words(
        sms=sms,
        email=mail(
            subject,
            voice.greeted(line),
            says(voice.nothing_to_do),
            acts(undo, label, link="undo_url"),
            voice.support,
        ),
    )


_EN = _which(phone="phone number", email="email address")
_EN_CHANGED = f"The {_EN} of your {{{{ brand }}}} account was changed"
_DE = _which(phone="Die Telefonnummer", email="Die E-Mail-Adresse")
_FR = _which(phone="Le numéro de téléphone", email="L'adresse e-mail")
_FR_WHOSE = f"{_FR} de votre compte {{{{ brand }}}} a été changé"
_FR_AGREES = _which(phone="", email="e")
_ES = _which(phone="el teléfono", email="el correo")
_ES_CHANGED = f"Se ha cambiado {_ES} de su cuenta en {{{{ brand }}}}"
_AR = _which(phone="رقم الهاتف", email="البريد الإلكتروني")
_AR_CHANGED = f"تم تغيير {_AR} لحسابك في {{{{ brand }}}}"
_AR_BRIEF = _which(phone="رقم الهاتف", email="البريد")

template = Template(
    purpose="address_changed",
    proof=None,
    variables=(
        *(BRAND, ADDRESS_KIND, HAPPENED_AT, BROWSER, PLACE),
        *(NAME, UNDO_URL, VALID_FOR, *SUPPORT),
    ),
    locales={
        "en": _words(
            EN,
            subject=_EN_CHANGED,
            sms=f"{_EN_CHANGED} on {{{{ happened_at }}}}. Not you? "
            "Undo it within {{ valid_for }} at {{ undo_url }}"
            "{% if support_phone %} or call {{ support_phone }}{% endif %}",
            line=f"{_EN_CHANGED} on {{{{ happened_at }}}}{EN.origin}.",
            undo="Not you? Undo it within {{ valid_for }}:",
            label="Undo the change",
        ),
        "de": _words(
            DE,
            subject=f"{_DE} Ihres Kontos bei {{{{ brand }}}} wurde geändert",
            sms=f"{_DE} Ihres Kontos bei {{{{ brand }}}} wurde am {{{{ happened_at }}}} geändert. "
            "Waren Sie das nicht? Machen Sie es rückgängig: {{ undo_url }}",
            line=f"{_DE} Ihres Kontos bei {{{{ brand }}}} wurde am {{{{ happened_at }}}}"
            f"{DE.origin} geändert.",
            undo="Waren Sie das nicht? Machen Sie es rückgängig. "
            "Das geht noch {{ valid_for }} lang:",
            label="Rückgängig machen",
        ),
        "fr": _words(
            FR,
            subject=_FR_WHOSE + _FR_AGREES,
            sms=f"{_FR_WHOSE}{_FR_AGREES} le {{{{ happened_at }}}}. Pas vous ? "
            "Annulez dans les {{ valid_for }} : {{ undo_url }}",
            line=f"{_FR_WHOSE}{_FR_AGREES} le {{{{ happened_at }}}}{FR.origin}.",
            undo="Pas vous ? Annulez ce changement. C'est possible pendant {{ valid_for }} :",
            label="Annuler le changement",
        ),
        "es": _words(
            ES,
            subject=_ES_CHANGED,
            sms=f"{_ES_CHANGED} el {{{{ happened_at }}}}. ¿No fue usted? "
            "Puede deshacerlo durante {{ valid_for }}: {{ undo_url }}",
            line=f"{_ES_CHANGED} el {{{{ happened_at }}}}{ES.origin}.",
            undo="¿No fue usted? Puede deshacer el cambio durante {{ valid_for }}:",
            label="Deshacer el cambio",
        ),
        "ar": _words(
            AR,
            subject=_AR_CHANGED,
            sms=f"تم تغيير {_AR_BRIEF} لحسابك في {{{{ brand }}}} بتاريخ {{{{ happened_at }}}}. "
            "لست أنت؟ تراجع خلال {{ valid_for }}: {{ undo_url }}",
            line=f"{_AR_CHANGED} بتاريخ {{{{ happened_at }}}}{AR.origin}.",
            undo="لست أنت؟ تراجع عن التغيير خلال {{ valid_for }}:",
            label="تراجع عن التغيير",
        ),
    },
)
