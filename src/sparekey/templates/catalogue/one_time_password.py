"""A secret that opens one sign-in, for whoever proved by text that the number is theirs."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="sign_in",
    proof="code",
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} signs you in once at {{ brand }}, in place of your password.",
            subject="Sign in at {{ brand }} once",
            line="This signs you in once at {{ brand }}, in place of your password.",
            then="Then choose a new one. It works once, for {{ valid_for }}.",
        ),
        "de": DE.code_words(
            sms="{{ code }} meldet Sie einmal bei {{ brand }} an, statt Ihres Passworts.",
            subject="Einmal anmelden bei {{ brand }}",
            line="Damit melden Sie sich einmal bei {{ brand }} an, statt mit Ihrem Passwort.",
            then="Danach wählen Sie ein neues. Es gilt einmal, für {{ valid_for }}.",
        ),
        "fr": FR.code_words(
            sms="{{ code }} vous connecte une fois à {{ brand }}, sans mot de passe.",
            subject="Se connecter une fois à {{ brand }}",
            line="Ceci vous connecte une fois à {{ brand }}, sans mot de passe.",
            then="Ensuite, vous en choisissez un. Valable une seule fois, pendant {{ valid_for }}.",
        ),
        "es": ES.code_words(
            sms="{{ code }} para entrar una vez en {{ brand }}, sin su contraseña.",
            subject="Entrar una vez en {{ brand }}",
            line="Esto sirve para entrar una vez en {{ brand }}, sin su contraseña.",
            then="Después pondrá una nueva. Vale una sola vez, durante {{ valid_for }}.",
        ),
        "ar": AR.code_words(
            sms="{{ code }} لتسجيل الدخول مرة واحدة إلى {{ brand }}.",
            subject="تسجيل الدخول مرة واحدة إلى {{ brand }}",
            line="هذا لتسجيل الدخول مرة واحدة إلى {{ brand }}.",
            then="ثم تختار كلمة مرور جديدة. يعمل مرة واحدة لمدة {{ valid_for }}.",
        ),
    },
)
