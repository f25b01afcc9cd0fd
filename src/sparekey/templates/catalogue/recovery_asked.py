"""That somebody asked for a new password, and the link for whoever it was; it names nobody."""

from sparekey.templates.catalogue._parts import acts, mail
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, LINK, NOT_ME_URL, SUPPORT, VALID_FOR

template = Template(
    purpose="recovery",
    proof="link",
    variables=(BRAND, LINK, VALID_FOR, NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            email=mail(
                "Did you ask for a new password at {{ brand }}?",
                acts(
                    "Someone asked for a new password at {{ brand }}. Was it you? Then set it "
                    "with this link. It works once, for {{ valid_for }}.",
                    "Set a new password",
                    link="link",
                ),
                EN.way_out(),
                EN.support,
            ),
        ),
        "de": Words(
            email=mail(
                "Möchten Sie ein neues Passwort bei {{ brand }}?",
                acts(
                    "Jemand hat ein neues Passwort bei {{ brand }} angefordert. Waren Sie das? "
                    "Dann setzen Sie es mit diesem Link. Er gilt einmal und für {{ valid_for }}.",
                    "Neues Passwort setzen",
                    link="link",
                ),
                DE.way_out("Waren Sie das nicht?"),
                DE.support,
            ),
        ),
        "fr": Words(
            email=mail(
                "Voulez-vous un nouveau mot de passe chez {{ brand }} ?",
                acts(
                    "Quelqu'un a demandé un nouveau mot de passe chez {{ brand }}. C'était vous ? "
                    "Choisissez-le avec ce lien. "
                    "Il est valable une seule fois, pendant {{ valid_for }}.",
                    "Choisir un mot de passe",
                    link="link",
                ),
                FR.way_out(),
                FR.support,
            ),
        ),
        "es": Words(
            email=mail(
                "¿Quiere una nueva contraseña en {{ brand }}?",
                acts(
                    "Alguien ha pedido una nueva contraseña en {{ brand }}. ¿Fue usted? Póngala "
                    "con este enlace. Funciona una sola vez, durante {{ valid_for }}.",
                    "Poner una nueva contraseña",
                    link="link",
                ),
                ES.way_out("¿No fue usted?"),
                ES.support,
            ),
        ),
        "ar": Words(
            email=mail(
                "هل طلبت كلمة مرور جديدة في {{ brand }}؟",
                acts(
                    "طلب شخص ما كلمة مرور جديدة في {{ brand }}. هل كنت أنت؟ عيّنها من هذا الرابط. "
                    "يعمل مرة واحدة ولمدة {{ valid_for }}.",
                    "تعيين كلمة مرور جديدة",
                    link="link",
                ),
                AR.way_out("لست أنت؟"),
                AR.support,
            ),
        ),
    },
)
