"""That a password changed, as the two notices of it say it: with a link and without."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR

EN_CHANGED = "Your password at {{ brand }} was changed on {{ happened_at }}"
DE_CHANGED = "Ihr Passwort bei {{ brand }} wurde am {{ happened_at }}"
FR_CHANGED = "Votre mot de passe chez {{ brand }} a été changé le {{ happened_at }}"
ES_CHANGED = "Su contraseña en {{ brand }} se ha cambiado el {{ happened_at }}"
AR_CHANGED = "تغيرت كلمة مرورك في {{ brand }} بتاريخ {{ happened_at }}"

#: What emails say, with the browser and the place where they are known.
LINES = {
    "en": f"{EN_CHANGED}{EN.origin}.",
    "de": f"{DE_CHANGED}{DE.origin} geändert.",
    "fr": f"{FR_CHANGED}{FR.origin}.",
    "es": f"{ES_CHANGED}{ES.origin}.",
    "ar": f"{AR_CHANGED}{AR.origin}.",
}
SUBJECTS = {
    "en": "Your password at {{ brand }} was changed",
    "de": "Ihr Passwort bei {{ brand }} wurde geändert",
    "fr": "Votre mot de passe chez {{ brand }} a été changé",
    "es": "Su contraseña en {{ brand }} se ha cambiado",
    "ar": "تغيرت كلمة مرورك في {{ brand }}",
}
BRIEF = {
    "en": f"{EN_CHANGED}.",
    "de": f"{DE_CHANGED} geändert.",
    "fr": f"{FR_CHANGED}.",
    "es": f"{ES_CHANGED}.",
    "ar": f"{AR_CHANGED}.",
}
