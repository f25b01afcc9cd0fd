"""A code that signs a customer in without a password."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="sign_in",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} signs you in at {{ brand }}.",
            subject="Your code to sign in at {{ brand }}",
            line="This code signs you in at {{ brand }}.",
        ),
        "de": DE.code_words(
            sms="{{ code }} meldet Sie bei {{ brand }} an.",
            subject="Ihr Code für die Anmeldung bei {{ brand }}",
            line="Mit diesem Code melden Sie sich bei {{ brand }} an.",
        ),
        "fr": FR.code_words(
            sms="{{ code }} vous connecte à {{ brand }}.",
            subject="Votre code pour vous connecter à {{ brand }}",
            line="Ce code vous connecte à {{ brand }}.",
        ),
        "es": ES.code_words(
            sms="{{ code }} para entrar en {{ brand }}.",
            subject="El código para entrar en {{ brand }}",
            line="Este código sirve para entrar en {{ brand }}.",
        ),
        "ar": AR.code_words(
            sms="{{ code }} لتسجيل الدخول إلى {{ brand }}.",
            subject="رمز تسجيل الدخول إلى {{ brand }}",
            line="هذا الرمز لتسجيل الدخول إلى {{ brand }}.",
        ),
    },
)
