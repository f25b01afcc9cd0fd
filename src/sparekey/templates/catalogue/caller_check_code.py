"""A code that tells an agent who is calling; it opens nothing and no page takes it."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import WITH_A_CODE

_NO_CALL = "Not calling us?"
_ONCE = "It opens nothing. It works once, for {{ valid_for }}."

template = Template(
    purpose="caller_check",
    proof="code",
    variables=WITH_A_CODE,
    locales={
        "en": Words(
            sms="{{ code }} is for your phone call to {{ brand }}. It opens nothing. "
            "Valid for {{ valid_for }}. " + en.not_me_sms(asks=_NO_CALL),
            email=Email(
                subject="Your code for the phone call to {{ brand }}",
                text=blocks(
                    "{{ code }} is for your phone call to {{ brand }}.",
                    _ONCE,
                    en.not_me_text(asks=_NO_CALL),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    en.CODE_MJML,
                    paragraph("This code is for your phone call to {{ brand }}."),
                    paragraph(_ONCE),
                    en.not_me_mjml(asks=_NO_CALL),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
