"""A code for a new password, with a button to the page that takes it; the link itself opens
nothing."""

from sparekey.templates.catalogue._parts import acts, code, mail
from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template, Words
from sparekey.templates.variables import BRAND, CODE, NOT_ME_URL, PAGE_URL, SUPPORT, VALID_FOR

template = Template(
    purpose="recovery",
    proof="code",
    variables=(BRAND, CODE, VALID_FOR, PAGE_URL.required(), NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            email=mail(
                "Your code for a new password at {{ brand }}",
                code("This code sets a new password at {{ brand }}."),
                acts(
                    "Type it on this page and tell it to nobody. "
                    "It works once, for {{ valid_for }}.",
                    "Type the code",
                    link="page_url",
                ),
                EN.way_out(),
                EN.support,
            ),
        ),
        "de": Words(
            email=mail(
                "Ihr Code für ein neues Passwort bei {{ brand }}",
                code("Mit diesem Code setzen Sie ein neues Passwort bei {{ brand }}."),
                acts(
                    "Geben Sie ihn auf dieser Seite ein und verraten Sie ihn niemandem. "
                    "Er gilt einmal und für {{ valid_for }}.",
                    "Code eingeben",
                    link="page_url",
                ),
                DE.way_out(),
                DE.support,
            ),
        ),
        "fr": Words(
            email=mail(
                "Votre code pour un nouveau mot de passe chez {{ brand }}",
                code("Avec ce code, vous choisissez un nouveau mot de passe chez {{ brand }}."),
                acts(
                    "Saisissez-le sur cette page et ne le donnez à personne. "
                    "Il est valable une seule fois, pendant {{ valid_for }}.",
                    "Saisir le code",
                    link="page_url",
                ),
                FR.way_out(),
                FR.support,
            ),
        ),
        "es": Words(
            email=mail(
                "El código para una nueva contraseña en {{ brand }}",
                code("Este código sirve para poner una nueva contraseña en {{ brand }}."),
                acts(
                    "Escríbalo en esta página y no se lo diga a nadie. "
                    "Funciona una sola vez, durante {{ valid_for }}.",
                    "Escribir el código",
                    link="page_url",
                ),
                ES.way_out(),
                ES.support,
            ),
        ),
        "ar": Words(
            email=mail(
                "رمز تعيين كلمة مرور جديدة في {{ brand }}",
                code("هذا الرمز لتعيين كلمة مرور جديدة في {{ brand }}."),
                acts(
                    "أدخله في هذه الصفحة ولا تخبر به أحدًا. يعمل مرة واحدة ولمدة {{ valid_for }}.",
                    "أدخل الرمز",
                    link="page_url",
                ),
                AR.way_out(),
                AR.support,
            ),
        ),
    },
)
