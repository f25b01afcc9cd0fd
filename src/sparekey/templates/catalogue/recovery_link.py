"""A link that lets a customer set a new password."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, button, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import BRAND, LINK, NAME, NOT_ME_URL, SUPPORT, VALID_FOR

template = Template(
    purpose="recovery",
    proof="link",
    variables=(BRAND, LINK, VALID_FOR, NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            sms="Set a new password at {{ brand }}: {{ link }} It works once, for {{ valid_for }}. "
            + en.not_me_sms(),
            email=Email(
                subject="Set a new password at {{ brand }}",
                text=blocks(
                    en.HELLO_TEXT,
                    "Set a new password at {{ brand }} here:\n{{ link }}",
                    "The link works once, for {{ valid_for }}.",
                    en.not_me_text(),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    paragraph(
                        en.HELLO_MJML + "Set a new password at {{ brand }} here."
                        " The link works once, for {{ valid_for }}."
                    ),
                    button("Set a new password", link="link"),
                    en.not_me_mjml(),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
