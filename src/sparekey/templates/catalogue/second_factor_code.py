"""A code that completes a sign-in after the right password."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import WITH_A_CODE

template = Template(
    purpose="second_factor",
    proof="code",
    is_origin_bound=True,
    variables=WITH_A_CODE,
    locales={
        "en": Words(
            sms="{{ code }} finishes your sign-in at {{ brand }}. "
            "Valid for {{ valid_for }}. " + en.not_me_sms(),
            email=Email(
                subject="Your code to finish signing in at {{ brand }}",
                text=blocks(
                    "{{ code }} finishes your sign-in at {{ brand }}.",
                    en.TYPE_IT_TEXT,
                    en.not_me_text(asks="Not you? Then someone knows your password."),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    en.CODE_MJML,
                    paragraph("This code finishes your sign-in at {{ brand }}."),
                    en.TYPE_IT_MJML,
                    en.not_me_mjml(asks="Not you? Then someone knows your password."),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
