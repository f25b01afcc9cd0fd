"""A link that lets a customer set a new password."""

from sparekey.templates.catalogue._parts import mail, presses
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, LINK, NAME, NOT_ME_URL, SUPPORT, VALID_FOR

template = Template(
    purpose="recovery",
    proof="link",
    variables=(BRAND, LINK, VALID_FOR, NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            sms="Set a new password at {{ brand }}: {{ link }} It works once, for {{ valid_for }}. "
            + EN.way_out_sms(),
            email=mail(
                "Set a new password at {{ brand }}",
                EN.greeted(
                    "Set a new password at {{ brand }} with this link. "
                    "It works once, for {{ valid_for }}."
                ),
                presses("Set a new password", link="link"),
                EN.way_out(),
                EN.support,
            ),
        ),
        "de": Words(
            sms="Neues Passwort bei {{ brand }}: {{ link }} Gilt einmal, {{ valid_for }} lang. "
            + DE.way_out_sms(),
            email=mail(
                "Neues Passwort bei {{ brand }} setzen",
                DE.greeted(
                    "Mit diesem Link setzen Sie ein neues Passwort bei {{ brand }}. "
                    "Er gilt einmal und für {{ valid_for }}."
                ),
                presses("Neues Passwort setzen", link="link"),
                DE.way_out(),
                DE.support,
            ),
        ),
        "fr": Words(
            sms="Nouveau mot de passe chez {{ brand }} : {{ link }} "
            "Valable une fois, {{ valid_for }}. " + FR.way_out_sms(),
            email=mail(
                "Un nouveau mot de passe chez {{ brand }}",
                FR.greeted(
                    "Avec ce lien, vous choisissez un nouveau mot de passe chez {{ brand }}. "
                    "Il est valable une seule fois, pendant {{ valid_for }}."
                ),
                presses("Choisir un mot de passe", link="link"),
                FR.way_out(),
                FR.support,
            ),
        ),
        "es": Words(
            sms="Nueva contraseña en {{ brand }}: {{ link }} Vale una vez, {{ valid_for }}. "
            + ES.way_out_sms(),
            email=mail(
                "Una nueva contraseña en {{ brand }}",
                ES.greeted(
                    "Con este enlace se pone una nueva contraseña en {{ brand }}. "
                    "Funciona una sola vez, durante {{ valid_for }}."
                ),
                presses("Poner una nueva contraseña", link="link"),
                ES.way_out(),
                ES.support,
            ),
        ),
        "ar": Words(
            sms="كلمة مرور جديدة في {{ brand }}: {{ link }} صالح مرة واحدة ولمدة {{ valid_for }}. "
            + AR.way_out_sms(),
            email=mail(
                "كلمة مرور جديدة في {{ brand }}",
                AR.greeted(
                    "عيّن كلمة مرور جديدة في {{ brand }} من هذا الرابط. "
                    "يعمل مرة واحدة ولمدة {{ valid_for }}."
                ),
                presses("تعيين كلمة مرور جديدة", link="link"),
                AR.way_out(),
                AR.support,
            ),
        ),
    },
)
