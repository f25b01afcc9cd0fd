"""A code that lets a customer set a new password."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="recovery",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": Words(
            sms="{{ code }} sets a new password at {{ brand }}. "
            "Valid for {{ valid_for }}. " + en.not_me_sms(),
            email=Email(
                subject="Your code for a new password at {{ brand }}",
                text=blocks(
                    "{{ code }} sets a new password at {{ brand }}.",
                    en.TYPE_IT_TEXT,
                    en.not_me_text(),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    en.CODE_MJML,
                    paragraph("This code sets a new password at {{ brand }}."),
                    en.TYPE_IT_MJML,
                    en.not_me_mjml(),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
