"""A code that completes a sign-in after the right password."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="second_factor",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} finishes your sign-in at {{ brand }}.",
            subject="Your code to finish signing in at {{ brand }}",
            line="This code finishes your sign-in at {{ brand }}.",
            asks_more="Not you? Then someone knows your password.",
        ),
        "de": DE.code_words(
            sms="{{ code }} schließt Ihre Anmeldung bei {{ brand }} ab.",
            subject="Ihr Code zum Abschluss der Anmeldung bei {{ brand }}",
            line="Dieser Code schließt Ihre Anmeldung bei {{ brand }} ab.",
            asks_more="Waren Sie das nicht? Dann kennt jemand Ihr Passwort.",
        ),
        "fr": FR.code_words(
            sms="{{ code }} termine votre connexion à {{ brand }}.",
            subject="Votre code pour terminer la connexion à {{ brand }}",
            line="Ce code termine votre connexion à {{ brand }}.",
            asks_more="Pas vous ? Alors quelqu'un connaît votre mot de passe.",
        ),
        "es": ES.code_words(
            sms="{{ code }} completa la entrada en {{ brand }}.",
            subject="El código para completar la entrada en {{ brand }}",
            line="Este código completa la entrada en {{ brand }}.",
            asks_more="¿No fue usted? Entonces alguien conoce su contraseña.",
        ),
        "ar": AR.code_words(
            sms="{{ code }} لإكمال الدخول إلى {{ brand }}.",
            subject="رمز إكمال الدخول إلى {{ brand }}",
            line="هذا الرمز لإكمال الدخول إلى {{ brand }}.",
            asks_more="لست أنت؟ إذن يعرف شخص آخر كلمة مرورك.",
        ),
    },
)
