"""A code that proves a phone number or an email address; it goes there and nowhere else."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="verify_address",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} confirms this phone number for {{ brand }}.",
            subject="Your code to confirm this address for {{ brand }}",
            line="This code confirms this email address for {{ brand }}.",
        ),
        "de": DE.code_words(
            sms="{{ code }} bestätigt diese Nummer für {{ brand }}.",
            subject="Ihr Code zur Bestätigung dieser Adresse für {{ brand }}",
            line="Dieser Code bestätigt diese E-Mail-Adresse für {{ brand }}.",
        ),
        "fr": FR.code_words(
            sms="{{ code }} confirme ce numéro pour {{ brand }}.",
            subject="Votre code pour confirmer cette adresse chez {{ brand }}",
            line="Ce code confirme cette adresse e-mail pour {{ brand }}.",
        ),
        "es": ES.code_words(
            sms="{{ code }} confirma este teléfono para {{ brand }}.",
            subject="El código para confirmar este correo en {{ brand }}",
            line="Este código confirma este correo para {{ brand }}.",
        ),
        "ar": AR.code_words(
            sms="{{ code }} لتأكيد هذا الرقم لدى {{ brand }}.",
            subject="رمز تأكيد هذا البريد لدى {{ brand }}",
            line="هذا الرمز لتأكيد هذا البريد الإلكتروني لدى {{ brand }}.",
        ),
    },
)
