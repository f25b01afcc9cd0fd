"""A link that proves an email address; it goes there and nowhere else."""

from sparekey.templates.catalogue._parts import acts, mail
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, LINK, NOT_ME_URL, SUPPORT, VALID_FOR

template = Template(
    purpose="verify_address",
    proof="link",
    variables=(BRAND, LINK, VALID_FOR, NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            email=mail(
                "Confirm this email address for {{ brand }}",
                acts(
                    "Confirm this email address for {{ brand }} with this link. "
                    "It works once, for {{ valid_for }}.",
                    "Confirm the address",
                    link="link",
                ),
                EN.way_out(),
                EN.support,
            ),
        ),
        "de": Words(
            email=mail(
                "Diese E-Mail-Adresse für {{ brand }} bestätigen",
                acts(
                    "Bestätigen Sie diese E-Mail-Adresse für {{ brand }} mit diesem Link. "
                    "Er gilt einmal und für {{ valid_for }}.",
                    "Adresse bestätigen",
                    link="link",
                ),
                DE.way_out(),
                DE.support,
            ),
        ),
        "fr": Words(
            email=mail(
                "Confirmez cette adresse e-mail pour {{ brand }}",
                acts(
                    "Confirmez cette adresse e-mail pour {{ brand }} avec ce lien. "
                    "Il est valable une seule fois, pendant {{ valid_for }}.",
                    "Confirmer l'adresse",
                    link="link",
                ),
                FR.way_out(),
                FR.support,
            ),
        ),
        "es": Words(
            email=mail(
                "Confirme este correo para {{ brand }}",
                acts(
                    "Confirme este correo para {{ brand }} con este enlace. "
                    "Funciona una sola vez, durante {{ valid_for }}.",
                    "Confirmar el correo",
                    link="link",
                ),
                ES.way_out(),
                ES.support,
            ),
        ),
        "ar": Words(
            email=mail(
                "تأكيد عنوان بريدك لدى {{ brand }}",
                acts(
                    "أكّد من هذا الرابط أن هذا العنوان لك لدى {{ brand }}. "
                    "يعمل مرة واحدة ولمدة {{ valid_for }}.",
                    "تأكيد العنوان",
                    link="link",
                ),
                AR.way_out(),
                AR.support,
            ),
        ),
    },
)
