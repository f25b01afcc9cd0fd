"""A code that proves an address; it goes to that address only."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="verify_address",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": Words(
            sms="{{ code }} confirms this phone number for {{ brand }}. "
            "Valid for {{ valid_for }}. " + en.not_me_sms(),
            email=Email(
                subject="Your code to confirm this address for {{ brand }}",
                text=blocks(
                    "{{ code }} confirms this email address for {{ brand }}.",
                    en.TYPE_IT_TEXT,
                    en.not_me_text(),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    en.CODE_MJML,
                    paragraph("This code confirms this email address for {{ brand }}."),
                    en.TYPE_IT_MJML,
                    en.not_me_mjml(),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
