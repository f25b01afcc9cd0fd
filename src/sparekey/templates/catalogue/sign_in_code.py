"""A code that signs a customer in without a password."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="sign_in",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": Words(
            sms="{{ code }} signs you in at {{ brand }}. "
            "Valid for {{ valid_for }}. " + en.not_me_sms(),
            email=Email(
                subject="Your code to sign in at {{ brand }}",
                text=blocks(
                    "{{ code }} signs you in at {{ brand }}.",
                    en.TYPE_IT_TEXT,
                    en.not_me_text(),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    en.CODE_MJML,
                    paragraph("This code signs you in at {{ brand }}."),
                    en.TYPE_IT_MJML,
                    en.not_me_mjml(),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
