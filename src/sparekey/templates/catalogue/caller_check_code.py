"""A code that tells an agent who is calling; it opens nothing and no page takes it."""

from sparekey.templates.catalogue._voices import AR, DE, EN, ES, FR
from sparekey.templates.model import Template
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="caller_check",
    proof="code",
    variables=WITH_A_CODE,
    locales={
        "en": EN.code_words(
            sms="{{ code }} is for your phone call to {{ brand }}. It opens nothing.",
            subject="Your code for the phone call to {{ brand }}",
            line="This code is for your phone call to {{ brand }}.",
            then="It opens nothing. It works once, for {{ valid_for }}.",
            asks="Not calling us?",
        ),
        "de": DE.code_words(
            sms="{{ code }} ist für Ihren Anruf bei {{ brand }}. Er öffnet nichts.",
            subject="Ihr Code für Ihren Anruf bei {{ brand }}",
            line="Dieser Code ist für Ihren Anruf bei {{ brand }}.",
            then="Er öffnet nichts. Er gilt einmal und für {{ valid_for }}.",
            asks="Kein Anruf von Ihnen?",
        ),
        "fr": FR.code_words(
            sms="{{ code }} est pour votre appel à {{ brand }}. Il n'ouvre rien.",
            subject="Votre code pour l'appel à {{ brand }}",
            line="Ce code est pour votre appel à {{ brand }}.",
            then="Il n'ouvre rien. Il est valable une seule fois, pendant {{ valid_for }}.",
            asks="Vous n'appelez pas ?",
        ),
        "es": ES.code_words(
            sms="{{ code }} es para la llamada a {{ brand }}. No abre nada.",
            subject="El código para la llamada a {{ brand }}",
            line="Este código es para la llamada a {{ brand }}.",
            then="No abre nada. Funciona una sola vez, durante {{ valid_for }}.",
            asks="¿No va a llamar?",
        ),
        "ar": AR.code_words(
            sms="{{ code }} لمكالمتك مع {{ brand }}. لا يفتح شيئًا.",
            subject="رمز مكالمتك مع {{ brand }}",
            line="هذا الرمز لمكالمتك مع {{ brand }}.",
            then="لا يفتح شيئًا. يعمل مرة واحدة ولمدة {{ valid_for }}.",
            asks="لن تتصل بنا؟",
        ),
    },
)
