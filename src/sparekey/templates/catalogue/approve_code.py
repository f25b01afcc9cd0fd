"""A code by which a customer approves what a page asks about."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="approve",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": Words(
            sms="{{ code }} approves your request at {{ brand }}. "
            "Valid for {{ valid_for }}. " + en.not_me_sms(),
            email=Email(
                subject="Your code to approve a request at {{ brand }}",
                text=blocks(
                    "{{ code }} approves your request at {{ brand }}.",
                    en.TYPE_IT_TEXT,
                    en.not_me_text(),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    en.CODE_MJML,
                    paragraph("This code approves your request at {{ brand }}."),
                    en.TYPE_IT_MJML,
                    en.not_me_mjml(),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
