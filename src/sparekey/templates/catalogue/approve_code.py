"""A code by which a customer approves what a page asks about."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="approve",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} approves your request at {{ brand }}.",
            subject="Your code to approve a request at {{ brand }}",
            line="This code approves your request at {{ brand }}.",
        ),
        "de": DE.code_words(
            sms="{{ code }} gibt Ihren Auftrag bei {{ brand }} frei.",
            subject="Ihr Code zur Freigabe bei {{ brand }}",
            line="Mit diesem Code geben Sie Ihren Auftrag bei {{ brand }} frei.",
        ),
        "fr": FR.code_words(
            sms="{{ code }} approuve votre demande chez {{ brand }}.",
            subject="Votre code pour approuver une demande chez {{ brand }}",
            line="Ce code approuve votre demande chez {{ brand }}.",
        ),
        "es": ES.code_words(
            sms="{{ code }} aprueba su solicitud en {{ brand }}.",
            subject="El código para aprobar una solicitud en {{ brand }}",
            line="Este código aprueba su solicitud en {{ brand }}.",
        ),
        "ar": AR.code_words(
            sms="{{ code }} للموافقة على طلبك لدى {{ brand }}.",
            subject="رمز الموافقة على طلب لدى {{ brand }}",
            line="هذا الرمز للموافقة على طلبك لدى {{ brand }}.",
        ),
    },
)
