"""A code that lets a customer set a new password."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="recovery",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} sets a new password at {{ brand }}.",
            subject="Your code for a new password at {{ brand }}",
            line="This code sets a new password at {{ brand }}.",
        ),
        "de": DE.code_words(
            sms="{{ code }} für ein neues Passwort bei {{ brand }}.",
            subject="Ihr Code für ein neues Passwort bei {{ brand }}",
            line="Mit diesem Code setzen Sie ein neues Passwort bei {{ brand }}.",
        ),
        "fr": FR.code_words(
            sms="{{ code }} pour un nouveau mot de passe chez {{ brand }}.",
            subject="Votre code pour un nouveau mot de passe chez {{ brand }}",
            line="Avec ce code, vous choisissez un nouveau mot de passe chez {{ brand }}.",
        ),
        "es": ES.code_words(
            sms="{{ code }} para una nueva contraseña en {{ brand }}.",
            subject="El código para una nueva contraseña en {{ brand }}",
            line="Este código sirve para poner una nueva contraseña en {{ brand }}.",
        ),
        "ar": AR.code_words(
            sms="{{ code }} لكلمة مرور جديدة في {{ brand }}.",
            subject="رمز تعيين كلمة مرور جديدة في {{ brand }}",
            line="هذا الرمز لتعيين كلمة مرور جديدة في {{ brand }}.",
        ),
    },
)
